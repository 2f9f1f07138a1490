"""Ours beside a bare peer, measured in turns: what a line of figures is, and how it is shown."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from bench.members import Steps
from bench.tables import table

HEADS = ("members", "bare /s", "ours /s", "ours/bare", "bare p99 ms", "ours p50 ms", "ours p99 ms")


@dataclass(frozen=True)
class Line:
    """Medians of the rounds; `ratios` are ours to bare, a round each. Rates a second, times in milliseconds."""

    what: str
    members: int
    bare: float
    ours: float
    ratios: list[float]
    bare_p99: float
    ours_p50: float
    ours_p99: float


def line(what: str, members: int, pairs: Sequence[tuple[Steps, Steps]]) -> Line:
    """`pairs`: bare and ours, a round each."""
    bare, ours = [one for one, _ in pairs], [one for _, one in pairs]
    return Line(
        what,
        members,
        statistics.median(one.per_second for one in bare),
        statistics.median(one.per_second for one in ours),
        [one.per_second / other.per_second for other, one in pairs],
        statistics.median(one.ms(0.99) for one in bare),
        statistics.median(one.ms(0.5) for one in ours),
        statistics.median(one.ms(0.99) for one in ours),
    )


def shown(head: str, lines: Sequence[Line]) -> str:
    """A table; `head`: what `what` is."""
    return table((head, *HEADS), [cells(one) for one in lines])


def cells(one: Line) -> tuple[str, ...]:
    rates = (f"{one.bare:,.0f}", f"{one.ours:,.0f}", f"{statistics.median(one.ratios):.2f}")
    return one.what, str(one.members), *rates, *(f"{ms:.1f}" for ms in (one.bare_p99, one.ours_p50, one.ours_p99))
