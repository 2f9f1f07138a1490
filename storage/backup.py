"""A backup's rows: a file of JSON lines for each table, the same for every database, and back."""

import base64
import hashlib
import os
import pathlib
import re
from collections.abc import Sequence
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import Connection, LargeBinary, MetaData, String, Table, delete, func, insert, or_, select, update

from bot.backups import Manifest, TableFile
from bot.deletions import Deletion, Kind
from bot.errors import Refused, SchemaError
from bot.feedback import Level
from storage import migrate
from storage.port import PAGE, Port, pages
from storage.tables import VERSION, items, metadata, notes, withdrawals

NOT_CONTENT = ("audit", "batches")  # what a program that just started leaves


def dump(connection: Connection, folder: pathlib.Path) -> dict[str, TableFile]:
    """Write each table's file, in the order of its keys, which tells nothing; needs a transaction of one snapshot."""
    version = migrate.version(connection)
    if version is None:
        raise Refused("There is no database yet: ./run init makes one.")
    if version > VERSION:
        migrate.check_head(connection)
    return {
        str(table.name): dump_table(connection, table, folder / f"{table.name}.jsonl") for table in ours(connection)
    }


def dump_table(connection: Connection, table: Table, path: pathlib.Path) -> TableFile:
    binary = connection.dialect.name == "postgresql"  # its own order depends on where it was installed
    keys = [key.collate("C") if binary and isinstance(key.type, String) else key for key in table.primary_key]
    rows = connection.execute(select(table).order_by(*keys).execution_options(yield_per=PAGE))
    digest, count = hashlib.sha256(), 0
    names = [str(column.name) for column in table.columns]
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for row in rows:
                line = orjson.dumps(dict(zip(names, row, strict=True)), default=as_text) + b"\n"
                digest.update(line)
                file.write(line)
                count += 1
            file.flush()
            os.fsync(file.fileno())
    except OSError as problem:
        raise Refused(f"The backup cannot be written ({problem.strerror}): {path.parent} is not a whole one.") from None
    return TableFile(count, digest.hexdigest())


def as_text(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    raise TypeError(type(value).__name__)


def load(connection: Connection, folder: pathlib.Path, manifest: Manifest) -> None:
    """Replace all tables by the backup's, then bring them to this code's schema."""
    if not re.fullmatch(r"\d{4}", manifest.schema) or manifest.schema > VERSION:
        raise SchemaError("The backup is of a newer version of this program: update the program, then restore.")
    now = migrate.version(connection)
    if now is not None and now > VERSION:
        migrate.check_head(connection)
    old = MetaData()
    old.reflect(connection, only=lambda name, _: name in metadata.tables or name == "alembic_version")
    old.drop_all(connection)
    migrate.move(connection, "upgrade", manifest.schema)
    tables = {table.name: table for table in ours(connection)}
    if tables.keys() != manifest.tables.keys():
        raise Refused("The backup does not have the tables of its version: is this the folder that ./run backup wrote?")
    for name, table in tables.items():
        load_table(connection, table, folder / f"{name}.jsonl")
    migrate.upgrade(connection)


def load_table(connection: Connection, table: Table, path: pathlib.Path) -> None:
    sealed = [column.name for column in table.columns if isinstance(column.type, LargeBinary)]
    with path.open("rb") as file:
        while lines := list(islice(file, PAGE)):
            connection.execute(insert(table), [read_row(line, sealed) for line in lines])


def read_row(line: bytes, sealed: Sequence[str]) -> dict[str, Any]:
    row: dict[str, Any] = orjson.loads(line)
    return row | {name: base64.b64decode(row[name]) for name in sealed if row[name] is not None}


def ours(connection: Connection) -> list[Table]:
    """This program's tables as they are in the database; another's in the same one are let alone."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name in metadata.tables)
    return sorted(found.tables.values(), key=lambda table: table.name)


def count_rows(connection: Connection) -> dict[str, int]:
    """Rows of what members and staff made, by table; tables without a row are left out."""
    counts = {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in ours(connection)
        if table.name not in NOT_CONTENT
    }
    return {name: count for name, count in counts.items() if count}


class SqlErasure(Port):
    """bot.restoring.Erasure: finds an item by its id, or where it is kept under another one, by its receipt's hash."""

    def delete(self, deletions: Sequence[Deletion]) -> int:
        """What was released stays a release, or its month would be torn: later packages name what is gone from it."""
        found = self.find(deletions)
        gone = [deletion.item for deletion in deletions]
        for ids in pages([*found, *gone]):
            self.connection.execute(delete(notes).where(notes.c.item.in_(ids)))
            self.connection.execute(delete(items).where(items.c.id.in_(ids)))
        return len(found)

    def withdraw(self, deletions: Sequence[Deletion]) -> int:
        found = self.find(deletions)
        for ids in pages(list(found)):
            self.connection.execute(update(items).where(items.c.id.in_(ids)).values(sharing=False))
        return len(found)

    def hide_name(self, deletions: Sequence[Deletion]) -> int:
        found = self.find(deletions)
        for ids in pages(list(found)):
            named = items.c.id.in_(ids) & (items.c.level == Level.NAMED)
            self.connection.execute(update(items).where(named).values(level=Level.CONFIDENTIAL.value, name=None))
        return len(found)

    def tell_developers(self, deletions: Sequence[Deletion]) -> None:
        """Whether one had been released after the backup is not known any more: later packages name them all."""
        for one in deletions:
            row = self.insert(withdrawals).values(item=one.item, kind=one.kind.value, week=one.week)
            if one.kind is Kind.DELETED:
                changed = {"kind": one.kind.value, "week": one.week}
                only = withdrawals.c.kind != one.kind.value
                row = row.on_conflict_do_update(index_elements=["item"], set_=changed, where=only)
            else:
                row = row.on_conflict_do_nothing()
            self.connection.execute(row)

    def find(self, deletions: Sequence[Deletion]) -> dict[str, Deletion]:
        """The items these are about, by their id here."""
        found: dict[str, Deletion] = {}
        for page in pages(deletions):
            by_id = {one.item: one for one in page}
            by_receipt = {one.receipt: one for one in page if one.receipt}
            same = or_(items.c.id.in_(by_id), items.c.receipt.in_(by_receipt))
            for row in self.connection.execute(select(items.c.id, items.c.receipt).where(same)):
                found[row.id] = by_id.get(row.id) or by_receipt[row.receipt]
        return found
