"""Backups: what members took back stays gone after a restore, on the same kind of database or the other one."""

import asyncio
import contextlib
import datetime as dt
import pathlib
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import asyncpg
import pytest
from sqlalchemy import Connection, insert, select, text

from bench.members import NoMatching
from bot.backups import read_manifest
from bot.content import Content
from bot.core import Bot
from bot.errors import Refused, SchemaError
from bot.faq.matcher import Matcher
from bot.upkeep import UNSWEPT
from storage.database import PostgresStore, SqliteStore, open_store
from storage.tables import metadata, questions
from tests.bot.members import EN, Member
from tests.conftest import Clock
from tests.operators import Done, Installation

Opened = Callable[[], AbstractAsyncContextManager[Bot]]
KEPT = ("kept under a name", "kept by a confidential author", *(f"kept anonymous {n}" for n in range(4)))
GONE = ("named, deleted", "confidential, deleted", "filed anonymous, deleted", "waiting anonymous, deleted")
CLOSED = EN("owned.wrong_receipt")


@pytest.fixture
def answers() -> Matcher:
    """What is told here is not looked up in the answers."""
    return NoMatching()


@pytest.fixture
def here(database_url: str, tmp_path: pathlib.Path) -> Installation:
    return Installation(tmp_path / "data", "" if database_url.startswith("sqlite") else database_url)


@pytest.fixture
def opened(here: Installation, content: Content, answers: Matcher, clock: Clock) -> Opened:
    return lambda: here.bot(content, answers, clock)


async def rows(url: str) -> dict[str, list[dict[str, object]]]:
    """Everything in the tables, in the order of keys; a restore's own audit row left out."""
    found: dict[str, list[dict[str, object]]] = {}

    def look(connection: Connection) -> None:
        for table in metadata.sorted_tables:
            if table.name not in ("audit", "batches"):
                every = [dict(row) for row in connection.execute(select(table)).mappings()]
                found[table.name] = sorted(every, key=repr)

    async with open_store(url, migrate=False) as store:
        assert isinstance(store, SqliteStore | PostgresStore)
        await store.schema(look)
    return found


def words(found: dict[str, list[dict[str, object]]]) -> set[str]:
    """What members wrote in the items that are filed."""
    return {str(row["answers"]).partition('"words":"')[2].partition('"')[0] for row in found["items"]}


def well(done: Done) -> None:
    assert done.returncode == 0, done.stderr


async def send_all(bot: Bot, clock: Clock) -> dict[str, str]:
    """One item of each fate; words -> receipt. The anonymous ones are filed, but for one that still waits."""
    ana, ben = Member(bot, "ana"), Member(bot, "ben")
    receipts = {
        "kept under a name": await ana.send("named", "kept under a name"),
        "kept by a confidential author": await ben.send("confidential", "kept by a confidential author"),
        "named, deleted": await ana.send("named", "named, deleted"),
        "confidential, deleted": await ben.send("confidential", "confidential, deleted"),
        "withdrawn": await ben.send("confidential", "withdrawn"),
        "name hidden": await ana.send("named", "name hidden"),
        "made anonymous": await ben.send("confidential", "made anonymous"),
    }
    await bot.chores()
    for number, each in enumerate([*(f"kept anonymous {n}" for n in range(4)), "filed anonymous, deleted"]):
        receipts[each] = await Member(bot, f"m{number}").send("anonymous", each)
    clock.now += dt.timedelta(days=7)
    assert await bot.chores() == 5
    for each in ("waiting anonymous, deleted", "waiting anonymous, withdrawn"):
        receipts[each] = await Member(bot, "waits").send("anonymous", each)
    return receipts


async def take_back(bot: Bot, receipts: dict[str, str]) -> None:
    member = Member(bot, "anybody")
    for each in GONE:
        assert EN("owned.deleted") in await member.delete(receipts[each])
    ana, ben = Member(bot, "ana"), Member(bot, "ben")
    assert EN("owned.do_unshare") in await ben.open(receipts["withdrawn"])
    assert EN("owned.unshared") in await ben.say(EN("owned.do_unshare"))
    await ana.open(receipts["name hidden"])
    assert EN("owned.now_confidential") in await ana.say(EN("owned.do_confidential"))
    await ben.open(receipts["made anonymous"])
    assert EN("owned.now_anonymous") in await ben.say(EN("owned.do_anonymous"), "yes")


@pytest.mark.parametrize("lost", [False, True], ids=["replaced", "lost"])
async def test_what_was_taken_back_stays_gone(
    lost: bool, here: Installation, opened: Opened, clock: Clock, tmp_path: pathlib.Path
) -> None:
    """`lost`: the database is gone, and the list has all since the next batch; else the rest is in the old database."""
    await here.init()
    async with opened() as bot:
        receipts = await send_all(bot, clock)
    well(await here.run("backup", str(tmp_path / "backup")))
    async with opened() as bot:
        await take_back(bot, receipts)
        if lost:
            for number in range(4):
                await Member(bot, f"later{number}").send("anonymous", "after the backup")
            clock.now += dt.timedelta(days=7)
            await bot.chores()
    if lost:
        await lose(here)
    restored = await here.run("restore", str(tmp_path / "backup"), *([] if lost else ["--replace"]))
    well(restored)
    assert "4 deleted, 1 withdrawn, 2 made more private" in restored.stderr
    assert words(await rows(here.store_url)) == {*KEPT, "withdrawn", "name hidden"}
    async with opened() as bot:
        member = Member(bot, "whoever")
        for each in GONE:
            assert CLOSED in await member.open(receipts[each]), each
            await member.say("cancel")
        for each in KEPT:
            assert each in await member.open(receipts[each])
        assert EN("owned.not_shared") in await member.open(receipts["withdrawn"])
        assert EN("owned.do_anonymous") in await member.open(receipts["name hidden"])
        assert EN("owned.do_anonymous") not in await member.open(receipts["made anonymous"])
        under_account = await Member(bot, "ben").say("my data")
        assert "withdrawn" in under_account
        assert "made anonymous" not in under_account
        clock.now += dt.timedelta(weeks=5)
        await bot.chores()
    found = await rows(here.store_url)
    by_words = {str(row["answers"]).partition('"words":"')[2].partition('"')[0]: row for row in found["items"]}
    assert not by_words.keys() & set(GONE)
    assert by_words["name hidden"]["name"] is None
    private = by_words["made anonymous"]
    assert (private["level"], private["account"], private["address"], private["contact"]) == (
        "anonymous",
        None,
        None,
        False,
    )
    told = {row["item"]: str(row["kind"]) for row in found["withdrawals"]}
    assert sorted(told.values()) == ["deleted"] * 4 + ["withdrawn"]
    assert told[by_words["withdrawn"]["id"]] == "withdrawn"
    assert found["envelopes"] == []


async def lose(here: Installation) -> None:
    """The database is gone; keys and deletion list are not."""
    if here.url:
        async with open_store(here.store_url, migrate=False) as store:
            assert isinstance(store, PostgresStore)
            await store.schema(metadata.drop_all)
            await store.schema(lambda connection: connection.execute(text("DROP TABLE alembic_version")).close())
        return
    for path in here.folder.glob("worker-voice.sqlite3*"):
        path.unlink()


async def test_a_backup_holds_no_keys_and_is_for_its_owner_alone(here: Installation, tmp_path: pathlib.Path) -> None:
    well(await here.run("init"))
    folder = tmp_path / "backup"
    well(await here.run("backup", str(folder)))
    key = (here.folder / "keys").read_text().strip()
    assert not [path for path in folder.iterdir() if key in path.read_text()]
    assert not [path.name for path in folder.iterdir() if path.name in ("keys", "deletions")]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert not [path.name for path in here.folder.iterdir() if path.stat().st_mode & 0o077]


async def test_a_backup_of_one_kind_of_database_goes_into_the_other_and_back(
    postgres_url: str, content: Content, answers: Matcher, clock: Clock, tmp_path: pathlib.Path
) -> None:
    """Every row and every byte, but for what a restore notes of itself."""
    lite, big = Installation(tmp_path / "lite"), Installation(tmp_path / "big", postgres_url)
    await lite.init()
    async with lite.bot(content, answers, clock) as bot:
        await Member(bot, "a").send("named", "naïve — 你好 🤷🏽‍♀️ 'quoted' \\n")
        await Member(bot, "b").send("anonymous", "waits")
        await Member(bot, "c").fill("confidential", "a draft")
        await Member(bot, "d").say("ask staff", "1", "When is the paint shop training?")
        await Member(bot, "d").say("Did Microsoft pay the AFL-CIO?")
    before = await rows(lite.store_url)
    assert all(before[name] for name in ("items", "envelopes", "conversations", "claims", "counters"))
    for name in ("keys", "deletions"):
        shutil.copy(lite.folder / name, big.folder / name)
    well(await lite.run("backup", str(tmp_path / "one")))
    well(await big.run("restore", str(tmp_path / "one")))
    assert await rows(big.store_url) == before
    well(await big.run("backup", str(tmp_path / "two")))
    well(await lite.run("restore", "--replace", str(tmp_path / "two")))
    assert await rows(lite.store_url) == before
    one, two = (read_manifest(tmp_path / name).tables for name in ("one", "two"))
    assert {name: table for name, table in one.items() if name != "audit"} == {
        name: table for name, table in two.items() if name != "audit"
    }


@pytest.fixture
async def backed_up(here: Installation, opened: Opened, tmp_path: pathlib.Path) -> AsyncIterator[pathlib.Path]:
    """A backup's folder, of a database that has an item more by now."""
    await here.init()
    async with opened() as bot:
        await Member(bot, "a").send("confidential", "in the backup")
        await here.backup(tmp_path / "backup")
        await Member(bot, "b").send("confidential", "after the backup")
    yield tmp_path / "backup"
    assert words(await rows(here.store_url)) == {"in the backup", "after the backup"}


async def test_restore_refuses_and_leaves_all_as_it_is(
    here: Installation, backed_up: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    async def refused(because: str, folder: pathlib.Path = backed_up, *, replace: bool = True) -> None:
        with pytest.raises(Refused, match=because):
            await here.restore(folder, replace=replace)

    await refused(r"not empty \(.*2 items", replace=False)
    half = tmp_path / "half"
    shutil.copytree(backed_up, half)
    (half / "manifest.json").unlink()
    await refused("is not a backup, or its making was interrupted", half)
    shutil.copy(backed_up / "manifest.json", half)
    (half / "items.jsonl").write_bytes((backed_up / "items.jsonl").read_bytes().replace(b"idea", b"Idea"))
    await refused("items.jsonl is not what was written", half)
    (half / "items.jsonl").unlink()
    await refused("items.jsonl is missing", half)
    kept = here.list.path.read_text()
    here.list.path.unlink()
    await refused("The deletion list is missing")
    here.list.create()
    await refused("another one than the backup's")
    here.list.path.write_text(kept)


async def test_restore_refuses_a_list_that_is_older_than_the_backup(
    here: Installation, opened: Opened, tmp_path: pathlib.Path
) -> None:
    await here.init()
    earlier = here.list.path.read_text()
    async with opened() as bot:
        member = Member(bot, "a")
        await member.delete(await member.send("confidential", "gone"))
    await here.backup(tmp_path / "backup")
    here.list.path.write_text(earlier)
    with pytest.raises(Refused, match="older than the backup"):
        await here.restore(tmp_path / "backup")


async def test_without_the_list_what_was_deleted_comes_back_when_told(
    here: Installation, opened: Opened, tmp_path: pathlib.Path
) -> None:
    await here.init()
    async with opened() as bot:
        member = Member(bot, "a")
        receipt = await member.send("confidential", "comes back")
        await here.backup(tmp_path / "backup")
        await member.delete(receipt)
    here.list.path.unlink()
    await here.restore(tmp_path / "backup", without_deletions=True)
    assert words(await rows(here.store_url)) == {"comes back"}


async def test_a_backup_of_a_newer_version_is_refused(here: Installation, backed_up: pathlib.Path) -> None:
    manifest = backed_up / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"schema": "0', '"schema": "9'))
    with pytest.raises(SchemaError, match="newer version of this program"):
        await here.restore(backed_up)


async def test_a_draft_that_was_sent_and_deleted_after_the_backup_does_not_come_back(
    here: Installation, opened: Opened, tmp_path: pathlib.Path
) -> None:
    await here.init()
    async with opened() as bot:
        member = Member(bot, "a")
        receipt = await member.fill("confidential", "sent and deleted later")
        await here.backup(tmp_path / "backup")
        await member.say("send")
        await member.delete(receipt)
    await here.restore(tmp_path / "backup")
    async with opened() as bot:
        assert EN("reply.nothing_open") in await Member(bot, "a").say("continue")


ROWS = 10_000


async def until_it_loads(here: Installation) -> None:
    """A restore is in the middle of its rows: the log has grown, or the server says that they are being inserted."""
    if not here.url:
        log = here.folder / "worker-voice.sqlite3-wal"
        while not log.exists() or log.stat().st_size < 2_000_000:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        return
    server = await asyncpg.connect(here.url)
    inserting = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'INSERT INTO q%'"
    )
    while not await server.fetchval(inserting):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    await server.close()


async def test_a_restore_killed_in_its_middle_leaves_the_old_database(
    here: Installation, opened: Opened, tmp_path: pathlib.Path
) -> None:
    await here.init()
    many = [
        {"id": f"q{number:09d}", "week": "2026-W48", "language": "en", "text": "x" * 400, "answer": ""}
        for number in range(ROWS)
    ]
    async with open_store(here.store_url, migrate=False) as store:
        assert isinstance(store, SqliteStore | PostgresStore)
        await store.schema(lambda connection: connection.execute(insert(questions), many).close())
    await here.backup(tmp_path / "backup")
    async with opened() as bot:
        await Member(bot, "a").send("confidential", "of the old database")
    before = await rows(here.store_url)
    process = here.start("restore", "--replace", str(tmp_path / "backup"))
    await until_it_loads(here)
    process.kill()
    process.communicate()
    assert process.returncode == -9
    after = await rows(here.store_url)
    assert after == before
    await here.restore(tmp_path / "backup")
    restored = await rows(here.store_url)
    assert (len(restored["questions"]), restored["items"]) == (ROWS, [])


async def test_a_restore_that_cannot_sweep_leaves_it_to_the_next(
    content: Content, answers: Matcher, clock: Clock, tmp_path: pathlib.Path
) -> None:
    """Somebody reads the file meanwhile; PostgreSQL's restore waits for its readers, SQLite's does not."""
    here = Installation(tmp_path / "data")
    await here.init()
    async with here.bot(content, answers, clock) as bot:
        await Member(bot, "ana").send("confidential", "the words")
    await here.backup(tmp_path / "backup")
    with contextlib.closing(sqlite3.connect(here.folder / "worker-voice.sqlite3", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM items").fetchall()
        restored = await here.restore(tmp_path / "backup")
    async with here.bot(content, answers, clock) as bot:
        owed = await bot.store.read(lambda uow: uow.marks.get(UNSWEPT))
        await bot.chores()
        left = await bot.store.read(lambda uow: uow.marks.get(UNSWEPT))
    assert (restored.swept, owed != "", left) == (False, True, "")
