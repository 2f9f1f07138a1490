"""A server that the bot was removed from is forgotten some days later: drafts, letters and addresses, and no more."""

import asyncio
import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import pytest
from sqlalchemy import Connection, select

from bench.members import NoMatching
from bot import staffing
from bot.content import Content
from bot.core import Bot
from bot.events import Role
from bot.faq.matcher import Matcher
from bot.feedback import Level
from bot.inquiries import answer, questions
from bot.ports import Store, UnitOfWork
from bot.servers import forget_due, present
from bot.showing import Reach
from bot.staffing import Desk
from bot.vault import Vault, new_key
from storage.database import PostgresStore, SqliteStore, open_store
from storage.tables import metadata
from tests.bot.members import Member
from tests.conftest import Clock

T = TypeVar("T")
HERE, THERE = "Server-1122334455667788", "Server-8877665544332211"


@pytest.fixture
def answers() -> Matcher:
    """What is told here is not looked up in the answers."""
    return NoMatching()


async def told(bot: Bot, *servers: str) -> None:
    await present(bot.store, bot.vault, "test", servers, bot.clock().date())


async def days(bot: Bot, clock: Clock, count: int) -> None:
    clock.now += dt.timedelta(days=count)
    await bot.chores()


def member(bot: Bot, account: str, server: str) -> Member:
    one = Member(bot, account)
    one.server = server
    return one


async def with_draft(bot: Bot, account: str, server: str) -> Member:
    one = member(bot, account, server)
    await one.fill("confidential", f"draft of {account}")
    return one


async def has_draft(one: Member, words: str) -> bool:
    """Asked in a direct message, which belongs to no server."""
    one.server = ""
    return words in await one.say("continue")


async def test_drafts_go_when_the_days_are_over_and_those_of_other_servers_stay(bot: Bot, clock: Clock) -> None:
    await told(bot, HERE, THERE)
    here, there, both, direct = [
        await with_draft(bot, name, server)
        for name, server in (("here", HERE), ("there", THERE), ("both", HERE), ("direct", ""))
    ]
    both.server = THERE
    await both.say("help")
    await told(bot, THERE)
    await days(bot, clock, 6)
    assert len((await rows_of(bot))["conversations"]) == 4, "some days later"
    await days(bot, clock, 1)
    found = await rows_of(bot)
    assert len(found["conversations"]) == 3
    assert [one["left"] for one in found["servers"]] == [""], "the server itself is forgotten, too"
    assert not await has_draft(here, "draft of here")
    for one in (there, both, direct):
        assert await has_draft(one, f"draft of {one.account}"), one.account


async def rows_of(bot: Bot) -> dict[str, list[dict[str, object]]]:
    assert isinstance(bot.store, SqliteStore | PostgresStore)
    found: dict[str, list[dict[str, object]]] = {}

    def look(connection: Connection) -> None:
        for table in metadata.sorted_tables:
            found[table.name] = [dict(row) for row in connection.execute(select(table)).mappings()]

    await bot.store.schema(look)
    return found


async def test_a_server_that_is_back_in_time_loses_nothing(bot: Bot, clock: Clock) -> None:
    await told(bot, HERE)
    ana = await with_draft(bot, "ana", HERE)
    await told(bot)
    await days(bot, clock, 6)
    await told(bot, HERE)
    await days(bot, clock, 6)
    await told(bot)
    await days(bot, clock, 6)
    assert await has_draft(ana, "draft of ana"), "the days begin anew"


async def test_a_server_that_is_back_while_it_is_being_forgotten(
    bot: Bot, clock: Clock, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await told(bot, HERE)
    ana = await with_draft(bot, "ana", HERE)
    await told(bot)
    clock.now += dt.timedelta(days=7)
    read, count = store.read, 0

    async def and_then_it_is_back(work: Callable[[UnitOfWork], object]) -> object:
        nonlocal count
        found, count = await read(work), count + 1
        if count == 2:  # what is to go was looked for, and is not deleted yet
            await told(bot, HERE)
        return found

    monkeypatch.setattr(store, "read", and_then_it_is_back)
    assert await forget_due(store, bot.vault, clock.now.date(), 7) == 0
    monkeypatch.undo()
    assert await has_draft(ana, "draft of ana")


async def test_the_day_of_the_removal_counts_and_not_when_it_was_said_again(bot: Bot, clock: Clock) -> None:
    await told(bot, HERE)
    await with_draft(bot, "ana", HERE)
    for _ in range(7):
        await told(bot)
        await days(bot, clock, 1)
    assert (await rows_of(bot))["conversations"] == []


async def test_what_went_on_by_direct_message_stays(bot: Bot, clock: Clock) -> None:
    await told(bot, HERE)
    ana = await with_draft(bot, "ana", HERE)
    await told(bot)
    await days(bot, clock, 1)
    ana.server = ""
    await ana.say("help")
    await days(bot, clock, 6)
    assert await has_draft(ana, "draft of ana")
    assert (await rows_of(bot))["servers"] == []


async def test_addresses_and_letters_go_and_the_feedback_stays(bot: Bot, clock: Clock, store: Store) -> None:
    await told(bot, HERE, THERE)
    for account, server in (("here", HERE), ("there", THERE), ("direct", "")):
        one = member(bot, account, server)
        await one.say("feedback", "1", f"Name {account}", "idea", "skip", "skip", "skip", f"words of {account}")
        await one.say("skip", "skip", "skip", "skip", "no", "yes", "send")
        await one.say("ask staff", "1", f"When, asks {account}?")
    await told(bot, THERE)
    await days(bot, clock, 6)
    before = {one.answers["words"]: one for one in await store.read(lambda uow: list(uow.items.all("ai-at-work")))}
    for account in ("here", "there"):
        shift = partial(staffing.ask, item_id=before[f"words of {account}"].id, question="Which shift?")
        assert await at(bot, shift) is Reach.BOT
    await days(bot, clock, 1)
    found = await rows_of(bot)
    items = {str(one["answers"]).partition("words of ")[2].partition('"')[0]: one for one in found["items"]}
    assert {account: one["address"] is not None for account, one in items.items()} == {
        "here": False,
        "there": True,
        "direct": True,
    }
    assert all(one["account"] and one["name"] for one in items.values()), "my data and the name given to staff stay"
    asked = {str(one["text"]).split()[-1]: one for one in found["questions"]}
    assert {who: (one["account"] is not None, one["address"] is not None) for who, one in asked.items()} == {
        "here?": (False, False),
        "there?": (True, True),
        "direct?": (True, True),
    }
    assert len(found["outbox"]) == 1, "of two letters"
    item = before["words of here"]
    assert await at(bot, lambda desk: staffing.ask(desk, item.id, "And since when?")) is Reach.RECEIPT
    (theirs,) = [one for one in (await at(bot, lambda desk: questions(desk, 9))).questions if " here?" in one.text]
    assert await at(bot, lambda desk: answer(desk, theirs.id, "On Monday.")) is Reach.NOBODY
    ana = member(bot, "here", "")
    assert "words of here" in await ana.say("my data"), "its author still finds it"


async def at(bot: Bot, work: Callable[[Desk], T]) -> T:
    day = bot.clock().date()
    return await bot.store.write(lambda uow: work(Desk(Role.STAFF, uow, bot.content, bot.vault, day)))


async def test_no_server_id_is_in_the_clear_and_none_is_with_what_is_anonymous(
    bot: Bot, vault: Vault, clock: Clock
) -> None:
    await told(bot, HERE)
    for number in range(5):
        await member(bot, f"m{number}", HERE).send("anonymous", f"words {number}")
    await member(bot, "named", HERE).send("named", "words of mine")
    waiting = [vault.open(one["sealed"], "envelope") for one in (await rows_of(bot))["envelopes"]]  # type: ignore[arg-type]
    assert len(waiting) == 5
    await days(bot, clock, 7)
    found = await rows_of(bot)
    anonymous = [one for one in found["items"] if one["level"] == Level.ANONYMOUS.value]
    assert len(anonymous) == 5
    (hashed,) = vault.servers("test", HERE)
    assert [one["key"] for one in found["servers"]] == [hashed]
    assert HERE not in repr(found)
    assert hashed not in repr({name: rows for name, rows in found.items() if name != "servers"})
    assert hashed.encode() not in b"".join(waiting)
    assert {one["address"] for one in anonymous} == {None}


async def test_keys_that_change_lose_no_server(store: Store, content: Content, answers: Matcher, clock: Clock) -> None:
    """Written under the first of three keys, left and forgotten under the third."""
    one, two, three = new_key(), new_key(), new_key()
    bot = Bot(content, answers, store, Vault([one]), clock)
    await told(bot, HERE, THERE)
    await with_draft(bot, "ana", HERE)
    ben = await with_draft(bot, "ben", THERE)
    bot.vault = Vault([two, one])
    await told(bot, HERE, THERE)
    ben.server = THERE
    await ben.say("help")
    bot.vault = Vault([three, two, one])
    await told(bot, THERE)
    assert len((await rows_of(bot))["servers"]) == 2, "none twice"
    await days(bot, clock, 7)
    assert await has_draft(ben, "draft of ben")
    assert len((await rows_of(bot))["conversations"]) == 1


async def test_two_processes_tell_and_forget_at_once(
    database_url: str, content: Content, answers: Matcher, vault: Vault, clock: Clock
) -> None:
    async with open_store(database_url, migrate=True) as first, open_store(database_url, migrate=False) as second:
        bots = [Bot(content, answers, store, vault, clock) for store in (first, second)]
        await asyncio.gather(*(told(bot, HERE, THERE) for bot in bots))
        for number in range(8):
            await with_draft(bots[number % 2], f"m{number}", HERE)
        await asyncio.gather(*(told(bot, THERE) for bot in bots))
        clock.now += dt.timedelta(days=7)
        await asyncio.gather(*(bot.chores() for bot in bots))
        await asyncio.gather(*(bot.chores() for bot in bots))
        found = await rows_of(bots[0])
    assert (len(found["conversations"]), [one["left"] for one in found["servers"]]) == (0, [""])
