"""What a database's driver raises, as bot.errors has it: absent, of another schema, or refused. Never with values."""

import contextlib
import sqlite3
from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import Changed, SchemaError, StoreAway, StoreError

ABSENT = ("08", "53", "57")  # SQLSTATE classes: no connection, out of room, starting up or shutting down
NO_SUCH = ("42P01", "42703", "3F000")  # table, column, schema
NOT_THERE = ("no such table", "no such column")  # SQLite's words for it
CLOSED_AT_ONCE = "This connection is closed"  # the pool's words where new connections end as they begin
CONFUSED = "InternalClientError"  # asyncpg's, where a connection ends at an unlucky moment; SQLAlchemy keeps the name
CROSSED = "40"  # class: two transactions were in each other's way, and this one was undone
OTHER_SCHEMA = "The database does not have this program's tables: run ./run migrate."


@contextlib.contextmanager
def away() -> Iterator[None]:
    """The database's absence, whatever the driver calls it; PostgreSQL's texts, which hold values, go nowhere."""
    try:
        yield
    except (OSError, TimeoutError, PoolTimeout) as problem:
        raise StoreAway("The database does not answer; nothing was stored.") from problem
    except Exception as problem:
        told = as_ours(problem)
        if told is None:
            raise
        raise told.with_traceback(problem.__traceback__) from None


def as_ours(problem: Exception) -> StoreError | None:
    """None where it is no failure of the database's, or SQLite's own text says it: that names tables, not values."""
    absent = isinstance(problem, DBAPIError) and problem.connection_invalidated
    absent = absent or (isinstance(problem, InvalidRequestError) and str(problem) == CLOSED_AT_ONCE)
    cause = problem.orig if isinstance(problem, DBAPIError) else problem
    absent = absent or any(kind.__name__ == CONFUSED for kind in type(cause).__mro__)
    state: str | None = getattr(cause, "sqlstate", None)
    if state in NO_SUCH or (isinstance(cause, sqlite3.OperationalError) and str(cause).startswith(NOT_THERE)):
        return SchemaError(OTHER_SCHEMA)
    if absent or isinstance(cause, sqlite3.OperationalError) or (state or "").startswith(ABSENT):
        return StoreAway("The database does not answer; nothing was stored.")
    if (state or "").startswith(CROSSED):
        return Changed("Others were writing the same; nothing was changed. Try again.")
    return StoreError(f"PostgreSQL refused a statement ({state}).") if state else None
