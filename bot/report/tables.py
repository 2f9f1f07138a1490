"""A month's tables as they are fixed, and their sums: only what may be shown is in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from bot.report.withholding import Cells

ITEMS, OUTCOMES, QUESTIONS = "items", "outcomes", "questions"
SHEETS = (ITEMS, OUTCOMES, QUESTIONS)


@dataclass(frozen=True)
class Table:
    """Code -> count, None where withheld. `several`: an item can be in more cells than one."""

    several: bool
    cells: Cells

    @property
    def withheld(self) -> bool:
        """Whether no cell is shown."""
        return all(count is None for count in self.cells.values())


@dataclass(frozen=True)
class Sheet:
    """`total` items (or questions) of the months `since` to `until`, in several tables."""

    since: str
    until: str
    total: int
    tables: Mapping[str, Table]


@dataclass(frozen=True)
class Month:
    """A month's report. A sheet that is not there had fewer than five: they are counted with a later month."""

    month: str
    made: str  # the day
    sheets: Mapping[str, Sheet]

    def to_json(self) -> str:
        return orjson.dumps(self).decode()

    @classmethod
    def from_json(cls, text: str) -> "Month":
        found = orjson.loads(text)
        return cls(found["month"], found["made"], {name: read_sheet(one) for name, one in found["sheets"].items()})


def read_sheet(found: Mapping[str, object]) -> Sheet:
    since, until, total, tables = found["since"], found["until"], found["total"], found["tables"]
    assert isinstance(since, str)
    assert isinstance(until, str)
    assert isinstance(total, int)
    assert isinstance(tables, dict)
    return Sheet(since, until, total, {name: Table(one["several"], one["cells"]) for name, one in tables.items()})


@dataclass(frozen=True)
class Sum:
    """What was shown of one cell in all months, and how many reports withheld it."""

    count: int
    withheld: int


@dataclass(frozen=True)
class Sums:
    """One sheet over all months: reports that have it, their total, and table -> code -> sum of what was shown."""

    reports: int
    total: int
    tables: Mapping[str, Mapping[str, Sum]]


def sums(months: Sequence[Month], sheet: str) -> Sums:
    """Only of what was shown: so consecutive sums differ by a month's own figures, and by nothing else."""
    found = [month.sheets[sheet] for month in months if sheet in month.sheets]
    tables: dict[str, dict[str, Sum]] = {}
    for one in found:
        for name, table in one.tables.items():
            for code, count in table.cells.items():
                before = tables.setdefault(name, {}).get(code, Sum(0, 0))
                tables[name][code] = Sum(before.count + (count or 0), before.withheld + (count is None))
    return Sums(len(found), sum(one.total for one in found), tables)
