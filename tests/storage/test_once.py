"""Rows exactly once: an event again, two at a time, from two processes' worth of bots."""

import asyncio
import dataclasses

import pytest
from sqlalchemy import Connection, func, select

from bot.content import Content
from bot.core import Bot
from bot.events import Message
from bot.faq.matcher import Matcher
from bot.ports import Store
from bot.replies import Reply, Secret, Text
from bot.vault import Vault
from storage.database import PostgresStore, SqliteStore, open_store
from storage.tables import items
from tests.conftest import Clock

SHORT = ["feedback", "2", "idea", "skip", "skip", "skip", "Ask us first.", "skip", "skip", "skip", "skip", "no", "no"]


def event(text: str, number: int | str, account: str = "a") -> Message:
    return Message(id=f"e{number}", platform="test", account=account, address=account, text=text)


async def fill(bot: Bot, account: str = "a") -> None:
    for number, text in enumerate(SHORT):
        await bot.handle(event(text, f"{account}{number}", account))


async def filed(store: Store) -> int:
    assert isinstance(store, SqliteStore | PostgresStore)
    found: list[int] = []

    def look(connection: Connection) -> None:
        found.append(connection.execute(select(func.count()).select_from(items)).scalar_one())

    await store.schema(look)
    return found[0]


async def test_an_event_delivered_again_changes_nothing_and_is_answered_until_marked(bot: Bot, store: Store) -> None:
    await fill(bot)
    send = event("send", "send")
    first = await bot.handle(send)
    again = await bot.handle(send)
    assert isinstance(first, Reply)
    assert isinstance(again, Reply)
    assert again.blocks[-1] == first.blocks[-1] == Text(bot.content.texts["en"]("form.sent_confidential"))
    await bot.delivered(send, again)
    assert await bot.handle(send) is None
    assert await filed(store) == 1


async def test_a_summary_again_draws_a_receipt_that_replaces_the_first(bot: Bot) -> None:
    await fill(bot)
    again = await bot.handle(event(SHORT[-1], f"a{len(SHORT) - 1}"))
    assert isinstance(again, Reply)
    assert any(isinstance(block, Secret) for block in again.blocks)
    assert Text(bot.content.texts["en"]("form.receipt_again")) in again.blocks


async def test_two_presses_of_send_file_once(
    database_url: str, content: Content, answers: Matcher, vault: Vault, clock: Clock
) -> None:
    async with open_store(database_url, migrate=True) as one, open_store(database_url, migrate=False) as two:
        bots = [Bot(content, answers, store, vault, clock) for store in (one, two)]
        await fill(bots[0])
        replies = await asyncio.gather(*(bot.handle(event("send", n)) for n, bot in enumerate(bots)))
        said = {str(reply.blocks[-1]) for reply in replies if isinstance(reply, Reply)}
        assert len(said) == 2
        assert await filed(one) == 1


@pytest.mark.parametrize("rounds", [10])
async def test_fast_messages_of_one_member_are_all_taken_in(
    rounds: int, database_url: str, content: Content, answers: Matcher, vault: Vault, clock: Clock
) -> None:
    """Two processes get a member's messages at once: each is one step, none is lost."""
    async with open_store(database_url, migrate=True) as one, open_store(database_url, migrate=False) as two:
        bots = [Bot(content, answers, store, vault, clock) for store in (one, two)]
        for turn in range(rounds):
            account = f"m{turn}"
            await bots[0].handle(event("feedback", f"{account}f", account))
            await asyncio.gather(*(bot.handle(event("2", f"{account}{n}", account)) for n, bot in enumerate(bots)))
            stored = await one.read(
                lambda uow, who=account: uow.conversations.load(vault.accounts("test", who), lock=False)  # type: ignore[misc]
            )
            draft = bots[0].open(stored).draft
            assert draft is not None
            assert draft.answers == {"level": "confidential", "kind": "concern"}


async def test_two_processes_greet_a_new_member_once(
    database_url: str, content: Content, answers: Matcher, vault: Vault, clock: Clock
) -> None:
    async with open_store(database_url, migrate=True) as one, open_store(database_url, migrate=False) as two:
        bots = [Bot(content, answers, store, vault, clock) for store in (one, two)]
        replies = await asyncio.gather(*(bot.handle(event("help", n)) for n, bot in enumerate(bots)))
        welcome = Text(content.texts["en"]("reply.welcome"))
        assert [welcome in reply.blocks for reply in replies if isinstance(reply, Reply)].count(True) == 1


async def test_the_same_event_at_two_processes_is_one(
    database_url: str, content: Content, answers: Matcher, vault: Vault, clock: Clock
) -> None:
    async with open_store(database_url, migrate=True) as one, open_store(database_url, migrate=False) as two:
        bots = [Bot(content, answers, store, vault, clock) for store in (one, two)]
        await fill(bots[0])
        send = event("send", "send")
        await asyncio.gather(*(bot.handle(dataclasses.replace(send)) for bot in bots * 2))
        assert await filed(one) == 1
