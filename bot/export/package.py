"""An export as a folder: the data and a Frictionless Data Package that says what it is."""

import datetime as dt
import hashlib
import json
import pathlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.export import csv, jsonl, parquet, xlsx
from bot.export.table import SEPARATOR, Column, Row


class Format(Protocol):
    """A module of this package."""

    MEDIA_TYPE: str
    ENCODING: str  # of a text file, else ""
    DIALECT: Mapping[str, object]  # of a text file, in the data package's words
    SEVERAL: str  # Table Schema type of a cell with several codes; "string": joined
    NOTE: str  # what a reader of the file must know

    def shown(self, text: str) -> str: ...  # the text as its cell holds it

    def write(self, path: pathlib.Path, columns: list[Column], rows: Iterable[Row]) -> int: ...


FORMATS: dict[str, Format] = {  # <- ADD A FORMAT: a module here, and one line
    "csv": csv,
    "xlsx": xlsx,
    "jsonl": jsonl,
    "parquet": parquet,
}


TERMS = (
    "Members agreed that the people who build the AI may read this. They agreed to nothing else.",
    "No training: do not train, tune or test a model on these texts.",
    "No re-identification: do not try to find out who wrote, and join this with nothing that could tell.",
    "Delete your copy of every item that the list of withdrawals names, in this package or in a later one.",
    "Do not hand it on.",
)


@dataclass(frozen=True)
class About:
    """What the package says of itself. Counts are texts where an exact one would tell of single items."""

    profile: str
    purpose: str
    filters: Mapping[str, str]
    waiting: int | str  # anonymous items that wait for their batch
    withheld: Sequence[Mapping[str, object]] = ()  # each: what, why, items
    withdrawals: Sequence[Mapping[str, str]] = ()  # released items that their authors took back
    terms: Sequence[str] = ()


@dataclass(frozen=True)
class Data:
    """A file of the package that is written."""

    name: str
    path: pathlib.Path
    kind: str
    columns: Sequence[Column]
    count: int
    note: str = ""


def write_data(
    folder: pathlib.Path, name: str, kind: str, columns: list[Column], rows: Iterable[Row], note: str = ""
) -> Data:
    """Write `<name>.<kind>`."""
    path = folder / f"{name}.{kind}"
    return Data(name, path, kind, columns, FORMATS[kind].write(path, columns, rows), note)


def write_description(folder: pathlib.Path, files: Sequence[Data], about: About, now: dt.datetime) -> None:
    """Write datapackage.json, which says what the files are."""
    package = {
        "name": "feedback",
        "title": "Feedback from union members on AI at work",
        "created": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "profile": "data-package",
        "worker_voice": {
            "export_profile": about.profile,
            "purpose": about.purpose,
            "filters": dict(about.filters),
            "items": files[0].count,
            "counts": "items, not people",
            "waiting_for_batch": about.waiting,
            "withheld": list(about.withheld),
            "withdrawals": list(about.withdrawals),
            **({"terms": list(about.terms)} if about.terms else {}),
        },
        "resources": [resource(file) for file in files],
    }
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    (folder / "datapackage.json").write_text(text, encoding="utf-8")


def resource(file: Data) -> dict[str, object]:
    module = FORMATS[file.kind]
    return {
        "name": file.name,
        "type": "table" if file.path.stat().st_size else "file",  # frictionless refuses a table without a header
        "description": " ".join(part for part in (file.note, module.NOTE) if part),
        "path": file.path.name,
        "format": file.kind,
        "mediatype": module.MEDIA_TYPE,
        **({"encoding": module.ENCODING} if module.ENCODING else {}),
        "dialect": module.DIALECT,
        "hash": "sha256:" + digest(file.path),
        "schema": {
            "fields": [field(column, module) for column in file.columns],
            "primaryKey": ["id"],
            "missingValues": [""],
        },
    }


def field(column: Column, module: Format) -> dict[str, object]:
    """The column in the data package's words, as this format holds it."""
    found: dict[str, object] = {
        "name": column.name,
        "type": "string",
        "title": column.title,
        "description": column.description,
    }
    if column.codes is not None:
        found["codebook"] = dict(column.codes)
        allowed = {"enum": [module.shown(code) for code in column.codes]}
        if not column.several:
            found["constraints"] = allowed
        elif module.SEVERAL == "string":
            found["separator"] = SEPARATOR
        else:
            found["type"] = module.SEVERAL
            found["arrayItem"] = {"type": "string", "constraints": allowed}
    return found


def digest(path: pathlib.Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
