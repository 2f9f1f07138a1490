"""Each format read back by a program that did not write it, as rows of texts; several codes are joined again."""

import csv
import json
import pathlib
import re
from collections.abc import Callable

import openpyxl
import pyarrow.parquet

from bot.export.table import SEPARATOR, Row

Table = tuple[list[str], list[Row]]  # header, rows
Value = str | list[str] | None


def text(value: Value) -> str:
    assert value != ""  # an empty cell is null, where a format has null
    return SEPARATOR.join(value) if isinstance(value, list) else value or ""


def read_csv(path: pathlib.Path) -> Table:
    """By the rule in the data package: drop one apostrophe from the start of each cell."""
    csv.field_size_limit(1_000_000)
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = [tuple(cell.removeprefix("'") for cell in row) for row in csv.reader(file)]
    return list(header), rows


def read_jsonl(path: pathlib.Path) -> Table:
    lines = path.read_bytes().decode().split("\n")
    assert lines.pop() == ""
    records = [json.loads(line) for line in lines]
    assert len({tuple(record) for record in records}) <= 1
    return list(records[0]) if records else [], [tuple(text(value) for value in record.values()) for record in records]


def read_xlsx(path: pathlib.Path) -> Table:
    """All sheets of data; no cell is anything but a text."""
    header: list[str] = []
    rows: list[Row] = []
    *data, last = openpyxl.load_workbook(path).worksheets
    assert last.title == "columns"
    for sheet in data:
        cells = list(sheet.iter_rows())
        assert {cell.data_type for row in cells for cell in row if cell.value is not None} <= {"s"}
        first, *others = [tuple(unescape(text(cell.value)) for cell in row) for row in cells]
        assert header in ([], list(first))
        header = list(first)
        rows += others
    return header, rows


def unescape(cell: str) -> str:
    """ECMA-376's _xHHHH_ (ST_Xstring), which openpyxl leaves as it is."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), cell)


def read_parquet(path: pathlib.Path) -> Table:
    found = pyarrow.parquet.read_table(path)
    return found.column_names, [tuple(text(value) for value in record.values()) for record in found.to_pylist()]


READERS: dict[str, Callable[[pathlib.Path], Table]] = {
    "csv": read_csv,
    "xlsx": read_xlsx,
    "jsonl": read_jsonl,
    "parquet": read_parquet,
}
