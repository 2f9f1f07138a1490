"""CSV for spreadsheets: UTF-8 with a byte order mark, CRLF, every cell quoted, no cell that starts a formula."""

import csv
import pathlib
import re
import string
from collections.abc import Iterable, Mapping

from bot.export.table import Column, Row

MEDIA_TYPE = "text/csv"
ENCODING = "utf-8-sig"
DIALECT: Mapping[str, object] = {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "lineTerminator": "\r\n"}
SEVERAL = "string"
NOTE = (
    "An apostrophe was added before each cell that a spreadsheet could run, and before each that begins with an "
    "apostrophe: to have a text as it was sent, drop one apostrophe from the start of the cell."
)

# What shows nothing before a sign: controls, spaces of all widths, soft hyphen, fillers, joiners, marks of direction,
# variation selectors, tags, byte order marks.
UNSEEN = (
    r"\x00-\x20\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f"
    r"\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff"
)
SIGNS = r"=+\-@|%\t\r\n\uff1d\uff0b\uff0d\uff20\uff5c\uff05"  # the last six: full-width forms
RISKY = re.compile(f"'|[{UNSEEN}]*[{SIGNS}]")
NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")
PLAIN = frozenset(string.ascii_letters + string.digits) | {""}  # first characters of most cells: no need to look on


def shown(text: str) -> str:
    """The text as its cell holds it: an apostrophe before whatever would start a formula or is an apostrophe."""
    return "'" + text if RISKY.match(text) and not NUMBER.fullmatch(text) else text


def write(path: pathlib.Path, columns: list[Column], rows: Iterable[Row]) -> int:
    """Write the table; how many rows."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow([shown(column.name) for column in columns])
        for row in rows:
            writer.writerow([cell if cell[:1] in PLAIN else shown(cell) for cell in row])
            count += 1
    return count
