"""A receipt's session is taken out of the conversation once it is over, whenever the bot looks again."""

import datetime as dt

import pytest

from bot.chores import ended
from bot.conversations import CONVERSATION, Conversation
from bot.core import Bot
from bot.ports import Store
from bot.vault import Vault
from tests.conftest import Clock


class Counting(Vault):
    """Counts what it opens."""

    opened = 0

    def open(self, sealed: bytes, purpose: str) -> bytes:
        self.opened += 1
        return super().open(sealed, purpose)


def conversation(uow: object, vault: Vault, opened_until: str, key: str, day: str) -> None:
    sealed = vault.seal(Conversation(opened="item", opened_until=opened_until).to_json(), CONVERSATION)
    uow.conversations.save(key, sealed, None, day)  # type: ignore[attr-defined]


@pytest.mark.parametrize("days", [0, 1, 5])
async def test_a_session_is_ended_also_after_days_without_a_bot(
    days: int, bot: Bot, store: Store, vault: Vault, clock: Clock
) -> None:
    await bot.chores()
    over = (clock.now + dt.timedelta(minutes=5)).isoformat(timespec="seconds")
    await store.write(lambda uow: conversation(uow, vault, over, "key", clock.now.date().isoformat()))
    await bot.chores()
    assert (await opened(store, vault)).opened == "item"
    clock.now += dt.timedelta(days=days, hours=1)
    await bot.chores()
    assert (await opened(store, vault)) == Conversation()


async def opened(store: Store, vault: Vault) -> Conversation:
    stored = await store.read(lambda uow: uow.conversations.load(["key"], lock=False))
    assert stored
    return Conversation.from_json(vault.open(stored.sealed, CONVERSATION))


async def test_only_conversations_since_the_day_before_are_opened(bot: Bot, store: Store, clock: Clock) -> None:
    vault = Counting(["0" * 64])
    days = [(clock.now - dt.timedelta(days=ago)).date().isoformat() for ago in range(4)]
    for day in days:
        await store.write(lambda uow, day=day: conversation(uow, vault, "", day, day))  # type: ignore[misc]
    last = f"{clock.now:%Y%m%d}"
    assert await store.read(lambda uow: ended(uow, vault, clock.now, last)) == []
    assert vault.opened == 2
    assert await store.read(lambda uow: ended(uow, vault, clock.now, "")) == []
    assert vault.opened == 2 + len(days)
