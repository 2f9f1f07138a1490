"""The database as operators handle it, whatever the version of its schema: migrations, backups, sweeping."""

import asyncio
import contextlib
import fcntl
import pathlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from bot.backups import Manifest, TableFile
from bot.errors import SettingsError, StoreError
from bot.ports import UnitOfWork
from bot.restoring import Erasure
from storage import backup, migrate
from storage.database import BUSY_SECONDS, PostgresStore, SqliteStore, away, sqlite_engine
from storage.tables import VERSION, metadata
from storage.unit import Unit

T = TypeVar("T")
MIGRATING = 7_204_119  # of PostgreSQL's advisory locks, ours for migrations
LOCK_SECONDS = 2


@contextlib.asynccontextmanager
async def open_database(url: str) -> AsyncIterator["Database"]:
    """The database behind a URL as it is: nothing is checked, created or migrated before it is asked for."""
    try:
        address = make_url(url)
    except ArgumentError:
        raise SettingsError("DATABASE_URL is not a database address; write postgresql://user@host/name.") from None
    store: SqliteStore | PostgresStore
    if address.get_backend_name() == "sqlite":
        store = SqliteStore(pathlib.Path(address.database or ""))
    else:
        store = PostgresStore(url)
    try:
        yield Database(url, store)
    finally:
        await store.close()


class Database:
    """bot.backups.Database, and a Store. Raises StoreError where the database file is damaged."""

    newest = VERSION

    def __init__(self, url: str, store: SqliteStore | PostgresStore) -> None:
        self.url, self._store = url, store

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        with whole():
            return await self._store.read(work)

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

    async def sweep(self, tables: Sequence[str]) -> None:
        """Take what was deleted from these tables out of the raw files; see `sweep_postgres`, `sweep_sqlite`."""
        if isinstance(self._store, SqliteStore):
            await asyncio.to_thread(sweep_sqlite, self._store.path)
        else:
            await sweep_postgres(self.url, tables)

    async def holds(self) -> dict[str, int]:
        return await self._look(backup.count_rows)

    async def dump(self, folder: pathlib.Path) -> dict[str, TableFile]:
        """Every table as it is at one moment, while others go on writing."""
        with whole():
            if isinstance(self._store, SqliteStore):
                return await asyncio.to_thread(dump_sqlite, self._store.path, folder)
            async with connected(self.url, isolation_level="REPEATABLE READ", postgresql_readonly=True) as connection:
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


def sweep_sqlite(path: pathlib.Path) -> None:
    """Empty the write-ahead log, which still holds pages from before the deletion (secure_delete zeroes the file's).

    Where somebody is reading for longer than a second, the next sweep does it.
    """
    engine = sqlite_engine(path)
    try:
        with away(), open(path.with_name(path.name + "-turn"), "ab") as turn, engine.connect() as connection:
            fcntl.flock(turn, fcntl.LOCK_EX)
            connection.exec_driver_sql("PRAGMA busy_timeout=1000")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        engine.dispose()


async def sweep_postgres(url: str, tables: Sequence[str]) -> None:
    """Rewrite the tables: a plain VACUUM frees rows, but leaves their bytes in the pages.

    A table that stays in use for more than two seconds gets the plain one.
    """
    wanted = [
        name for name in metadata.tables if name in tables or ("items" in tables and name in ("notes", "releases"))
    ]
    async with connected(url, isolation_level="AUTOCOMMIT") as connection:
        await connection.execute(text(f"SET lock_timeout = '{LOCK_SECONDS}s'"))
        for name in wanted:
            try:
                await connection.execute(text(f'VACUUM (FULL) "{name}"'))
            except DBAPIError as problem:
                if getattr(problem.orig, "sqlstate", "") != "55P03":  # lock not available
                    raise
                await connection.execute(text(f'VACUUM "{name}"'))


@contextlib.asynccontextmanager
async def connected(url: str, **options: object) -> AsyncIterator[AsyncConnection]:
    """A connection of its own to PostgreSQL, without a limit to how long a statement may take."""
    address = make_url(url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(
        address, hide_parameters=True, poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS}
    )
    try:
        with away():
            async with engine.connect() as connection:
                yield await connection.execution_options(**options)
    finally:
        await engine.dispose()


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
