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
from storage.sweep import empty_log, sweep_sqlite
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

    def __init__(self, work: Callable[[Unit], T], until: float) -> None:
        self.work, self.until = work, until
        self.done: asyncio.Future[T] = asyncio.get_running_loop().create_future()

    def run(self, unit: Unit) -> Callable[[], None]:
        """Do it within the transaction, or undo it; what to do in the loop after the commit, so that its caller hears.

        Raises where SQLite itself has ended the transaction: then there is no savepoint to go back to.
        """
        run(unit.connection, "SAVEPOINT job")
        try:
            with away():
                told = partial(self.tell, self.work(unit))
        except Exception as problem:
            run(unit.connection, "ROLLBACK TO job")
            told = partial(self.fail, problem)
        run(unit.connection, "RELEASE job")
        return told

    def tell(self, result: T) -> None:
        if not self.done.cancelled():
            self.done.set_result(result)

    def fail(self, problem: BaseException) -> None:
        if isinstance(problem, StopIteration):  # a future refuses it
            problem = RuntimeError("the work ended with StopIteration")
        if not self.done.cancelled():
            self.done.set_exception(problem)


class SqliteStore:
    """bot.ports.Store on one file."""

    def __init__(self, path: pathlib.Path, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path, self.busy_seconds = path, busy_seconds
        self._turn_file = path.with_name(path.name + "-turn")
        self._engine = sqlite_engine(path)
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="reader")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._unit: Unit | None = None  # the writer's, on a connection that stays open
        self._jobs: deque[Job[Any]] = deque()
        self._closed = False
        self._writing = False  # whether the jobs that wait are taken without being asked for

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        until = self._until()

        def look() -> T:
            with away(), self._engine.connect() as connection, transaction(connection, "BEGIN", until):
                return work(Unit(connection))

        return await asyncio.get_running_loop().run_in_executor(self._reader, look)

    async def snapshot(self, work: Callable[[UnitOfWork], T]) -> T:
        """As every reading here."""
        return await self.read(work)

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        return await self._write(work)

    async def schema(self, work: Callable[[Connection], None]) -> None:
        await self._write(lambda unit: work(unit.connection))

    async def sweep(self, tables: Sequence[str]) -> bool:
        """All of the file, whichever tables are named."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, self._sweep, self._until())

    async def settle(self, tables: Sequence[str]) -> None:
        """Empty the log; no row's earlier version is kept elsewhere."""
        await asyncio.get_running_loop().run_in_executor(self._writer, self._settle, self._until())

    async def close(self) -> None:
        """What waits is written first."""
        self._closed = True
        if self._jobs:
            await asyncio.wait([job.done for job in self._jobs])
        for thread in (self._writer, self._reader):
            await asyncio.to_thread(thread.shutdown)
        if self._unit is not None:
            self._unit.connection.close()
        self._engine.dispose()

    def _until(self) -> float:
        return time.monotonic() + self.busy_seconds

    async def _write(self, work: Callable[[Unit], T]) -> T:
        if self._closed:
            raise RuntimeError("the store is closed")
        job = Job(work, self._until())
        self._jobs.append(job)
        if not self._writing:
            self._writing = True
            asyncio.get_running_loop().call_soon(self._write_waiting)
        return await job.done

    def _write_waiting(self) -> None:
        """All jobs that wait by now in one transaction; those that wait after it, once its callers had their turn."""
        jobs: list[Job[Any]] = []
        while self._jobs and len(jobs) < TOGETHER:
            job = self._jobs.popleft()
            if not job.done.cancelled():
                jobs.append(job)
        self._writing = bool(jobs)
        if jobs:
            loop = asyncio.get_running_loop()
            written = loop.run_in_executor(self._writer, self._write_together, jobs)
            written.add_done_callback(self._tell)

    def _tell(self, written: asyncio.Future[list[Callable[[], None]]]) -> None:
        try:
            for told in written.result():
                told()
        finally:
            asyncio.get_running_loop().call_soon(self._write_waiting)

    def _write_together(self, jobs: list[Job[Any]]) -> list[Callable[[], None]]:
        until = jobs[0].until
        try:
            with away(), self._turn(until):
                unit = self._unit = self._unit or Unit(self._engine.connect())
                with transaction(unit.connection, "BEGIN IMMEDIATE", until):
                    return [job.run(unit) for job in jobs]
        except BaseException as problem:
            return [partial(job.fail, problem) for job in jobs]

    def _sweep(self, until: float) -> bool:
        with away(), self._turn(until), self._engine.connect() as connection:
            return sweep_sqlite(connection)

    def _settle(self, until: float) -> None:
        with away(), self._turn(until), self._engine.connect() as connection:
            empty_log(connection)

    def _turn(self, until: float) -> BinaryIO:
        """Hold the lock file until it is closed, so that writers of several processes come one after the other."""
        return locked(self._turn_file, until)


@contextlib.contextmanager
def transaction(connection: Connection, begin: str, until: float) -> Iterator[None]:
    left = max(0.0, until - time.monotonic())
    try:
        run(connection, f"PRAGMA busy_timeout={round(left * 1000)}")
        with connection.begin():  # says nothing itself: SQLAlchemy, and Alembic on it, know of the transaction
            run(connection, begin)
            yield
    except BaseException:
        connection.invalidate()  # a commit that failed may have left it open; its next use connects anew
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
