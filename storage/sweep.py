"""Takes what was deleted out of the raw files: a deleted row's bytes stay in its page until something rewrites it."""

from collections.abc import Sequence

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import metadata

LOCK_SECONDS = 2
PARTS = {"items": ("notes", "releases")}  # deleted together with
LOCKED, FORBIDDEN = "55P03", "42501"


def sweep_sqlite(connection: Connection) -> bool:
    """Rebuild the file and empty its log; False where somebody reads for longer than two seconds.

    secure_delete zeroes what a deletion frees, but not the copies that moving rows between pages left behind.
    """
    return empty_log(connection, "VACUUM")


def empty_log(connection: Connection, *before: str) -> bool:
    """Carry these orders out, then empty it; False where somebody reads for longer than two seconds."""
    waits = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
    connection.exec_driver_sql(f"PRAGMA busy_timeout={LOCK_SECONDS * 1000}")
    try:
        for order in before:
            connection.exec_driver_sql(order)
        busy: int = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
    except OperationalError as problem:
        if "locked" not in str(problem.orig):
            raise
        return False
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={waits}")
    return not busy


async def sweep_postgres(connection: AsyncConnection, tables: Sequence[str]) -> bool:
    """Rewrite the tables in the order of their keys: a plain VACUUM frees rows, but leaves their bytes in the pages.
    Needs AUTOCOMMIT.

    False where one stayed in use for more than two seconds. The old files and log go at the next checkpoint: at once
    where this program may order one.
    """
    wanted = {*tables, *(part for table in tables for part in PARTS.get(table, ()))}
    await connection.execute(text(f"SET lock_timeout = '{LOCK_SECONDS}s'"))
    done = all([await rewrite(connection, name) for name in metadata.tables if name in wanted])
    for order in ("SELECT pg_switch_wal()", "CHECKPOINT"):
        await unless(FORBIDDEN, connection, order)
    return done


async def rewrite(connection: AsyncConnection, table: str) -> bool:
    return await unless(LOCKED, connection, f'CLUSTER "{table}" USING "pk_{table}"')


async def unless(problem: str, connection: AsyncConnection, order: str) -> bool:
    """Carry an order out; False where the database answers with that SQLSTATE."""
    try:
        await connection.execute(text(order))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") != problem:
            raise
        return False
    return True
