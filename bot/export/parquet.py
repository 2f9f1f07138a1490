"""Parquet for analysis: exact values, several codes as a list; needs pyarrow, which the launcher installs on demand."""

import pathlib
from collections.abc import Iterable, Iterator, Mapping

from bot.errors import Refused
from bot.export.table import SEPARATOR, Column, Row

MEDIA_TYPE = "application/vnd.apache.parquet"
ENCODING = ""
DIALECT: Mapping[str, object] = {}
SEVERAL = "any"  # frictionless 5 reads a Parquet list as a numpy array, which its "array" refuses
NOTE = "Values are exactly as they were sent; null where there is none."
GROUP = 5_000  # rows
GROUP_CHARACTERS = 10_000_000  # where texts are long a group ends earlier, so that memory stays bounded


def shown(text: str) -> str:
    return text


def write(path: pathlib.Path, columns: list[Column], rows: Iterable[Row]) -> int:
    """Write the table; how many rows."""
    try:
        import pyarrow as pa
        from pyarrow import compute, parquet
    except ImportError as problem:
        raise Refused(
            "Parquet needs pyarrow, which is not installed here: "
            "./run export ... --format parquet installs it, then writes."
        ) from problem
    types = [pa.list_(pa.string()) if column.several else pa.string() for column in columns]
    schema = pa.schema([pa.field(column.name, kind) for column, kind in zip(columns, types, strict=True)])
    count = 0
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for group in groups(rows):
            arrays = []
            for column, cells in zip(columns, zip(*group, strict=True), strict=True):
                builder = pa.lib.StringBuilder()  # pa.array would load pandas, where it is installed: 50 MB
                builder.append_values([cell or None for cell in cells])
                array = builder.finish()
                arrays.append(compute.split_pattern(array, SEPARATOR) if column.several else array)
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema), row_group_size=GROUP)
            count += len(group)
    return count


def groups(rows: Iterable[Row]) -> Iterator[list[Row]]:
    group: list[Row] = []
    size = 0
    for row in rows:
        group.append(row)
        size += sum(map(len, row))
        if len(group) >= GROUP or size >= GROUP_CHARACTERS:
            yield group
            group, size = [], 0
    if group:
        yield group
