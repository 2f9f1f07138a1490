"""What an outcome is worth, and the counts of it. Nothing here computes a match."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bench.samples import HARMLESS, Group, Question
from bot.faq.matcher import Match

OFF_TOPIC = "off-topic-or-abuse"  # the answer that may be given to what is out of scope
PERSON = frozenset(  # topics whose question a person may be right to take
    (
        "feedback-versus-grievance",
        "find-my-steward-or-local",
        "talk-to-a-person",
        "urgent-harm-or-threat",
        "weingarten-rights",
    )
)
STRICT = ("crisis", "safety")  # kinds that must not be taken for another: their contacts differ
VERDICTS: dict[Group, tuple[str, ...]] = {
    "in_scope": ("right", "offered", "wrong", "missed"),
    "out_of_scope": ("answered", "offered", "handed_over", "silent"),
    "handover": ("caught", "missed", "false_alarm", "quiet"),
}

Counts = dict[str, int]  # "asked", and each verdict of the group
Figures = dict[str, dict[str, dict[str, Counts]]]  # group -> file -> "all", or a style or kind -> counts


@dataclass(frozen=True)
class Judged:
    question: Question
    match: Match
    verdict: str

    @property
    def given(self) -> str:
        """The outcome in a few words."""
        match self.match.outcome:
            case "answer":
                return str(self.match.topic)
            case "suggest":
                return "? " + ", ".join(self.match.suggestions)
            case "handover":
                return f"hand-over: {self.match.handover}"
            case "none":
                return "nothing"

    @property
    def wanted(self) -> str:
        return self.question.kind or ", ".join(self.question.ok) or "nothing"


def judge(question: Question, match: Match) -> Judged:
    """The verdict on one match, one of its group's VERDICTS."""
    verdicts = {"in_scope": in_scope, "out_of_scope": out_of_scope, "handover": handed_over}
    return Judged(question, match, verdicts[question.group](question, match))


def in_scope(question: Question, match: Match) -> str:
    match match.outcome:
        case "answer":
            return "right" if match.topic in question.ok else "wrong"
        case "handover":
            return "right" if PERSON.intersection(question.ok) else "wrong"
        case "suggest":
            return "offered" if set(match.suggestions) & set(question.ok) else "missed"
        case "none":
            return "missed"


def out_of_scope(_: Question, match: Match) -> str:
    match match.outcome:
        case "answer":
            return "silent" if match.topic == OFF_TOPIC else "answered"
        case "handover":
            return "handed_over"
        case "suggest":
            return "offered"
        case "none":
            return "silent"


def handed_over(question: Question, match: Match) -> str:
    if question.kind == HARMLESS:
        return "false_alarm" if match.handover else "quiet"
    return "caught" if caught(str(question.kind), match.handover) else "missed"


def caught(kind: str, told: str | None) -> bool:
    """Whether trouble of this kind, handed over as `told`, reaches the right person."""
    return told == kind if kind in STRICT else bool(told)


def count(judged: Iterable[Judged]) -> Figures:
    """Counts a group, a file, and a style in it (a kind, where hand-over is measured)."""
    figures: Figures = {}
    for one in judged:
        question = one.question
        file = figures.setdefault(question.group, {}).setdefault(question.file, {})
        for part in dict.fromkeys(("all", question.kind or question.style or "all")):
            counts = file.setdefault(part, dict.fromkeys(("asked", *VERDICTS[question.group]), 0))
            counts["asked"] += 1
            counts[one.verdict] += 1
    return figures


def worst(judged: Iterable[Judged], most: int) -> list[Judged]:
    """Wrong answers and answers out of scope, then what was missed; the most confident first."""
    bad = ("wrong", "answered", "handed_over", "missed")
    found = [one for one in judged if one.verdict in bad and one.question.group != "handover"]
    return sorted(found, key=lambda one: (one.verdict == "missed", -one.match.confidence))[:most]


def tally(values: Iterable[str], verdicts: tuple[str, ...]) -> Counts:
    """Counts of plain verdicts."""
    found = Counter(values)
    return {"asked": found.total(), **{verdict: found[verdict] for verdict in verdicts}}


def keep(judged: Iterable[Judged], wanted: Callable[[str], bool]) -> list[Judged]:
    """Those whose question is wanted."""
    return [one for one in judged if wanted(one.question.text)]
