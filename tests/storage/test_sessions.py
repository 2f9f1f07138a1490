"""A receipt's session and the last topic are taken out of the conversation once over, whoever looks again."""

import datetime as dt
import pathlib
from collections.abc import Awaitable, Callable

import pytest

from bot.chores import end_minutes, ended, purge_now
from bot.conversations import CONVERSATION, Conversation
from bot.core import Bot
from bot.ports import Store
from bot.upkeep import UNSWEPT, Retention
from bot.vault import Vault
from storage.deletions import DeletionFile
from tests.conftest import Clock

Look = Callable[[], Awaitable[object]]


class Counting(Vault):
    """Counts what it opens."""

    opened = 0

    def open(self, sealed: bytes, purpose: str) -> bytes:
        self.opened += 1
        return super().open(sealed, purpose)


def conversation(uow: object, vault: Vault, opened_until: str, key: str, day: str) -> None:
    topic = "three-goals-overview" if opened_until else ""
    kept = Conversation(opened="item", opened_until=opened_until, topic=topic, topic_until=f"{opened_until[:16]}+00:00")
    sealed = vault.seal(kept.to_json(), CONVERSATION)
    uow.conversations.save(key, sealed, None, day)  # type: ignore[attr-defined]


@pytest.fixture(params=["the chores", "a purge"])
def look(request: pytest.FixtureRequest, bot: Bot, store: Store, vault: Vault, tmp_path: pathlib.Path) -> Look:
    """What a running bot does every hour, and what `./run purge` does."""
    listed = DeletionFile(tmp_path / "deletions")

    async def purge() -> None:
        await purge_now(store, vault, listed, Retention(), bot.clock())

    return bot.chores if request.param == "the chores" else purge


@pytest.mark.parametrize("days", [0, 1, 5])
async def test_a_session_and_a_topic_are_ended_also_after_days_without_a_bot(
    days: int, look: Look, bot: Bot, store: Store, vault: Vault, clock: Clock
) -> None:
    await bot.chores()
    over = (clock.now + dt.timedelta(minutes=5)).isoformat(timespec="seconds")
    await store.write(lambda uow: conversation(uow, vault, over, "key", clock.now.date().isoformat()))
    await look()
    assert (await opened(store, vault)).opened == "item"
    assert (await opened(store, vault)).topic == "three-goals-overview"
    clock.now += dt.timedelta(days=days, hours=1)
    await look()
    assert (await opened(store, vault)) == Conversation()


@pytest.mark.parametrize("topic", ["three-goals-overview", ""])
async def test_the_raw_files_are_swept_where_a_session_ended_not_for_a_topic(
    topic: str, bot: Bot, store: Store, vault: Vault, clock: Clock
) -> None:
    before = (clock.now - dt.timedelta(hours=1)).isoformat(timespec="minutes")
    left = Conversation(topic=topic, topic_until=before) if topic else Conversation(opened="x", opened_until=before)
    day = clock.now.date().isoformat()
    await store.write(lambda uow: uow.conversations.save("key", vault.seal(left.to_json(), CONVERSATION), None, day))
    await end_minutes(store, vault, clock.now)
    assert await opened(store, vault) == Conversation()
    assert bool(await store.read(lambda uow: uow.marks.get(UNSWEPT))) is not bool(topic)


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
