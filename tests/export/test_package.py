"""The package says what it holds, and the Frictionless framework, which we did not write, agrees."""

import datetime as dt
import hashlib
import importlib.util
import json
import pathlib
from collections.abc import Iterable
from typing import Any

import pytest
from frictionless import Package

from bot.content import Content
from bot.export import table
from bot.export.package import FORMATS, About, write_data, write_description
from bot.export.table import Column, Exported, Row
from tests.export.tables import COLUMNS, NAUGHTY_ROWS, ROWS

NOW = dt.datetime(2026, 11, 25, 15, 0, tzinfo=dt.UTC)
ABOUT = About("union", "monthly meeting", {"form": "ai-at-work"}, 2)
READS_WITH = {"jsonl": "jsonlines", "parquet": "pandas"}  # what Frictionless needs for a format


def write(folder: pathlib.Path, kind: str, columns: list[Column], rows: Iterable[Row]) -> dict[str, Any]:
    folder.mkdir()
    write_description(folder, [write_data(folder, "feedback", kind, columns, rows)], ABOUT, NOW)
    found: dict[str, Any] = json.loads((folder / "datapackage.json").read_text("utf-8"))
    return found


def problems(folder: pathlib.Path, kind: str) -> list[list[str]]:
    """What Frictionless says against the package."""
    if importlib.util.find_spec(READS_WITH.get(kind, "frictionless")) is None:
        pytest.skip(f"Frictionless needs {READS_WITH[kind]} to read {kind}: it belongs to the test group's lock")
    report = Package(folder / "datapackage.json").validate()
    found: list[list[str]] = report.flatten(["type", "note", "fieldName"])
    assert report.valid == (not found)
    return found


def naughty() -> tuple[list[Column], list[Row]]:
    """The contract's table and every naughty string in it: as a text beside guarded codes."""
    texts = [("", ""), *((number, text) for number, text, _ in NAUGHTY_ROWS)]
    rows = [(f"{row[0]}{number}", *row[1:4], text) for row, (number, text) in zip(ROWS * 200, texts, strict=False)]
    return COLUMNS, rows


def real(content: Content) -> tuple[list[Column], list[Row]]:
    """Feedback as the form gives it."""
    form = content.forms["ai-at-work"]
    codes = {one.id: tuple(option.code for option in one.options) for one in form.questions if one.options}
    full = {
        one.id: codes[one.id] if one.kind == "choices" else codes[one.id][0] if one.options else "=1+1"
        for one in form.questions
    }
    items = [
        Exported("1", form.id, 1, "named", "es", "2026-W48", full, True, True, "new", 1, b"sealed"),
        Exported("2", form.id, 1, "anonymous", "en", "2026-W48", {}, False, False, "new", 1, None),
    ]
    return table.columns(form, content.texts["es"]), list(table.rows(form, "es", items, lambda item: "@María"))


@pytest.mark.parametrize("kind", FORMATS)
def test_frictionless_accepts_it(kind: str, tmp_path: pathlib.Path, content: Content) -> None:
    for name, (columns, rows) in {"real": real(content), "naughty": naughty(), "empty": (COLUMNS, [])}.items():
        write(tmp_path / name, kind, columns, rows)
        assert problems(tmp_path / name, kind) == []


@pytest.mark.parametrize("kind", FORMATS)
def test_frictionless_finds_a_code_that_is_none(kind: str, tmp_path: pathlib.Path) -> None:
    write(tmp_path / "out", kind, COLUMNS, [("a1", "=cmd", "", "", "")])
    assert [(found[0], found[2]) for found in problems(tmp_path / "out", kind)] == [("constraint-error", "kind")]


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind != "parquet"])
def test_frictionless_finds_a_changed_file(kind: str, tmp_path: pathlib.Path) -> None:
    """Of Parquet it checks no sum."""
    package = tmp_path / "out" / "datapackage.json"
    write(tmp_path / "out", kind, COLUMNS, ROWS)
    FORMATS[kind].write(tmp_path / "out" / f"feedback.{kind}", COLUMNS, ROWS[:-1])
    assert package.exists()
    assert [found[0] for found in problems(tmp_path / "out", kind)] == ["hash-count"]


@pytest.mark.parametrize("kind", FORMATS)
def test_it_says_what_it_holds(kind: str, tmp_path: pathlib.Path) -> None:
    found = write(tmp_path / "out", kind, COLUMNS, ROWS)
    data = tmp_path / "out" / f"feedback.{kind}"
    (resource,) = found["resources"]
    assert {path.name for path in data.parent.iterdir()} == {data.name, "datapackage.json"}
    assert found["created"] == "2026-11-25T15:00:00Z"
    assert found["worker_voice"] == {
        "export_profile": "union",
        "purpose": "monthly meeting",
        "filters": {"form": "ai-at-work"},
        "items": len(ROWS),
        "counts": "items, not people",
        "waiting_for_batch": 2,
        "withheld": [],
        "withdrawals": [],
    }
    assert resource["path"] == data.name
    assert resource.get("encoding") == {"csv": "utf-8-sig", "jsonl": "utf-8"}.get(kind)
    assert resource["hash"] == "sha256:" + hashlib.sha256(data.read_bytes()).hexdigest()
    assert [field["name"] for field in resource["schema"]["fields"]] == [column.name for column in COLUMNS]
    assert resource["schema"]["fields"][1]["codebook"] == {"idea": "An idea", "@home": "From home", "'till": "Until"}


def test_columns_and_codes_are_explained_in_one_language(content: Content) -> None:
    form = content.forms["ai-at-work"]
    for make in (table.columns, table.developers_columns):
        english, spanish = ({one.name: one for one in make(form, content.texts[one])} for one in ("en", "es"))
        same = {name for name, one in spanish.items() if one.description == english[name].description}
        assert same == set()
        assert spanish["status"].codes == {
            "new": "todavía sin leer",
            "read": "leído por el personal del sindicato",
            "passed-on": "se pasó a quienes crean la IA",
            "answered": "contestado",
            "declined": "no se pasó",
        }
        assert spanish["kind_label"].description == "Etiquetas de kind"


def test_the_codes_that_csv_guards_are_given_as_its_cells_hold_them(tmp_path: pathlib.Path) -> None:
    found = write(tmp_path / "out", "csv", COLUMNS, ROWS)
    assert found["resources"][0]["schema"]["fields"][1]["constraints"] == {"enum": ["idea", "'@home", "''till"]}
