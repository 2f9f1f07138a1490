"""What members ask, from the weekly counts: how many got what, and which topics. A count under five is not shown."""

from collections import Counter
from dataclasses import dataclass

from bot.staffing import Desk

FEWEST = 5
OUTCOMES = ("suggest", "none", "handover")  # answers are told by topic
Told = int | None  # None: one to four


@dataclass(frozen=True)
class Topic:
    """How often its answer was given, and how often members said that it helped, or did not."""

    id: str
    question: str
    answered: Told
    helped: Told
    not_helped: Told


@dataclass(frozen=True)
class Topics:
    """Of the weeks `since` to `until` ("" where nothing was counted); the topics asked most stand first."""

    since: str
    until: str
    outcomes: dict[str, Told]
    topics: tuple[Topic, ...]


def topics(desk: Desk, language: str, since: str = "", until: str = "") -> Topics:
    """Weeks as 2026-W48; "": from the first, to the last. Titles in `language`."""
    found = desk.uow.counters.between(since, until)
    desk.audit("topics", f"since={since} until={until}")
    weeks = sorted(one.week for one in found)
    summed = Counter[tuple[str, str]]()
    for one, count in found.items():
        summed[one.outcome, one.topic] += count
    asked = sorted(desk.content.entries, key=lambda topic: (-(told(summed["answer", topic]) or 0), topic))
    return Topics(
        weeks[0] if weeks else "",
        weeks[-1] if weeks else "",
        {outcome: told(summed[outcome, ""]) for outcome in OUTCOMES},
        tuple(
            Topic(
                topic,
                desk.content.entry(topic, language).question,
                *(told(summed[outcome, topic]) for outcome in ("answer", "helped_yes", "helped_no")),
            )
            for topic in asked
            if summed["answer", topic]
        ),
    )


def told(count: int) -> Told:
    return count if count == 0 or count >= FEWEST else None
