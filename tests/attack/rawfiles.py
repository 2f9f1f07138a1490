"""What the attacker reads: every row with its marks, and what the raw files still have of earlier rows.

SQLite: the write-ahead log is played again, commit by commit. PostgreSQL: dead row versions in the tables' files.
"""

import pathlib
import re
import sqlite3
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import asyncpg

TABLES = ("conversations", "items", "envelopes", "claims", "questions", "outbox", "notes", "audit", "counters")
TUPLE = re.compile(rb"\x43([0-9a-f]{32})", re.DOTALL)  # a text of 32 signs, as PostgreSQL begins one


@dataclass
class Row:
    """`place`: where it stands in the raw file. `marks`: transactions that wrote or held it, where there are any."""

    values: dict[str, Any]
    place: float
    marks: tuple[int, ...] = ()
    rowid: int | None = None


@dataclass(frozen=True)
class Past:
    """A conversation's earlier version, from `when` to `until`: transactions (PostgreSQL) or commits (SQLite)."""

    key: str
    sealed: bytes
    when: int
    until: int


@dataclass
class Haul:
    """`past`: in order. `appeared`: items by the commit that brought them, where the log still tells."""

    rows: dict[str, list[Row]]
    past: list[Past] = field(default_factory=list)
    appeared: dict[str, int] = field(default_factory=dict)


def read_sqlite(path: pathlib.Path) -> Haul:
    haul, standing, known, commit, image = Haul({}), dict[str, tuple[bytes, int]](), set[str](), 0, b""
    for commit, image in enumerate(replayed(path)):
        try:
            with opened(image) as connection:
                now = dict(connection.execute("SELECT key, sealed FROM conversations").fetchall())
                ids = {row[0] for row in connection.execute("SELECT id FROM items")}
        except sqlite3.DatabaseError:
            continue  # no tables yet, or the file has later pages by now: that moment can't be put together again
        for key, sealed in now.items():
            before, since = standing.get(key, (b"", 0))
            if sealed != before:
                if before:
                    haul.past.append(Past(key, before, since, commit))
                standing[key] = (sealed, commit)
        if commit:
            haul.appeared |= dict.fromkeys(ids - known, commit)
        known = ids
    haul.past += [Past(key, sealed, since, commit + 1) for key, (sealed, since) in standing.items() if since]
    haul.past.sort(key=lambda one: one.when)
    haul.rows = {table: sqlite_rows(image, table) for table in TABLES}
    return haul


def replayed(path: pathlib.Path) -> Iterator[bytes]:
    """The database as its file has it, and after each commit that the write-ahead log still holds."""
    image, log = bytearray(path.read_bytes()), path.with_name(path.name + "-wal")
    image[18:20] = b"\x01\x01"  # readable without a log
    yield bytes(image)
    raw = log.read_bytes() if log.exists() else b""
    if len(raw) < 32:
        return
    (size,), salts = struct.unpack(">I", raw[8:12]), raw[16:24]
    for start in range(32, len(raw) - 23 - size, 24 + size):
        page, pages = struct.unpack(">II", raw[start : start + 8])
        if raw[start + 8 : start + 16] != salts:
            return
        image[len(image) :] = bytes(max(0, page * size - len(image)))
        image[(page - 1) * size : page * size] = raw[start + 24 : start + 24 + size]
        if pages:
            image[18:20] = b"\x01\x01"
            yield bytes(image[: pages * size])


class opened:  # noqa: N801 - reads as a function
    def __init__(self, image: bytes) -> None:
        self.connection = sqlite3.connect(":memory:")
        self.connection.deserialize(image)

    def __enter__(self) -> sqlite3.Connection:
        return self.connection

    def __exit__(self, *_: object) -> None:
        self.connection.close()


def sqlite_rows(image: bytes, table: str) -> list[Row]:
    """In a page, what came later stands further to the front."""
    size = 4096
    with opened(image) as connection:
        connection.row_factory = sqlite3.Row
        rows = [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]
        try:
            numbers: list[int | None] = [row[0] for row in connection.execute(f"SELECT rowid FROM {table} NOT INDEXED")]
        except sqlite3.OperationalError:
            numbers = [None] * len(rows)
    places = [image.find(str(row.get("key") or row.get("id")).encode()) for row in rows]
    return [
        Row(row, float(place // size * size + size - place % size), (), number)
        for row, place, number in zip(rows, places, numbers, strict=True)
    ]


async def read_postgres(url: str) -> Haul:
    connection = await asyncpg.connect(url)
    try:
        haul = Haul({table: await postgres_rows(connection, table) for table in TABLES})
        await connection.execute("CHECKPOINT")
        folder = pathlib.Path(await connection.fetchval("SHOW data_directory"))
        raw = (folder / await connection.fetchval("SELECT pg_relation_filepath('conversations')")).read_bytes()
    finally:
        await connection.close()
    haul.past = sorted(dead_versions(raw), key=lambda one: one.when)
    return haul


async def postgres_rows(connection: "asyncpg.Connection[asyncpg.Record]", table: str) -> list[Row]:
    found = await connection.fetch(
        f"SELECT *, ctid AS at, xmin::text::bigint AS first, xmax::text::bigint AS last FROM {table}"
    )
    rows = []
    for record in found:
        values = dict(record)
        (page, line), marks = values.pop("at"), (values.pop("first"), values.pop("last"))
        rows.append(Row(values, page * 1000 + line, tuple(mark for mark in marks if mark)))
    return rows


def dead_versions(raw: bytes) -> Iterator[Past]:
    """Conversations in a table's file, living or dead: a head of 24 bytes, key, version, sealed bytes."""
    for found in TUPLE.finditer(raw):
        start = found.start() - 24
        if start < 0 or raw[start + 22] != 24:
            continue  # of the index
        first, last = struct.unpack("<II", raw[start : start + 8])
        at = found.end() + -(found.end() - start) % 4 + 4
        if raw[at] & 1:
            length, at = (raw[at] >> 1) - 1, at + 1
        else:
            length, at = (int.from_bytes(raw[at : at + 4], "little") >> 2) - 4, at + 4
        if length > 40:  # longer than what any sealing adds; shorter is a pointer to bytes kept elsewhere
            yield Past(found[1].decode(), raw[at : at + length], first, last)
