"""Every naughty string, cleaned as everything that a member says, goes through every format and arrives as it was."""

import pathlib

import pytest

from bot.export import xlsx
from bot.export.package import FORMATS
from bot.export.table import Column
from tests.export.readers import READERS
from tests.export.tables import NAUGHTY, NAUGHTY_COLUMNS, NAUGHTY_ROWS


def test_there_are_many() -> None:
    assert len(set(NAUGHTY)) == len(NAUGHTY) >= 520


@pytest.mark.parametrize("kind", FORMATS)
def test_each_arrives(kind: str, tmp_path: pathlib.Path) -> None:
    path = tmp_path / f"naughty.{kind}"
    FORMATS[kind].write(path, NAUGHTY_COLUMNS, iter(NAUGHTY_ROWS))
    header, rows = READERS[kind](path)
    assert header == ["id", "text", "last"]
    assert len(rows) == len(NAUGHTY_ROWS)
    for sent, arrived in zip(NAUGHTY_ROWS, rows, strict=True):
        wanted = tuple(xlsx.shown(cell) for cell in sent) if kind == "xlsx" else sent
        assert arrived == wanted, f"{sent[0]}: {sent[1][:80]!r} came as {arrived[1][:80]!r}"


@pytest.mark.parametrize("kind", FORMATS)
def test_each_can_name_a_column(kind: str, tmp_path: pathlib.Path) -> None:
    path = tmp_path / f"naughty.{kind}"
    names = list(dict.fromkeys(row[1] for row in NAUGHTY_ROWS if 0 < len(row[1]) < 1000))
    FORMATS[kind].write(path, [Column(name, "", "") for name in names], [("x",) * len(names)])
    assert READERS[kind](path)[0] == names
