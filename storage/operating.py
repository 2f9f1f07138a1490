"""The database as operators handle it, whatever the version of its schema: migrations, backups, sweeping."""

import asyncio
import contextlib
import pathlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from bot.backups import Manifest, TableFile
from bot.errors import StoreError
from bot.ports import UnitOfWork
from bot.restoring import Erasure
from storage import backup, migrate
from storage.database import PostgresStore, SqliteStore, store_at
from storage.failures import away
from storage.sqlite import sqlite_engine
from storage.tables import VERSION
from storage.unit import Unit

T = TypeVar("T")
MIGRATING = 7_204_119  # of PostgreSQL's advisory locks, ours for migrations


@contextlib.asynccontextmanager
async def open_database(url: str) -> AsyncIterator["Database"]:
    """The database behind a URL as it is: nothing is checked, created or migrated before it is asked for."""
    store = store_at(url)
    try:
        yield Database(store)
    finally:
        await store.close()


class Database:
    """bot.backups.Database, and a Store. Raises StoreError where the database file is damaged."""

    newest = VERSION

    def __init__(self, store: SqliteStore | PostgresStore) -> None:
        self._store = store

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        with whole():
            return await self._store.read(work)

    async def snapshot(self, work: Callable[[UnitOfWork], T]) -> T:
        with whole():
            return await self._store.snapshot(work)

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        with whole():
            return await self._store.write(work)

    async def close(self) -> None:
        await self._store.close()

    async def version(self) -> str | None:
        """The schema's version; None where there is none, or no database file."""
        if isinstance(self._store, SqliteStore) and not self._store.path.exists():
            return None
        return await self._look(migrate.version)

    async def migrate(self) -> None:
        """To this code's schema; one process at a time."""

        def work(connection: Connection) -> None:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATING})"))
            migrate.upgrade(connection)

        with whole():
            await self._store.schema(work)

    async def sweep(self, tables: Sequence[str]) -> bool:
        with whole():
            return await self._store.sweep(tables)

    async def holds(self) -> dict[str, int]:
        return await self._look(backup.count_rows)

    async def dump(self, folder: pathlib.Path) -> dict[str, TableFile]:
        """Every table as it is at one moment, while others go on writing."""
        with whole():
            if isinstance(self._store, SqliteStore):
                return await asyncio.to_thread(dump_sqlite, self._store.path, folder)
            async with self._store.alone(isolation_level="REPEATABLE READ", postgresql_readonly=True) as connection:
                return await connection.run_sync(backup.dump, folder)

    async def load(self, folder: pathlib.Path, manifest: Manifest, then: Callable[[UnitOfWork, Erasure], T]) -> T:
        """Replace everything by a backup, bring it to the newest schema, and do `then`: all in one transaction."""

        def work(connection: Connection) -> T:
            backup.load(connection, folder, manifest)
            return then(Unit(connection), backup.SqlErasure(connection))

        return await self._look(work)

    async def _look(self, work: Callable[[Connection], T]) -> T:
        found: list[T] = []
        with whole():
            await self._store.schema(lambda connection: found.append(work(connection)))
        return found[0]


def dump_sqlite(path: pathlib.Path, folder: pathlib.Path) -> dict[str, TableFile]:
    engine = sqlite_engine(path)
    try:
        with away(), engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            return backup.dump(connection, folder)
    finally:
        engine.dispose()


@contextlib.contextmanager
def whole() -> Iterator[None]:
    """What SQLite says of a damaged file, as one sentence."""
    try:
        yield
    except DatabaseError as problem:
        if type(problem) is DatabaseError and "sqlite3" in type(problem.orig).__module__:
            raise StoreError(
                "The database file is damaged: stop the bot, move the file away, and restore a backup."
            ) from None
        raise
