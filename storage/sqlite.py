"""SQLite: WAL, synchronous=FULL (NORMAL lost acknowledged answers in power cuts), one thread that writes.

All that waits to be written is written in one transaction, each piece of work under a savepoint of its own, and nobody
is answered before its commit: a commit waits for the disk, and costs more than what it holds. A lock file around each
transaction lets several processes take turns fairly. Reading has another thread, and waits for nobody.
"""

import asyncio
import contextlib
import fcntl
import pathlib
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, BinaryIO, Generic, TypeVar

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import Engine

from bot.ports import UnitOfWork
from storage.failures import away
from storage.sweep import sweep_sqlite
from storage.unit import Unit

T = TypeVar("T")
BUSY_SECONDS = 10
TOGETHER = 32  # pieces of work in one transaction: other processes wait for it
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"busy_timeout={BUSY_SECONDS * 1000}",
    "trusted_schema=OFF",
    "secure_delete=ON",
)


class Job(Generic[T]):
    """Work that waits to be written; `until`: how long for others (time.monotonic), those before it included."""

    def __init__(self, work: Callable[[Connection], T], until: float) -> None:
        self.work, self.until = work, until
        self.done: Future[T] = Future()

    def run(self, connection: Connection) -> Callable[[], None]:
        """Do it within the transaction, or undo it; what to do after the commit, so that its caller hears of it.

        Raises where SQLite itself has ended the transaction: then there is no savepoint to go back to.
        """
        run(connection, "SAVEPOINT job")
        try:
            with away():
                told = partial(self.done.set_result, self.work(connection))
        except Exception as problem:
            run(connection, "ROLLBACK TO job")
            told = partial(self.done.set_exception, problem)
        run(connection, "RELEASE job")
        return told


class SqliteStore:
    """bot.ports.Store on one file."""

    def __init__(self, path: pathlib.Path, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path, self.busy_seconds = path, busy_seconds
        self._engine = sqlite_engine(path)
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="reader")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._jobs: deque[Job[Any]] = deque()

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        until = self._until()

        def look() -> T:
            with away(), self._transaction("BEGIN", until) as connection:
                return work(Unit(connection))

        return await asyncio.get_running_loop().run_in_executor(self._reader, look)

    async def snapshot(self, work: Callable[[UnitOfWork], T]) -> T:
        """As every reading here."""
        return await self.read(work)

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        return await self._write(lambda connection: work(Unit(connection)))

    async def schema(self, work: Callable[[Connection], None]) -> None:
        await self._write(work)

    async def sweep(self, tables: Sequence[str]) -> bool:
        """All of the file, whichever tables are named."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, self._sweep, self._until())

    async def close(self) -> None:
        for thread in (self._writer, self._reader):
            await asyncio.to_thread(thread.shutdown)
        self._engine.dispose()

    def _until(self) -> float:
        return time.monotonic() + self.busy_seconds

    async def _write(self, work: Callable[[Connection], T]) -> T:
        job = Job(work, self._until())
        self._jobs.append(job)
        self._writer.submit(self._write_waiting)
        return await asyncio.wrap_future(job.done)

    def _write_waiting(self) -> None:
        """All jobs that wait by now in one transaction; nothing where they went with those before."""
        several = [self._jobs.popleft() for _ in range(min(len(self._jobs), TOGETHER))]
        jobs = [job for job in several if job.done.set_running_or_notify_cancel()]
        if not jobs:
            return
        try:
            with away(), self._turn(jobs[0].until), self._transaction("BEGIN IMMEDIATE", jobs[0].until) as connection:
                told = [job.run(connection) for job in jobs]
        except BaseException as problem:
            told = [partial(job.done.set_exception, problem) for job in jobs]
        for tell in told:
            tell()

    def _sweep(self, until: float) -> bool:
        with away(), self._turn(until), self._engine.connect() as connection:
            return sweep_sqlite(connection)

    @contextlib.contextmanager
    def _turn(self, until: float) -> Iterator[None]:
        """Hold the lock file, so that writers of several processes come one after the other."""
        with locked(self.path.with_name(self.path.name + "-turn"), until):
            yield

    @contextlib.contextmanager
    def _transaction(self, begin: str, until: float) -> Iterator[Connection]:
        left = max(0.0, until - time.monotonic())
        with self._engine.connect() as connection:
            run(connection, f"PRAGMA busy_timeout={round(left * 1000)}")
            try:
                connection.exec_driver_sql(begin)  # so that SQLAlchemy, and Alembic on it, know of the transaction
                yield connection
                connection.commit()
            except BaseException:
                connection.invalidate()  # a commit that failed may have left it open
                raise


def run(connection: Connection, order: str) -> None:
    """On the driver itself: SQLAlchemy takes longer than these do."""
    driver: Any = connection.connection.driver_connection
    driver.execute(order)


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
