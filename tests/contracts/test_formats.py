"""What every export format keeps: the same table, written and read back by an independent reader, is equal."""

import pathlib
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cleaning import clean
from bot.export.package import FORMATS
from bot.export.table import Column, Row
from tests.export.readers import READERS
from tests.export.tables import COLUMNS, ROWS

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@pytest.fixture(params=FORMATS)
def kind(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def path(kind: str, tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / f"table.{kind}"


def test_a_table_arrives(kind: str, path: pathlib.Path) -> None:
    assert FORMATS[kind].write(path, COLUMNS, iter(ROWS)) == len(ROWS)
    header, rows = READERS[kind](path)
    assert header == [column.name for column in COLUMNS]
    assert rows == ROWS


def test_no_rows(kind: str, path: pathlib.Path) -> None:
    assert FORMATS[kind].write(path, COLUMNS, iter([])) == 0
    assert READERS[kind](path)[1] == []


def test_many_rows_arrive_in_order(kind: str, path: pathlib.Path) -> None:
    """More than a Parquet group."""
    rows = [(f"n{number}", *ROWS[number % 7][1:]) for number in range(20_011)]
    assert FORMATS[kind].write(path, COLUMNS, iter(rows)) == len(rows)
    assert READERS[kind](path)[1] == rows


def test_rows_are_not_gathered(kind: str, path: pathlib.Path) -> None:
    """A row is written long before the last is drawn: memory does not grow with the table."""
    drawn = written = 0

    def rows() -> Iterator[Row]:
        nonlocal drawn, written
        for drawn in range(60_000):
            if drawn == 59_999:
                written = sum(one.stat().st_size for one in path.parent.iterdir())
            yield f"n{drawn}", "idea", "", "", f"my words {drawn * 7919 % 10_007}"

    FORMATS[kind].write(path, COLUMNS, rows())
    assert written > 100_000


def test_it_writes_only_its_file(kind: str, path: pathlib.Path) -> None:
    FORMATS[kind].write(path, COLUMNS, iter(ROWS))
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("kind", FORMATS)
@settings(max_examples=40, deadline=None)
@given(texts=st.lists(TEXT, min_size=1, max_size=20), name=TEXT)
def test_any_text_arrives(kind: str, tmp_path_factory: pytest.TempPathFactory, texts: list[str], name: str) -> None:
    """Also as the name of a column."""
    path = tmp_path_factory.mktemp("any") / f"table.{kind}"
    rows = [(str(number), clean(text)) for number, text in enumerate(texts)]
    names = ["id", clean(name) or "empty"]
    FORMATS[kind].write(path, [Column(one, "", "") for one in names], iter(rows))
    assert READERS[kind](path) == (names, rows)
