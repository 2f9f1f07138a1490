"""Weeks, and the months they belong to."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feedback import week_of
from bot.report.months import after, closes, is_month, month_of, newest_closed, span, weeks_of

DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2060, 12, 31))


@pytest.mark.parametrize(
    ("week", "month"),
    [("2026-W40", "2026-10"), ("2026-W01", "2026-01"), ("2026-W53", "2026-12"), ("2027-W01", "2027-01")],
)
def test_a_week_belongs_to_the_month_of_its_thursday(week: str, month: str) -> None:
    assert month_of(week) == month


@given(DAYS)
def test_every_week_is_in_exactly_the_month_it_belongs_to(day: dt.date) -> None:
    week = week_of(day)
    month = month_of(week)
    assert week in weeks_of(month)
    assert week not in weeks_of(after(month)) + weeks_of(after(month, -1))
    assert len(weeks_of(month)) in (4, 5)


@given(DAYS)
def test_a_closed_month_gets_no_item_any_more(today: dt.date) -> None:
    newest = newest_closed(today)
    assert closes(newest) <= today < closes(after(newest))
    assert week_of(today) > weeks_of(newest)[-1]
    assert week_of(today - dt.timedelta(days=1)) > weeks_of(newest)[-1]  # what was being written as the week ended


def test_spans_and_steps() -> None:
    assert span("2025-11", "2026-02") == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert span("2026-02", "2026-01") == []
    assert (after("2025-12"), after("2026-01", -1), after("2026-01", 25)) == ("2026-01", "2025-12", "2028-02")


@pytest.mark.parametrize("text", ["2026", "2026-13", "2026-1", "1999-01", "2026-10-01", "next", "2026-10\n"])
def test_what_is_no_month(text: str) -> None:
    assert is_month("2026-10")
    assert not is_month(text)
