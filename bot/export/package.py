"""An export as a folder: the data and a Frictionless Data Package that says what it is."""

import datetime as dt
import hashlib
import json
import pathlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from bot.errors import Refused
from bot.export import csv
from bot.export.table import SEPARATOR, Column, Row


class Format(Protocol):
    """A module of this package."""

    MEDIA_TYPE: str

    def write(self, path: pathlib.Path, columns: list[Column], rows: Iterable[Row]) -> int: ...


FORMATS: dict[str, Format] = {"csv": csv}  # <- ADD A FORMAT: a module here, and one line


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
    count = FORMATS[kind].write(data, columns, rows)
    resource = {
        "name": "feedback",
        "path": data.name,
        "format": kind,
        "mediatype": FORMATS[kind].MEDIA_TYPE,
        "encoding": "utf-8",
        "bytes": data.stat().st_size,
        "hash": "sha256:" + digest(data),
        "schema": {
            "fields": [field(column) for column in columns],
            "primaryKey": ["id"],
            "missingValues": [""],
        },
    }
    package = {
        "name": "feedback",
        "title": "Feedback from union members on AI at work",
        "created": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "profile": "tabular-data-package",
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


def field(column: Column) -> dict[str, object]:
    found: dict[str, object] = {
        "name": column.name,
        "type": "string",
        "title": column.title,
        "description": column.description,
    }
    if column.codes is not None:
        found["codebook"] = dict(column.codes)
        if column.several:
            found["separator"] = SEPARATOR
        else:
            found["constraints"] = {"enum": list(column.codes)}
    return found


def digest(path: pathlib.Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
