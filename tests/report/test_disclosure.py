"""The check that attacks a report: it finds what a reader could work out, and nothing where nothing can be."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content import Content
from bot.report.counting import tally_items
from bot.report.disclosure import Leak, bounds, leaks
from bot.report.making import Material, Plan, all_sums, make
from bot.report.months import closes, weeks_of
from bot.report.source import Filed, Sent
from bot.report.tables import ITEMS, Month, Sheet, Sum, Sums, Table
from bot.report.withholding import Cells
from tests.report.seeding import counted

MONTH = "2026-10"


def month(total: int, cells: Cells, *, several: bool = False, name: str = MONTH) -> Month:
    return Month(name, "2026-11-05", {ITEMS: Sheet(name, name, total, {"kind": Table(several, cells)})})


@pytest.mark.parametrize(
    ("total", "cells", "found"),
    [
        (13, {"a": None, "b": 10}, [("a", 3, 3)]),
        (15, {"a": None, "b": None, "c": 10}, [("a", 1, 4), ("b", 1, 4)]),
        (20, {"a": None, "b": None, "c": 14}, []),
        (13, {"a": 3, "b": 10}, [("a", 3, 3)]),
        (5, {"a": None, "b": None}, []),  # nothing of the table is shown
        (4, {"a": 0}, [("", 4, 4)]),
    ],
)
def test_what_one_table_gives_away(total: int, cells: Cells, found: list[tuple[str, int, int]]) -> None:
    assert leaks([month(total, cells)], {}) == [
        Leak((MONTH, ITEMS, "kind" if code else "", code), least, most) for code, least, most in found
    ]


def test_where_an_item_can_be_in_several_a_small_rest_is_found() -> None:
    assert [leak.cell[3] for leak in leaks([month(20, {"a": 18, "b": 20, "c": 9, "d": 2}, several=True)], {})] == [
        "a",
        "d",
    ]


def test_a_sum_over_months_that_holds_more_than_they_show_is_found() -> None:
    months = [month(20, {"a": None, "b": None, "c": 12}), month(30, {"a": 10, "b": 10, "c": 10}, name="2026-11")]
    safe = {ITEMS: Sums(2, 50, {"kind": {"a": Sum(10, 1), "b": Sum(10, 1), "c": Sum(22, 0)}})}
    assert leaks(months, all_sums(months)) == leaks(months, safe) == []
    telling = {ITEMS: Sums(2, 50, {"kind": {"a": Sum(13, 0)}})}
    assert leaks(months, telling) == [Leak((MONTH, ITEMS, "kind", "a"), 3, 3), Leak((MONTH, ITEMS, "kind", "b"), 5, 5)]


def test_tables_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="contradict"):
        leaks([month(10, {"a": None, "b": 12})], {})


@given(st.lists(st.integers(1, 6), min_size=4, max_size=4))
@settings(max_examples=40, deadline=None)
def test_bounds_are_those_that_trying_everything_finds(true: list[int]) -> None:
    limits = tuple((1, 8) for _ in true)
    parts = ((0, 1, 2), (2, 3))
    equations = tuple((members, sum(true[one] for one in members)) for members in parts)
    possible = [
        tried
        for tried in itertools.product(range(1, 9), repeat=4)
        if all(sum(tried[one] for one in members) == value for members, value in equations)
    ]
    expected = tuple((min(column), max(column)) for column in zip(*possible, strict=True))
    assert bounds(limits, equations) == expected


@given(st.integers(5, 60), st.integers(0, 30), st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_whatever_members_send_no_report_gives_a_small_group_away(
    content: Content, count: int, questions: int, seed: int
) -> None:
    form, chance = content.forms["ai-at-work"], random.Random(seed)
    weeks = weeks_of("2026-08") + weeks_of("2026-09") + weeks_of("2026-10")
    filed = [
        Filed(
            chance.choice(weeks),
            chance.choice(["en", "en", "es", "fr"]),
            chance.choice(["new", "read"]),
            {
                "kind": chance.choice(["idea", "idea", "concern", "retired"]),
                "effects": tuple(chance.sample(["safety", "time", "pay", "skills"], chance.randint(0, 3))) or None,
                "part": chance.choice(["help", "check", None]),
            },
        )
        for _ in range(count)
    ]
    sent = [Sent(chance.choice(weeks), "en", chance.choice("abc"), chance.random() < 0.5) for _ in range(questions)]
    plan = Plan(form, ("en", "es"), MONTH, closes(MONTH), str)
    months = make(Material((), tally_items(form, plan.languages, filed), tuple(sent)), plan)
    assert leaks(months, all_sums(months)) == []
    for one in months:
        assert Month.from_json(one.to_json()) == one


def test_a_year_of_reports_gives_nothing_away(content: Content) -> None:
    months = counted(content.forms["ai-at-work"], "2026-01", "2026-12", count=500)
    assert len(months) == 12
    assert leaks(months, all_sums(months)) == []
