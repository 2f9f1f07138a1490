"""JSON Lines for programs: an object a line, every value exactly as it was sent; several codes are an array."""

import pathlib
from collections.abc import Iterable, Mapping

import orjson

from bot.export.table import SEPARATOR, Column, Row

MEDIA_TYPE = "application/jsonl"
ENCODING = "utf-8"
DIALECT: Mapping[str, object] = {}
SEVERAL = "array"
NOTE = "Values are exactly as they were sent; null where there is none."


def shown(text: str) -> str:
    return text


def write(path: pathlib.Path, columns: list[Column], rows: Iterable[Row]) -> int:
    """Write the table; how many rows."""
    names = [column.name for column in columns]
    several = [place for place, column in enumerate(columns) if column.several]
    dumps, newline = orjson.dumps, orjson.OPT_APPEND_NEWLINE
    count = 0
    with path.open("wb") as file:
        for row in rows:
            values: list[str | list[str] | None] = [cell or None for cell in row]
            for place in several:
                if row[place]:
                    values[place] = row[place].split(SEPARATOR)
            file.write(dumps(dict(zip(names, values, strict=True)), option=newline))
            count += 1
    return count
