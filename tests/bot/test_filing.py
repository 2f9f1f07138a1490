"""When anonymous items are filed: with four others of their language, or after four weeks."""

import asyncio
import datetime as dt

import asyncpg
import orjson
import pytest

from bot.envelopes import ENVELOPE
from bot.filing import FEWEST, file_due
from bot.ports import Envelope, Store, UnitOfWork
from bot.vault import Vault, new_id
from storage.database import open_store
from tests.conftest import NOW

FIRST = NOW.date()
WEEK = "2026-W48"
WAITS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


async def put(
    store: Store, vault: Vault, count: int, language: str = "en", change: dict[str, object] | None = None
) -> None:
    """So many anonymous items on their way, or changes of filed ones."""
    item = {"form": "ai-at-work", "form_version": 1, "language": language, "week": WEEK, "answers": {}, "sharing": True}
    content = {"item": "gone", "change": change} if change else item
    for _ in range(count):
        sealed = Envelope(new_id(), new_id(), language, WEEK, vault.seal(orjson.dumps(content), ENVELOPE))
        await store.write(lambda uow, sealed=sealed: uow.envelopes.add(sealed))  # type: ignore[misc]


async def batch(store: Store, vault: Vault, weeks: int) -> int:
    return await file_due(store, vault, FIRST + dt.timedelta(weeks=weeks))


async def waiting(store: Store) -> int:
    return await store.read(lambda uow: len(uow.envelopes.waiting()))


async def test_fewer_than_five_of_a_language_wait_whatever_else_waits(store: Store, vault: Vault) -> None:
    await put(store, vault, FEWEST - 1)
    await put(store, vault, FEWEST - 1, "es")
    await put(store, vault, FEWEST - 1, change={"sharing": False})
    assert await batch(store, vault, 1) == 0
    await put(store, vault, 1, "es")
    assert await batch(store, vault, 1) == 0, "a week has one batch"
    assert await batch(store, vault, 2) == FEWEST
    assert await waiting(store) == 2 * (FEWEST - 1)


@pytest.mark.parametrize("count", [1, FEWEST - 1])
async def test_what_waited_four_weeks_is_filed_with_what_there_is(store: Store, vault: Vault, count: int) -> None:
    await put(store, vault, count)
    assert [await batch(store, vault, weeks) for weeks in (1, 2, 3, 4)] == [0, 0, 0, count]
    assert await waiting(store) == 0


async def test_an_item_whose_key_is_gone_counts_for_nobody(store: Store, vault: Vault) -> None:
    await put(store, vault, FEWEST - 1)
    await put(store, Vault(["ab" * 32]), 1)
    assert await batch(store, vault, 1) == 0
    assert await batch(store, vault, 4) == FEWEST - 1
    assert await waiting(store) == 1


async def test_a_batch_rewrites_every_row_of_an_account(store: Store, vault: Vault) -> None:
    keys = [*"0123456789abcdefz", ":", "9f", "ff", "~"]

    def versions(uow: UnitOfWork) -> list[int]:
        found = [uow.conversations.load([key], lock=False) for key in keys]
        return [one.version for one in found if one]

    for key in keys:
        await store.write(lambda uow, key=key: uow.conversations.save(key, b"sealed", None, "2026-11-25"))  # type: ignore[misc]
    before = await store.read(versions)
    await put(store, vault, FEWEST)
    assert await batch(store, vault, 1) == FEWEST
    assert await store.read(versions) == [one + 1 for one in before]


async def test_what_is_deleted_while_the_batch_waits_for_its_member_is_not_filed(
    postgres_url: str, vault: Vault
) -> None:
    """The member's transaction has the conversation; the batch has looked at what waits, and wants the conversation."""
    async with open_store(postgres_url, migrate=True) as store:
        await put(store, vault, FEWEST)
        await store.write(lambda uow: uow.conversations.save("ben", b"sealed", None, "2026-11-25"))
        member, watcher = await asyncpg.connect(postgres_url), await asyncpg.connect(postgres_url)
        turn = member.transaction()
        await turn.start()
        await member.execute("SELECT * FROM conversations FOR UPDATE")
        await member.execute("DELETE FROM envelopes WHERE id = (SELECT min(id) FROM envelopes)")
        filing = asyncio.create_task(batch(store, vault, 1))
        for _ in range(2000):
            if await watcher.fetchval(WAITS):
                break
            await asyncio.sleep(0.01)
        else:
            raise AssertionError("the batch waits for nobody")
        await turn.commit()
        assert await filing == 0, "the four that are left wait for a fifth"
        assert await waiting(store) == FEWEST - 1
        await member.close()
        await watcher.close()


async def test_what_is_deleted_as_its_batch_is_filed_stops_the_batch(postgres_url: str, vault: Vault) -> None:
    """By an account without a conversation, so that the batch cannot wait for it: four are never filed."""
    async with open_store(postgres_url, migrate=True) as store:
        await put(store, vault, FEWEST)
        member, watcher = await asyncpg.connect(postgres_url), await asyncpg.connect(postgres_url)
        turn = member.transaction()
        await turn.start()
        await member.execute("DELETE FROM envelopes WHERE id = (SELECT min(id) FROM envelopes)")
        filing = asyncio.create_task(batch(store, vault, 1))
        for _ in range(2000):
            if await watcher.fetchval(WAITS):
                break
            await asyncio.sleep(0.01)
        else:
            raise AssertionError("the batch waits for nobody")
        await turn.commit()
        assert await filing == 0
        assert await waiting(store) == FEWEST - 1
        await member.close()
        await watcher.close()
