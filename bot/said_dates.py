"""The dates that a text says, as far as the day, the month or the year, in the languages whose months are known."""

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.asking import MONTHS

YEAR = r"(?:19|20)\d\d"


@dataclass(frozen=True)
class SaidDate:
    """What is said, where in the text it begins, and the first and last day that it can mean."""

    text: str
    at: int
    first: dt.date
    last: dt.date


def said_dates(text: str, language: str) -> Iterator[SaidDate]:
    """`December 11, 2023`, `11 de diciembre de 2023`, `August 11-13, 2024`, `April 2026`, `2025-26`, `2025`."""
    for found in pattern(language).finditer(text):
        if found["year"]:
            year, month = int(found["year"]), month_of(found["month"], language)
            length = calendar.monthrange(year, month)[1]
            day = int(found["before"] or found["after"] or 0)
            exact = 1 <= day <= length
            yield SaidDate(
                found[0],
                found.start(),
                dt.date(year, month, day if exact else 1),
                dt.date(year, month, day if exact else length),
            )
        else:
            first, *rest = re.findall(r"\d+", found[0])
            last = int(first[:2] + rest[0][-2:]) if rest else int(first)
            yield SaidDate(found[0], found.start(), dt.date(int(first), 1, 1), dt.date(last, 12, 31))


def pattern(language: str) -> re.Pattern[str]:
    months = "|".join(MONTHS.get(language, ["(?!)"]))
    return re.compile(
        rf"(?:\b(?P<before>\d{{1,2}})\s+(?:de\s+)?)?\b(?P<month>{months})\b"
        rf"(?:\s+(?P<after>\d{{1,2}})\b[^.;:()\n]{{0,8}}?)?,?\s+(?:del?\s+)?(?P<year>{YEAR})\b"
        rf"|(?<![$€\d.,])\b{YEAR}(?:-(?:20)?\d\d)?\b(?![.,]?\d)",
        re.IGNORECASE,
    )


def month_of(name: str, language: str) -> int:
    return [one.casefold() for one in MONTHS[language]].index(name.casefold()) + 1
