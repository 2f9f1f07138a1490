"""The tables that the tests of the formats write: one with every kind of column, one with every naughty string."""

import json
import pathlib

from bot.cleaning import clean
from bot.export.table import Column, Row

COLUMNS = [
    Column("id", "Item", "Random id"),
    Column("kind", "Kind", "What it is", {"idea": "An idea", "@home": "From home", "'till": "Until"}),
    Column("tools", "Tools", "Which", {"scheduling": "Scheduling", "=sum": "Sums", "camera": "Cameras"}, several=True),
    Column("tools_label", "Tools", "Labels of tools"),
    Column("text", "Text", "In your words"),
]
ROWS: list[Row] = [
    ("a1", "idea", "scheduling; =sum", "Scheduling; Sums", 'They changed my shift,\nthen said "it\'s the system".'),
    ("a2", "@home", "=sum", "Sums", "=1+1"),
    ("a3", "'till", "", "", "'=1+1"),
    ("a4", "", "camera", "Cameras", "007"),
    ("a5", "", "", "", ""),
    ("a6", "idea", "camera", "Cameras", "  ¿y el niño? 👩🏽‍🏭  "),
    ("a7", "", "", "", "-5"),
]

FILE = pathlib.Path(__file__).parent.parent / "data" / "naughty.jsonl"
NAUGHTY: list[str] = [json.loads(line) for line in FILE.read_text("utf-8").split("\n") if line]
NAUGHTY_COLUMNS = [Column("id", "", ""), Column("text", "", ""), Column("last", "", "")]
NAUGHTY_ROWS: list[Row] = [(f"n{number}", clean(text), clean(text)) for number, text in enumerate(NAUGHTY)]
