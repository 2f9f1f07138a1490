"""JSON Lines: the exact bytes."""

import pathlib

from bot.export import jsonl
from bot.export.table import Column

COLUMNS = [Column("id", "", ""), Column("tools", "", "", {"a": "A", "b": "B"}, several=True), Column("text", "", "")]


def test_the_bytes(tmp_path: pathlib.Path) -> None:
    """Texts as they are, several codes as an array, empty as null, an object a line."""
    rows = [("007", "a; b", "=1+1"), ("2", "b", "a; b\n"), ("3", "", "")]
    assert jsonl.write(tmp_path / "a.jsonl", COLUMNS, rows) == 3
    assert (tmp_path / "a.jsonl").read_text() == (
        '{"id":"007","tools":["a","b"],"text":"=1+1"}\n'
        '{"id":"2","tools":["b"],"text":"a; b\\n"}\n'
        '{"id":"3","tools":null,"text":null}\n'
    )
