"""Opens the store: SQLite through one writer thread, PostgreSQL through asyncpg. Both run the same work.

SQLite: WAL, synchronous=FULL (NORMAL lost acknowledged answers in power cuts), one connection on one thread, BEGIN
IMMEDIATE, and a lock file around each write so that several processes take turns fairly.
"""

import asyncio
import contextlib
import fcntl
import pathlib
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, BinaryIO, TypeVar

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.errors import SettingsError, StoreAway
from bot.ports import Store, UnitOfWork
from storage.migrate import check_head, upgrade
from storage.sweep import sweep_postgres, sweep_sqlite
from storage.unit import Unit

T = TypeVar("T")
BUSY_SECONDS = 10
ABSENT = ("08", "53", "57")  # SQLSTATE classes: no connection, out of room, starting up or shutting down
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"busy_timeout={BUSY_SECONDS * 1000}",
    "trusted_schema=OFF",
    "secure_delete=ON",
)


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


def store_at(url: str) -> "SqliteStore | PostgresStore":
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


class SqliteStore:
    """One file, one thread, one connection."""

    def __init__(self, path: pathlib.Path, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path, self.busy_seconds = path, busy_seconds
        self._engine = sqlite_engine(path)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        return await self._run(lambda until: self._transaction("BEGIN", lambda c: work(Unit(c)), until))

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        return await self._run(lambda until: self._locked(lambda c: work(Unit(c)), until))

    async def schema(self, work: Callable[[Connection], None]) -> None:
        await self._run(lambda until: self._locked(work, until))

    async def sweep(self, tables: Sequence[str]) -> bool:
        """All of the file, whichever tables are named."""
        return await self._run(self._sweep)

    async def close(self) -> None:
        await self._run(lambda _: self._engine.dispose())
        self._thread.shutdown()

    async def _run(self, call: Callable[[float], T]) -> T:
        """On the store's thread, told until when to wait for others (time.monotonic): also those before it count."""
        until = time.monotonic() + self.busy_seconds
        return await asyncio.get_running_loop().run_in_executor(self._thread, call, until)

    def _locked(self, work: Callable[[Connection], T], until: float) -> T:
        with self._turn(until):
            return self._transaction("BEGIN IMMEDIATE", work, until)

    def _sweep(self, until: float) -> bool:
        with self._turn(until), away(), self._engine.connect() as connection:
            return sweep_sqlite(connection)

    @contextlib.contextmanager
    def _turn(self, until: float) -> Iterator[None]:
        """Hold the lock file, so that writers of several processes come one after the other."""
        with away():
            turn = locked(self.path.with_name(self.path.name + "-turn"), until)
        with turn:
            yield

    def _transaction(self, begin: str, work: Callable[[Connection], T], until: float) -> T:
        left = max(0.0, until - time.monotonic())
        with away(), self._engine.connect() as connection:
            connection.connection.execute(f"PRAGMA busy_timeout={round(left * 1000)}")
            connection.exec_driver_sql(begin)
            result = work(connection)
            connection.commit()
            return result


class PostgresStore:
    """A pool of asyncpg connections; work runs on them through SQLAlchemy's bridge."""

    def __init__(self, url: str) -> None:
        address = make_url(url).set(drivername="postgresql+asyncpg")
        self._engine: AsyncEngine = create_async_engine(
            address,
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=10,
            max_overflow=10,
            pool_timeout=BUSY_SECONDS,
            connect_args={"timeout": BUSY_SECONDS, "command_timeout": BUSY_SECONDS * 3},
        )

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        return await self._transaction(lambda c: work(Unit(c)))

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        return await self._transaction(lambda c: work(Unit(c)))

    async def schema(self, work: Callable[[Connection], None]) -> None:
        await self._transaction(work)

    async def sweep(self, tables: Sequence[str]) -> bool:
        async with self.alone(isolation_level="AUTOCOMMIT") as connection:
            return await sweep_postgres(connection, tables)

    @contextlib.asynccontextmanager
    async def alone(self, **options: object) -> AsyncIterator[AsyncConnection]:
        """A connection of its own, without a limit to how long a statement may take."""
        engine = create_async_engine(
            self._engine.url, hide_parameters=True, poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS}
        )
        try:
            with away():
                async with engine.connect() as connection:
                    yield await connection.execution_options(**options)
        finally:
            await engine.dispose()

    async def close(self) -> None:
        await self._engine.dispose()

    async def _transaction(self, work: Callable[[Connection], T]) -> T:
        with away():
            async with self._engine.begin() as connection:
                return await connection.run_sync(work)


def locked(path: pathlib.Path, until: float) -> BinaryIO:
    """The file, open and locked. Raises TimeoutError where somebody else holds it `until` then (time.monotonic).

    A thread waits for it: only the system's own wait is fair, and that knows no limit.
    """
    file = path.open("ab")
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return file
    granted: Future[BinaryIO] = Future()

    def wait() -> None:
        fcntl.flock(file, fcntl.LOCK_EX)
        if granted.set_running_or_notify_cancel():
            granted.set_result(file)
        else:
            file.close()  # too late: nobody waits for it any more

    threading.Thread(target=wait, name="turn", daemon=True).start()
    try:
        return granted.result(max(0.0, until - time.monotonic()))
    except TimeoutError:
        if granted.cancel():
            raise
        return granted.result()


def sqlite_engine(path: pathlib.Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves: the driver's own comes too late
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    return engine


@contextlib.contextmanager
def away() -> Iterator[None]:
    """The database's absence, whatever the driver calls it."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout, OSError, TimeoutError) as problem:
        raise StoreAway("The database does not answer; nothing was stored.") from problem
    except DBAPIError as problem:
        if problem.connection_invalidated or (getattr(problem.orig, "sqlstate", None) or "")[:2] in ABSENT:
            raise StoreAway("The database does not answer; nothing was stored.") from problem
        raise


def ping(connection: Connection) -> None:
    connection.execute(text("SELECT 1"))
