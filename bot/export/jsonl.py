"""JSON Lines for programs: an object a line, every value exactly as it was sent; several codes are an array."""

import pathlib
from collections.abc import Iterable, Mapping

import orjson

from bot.export.table import SEPARATOR, Column, Row

MEDIA_TYPE = "application/jsonl"
DIALECT: Mapping[str, object] = {}
SEVERAL = "array"
NOTE = "Values are exactly as they were sent; null where there is none."


def shown(text: str) -> str:
    return text


def write(path: pathlib.Path, columns: list[Column], rows: Iterable[Row]) -> int:
    """Write the table; how many rows."""
    names = [column.name for column in columns]
    several = [column.name for column in columns if column.several]
    count = 0
    with path.open("wb") as file:
        for row in rows:
            record: dict[str, str | list[str] | None] = dict(zip(names, [cell or None for cell in row], strict=True))
            for name in several:
                codes = record[name]
                if isinstance(codes, str):
                    record[name] = codes.split(SEPARATOR)
            file.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
            count += 1
    return count
