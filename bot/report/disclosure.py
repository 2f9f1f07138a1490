"""Checks a report as a reader would attack it: everything it states as equations, solved for each withheld cell.

What a reader knows: each shown cell and total; that a withheld cell is no zero (unless its whole table is withheld);
that the cells of a table add up to the total, or, where an item can be in several, are no more than it; and the sums
over all months. Together these are transport problems, whose linear programs have whole-numbered bounds.
"""

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.report.tables import Month, Sums, Table
from bot.report.withholding import FEWEST, small

Cell = tuple[str, str, str, str]  # month, sheet, table, code
Equation = tuple[tuple[int, ...], int]  # these unknowns add up to this


@dataclass(frozen=True)
class Leak:
    """A cell of which a reader learns that it, or what it leaves of the total, is a group of one to four."""

    cell: Cell
    least: int
    most: int


def leaks(months: Sequence[Month], shown: Mapping[str, Sums]) -> list[Leak]:
    """What these months and the sums beside them (by sheet) give away; empty where they are safe."""
    found = [leak for month in months for leak in plain_leaks(month)]
    unknown: dict[Cell, tuple[int, int]] = {}
    equations: list[tuple[list[Cell], int]] = []
    for month, name, table_name, table, total in walk(months):
        cells = [(month, name, table_name, code) for code, count in table.cells.items() if count is None]
        unknown |= dict.fromkeys(cells, (0 if table.withheld else 1, total))
        if cells and not table.several:
            equations.append((cells, total - sum(count or 0 for count in table.cells.values())))
    equations += list(from_sums(months, shown))
    for group, rows in components(list(unknown), equations):
        place = {cell: number for number, cell in enumerate(group)}
        limits = tuple(unknown[cell] for cell in group)
        solved = bounds(limits, tuple((tuple(place[cell] for cell in cells), value) for cells, value in rows))
        for cell, (least, most) in zip(group, solved, strict=True):
            if most < FEWEST or least == most:
                found.append(Leak(cell, least, most))
    return found


def walk(months: Sequence[Month]) -> Iterator[tuple[str, str, str, Table, int]]:
    for month in months:
        for name, sheet in month.sheets.items():
            for table_name, table in sheet.tables.items():
                yield month.month, name, table_name, table, sheet.total


def plain_leaks(month: Month) -> Iterator[Leak]:
    """What needs no solving: a small total, a small cell, or a small rest beside a cell."""
    for name, sheet in month.sheets.items():
        if small(sheet.total):
            yield Leak((month.month, name, "", ""), sheet.total, sheet.total)
    for _, name, table_name, table, total in walk([month]):
        for code, count in table.cells.items():
            if count is not None and (small(count) or (small(total - count) and table.several)):
                yield Leak((month.month, name, table_name, code), count, count)


def from_sums(months: Sequence[Month], shown: Mapping[str, Sums]) -> Iterator[tuple[list[Cell], int]]:
    """Sums that hold more than the months show tell what the withheld cells add up to."""
    for sheet, found in shown.items():
        for name, codes in found.tables.items():
            for code, one in codes.items():
                cells = [
                    (month, sheet, name, code)
                    for month, its_sheet, its_name, table, _ in walk(months)
                    if (its_sheet, its_name) == (sheet, name) and code in table.cells and table.cells[code] is None
                ]
                rest = one.count - sum(
                    table.cells.get(code) or 0
                    for _, its_sheet, its_name, table, _ in walk(months)
                    if (its_sheet, its_name) == (sheet, name)
                )
                if rest and cells:
                    yield cells, rest


def components(
    cells: list[Cell], equations: list[tuple[list[Cell], int]]
) -> Iterator[tuple[list[Cell], list[tuple[list[Cell], int]]]]:
    """Cells that share no equation with others are solved apart."""
    group = {cell: {cell} for cell in cells}
    for members, _ in equations:
        union = set().union(*(group[cell] for cell in members))
        for cell in union:
            group[cell] = union
    seen: set[int] = set()
    for one in group.values():
        if id(one) not in seen:
            seen.add(id(one))
            ordered = sorted(one)
            yield ordered, [equation for equation in equations if equation[0][0] in one]


@functools.lru_cache(maxsize=4096)
def bounds(limits: tuple[tuple[int, int], ...], equations: tuple[Equation, ...]) -> tuple[tuple[int, int], ...]:
    """The least and the most that each unknown can be, by a linear program for each."""
    import numpy as np  # here, because every command would load them otherwise
    from scipy.optimize import linprog

    size = len(limits)
    left = np.zeros((len(equations), size))
    for row, (members, _) in enumerate(equations):
        left[row, list(members)] = 1
    right = np.array([value for _, value in equations])
    given = {"A_eq": left, "b_eq": right} if equations else {}
    found = []
    for number in range(size):
        goal = np.zeros(size)
        goal[number] = 1
        low, high = (linprog(sign * goal, bounds=limits, **given) for sign in (1, -1))
        if low.status or high.status:
            raise ValueError("these tables contradict each other")
        found.append((round(low.fun), round(-high.fun)))
    return tuple(found)
