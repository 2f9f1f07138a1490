"""An export as a folder: the data and a Frictionless Data Package that says what it is."""

import datetime as dt
import hashlib
import json
import pathlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.errors import Refused
from bot.export import csv, jsonl, parquet, xlsx
from bot.export.table import SEPARATOR, Column, Row


class Format(Protocol):
    """A module of this package."""

    MEDIA_TYPE: str
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


@dataclass(frozen=True)
class About:
    """What the package says of itself."""

    profile: str
    purpose: str
    filters: dict[str, str]
    waiting: int  # anonymous items that wait for their batch


def write_package(
    folder: pathlib.Path,
    kind: str,
    columns: list[Column],
    rows: Iterable[Row],
    about: About,
    now: dt.datetime,
) -> int:
    """Write `feedback.<kind>` and `datapackage.json` into an empty or new folder; how many rows."""
    prepare(folder)
    data = folder / f"feedback.{kind}"
    module = FORMATS[kind]
    count = module.write(data, columns, rows)
    resource = {
        "name": "feedback",
        "type": "table" if data.stat().st_size else "file",  # frictionless refuses a table without a header
        "description": module.NOTE,
        "path": data.name,
        "format": kind,
        "mediatype": module.MEDIA_TYPE,
        "encoding": "utf-8",
        "dialect": module.DIALECT,
        "hash": "sha256:" + digest(data),
        "schema": {
            "fields": [field(column, module) for column in columns],
            "primaryKey": ["id"],
            "missingValues": [""],
        },
    }
    package = {
        "name": "feedback",
        "title": "Feedback from union members on AI at work",
        "created": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "profile": "data-package",
        "worker_voice": {
            "export_profile": about.profile,
            "purpose": about.purpose,
            "filters": about.filters,
            "items": count,
            "waiting_for_batch": about.waiting,
            "counts": "items, not people",
        },
        "resources": [resource],
    }
    (folder / "datapackage.json").write_text(json.dumps(package, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return count


def prepare(folder: pathlib.Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(f"{folder} is not an empty folder; name a new one.")
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)


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
