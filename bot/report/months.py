"""Months of ISO weeks: a week belongs to the month its Thursday is in, as it belongs to the year its Thursday is in."""

import datetime as dt
import re

THURSDAY = 4
GRACE = dt.timedelta(days=1)  # for what was being written when the week ended


def monday(week: str) -> dt.date:
    return dt.date.fromisocalendar(int(week[:4]), int(week[6:]), 1)


def month_of(week: str) -> str:
    """2026-W40 -> 2026-10."""
    return dt.date.fromisocalendar(int(week[:4]), int(week[6:]), THURSDAY).strftime("%Y-%m")


def is_month(text: str) -> bool:
    return bool(re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", text))


def after(month: str, step: int = 1) -> str:
    """The month `step` months later; earlier where it is negative."""
    number = int(month[:4]) * 12 + int(month[5:]) - 1 + step
    return f"{number // 12}-{number % 12 + 1:02d}"


def span(first: str, last: str) -> list[str]:
    """All months from first to last, both in it; none where first is later."""
    found = []
    while first <= last:
        found.append(first)
        first = after(first)
    return found


def weeks_of(month: str) -> list[str]:
    """Its four or five weeks."""
    day = dt.date(int(month[:4]), int(month[5:]), 1)
    found = []
    while day.strftime("%Y-%m") == month:
        if day.isoweekday() == THURSDAY:
            year, week, _ = day.isocalendar()
            found.append(f"{year}-W{week:02d}")
        day += dt.timedelta(days=1)
    return found


def closes(month: str) -> dt.date:
    """The first day on which its report can be made: its last week is over, and a day more."""
    return monday(weeks_of(month)[-1]) + dt.timedelta(weeks=1) + GRACE


def newest_closed(today: dt.date) -> str:
    month = today.strftime("%Y-%m")
    while closes(month) > today:
        month = after(month, -1)
    return month
