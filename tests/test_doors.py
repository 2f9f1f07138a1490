"""The four doors: an answer is a file, a question a block, a platform a folder, a format a file and one line."""

import pathlib
import shutil

import pytest

from bot.content import FOLDER, load
from bot.export.package import FORMATS
from bot.export.table import columns
from tests.contracts.harness import ADAPTERS

ROOT = pathlib.Path(__file__).parent.parent
ANSWER = """+++
question = "Where is the strike kitchen?"
phrasings = ["who cooks for the picket line"]
as_of = 2026-11-25
review_by = 2027-11-25
related = ["talk-to-a-person"]

[[sources]]
publisher = "Local 000"
title = "bulletin"
date = "2026"
+++
In the hall, from noon.
"""
QUESTION = """
[[question]]
id = "shift"
kind = "choice"
page = 4
label = { en = "Shift", es = "Turno" }
ask = { en = "Which shift do you work?", es = "¿En qué turno trabajas?" }
options = [
  { code = "day", label = { en = "Day", es = "Día" } },
  { code = "night", label = { en = "Night", es = "Noche" } },
]
"""


@pytest.fixture
def overlay(tmp_path: pathlib.Path) -> pathlib.Path:
    (tmp_path / "faq" / "en").mkdir(parents=True)
    (tmp_path / "forms").mkdir()
    return tmp_path


def test_door_one_an_answer_is_a_file(overlay: pathlib.Path) -> None:
    (overlay / "faq" / "en" / "strike-kitchen.md").write_text(ANSWER)
    found = load(overlay).entries["strike-kitchen"]["en"]
    assert found.body == "In the hall, from noon."


def test_door_one_an_answer_can_be_removed_and_replaced(overlay: pathlib.Path) -> None:
    (overlay / "faq" / "en" / "data-centers.md").write_text("+++\nremoved = true\n+++\n")
    (overlay / "faq" / "en" / "ai-basics.md").write_text(ANSWER)
    content = load(overlay)
    assert "data-centers" not in content.entries
    assert content.entries["ai-basics"]["en"].body == "In the hall, from noon."


def test_door_two_a_question_is_a_block(overlay: pathlib.Path) -> None:
    shutil.copy(FOLDER / "forms" / "ai-at-work.toml", overlay / "forms")
    with (overlay / "forms" / "ai-at-work.toml").open("a") as file:
        file.write(QUESTION)
    content = load(overlay)
    form = content.forms["ai-at-work"]
    assert form["shift"].parse("2") == "night"
    assert form["shift"].show("night", "es") == "Noche"
    assert [column.name for column in columns(form, content.texts["en"])][-2:] == ["shift", "shift_label"]


def test_door_three_a_platform_is_a_folder() -> None:
    """Each platform has the same four files; the conformance suite runs on each."""
    for platform in ADAPTERS:
        names = {path.name for path in (ROOT / "adapters" / platform).glob("*.py")}
        assert {"adapter.py", "parse.py", "render.py", "settings.py"} <= names


def test_door_four_a_format_is_a_file_and_a_line() -> None:
    for name, module in FORMATS.items():
        assert (ROOT / "bot" / "export" / f"{name}.py").is_file()
        assert module.MEDIA_TYPE
