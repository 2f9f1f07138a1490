"""CSV for spreadsheets: UTF-8 with a byte order mark, CRLF, every cell quoted, no cell that starts a formula."""

import csv
import pathlib
import re
from collections.abc import Iterable

from bot.export.table import Column, Row

# What a spreadsheet may read as a formula or a command, after any leading blanks, in plain or full-width form.
FORMULA = re.compile(r"[\s\u00a0\ufeff\u200b]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]")
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
MEDIA_TYPE = "text/csv"


def guard(cell: str) -> str:
    """The cell as text: an apostrophe before whatever would start a formula; numbers stay."""
    return "'" + cell if FORMULA.match(cell) and not NUMBER.fullmatch(cell) else cell


def write(path: pathlib.Path, columns: list[Column], rows: Iterable[Row]) -> int:
    """Write the table; how many rows."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow([guard(column.name) for column in columns])
        for row in rows:
            writer.writerow([guard(cell) for cell in row])
            count += 1
    return count
