"""The yardstick: the statements of one recorded answer on a bare driver, in a transaction each, nothing around them."""

import asyncio
import contextlib
import secrets
import sqlite3
import time

import asyncpg
from sqlalchemy.engine import make_url

from bench.members import Steps

CONNECTIONS = 20  # to PostgreSQL, at most
DAY = "2026-11-25"
CLAIM = (
    "INSERT INTO claims (key, day, seen, delivered, note) VALUES ({}, {}, 1, false, '') "
    "ON CONFLICT (key) DO UPDATE SET seen = claims.seen + 1 RETURNING seen, delivered, note"
)
LOAD = "SELECT key, version, sealed FROM conversations WHERE key = {}"
SAVE = "UPDATE conversations SET version = {}, sealed = {}, day = {} WHERE key = {} AND version = {} RETURNING key"
START = "INSERT INTO conversations (key, version, sealed, day) VALUES ({}, 1, {}, {})"
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")


def numbered(statement: str) -> str:
    """With PostgreSQL's places for values."""
    return statement.format(*(f"${n + 1}" for n in range(statement.count("{}"))))


def plain(statement: str) -> str:
    return statement.replace("{}", "?")


async def record(url: str, members: int, seconds: float, size: int) -> Steps:
    """On the database behind the URL, whose schema is there; `size`: bytes of a sealed conversation."""
    path = sqlite_path(url)
    return sqlite(path, members, seconds, size) if path else await postgres(url, members, seconds, size)


async def durability(url: str) -> str:
    """What the database itself says of how a commit reaches the disk."""
    path = sqlite_path(url)
    if path:
        with contextlib.closing(open_sqlite(path)) as connection:
            mode, level = (connection.execute(f"PRAGMA {one}").fetchone()[0] for one in ("journal_mode", "synchronous"))
        return f"{sqlite3.sqlite_version}, journal_mode {mode}, synchronous {level} (FULL)"
    server = await asyncpg.connect(url)
    names = ("server_version", "fsync", "synchronous_commit")
    said = [await server.fetchval(f"SHOW {name}") for name in names]
    await server.close()
    return "{}, fsync {}, synchronous_commit {}".format(*said)


def sqlite_path(url: str) -> str | None:
    address = make_url(url)
    return address.database if address.get_backend_name() == "sqlite" else None


def open_sqlite(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=10)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def sqlite(path: str, members: int, seconds: float, size: int) -> Steps:
    """sqlite3, one connection, which is its fastest way, however many members there are."""
    connection = open_sqlite(path)
    claim, load, save = plain(CLAIM), plain(LOAD), plain(SAVE)
    keys = [secrets.token_hex(16) for _ in range(members)]
    for key in keys:
        connection.execute(plain(START), (key, secrets.token_bytes(size), DAY))
    took: list[float] = []
    start = before = time.perf_counter()
    while before < start + seconds:
        key = keys[len(took) % members]
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(claim, (secrets.token_hex(16), DAY)).fetchone()
        version = connection.execute(load, (key,)).fetchone()[1]
        connection.execute(save, (version + 1, secrets.token_bytes(size), DAY, key, version)).fetchone()
        connection.execute("COMMIT")
        took.append(time.perf_counter() - before)
        before = time.perf_counter()
    connection.close()
    return Steps(sorted(took), before - start)


async def postgres(url: str, members: int, seconds: float, size: int) -> Steps:
    """asyncpg, as many transactions at once as there are members, on up to CONNECTIONS connections."""
    claim, load, save = numbered(CLAIM), numbered(LOAD) + " FOR UPDATE", numbered(SAVE)
    took: list[float] = []
    several = min(members, CONNECTIONS)
    async with asyncpg.create_pool(url, min_size=several, max_size=several) as pool:

        async def one_member(key: str) -> None:
            async with pool.acquire() as connection:
                await connection.execute(numbered(START), key, secrets.token_bytes(size), DAY)
            while (before := time.perf_counter()) < start + seconds:
                async with pool.acquire() as connection, connection.transaction():
                    await connection.fetchrow(claim, secrets.token_hex(16), DAY)
                    version = (await connection.fetchrow(load, key))["version"]
                    await connection.fetchrow(save, version + 1, secrets.token_bytes(size), DAY, key, version)
                took.append(time.perf_counter() - before)

        start = time.perf_counter()
        await asyncio.gather(*(one_member(secrets.token_hex(16)) for _ in range(members)))
        return Steps(sorted(took), time.perf_counter() - start)
