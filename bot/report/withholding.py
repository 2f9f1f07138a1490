"""Which cells of a table are withheld, so that no reader learns of a group of one to four items.

A cell of one to four goes, and another with it, until each withheld cell could be five or more for all that a reader
can work out from the total and from what is shown. The other is drawn by chance, small ones far more likely. Were it
always the next smallest, a reader who knows this program could often work back: of 12 withheld beside a smallest shown
8, the parts can only be 4 and 8. Zeros are shown: "nobody said this" singles nobody out, and what is withheld is never
zero either way. Where all that is not enough, the whole table goes.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence

FEWEST = 5  # the smallest group that is shown
LEAN = 4  # how far the draw leans to small cells: a cell twice as large is 2**4 times less likely

Counts = Mapping[str, int]
Cells = dict[str, int | None]  # None: withheld
Draw = Callable[[Sequence[str], Sequence[float]], str]  # one of these, by these weights


def by_chance(codes: Sequence[str], weights: Sequence[float]) -> str:
    return secrets.SystemRandom().choices(codes, weights)[0]


def small(count: int) -> bool:
    return 0 < count < FEWEST


def withhold(counts: Counts, total: int, *, several: bool, draw: Draw = by_chance) -> Cells:
    """The table as it may be shown beside `total`. `several`: an item can be in more cells than one."""
    return withhold_several(counts, total) if several else withhold_parts(counts, draw)


def withhold_parts(counts: Counts, draw: Draw = by_chance) -> Cells:
    """Cells that add up to the total: what is withheld must not be the one unknown of that sum."""
    hidden = [code for code, count in counts.items() if small(count)]
    rest = [code for code, count in counts.items() if count >= FEWEST]
    while hidden and not hides([counts[code] for code in hidden]):
        if not rest:
            return dict.fromkeys(counts)
        hidden.append(draw(rest, [(FEWEST / counts[code]) ** LEAN for code in rest]))
        rest.remove(hidden[-1])
    return {code: None if code in hidden else count for code, count in counts.items()}


def hides(counts: list[int]) -> bool:
    """Whether each of these could be five or more: their sum is known, and that each is at least one."""
    return len(counts) > 1 and sum(counts) - (len(counts) - 1) >= FEWEST


def withhold_several(counts: Counts, total: int) -> Cells:
    """Cells that do not add up to anything, but each leaves a rest: those of the total that are not in it."""
    return {code: None if small(count) or small(total - count) else count for code, count in counts.items()}


def group_small(counts: Counts, other: str) -> dict[str, int]:
    """The same items in groups of five or more: the smaller ones become one, with the next smallest if need be."""
    rest = sum(count for count in counts.values() if count < FEWEST)
    large = sorted((count, code) for code, count in counts.items() if count >= FEWEST)
    if small(rest) and large:
        rest += large.pop(0)[0]
    return {code: count for count, code in reversed(large)} | {other: rest}
