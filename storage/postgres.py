"""PostgreSQL: a pool of asyncpg connections; work runs on them through SQLAlchemy's bridge.

The engine is left in AUTOCOMMIT and the transaction is said here: reading takes none, since each of its statements
sees what is committed either way, and a transaction's begin and end are one round trip each. A snapshot takes one.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.errors import StoreAway, StoreError
from bot.ports import UnitOfWork
from storage.failures import away
from storage.sweep import sweep_postgres
from storage.unit import Unit

T = TypeVar("T")
WAIT_SECONDS = 10
SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
CONNECTIONS = 10  # one process keeps no more of them busy


class PostgresStore:
    """bot.ports.Store on a server."""

    def __init__(self, url: str) -> None:
        address = make_url(url).set(drivername="postgresql+asyncpg")
        self._engine: AsyncEngine = create_async_engine(
            address,
            hide_parameters=True,
            isolation_level="AUTOCOMMIT",
            pool_size=CONNECTIONS,
            max_overflow=0,
            connect_args={"timeout": WAIT_SECONDS, "command_timeout": WAIT_SECONDS * 3},
        )
        event.listen(self._engine.sync_engine, "checkout", still_open)
        self._free = asyncio.Semaphore(CONNECTIONS)  # in the order they came; the pool's own queue costs more

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        return await self._run(lambda connection: work(Unit(connection)))

    async def snapshot(self, work: Callable[[UnitOfWork], T]) -> T:
        return await self._run(lambda connection: in_transaction(connection, lambda c: work(Unit(c)), SNAPSHOT))

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        return await self._run(lambda connection: in_transaction(connection, lambda c: work(Unit(c))))

    async def schema(self, work: Callable[[Connection], None]) -> None:
        await self._run(lambda connection: in_transaction(connection, work))

    async def sweep(self, tables: Sequence[str]) -> bool:
        async with self.alone(isolation_level="AUTOCOMMIT") as connection:
            return await sweep_postgres(connection, tables)

    async def settle(self, tables: Sequence[str]) -> None:
        await self.sweep(tables)

    @contextlib.asynccontextmanager
    async def alone(self, **options: object) -> AsyncIterator[AsyncConnection]:
        """A connection of its own, without a limit to how long a statement may take."""
        engine = create_async_engine(
            self._engine.url, hide_parameters=True, poolclass=NullPool, connect_args={"timeout": WAIT_SECONDS}
        )
        try:
            with away():
                async with engine.connect() as connection:
                    yield await connection.execution_options(**options)
        finally:
            await engine.dispose()

    async def close(self) -> None:
        await self._engine.dispose()

    async def _run(self, work: Callable[[Connection], T]) -> T:
        with away():
            async with asyncio.timeout(WAIT_SECONDS) if self._free.locked() else contextlib.nullcontext():
                await self._free.acquire()
            try:
                async with self._engine.connect() as connection:
                    return await connection.run_sync(work)
            finally:
                self._free.release()


def still_open(adapted: Any, *_: object) -> None:
    """A pooled connection whose server went away is known by now, without asking: then all of them are new."""
    if adapted.driver_connection.is_closed():
        raise InvalidatePoolError


def in_transaction(connection: Connection, work: Callable[[Connection], T], begin: str = "BEGIN") -> T:
    """Raises StoreAway where the connection is lost on the way."""
    adapted: Any = connection.connection.dbapi_connection

    def run(order: str) -> str:
        return adapted.run_async(lambda driver: driver.execute(order))  # type: ignore[no-any-return]

    try:
        run(begin)
        result = work(connection)
        if run("COMMIT") != "COMMIT":
            raise StoreError("The database took nothing of it: a statement had failed.")
    except BaseException as problem:
        try:
            run("ROLLBACK")
        except Exception:  # nobody is there to take it
            connection.invalidate()
            raise StoreAway("The database does not answer; nothing was stored.") from problem
        raise
    return result
