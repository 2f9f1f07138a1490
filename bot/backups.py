"""Backups: every table at one moment as JSON lines, one format for every database; and back, deletions applied.

A backup holds no keys. What members took back after it was made is in the deletion list (bot/deletions.py).
"""

import dataclasses
import datetime as dt
import hashlib
import os
import pathlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import orjson
from pydantic import TypeAdapter, ValidationError

from bot.deletions import BATCHED, LISTED, DeletionList, Listing, pending
from bot.errors import Refused, SchemaError, StoreError
from bot.ports import UnitOfWork
from bot.restoring import Applied, Erasure, apply
from bot.rotation import unreadable
from bot.upkeep import sweep_due, sweep_later
from bot.vault import Vault

T = TypeVar("T")
MANIFEST = "manifest.json"
FORMAT = 1


@dataclass(frozen=True)
class TableFile:
    """`<table>.jsonl` of a backup."""

    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup is. `deletion_lists`, `deletions`: the names and length of the list when it was made."""

    format: int
    schema: str
    made: str
    deletion_lists: tuple[str, ...]
    deletions: int
    tables: dict[str, TableFile]


READER = TypeAdapter(Manifest)


class Database(Protocol):
    """The database as operators handle it, whatever the version of its schema."""

    newest: str

    async def read(self, work: Callable[[UnitOfWork], T]) -> T: ...
    async def write(self, work: Callable[[UnitOfWork], T]) -> T: ...
    async def close(self) -> None: ...
    async def version(self) -> str | None: ...
    async def migrate(self) -> None: ...
    async def sweep(self, tables: Sequence[str]) -> bool: ...


class Backups(Database, Protocol):
    """A database that can be taken out and put back. `load` does `then` in its transaction."""

    async def holds(self) -> dict[str, int]: ...
    async def dump(self, folder: pathlib.Path) -> dict[str, TableFile]: ...
    async def load(self, folder: pathlib.Path, manifest: Manifest, then: Callable[[UnitOfWork, Erasure], T]) -> T: ...


@dataclass(frozen=True)
class Restored:
    """What a restore did. `unreadable`: sealed values, by column, that the keys here do not open."""

    rows: int
    applied: Applied
    unreadable: dict[str, int]
    unlisted: bool  # what the replaced database had not listed yet could not be read
    swept: bool = False  # what the deletion list took out again is out of the raw files too


async def back_up(database: Backups, listed: DeletionList, folder: pathlib.Path, now: dt.datetime) -> Manifest:
    """Write a backup into a new or empty folder. The manifest comes last: without it, it is none."""
    prepare(folder)
    listed.create()
    listing = listed.read()
    assert listing is not None
    schema = await database.version()
    tables = await database.dump(folder)
    manifest = Manifest(
        FORMAT,
        schema or "",
        now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        tuple(sorted(listing.names)),
        len(listing.deletions),
        tables,
    )
    write_synced(folder / MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2) + b"\n")
    rows = sum(table.rows for table in tables.values())
    await database.write(lambda uow: uow.audit.add("backup", "", f"schema={schema} rows={rows}"))
    return manifest


async def restore(
    database: Backups,
    listed: DeletionList,
    keys: Sequence[str],
    folder: pathlib.Path,
    *,
    replace: bool,
    without_deletions: bool,
) -> Restored:
    """Put a backup in the database's place, in one transaction, and delete again what its members had deleted.

    Refused where the backup is not whole, the deletion list is missing or another one, or (without `replace`) the
    database holds anything.
    """
    manifest = read_manifest(folder)
    if manifest.schema > database.newest:
        raise SchemaError("The backup is of a newer version of this program: update the program, then restore.")
    if not without_deletions:
        check_list(listed.read(), manifest)
    vault = Vault(keys)
    unlisted = not await make_room(database, listed, vault, replace=replace)
    listing = None if without_deletions else listed.read()
    deletions = listing.deletions if listing else ()
    rows = sum(table.rows for table in manifest.tables.values())

    def then(uow: UnitOfWork, erasure: Erasure) -> Restored:
        applied = apply(uow, vault, erasure, deletions)
        how = "without the deletion list" if without_deletions else f"deletions={len(deletions)}"
        sweep_later(uow)
        uow.audit.add("restore", "", f"made={manifest.made} schema={manifest.schema} rows={rows} {how}")
        return Restored(rows, applied, unreadable(uow, keys), unlisted)

    restored = await database.load(folder, manifest, then)
    return dataclasses.replace(restored, swept=await sweep_due(database))


async def make_room(database: Backups, listed: DeletionList, vault: Vault, *, replace: bool) -> bool:
    """What the database that is replaced has not listed yet goes to the list; False where it cannot be read."""
    version = await database.version()
    if version is None:
        return True
    holds = await database.holds()
    if holds and not replace:
        told = ", ".join(f"{count} {table}" for table, count in holds.items())
        raise Refused(
            f"The database is not empty ({told}). With --replace all of it is removed, and the backup put in its place."
        )
    if "outbox" not in holds:
        return True
    try:
        waiting = await database.read(lambda uow: pending(uow, vault, LISTED, BATCHED))
        count = await database.read(lambda uow: len(uow.outbox.waiting([LISTED, BATCHED])))
    except StoreError:
        return False
    if waiting:
        listed.append(sorted(waiting.values()))
    return len(waiting) == count


def check_list(listing: Listing | None, manifest: Manifest) -> None:
    """Whether this is the list that goes on from where it was when the backup was made."""
    if listing is None:
        problem = "The deletion list is missing: what members deleted since the backup would come back."
    elif not listing.names.issuperset(manifest.deletion_lists):
        problem = "The deletion list is another one than the backup's: what members deleted would come back."
    elif len(listing.deletions) < manifest.deletions:
        problem = "The deletion list is older than the backup: what members deleted since then would come back."
    else:
        return
    raise Refused(
        f"{problem} Put it where DELETIONS_FILE says; if it is lost, --without-deletions restores without it."
    )


def read_manifest(folder: pathlib.Path) -> Manifest:
    """Refused where the folder is not a whole backup: a file missing, changed or cut off."""
    try:
        manifest = READER.validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError):
        raise Refused(f"{folder} is not a backup, or its making was interrupted: it has no {MANIFEST}.") from None
    if manifest.format != FORMAT:
        raise SchemaError("The backup is of a newer version of this program: update the program, then restore.")
    for name, table in manifest.tables.items():
        path = folder / f"{name}.jsonl"
        if not name.isidentifier() or not path.is_file():
            raise Refused(f"The backup is not whole: {name}.jsonl is missing.")
        with path.open("rb") as file:
            rows, digest = 0, hashlib.sha256()
            while block := file.read(1 << 20):
                digest.update(block)
                rows += block.count(b"\n")
        if (rows, digest.hexdigest()) != (table.rows, table.sha256):
            raise Refused(f"The backup is damaged: {path.name} is not what was written. Use another copy.")
    return manifest


def prepare(folder: pathlib.Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(f"{folder} is not an empty folder; name a new one.")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
    except OSError as problem:
        raise Refused(f"{folder} cannot be made ({problem.strerror}).") from None


def write_synced(path: pathlib.Path, data: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
