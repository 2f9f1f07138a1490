"""How well the bot chooses its answers, beside other techniques on the same content: ./run bench answers.

With --questions FOLDER, every .jsonl file of it is asked; a row's keys say what it is, its file does not matter:

    {"q": "Did Microsoft pay?", "ok": ["is-money-involved"], "style": "plain"}    in scope: topics that answer it
    {"q": "turn off the lights", "ok": [], "style": "far"}                        out of scope: nothing should be said
    {"q": "they moved me to nights after I spoke up", "kind": "retaliation"}      to be handed over, as this kind
    {"q": "what is retaliation?", "kind": "none"}                                 must not be handed over

"style" is optional and only groups. What the verdicts mean:

    right       answered with a topic in "ok"; or handed over, where "ok" holds a topic that a person may take
    offered     among the suggestions
    wrong       any other answer or hand-over
    missed      the rest
    answered    out of scope: with anything but "off-topic-or-abuse"
    caught      handed over; crisis and safety only as themselves

If FOLDER also holds entries.jsonl, the index is built from it instead of our content, so that public data can be
measured; such an index has no hand-over. "language" is optional ("en"); rows of one id and language add up:

    {"id": "card-lost", "phrasings": ["I lost my card", "card is gone"], "language": "en"}

and talk.txt beside it, where there is one, holds off-topic lines for the calibration, one a line.
Without questions the content itself is asked, leave-one-out (`bench.held_out`).
"""

import pathlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from bench import speed
from bench.figures import Figures, Judged, count, judge, keep, worst
from bench.held_out import SAMPLE, SEED, HeldOut, leave_one_out
from bench.samples import Question, read_content, read_questions
from bench.techniques import Compared, compare
from bench.twins import RULE, near_identical
from bot.content import Content
from bot.errors import Refused
from bot.faq.matcher import Matcher, build, stored_texts


class House(Protocol):
    """What the benchmark needs from the composition root."""

    def content(self, *, example: bool) -> Content: ...
    def matcher(self, content: Content) -> Matcher: ...


@dataclass(frozen=True)
class Miss:
    """A question that went wrong. `confidence`: that of the topic, also where it was handed over."""

    question: str
    file: str
    wanted: str
    given: str
    confidence: float


@dataclass(frozen=True)
class Asked:
    """`twins`: how many questions a file have a near-identical stored text, by `rule`; `without_twins`: the rest."""

    folder: str
    figures: Figures
    rule: str
    twins: dict[str, int]
    without_twins: Figures
    techniques: list[Compared]
    misses: list[Miss]
    handover_misses: list[Miss]
    unknown_topics: list[str]  # wanted, but not in the content


@dataclass(frozen=True)
class Report:
    """Everything measured; `phrasings` counts all languages. One of `asked` and `held_out` is there.

    `built_s`: seconds that the index of the folder's own entries took; None where ours was asked.
    """

    topics: int
    phrasings: int
    talk: int
    asked: Asked | None
    held_out: HeldOut | None
    speed: speed.Speed
    built_s: float | None = None


def measure(house: House, folder: pathlib.Path | None, misses: int, say: Callable[[str], None]) -> Report:
    """All figures; `say` hears what is being done. Changes nothing that the house keeps."""
    questions = read_questions(folder) if folder else []
    own = house.content(example=True)
    given = read_content(folder) if folder else None
    if folder and not questions and not given:
        raise Refused(f"{folder}: no questions here; ./run bench answers --help names the layout.")
    matcher = house.matcher(own)
    built = None
    if given:
        say(f"Building an index of {len(given.entries)} entries of {folder}...")
        begun = time.perf_counter()
        matcher = Matcher(given, matcher.encoder, build(given, matcher.encoder))
        built = time.perf_counter() - begun
    content = given or own
    asked = held_out = None
    if folder and questions:
        say(f"Asking {len(questions)} questions, then again with the other techniques...")
        asked = ask(matcher, content, questions, str(folder), misses)
    else:
        say("Asking each stored phrasing of an index without it (a minute or so)...")
        held_out = leave_one_out(matcher, content)
    say("Measuring the speed...")
    texts, labels, topics = stored_texts(content)
    phrasings = [text for text, label in zip(texts, labels, strict=True) if label >= 0]
    timed = [one.text for one in questions] or random.Random(SEED).sample(phrasings, min(SAMPLE, len(phrasings)))
    fast = speed.measure(matcher, content, timed, reads_content=given is None)
    return Report(len(topics), len(phrasings), len(texts) - len(phrasings), asked, held_out, fast, built)


def ask(matcher: Matcher, content: Content, questions: list[Question], folder: str, misses: int) -> Asked:
    judged = [judge(one, matcher.match(one.text)) for one in questions]
    twins = near_identical([one.text for one in questions], content)
    of_file = {one.file: 0 for one in questions}
    for one in questions:
        of_file[one.file] += one.text in twins
    handover = [one for one in judged if one.verdict in ("missed", "false_alarm") and one.question.kind]
    wanted = {topic for one in questions for topic in one.ok}
    return Asked(
        folder,
        count(judged),
        RULE,
        of_file,
        count(keep(judged, lambda text: text not in twins)),
        compare(questions, matcher, content),
        [told(one) for one in worst(judged, misses)],
        [told(one) for one in sorted(handover, key=lambda one: str(one.question.kind))],
        sorted(wanted - set(content.entries)),
    )


def told(one: Judged) -> Miss:
    return Miss(one.question.text, one.question.file, one.wanted, one.given, round(one.match.confidence, 4))
