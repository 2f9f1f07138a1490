"""Parquet: types, groups, compression, and what happens without pyarrow."""

import pathlib
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet
import pytest

from bot.errors import Refused
from bot.export import parquet
from bot.export.table import Column

COLUMNS = [Column("id", "", ""), Column("tools", "", "", {"a": "A", "b": "B"}, several=True)]


def test_types_values_and_groups(tmp_path: pathlib.Path) -> None:
    rows = [("007", "a; b"), ("", ""), *((str(number), "b") for number in range(40_000))]
    assert parquet.write(tmp_path / "a.parquet", COLUMNS, rows) == 40_002
    file = pyarrow.parquet.ParquetFile(tmp_path / "a.parquet")
    assert [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)] == [5_000] * 8 + [2]
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    assert file.schema_arrow.field("id").type == pa.string()
    assert pa.types.is_list(file.schema_arrow.field("tools").type)
    assert file.read().slice(0, 2).to_pylist() == [{"id": "007", "tools": ["a", "b"]}, {"id": None, "tools": None}]


def test_long_texts_end_a_group_early() -> None:
    """So that 5,000 answers of 40,000 characters are never in memory together."""
    rows = (("x" * 40_000,) for _ in range(3_000))
    assert [len(group) for group in parquet.groups(rows)] == [250] * 12


def test_without_pyarrow_it_says_what_to_type(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(Refused, match=r"\./run export \.\.\. --format parquet"):
        parquet.write(tmp_path / "a.parquet", COLUMNS, [])
    assert list(tmp_path.iterdir()) == []


def test_the_formats_load_without_pyarrow() -> None:
    program = "import sys, bot.export.package; sys.exit('pyarrow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
