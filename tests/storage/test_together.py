"""SQLite commits together what waits together; what a database cannot do is told in one sentence, without values."""

import asyncio
import pathlib
import sqlite3
import threading
import traceback
from collections.abc import AsyncIterator, Callable
from functools import partial

import pytest
from sqlalchemy import event

from bot.errors import Changed, SchemaError, StoreAway
from bot.ports import Envelope, Store, UnitOfWork
from storage import sqlite
from storage.database import SqliteStore, open_store, store_at
from storage.migrate import upgrade
from storage.sqlite import TOGETHER

WAITING = 8
RECEIPT = "hashofareceipt"


def count(uow: UnitOfWork, used: list[object], number: int) -> int:
    """A mark of that number; odd ones raise after it."""
    uow.marks.put(f"n{number}", "written")
    used.append(uow.marks.connection)  # type: ignore[attr-defined]
    if number % 2:
        raise Changed("odd")
    return number


async def together(store: SqliteStore, *works: Callable[[UnitOfWork], object]) -> list[object]:
    """What they give or raise, when all of them wait for the writer at once."""
    held = threading.Event()
    store._writer.submit(held.wait)
    waiting = asyncio.gather(*(store.write(work) for work in works), return_exceptions=True)
    await asyncio.sleep(0)
    held.set()
    return await waiting


async def written(store: Store) -> list[int]:
    return [
        n
        for n in range(WAITING)
        if await store.read(lambda uow, name=f"n{n}": uow.marks.get(name))  # type: ignore[misc]
    ]


@pytest.fixture
async def sqlite_store(tmp_path: pathlib.Path) -> AsyncIterator[SqliteStore]:
    async with open_store(f"sqlite:///{tmp_path / 'store.sqlite3'}", migrate=True) as store:
        assert isinstance(store, SqliteStore)
        yield store


async def test_what_waits_is_committed_together_and_what_raises_is_undone_alone(sqlite_store: SqliteStore) -> None:
    used: list[object] = []
    found = await together(sqlite_store, *(partial(count, used=used, number=n) for n in range(WAITING)))
    assert [one if isinstance(one, int) else type(one) for one in found] == [
        0,
        Changed,
        2,
        Changed,
        4,
        Changed,
        6,
        Changed,
    ]
    assert len(used) == WAITING
    assert len(set(map(id, used))) == 1
    assert await written(sqlite_store) == [0, 2, 4, 6]


async def test_where_the_commit_fails_nobody_is_answered(sqlite_store: SqliteStore) -> None:
    def fail(_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    event.listen(sqlite_store._engine, "commit", fail)
    found = await together(sqlite_store, *(partial(count, used=[], number=n) for n in (0, 2, 4)))
    event.remove(sqlite_store._engine, "commit", fail)
    assert [type(one) for one in found] == [StoreAway] * 3
    assert await written(sqlite_store) == []
    assert await sqlite_store.write(partial(count, used=[], number=2)) == 2


async def test_where_sqlite_ends_the_transaction_nobody_is_answered(sqlite_store: SqliteStore) -> None:
    def end(uow: UnitOfWork) -> None:
        uow.marks.connection.exec_driver_sql("ROLLBACK")  # type: ignore[attr-defined]

    found = await together(sqlite_store, partial(count, used=[], number=0), end, partial(count, used=[], number=2))
    assert [type(one) for one in found] == [StoreAway] * 3
    assert await written(sqlite_store) == []


async def test_a_caller_who_left_is_passed_over(sqlite_store: SqliteStore) -> None:
    held = threading.Event()
    sqlite_store._writer.submit(held.wait)
    left = asyncio.create_task(sqlite_store.write(partial(count, used=[], number=0)))
    stays = asyncio.create_task(sqlite_store.write(partial(count, used=[], number=2)))
    await asyncio.sleep(0)
    left.cancel()
    await asyncio.sleep(0)
    held.set()
    assert await stays == 2
    assert await written(sqlite_store) == [2]


async def test_a_caller_who_leaves_while_it_is_written_keeps_nobody_waiting(sqlite_store: SqliteStore) -> None:
    begun, held = threading.Event(), threading.Event()

    def slow(uow: UnitOfWork) -> int:
        begun.set()
        held.wait()
        return count(uow, [], 0)

    leaves = asyncio.create_task(sqlite_store.write(slow))
    stays = asyncio.create_task(sqlite_store.write(partial(count, used=[], number=2)))
    await asyncio.to_thread(begun.wait)
    leaves.cancel()
    held.set()
    assert await asyncio.wait_for(stays, 20) == 2
    assert await sqlite_store.write(partial(count, used=[], number=4)) == 4
    assert await written(sqlite_store) == [0, 2, 4]


@pytest.mark.parametrize("problem", [StopIteration, asyncio.CancelledError, MemoryError])
async def test_whatever_one_raises_the_others_are_answered(
    sqlite_store: SqliteStore, problem: type[BaseException]
) -> None:
    def bad(_: UnitOfWork) -> None:
        raise problem

    works = (partial(count, used=[], number=0), bad, partial(count, used=[], number=2))
    answered = asyncio.wait_for(together(sqlite_store, *works), 20)
    assert len(await answered) == len(works)
    assert await asyncio.wait_for(sqlite_store.write(partial(count, used=[], number=4)), 20) == 4


async def test_no_more_than_some_are_written_at_once(sqlite_store: SqliteStore) -> None:
    commits: list[object] = []
    event.listen(sqlite_store._engine, "commit", commits.append)
    works = [partial(count, used=[], number=2 * number) for number in range(TOGETHER + 1)]
    assert await together(sqlite_store, *works) == [2 * number for number in range(TOGETHER + 1)]
    assert len(commits) == 2


async def test_what_waits_when_the_store_is_closed_is_written_first(tmp_path: pathlib.Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    async with open_store(url, migrate=True) as store:
        assert isinstance(store, SqliteStore)
        held = threading.Event()
        store._writer.submit(held.wait)
        waiting = [asyncio.create_task(store.write(partial(count, used=[], number=n))) for n in range(0, WAITING, 2)]
        await asyncio.sleep(0.05)
        waiting.append(asyncio.create_task(store.write(partial(count, used=[], number=6))))
        await asyncio.sleep(0.05)
        closing = asyncio.create_task(store.close())
        await asyncio.sleep(0.05)
        with pytest.raises(RuntimeError, match="closed"):
            await store.write(partial(count, used=[], number=0))
        held.set()
        assert await asyncio.wait_for(asyncio.gather(*waiting), 20) == [0, 2, 4, 6, 6]
        await closing
    async with open_store(url, migrate=False) as again:
        assert await written(again) == [0, 2, 4, 6]


async def test_writing_waits_for_a_sweep_as_long_as_it_takes(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SqliteStore(tmp_path / "store.sqlite3", busy_seconds=0.3)
    await store.schema(upgrade)
    held = threading.Event()
    monkeypatch.setattr(sqlite, "sweep_sqlite", lambda _: held.wait())
    swept = asyncio.create_task(store.sweep([]))
    await asyncio.sleep(0.05)
    writing = asyncio.create_task(store.write(partial(count, used=[], number=2)))
    await asyncio.sleep(0.6)
    held.set()
    assert await writing == 2
    await swept
    await store.close()


async def test_a_database_without_our_tables_is_told_as_that(database_url: str) -> None:
    store = store_at(database_url)
    for run in (store.read, store.write):
        with pytest.raises(SchemaError, match=r"\./run migrate"):
            await run(lambda uow: uow.marks.get("any"))
        with pytest.raises(SchemaError, match=r"\./run migrate"):
            await run(lambda uow: uow.conversations.load(["key"], lock=False))
    await store.close()


async def test_what_a_constraint_refuses_is_told_without_its_values(store: Store) -> None:
    def twice(uow: UnitOfWork) -> None:
        for item in ("one", "two"):
            uow.envelopes.add(Envelope(item, RECEIPT, "en", "2026-W48", b"sealed"))

    with pytest.raises(Exception) as raised:
        await store.write(twice)
    told = "".join(traceback.format_exception(raised.value))
    assert "unit.py" in told  # where it was raised is known
    assert RECEIPT not in told
    assert await store.read(lambda uow: uow.envelopes.waiting()) == []
