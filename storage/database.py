"""Opens the store behind a database URL: SQLite in one file, or PostgreSQL. Both run the same work."""

import contextlib
import pathlib
from collections.abc import AsyncIterator

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import SettingsError
from bot.ports import Store
from storage.migrate import check_head, upgrade
from storage.postgres import PostgresStore as PostgresStore
from storage.sqlite import SqliteStore as SqliteStore


@contextlib.asynccontextmanager
async def open_store(url: str, *, migrate: bool) -> AsyncIterator[Store]:
    """The store behind a database URL (`sqlite:///path` or `postgresql://...`), closed at the end.

    `migrate`: bring the schema up to date first; otherwise SchemaError where it is not.
    """
    store = store_at(url)
    try:
        await store.schema(upgrade if migrate else check_head)
        yield store
    finally:
        await store.close()


def store_at(url: str) -> SqliteStore | PostgresStore:
    """The store behind a database URL; nothing is opened yet."""
    try:
        kind = make_url(url).get_backend_name()
    except ArgumentError:
        raise SettingsError("DATABASE_URL is not a database address; write postgresql://user@host/name.") from None
    if kind == "sqlite":
        return SqliteStore(pathlib.Path(make_url(url).database or ""))
    if kind == "postgresql":
        return PostgresStore(url)
    raise SettingsError("DATABASE_URL names a database this program does not know; use PostgreSQL or leave it out.")
