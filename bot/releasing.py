"""Which items go to the AI developers, and which of their identifying values: decided once, when first shown.

Who has every package ever made, joins them on the items' ids and subtracts them, must never find one to four items that
share a combination of identifying values. So:

- A month's items are decided together, in the first export that shows the month, and the month never gets another one.
  What is released with a month has, by itself, five or more items of each combination that it shows. An export shows
  whole months, so all that can be joined or subtracted is made of such groups. (Only what its author takes back is
  missing later, and is listed: of anonymous items from their batch on.)
- Where fewer than five would show the same, the last identifying question of the form is blanked, then the one before.
  The language never is: the words themselves show it. What is still alone waits for a later month, and comes with that.
- A month of which something was purged since is not shown again: what is left of it could be subtracted from the whole.
- A decision counts from the moment it is shown: it is written in the transaction that makes the export count, and only
  if every item of it is still shared then.
- All items of a month with the same values share one fate, so memory grows with the combinations, not with the items.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.export.table import Exported, shown
from bot.forms import Form
from bot.report.months import month_of, span

FEWEST = 5  # the smallest group of items that show the same
Combination = tuple[str, ...]  # the language, then a cell for each identifying choice of the form, "" where blank
Kept = tuple[str, Combination]  # month of filing, combination: items that share one fate


@dataclass(frozen=True)
class Release:
    """What was decided for an item: the month it comes with and the identifying cells it shows, by question."""

    month: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class TakenBack:
    """A released item that its author withdrew or deleted."""

    item: str
    kind: str


class Releases(Protocol):
    """Decisions. `fix` and `add` raise Changed: a month was shown by another export, an item is not shared any more."""

    def fixed(self) -> dict[str, bool]: ...  # months that an export has shown: whether all of it is still kept
    def fix(self, months: Mapping[str, int]) -> None: ...  # with how many items each
    def add(self, release: Release, revision: int, items: Sequence[str]) -> None: ...
    def taken_back(self) -> list[TakenBack]: ...  # an anonymous one from its batch on


class Shared(Protocol):
    """Items shared with the AI developers, up to a week, in the order of their random ids.

    `corrected`: of all released ones, those corrected since.
    """

    def waiting(self, form: str, until: str) -> Iterator[Exported]: ...
    def all(self, form: str, until: str) -> Iterator[tuple[Exported, Release | None]]: ...
    def corrected(self, form: str) -> Iterator[tuple[Exported, Release]]: ...


def identifying(form: Form) -> list[str]:
    """The questions that make up a combination, the language aside, in the order in which they are kept."""
    return [one.id for one in form.exported if one.identifying and one.kind != "text"]


def combination(questions: Sequence[str], item: Exported) -> Combination:
    return (item.language, *[shown(item.answers.get(question)) for question in questions])


def kept(questions: Sequence[str], item: Exported) -> Kept:
    return month_of(item.week), combination(questions, item)


def decide(
    questions: Sequence[str], waiting: Mapping[Kept, int], months: Iterable[str], fixed: Collection[str]
) -> dict[Kept, Release]:
    """What becomes of the items that wait, counted by `kept`, in an export of these months.

    A month takes its own items, and what was left waiting in months that were shown before. Items of a month that was
    not shown yet and is not among `months` are left for its own export.
    """
    left = dict(waiting)
    over = set(fixed)
    fates: dict[Kept, Release] = {}
    for month in sorted(set(months) - over):
        over.add(month)
        mine = [one for one in left if one[0] <= month and one[0] in over]
        counts = Counter[Combination]()
        for one in mine:
            counts[one[1]] += left[one]
        showing = blanked(counts)
        for one in mine:
            cells = showing.get(one[1])
            if cells is not None:
                fates[one] = Release(month, dict(zip(("language", *questions), cells, strict=True)))
                del left[one]
    return fates


def blanked(counts: Mapping[Combination, int]) -> dict[Combination, Combination]:
    """What each combination may show, so that five or more items show the same; without those that must wait."""
    showing = {one: one for one in counts}
    for length in range(max((filled(one) for one in counts), default=0), 0, -1):
        visible = tally(showing, counts)
        for true, cells in showing.items():
            if filled(cells) == length and visible[cells] < FEWEST:
                showing[true] = without_last(cells)
    visible = tally(showing, counts)
    return {true: cells for true, cells in showing.items() if visible[cells] >= FEWEST}


def tally(showing: Mapping[Combination, Combination], counts: Mapping[Combination, int]) -> Counter[Combination]:
    found = Counter[Combination]()
    for true, cells in showing.items():
        found[cells] += counts[true]
    return found


def filled(cells: Combination) -> int:
    """How many identifying cells are not blank, the language aside."""
    return sum(cell != "" for cell in cells[1:])


def without_last(cells: Combination) -> Combination:
    last = max(number for number, cell in enumerate(cells) if cell)
    return (*cells[:last], "", *cells[last + 1 :])


def range_of(first: str, until: str, waiting: Iterable[Kept], fixed: Iterable[str]) -> list[str]:
    """The months of an export; `first` "": from the earliest that has something to show."""
    known = [first] if first else [*fixed, *(month for month, _ in waiting)]
    return span(min([*known, until]), until)


def about(count: int) -> str:
    """A count that may go beside a `developers` export: none, or in tens, so that two of them tell of no few items."""
    return "none" if count == 0 else f"up to {-(-count // 10) * 10:,}"
