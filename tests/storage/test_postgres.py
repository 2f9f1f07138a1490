"""A PostgreSQL server whose connections end in unusual places: it is away, and nothing else is said."""

import asyncio

import asyncpg
import pytest
from sqlalchemy import event, text

from bot.errors import StoreAway
from bot.ports import UnitOfWork
from storage import postgres
from storage.postgres import PostgresStore


def end_it(uow: UnitOfWork) -> None:
    connection = uow.items.connection  # type: ignore[attr-defined]
    connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


async def test_a_server_that_ends_each_new_connection_is_away(postgres_url: str) -> None:
    store = PostgresStore(postgres_url)

    @event.listens_for(store._engine.sync_engine, "connect")
    def ends(adapted: object, _: object) -> None:
        adapted.driver_connection.terminate()  # type: ignore[attr-defined]

    for work in (store.read, store.snapshot, store.write):
        with pytest.raises(StoreAway):
            await work(lambda uow: None)
    await store.close()


async def test_a_connection_that_ends_in_the_midst_of_work_is_away_and_the_next_is_new(postgres_url: str) -> None:
    store = PostgresStore(postgres_url)
    for work in (store.read, store.snapshot, store.write):
        with pytest.raises(StoreAway):
            await work(end_it)
        assert await work(lambda uow: 1) == 1
    await store.close()


async def test_a_driver_that_lost_its_place_as_the_connection_ended_is_away(postgres_url: str) -> None:
    store = PostgresStore(postgres_url)

    def lost(uow: UnitOfWork) -> None:
        raise asyncpg.InternalClientError("cannot switch to state 11; another operation (0) is in progress")

    for work in (store.read, store.snapshot, store.write):
        with pytest.raises(StoreAway):
            await work(lost)
        assert await work(lambda uow: 1) == 1
    await store.close()


async def test_where_all_connections_are_busy_too_long_it_is_away(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "WAIT_SECONDS", 0.2)
    store = PostgresStore(postgres_url)
    busy = [store._free.acquire() for _ in range(postgres.CONNECTIONS)]
    await asyncio.gather(*busy)
    with pytest.raises(StoreAway):
        await asyncio.wait_for(store.read(lambda uow: None), 20)
    store._free.release()
    assert await store.read(lambda uow: 1) == 1
    await store.close()
