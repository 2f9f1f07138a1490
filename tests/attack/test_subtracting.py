"""Subtracting: who keeps a year's packages, or a year's reports, and joins or subtracts them, singles nobody out."""

import itertools
import pathlib
import random
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest

from bot.content import Content
from bot.export.table import Exported
from bot.ports import Store
from bot.report.making import Plan, make_report
from bot.report.months import closes, span
from bot.report.tables import ITEMS, OUTCOMES, SHEETS, Month, Sheet, Table, sums
from bot.vault import Vault
from tests.attack.outputs import FEWEST, FORM, Row, Year, a_year, inconsistent, singled_out, whole

LARGE = [pytest.param(seed, 600, marks=pytest.mark.attack) for seed in range(12)]


@pytest.mark.parametrize("purges", [False, True])
@pytest.mark.parametrize(("seed", "items"), [(1, 150), *LARGE])
async def test_no_packages_joined_or_subtracted_single_anybody_out(
    purges: bool, seed: int, items: int, store: Store, content: Content, vault: Vault, tmp_path: pathlib.Path
) -> None:
    year = Year(store, content, vault, tmp_path, random.Random(seed), purges)
    await a_year(year, items)
    assert singled_out(whole(year.outputs)) == []
    assert inconsistent(year.outputs) == []
    last = year.outputs[-2]
    shared = await store.read(lambda uow: {item.id: item for item, _ in uow.shared.all(FORM, "2026-W39")})
    assert set(last.rows) <= set(shared)
    if not purges:
        assert len(last.rows) > 0.8 * len(shared)  # it protects, and is of use
    assert sum(row["sector"] is not None for row in last.rows.values()) > 0.5 * len(last.rows)
    shown = set().union(*(output.rows for output in year.outputs))
    if not purges:
        assert shown - set(shared) <= last.withdrawn
    print(f"{len(year.outputs)} packages, {len(shown)} items, {len(last.withdrawn)} taken back, 0 singled out")


async def test_the_attack_breaks_blanking_at_each_export(
    store: Store, content: Content, vault: Vault, tmp_path: pathlib.Path
) -> None:
    """The control: packages that blank what is rare among their own rows, each for itself, do single items out."""
    year = Year(store, content, vault, tmp_path, random.Random(2))
    packages = []
    for month in ("2025-10", "2025-11", "2025-12", "2026-01"):
        await year.live(month, 80)
        packages.append(await store.read(lambda uow: naive([item for item, _ in uow.shared.all(FORM, "2026-W39")])))
    assert all(count >= FEWEST for package in packages for count in combinations(package).values())
    assert singled_out(packages)


def naive(items: list[Exported]) -> dict[str, Row]:
    rows: dict[str, Row] = {
        item.id: {"id": item.id, "month": "", "language": item.language, "sector": str(item.answers["sector"] or "")}
        for item in items
    }
    for column in ("sector", "language"):
        counts = combinations(rows)
        for row in rows.values():
            if counts[row["language"], row["sector"]] < FEWEST:
                row[column] = ""
    counts = combinations(rows)
    return {item: row for item, row in rows.items() if counts[row["language"], row["sector"]] >= FEWEST}


def combinations(rows: dict[str, Row]) -> Counter[tuple[str, str]]:
    return Counter((row["language"], row["sector"]) for row in rows.values())


@pytest.mark.parametrize(("seed", "items"), [(1, 90), *LARGE])
async def test_no_reports_subtracted_single_anybody_out(
    seed: int, items: int, store: Store, content: Content, vault: Vault, tmp_path: pathlib.Path
) -> None:
    year = Year(store, content, vault, tmp_path, random.Random(seed))
    reports: list[list[Month]] = []
    for month in span("2025-10", "2026-09"):
        await year.live(month, year.draw.randrange(items // 30, items))
        if year.draw.random() < 0.8:
            reports.append(await report(year, month))
    reports.append(await report(year, "2026-09"))
    for report_ in reports:  # what was fixed never changes: so only whole months can be subtracted
        assert report_ == reports[-1][: len(report_)]
    assert told_by(reports[-1]) == []
    for earlier, later in itertools.pairwise(reports):
        assert list(small_differences(earlier, later)) == []
    shown = [sheet for month in reports[-1] for name, sheet in month.sheets.items() if name == ITEMS]
    assert len(shown) >= 6
    print(f"{len(reports)} reports, {sum(sheet.total for sheet in shown)} items, 0 singled out")


async def report(year: Year, month: str) -> list[Month]:
    languages = tuple(year.content.languages)
    return await make_report(
        year.store, Plan(year.content.forms[FORM], languages, month, closes(month), lambda text: "(none)")
    )


def told_by(months: Sequence[Month]) -> list[tuple[str, str, str, int, int]]:
    """Cells of which a reader learns that one to four items are in them, or all but one to four of a total."""
    found = []
    for month in months:
        for name, sheet in month.sheets.items():
            for table_name, table in sheet.tables.items():
                for least, most in ranges(sheet, table):
                    if 0 < most < FEWEST or (least == most and 0 < least < FEWEST):
                        found.append((month.month, name, table_name, least, most))
    return found


def ranges(sheet: Sheet, table: Table) -> Iterator[tuple[int, int]]:
    """What each group of a table can be: its cells, those that are withheld, and what a cell leaves of the total."""
    yield sheet.total, sheet.total
    shown = [count for count in table.cells.values() if count is not None]
    hidden = len(table.cells) - len(shown)
    yield from ((count, count) for count in shown)
    if table.several:
        yield from ((sheet.total - count, sheet.total - count) for count in shown)
    elif hidden and not table.withheld:  # each is one at least
        rest = sheet.total - sum(shown)
        yield from [(rest, rest) if hidden == 1 else (1, rest - hidden + 1)] * hidden


def small_differences(earlier: Sequence[Month], later: Sequence[Month]) -> Iterator[tuple[str, str, str, int]]:
    """Cells of the sums over all months that grew by one to four from a report to the next."""
    for sheet in SHEETS:
        before, after = sums(earlier, sheet), sums(later, sheet)
        for name, cells in after.tables.items():
            for code, one in cells.items():
                old = before.tables.get(name, {}).get(code)
                grown = one.count - (old.count if old else 0)
                if 0 < grown < FEWEST:
                    yield sheet, name, code, grown


def test_the_attack_breaks_reports_that_hide_only_the_small_cells() -> None:
    cells = {"idea": 8, "concern": None, "knowledge": 20}
    assert told_by([Month("2026-10", "", {OUTCOMES: Sheet("2026-10", "2026-10", 31, {"kind": Table(False, cells)})})])
    bare = Month("2026-10", "", {ITEMS: Sheet("2026-10", "2026-10", 31, {"kind": Table(False, {"idea": 8})})})
    more = Month("2026-11", "", {ITEMS: Sheet("2026-11", "2026-11", 31, {"kind": Table(False, {"idea": 3})})})
    assert list(small_differences([bare], [bare, more]))
