"""What a process does besides answering: letters are pushed once, the week is told once, one platform's end is its own.

A platform in the test's memory: that the real ones do as told is tried in tests/adapters.
"""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from bot.catching_up import directs
from bot.content import Content
from bot.conversations import Direct
from bot.core import Bot
from bot.errors import SettingsError
from bot.events import AnyEvent, Message
from bot.mailing import mail
from bot.outbox import Letter, post
from bot.ports import UnitOfWork
from bot.promises import Wanted
from bot.replies import Outcome, Reply, Text
from bot.running import Served, hourly, run, tell_week
from bot.suggesting import MOST, Suggesting
from bot.vault import Vault, new_id, new_key
from tests.conftest import NOW, Clock


@dataclass
class Platform:
    """bot.ports.ChatPlatform: `reached`: whether a letter arrives; `ends`: how `listen` ends, None: at `stop`."""

    reached: bool = True
    ends: Exception | None = None
    refuses: Exception | None = None
    pushed: list[tuple[tuple[str, ...], Reply]] = field(default_factory=list)
    announced: list[str] = field(default_factory=list)
    closed: bool = False
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    async def connect(self) -> None:
        if self.refuses:
            raise self.refuses

    async def listen(self, respond: Callable[[AnyEvent], Awaitable[None]]) -> None:
        if self.ends:
            raise self.ends
        await self.stopped.wait()

    async def deliver(self, event: AnyEvent, outcome: Outcome) -> None: ...

    async def push(self, to: tuple[str, ...], reply: Reply) -> bool:
        await asyncio.sleep(0)
        self.pushed.append((to, reply))
        return self.reached

    async def announce(self, channel: str, reply: Reply, language: str) -> bool:
        self.announced.append(channel)
        return self.reached

    async def is_ready(self) -> bool:
        return True

    def stop(self) -> None:
        self.stopped.set()

    async def close(self) -> None:
        self.closed = True


class NoFiles:
    async def fulfil(self, wanted: Wanted, now: dt.datetime) -> Reply:
        raise AssertionError("nobody asked")


async def put(bot: Bot, *accounts: str) -> None:
    def work(uow: UnitOfWork) -> None:
        for account in accounts:
            letter = Letter(("chat", account), "item", (), f"News for {account}")
            post(uow, bot.vault, bot.vault.accounts("chat", account)[0], letter, bot.clock().date())

    await bot.store.write(work)


async def test_a_letter_is_pushed_once_by_whichever_process(bot: Bot) -> None:
    await put(bot, "ana", "ben")
    one, other = Platform(), Platform()
    await asyncio.gather(mail(bot, "chat", one.push), mail(bot, "chat", other.push))
    await mail(bot, "chat", one.push)
    assert sorted(to[1] for to, _ in one.pushed + other.pushed) == ["ana", "ben"]
    assert {reply.blocks for _, reply in one.pushed + other.pushed} == {
        (Text("News for ana"),),
        (Text("News for ben"),),
    }
    assert await bot.store.read(lambda uow: uow.outbox.all_waiting()) == []


async def test_a_closed_door_is_tried_again_a_day_later(bot: Bot, clock: Clock) -> None:
    await put(bot, "ana")
    platform = Platform(reached=False)
    await mail(bot, "chat", platform.push)
    clock.now += dt.timedelta(hours=23)
    await mail(bot, "chat", platform.push)
    assert len(platform.pushed) == 1
    clock.now += dt.timedelta(hours=2)
    platform.reached = True
    await mail(bot, "chat", platform.push)
    assert len(platform.pushed) == 2
    assert await bot.store.read(lambda uow: uow.outbox.all_waiting()) == []


async def test_after_keys_rotate_a_closed_door_is_still_left_alone_for_a_day(bot: Bot, clock: Clock) -> None:
    old, platform = new_key(), Platform(reached=False)
    bot.vault = Vault([old])
    await put(bot, "ana")
    await mail(bot, "chat", platform.push)
    bot.vault = Vault([new_key(), old])
    for hours, tries in ((25, 2), (48, 2), (50, 3)):
        clock.now = NOW + dt.timedelta(hours=hours)
        await mail(bot, "chat", platform.push)
        assert len(platform.pushed) == tries


async def test_a_letter_that_failed_waits_and_the_next_one_goes(bot: Bot, clock: Clock) -> None:
    await put(bot, "ana", "ben")
    seen: list[str] = []

    async def push(to: tuple[str, ...], reply: Reply) -> bool:
        seen.append(to[1])
        if len(seen) == 1:
            raise ConnectionResetError
        return True

    await mail(bot, "chat", push)
    assert sorted(seen) == ["ana", "ben"]
    await mail(bot, "chat", push)
    assert len(seen) == 2, "not before some minutes"
    clock.now += dt.timedelta(minutes=11)
    await mail(bot, "chat", push)
    assert seen[2] == seen[0]
    assert await bot.store.read(lambda uow: uow.outbox.all_waiting()) == []


async def test_the_week_is_told_once_and_again_where_it_could_not_be(bot: Bot, clock: Clock) -> None:
    clock.now = dt.datetime(2026, 11, 30, 15, 0, tzinfo=dt.UTC)
    platform = Platform(reached=False)
    served = Served("chat", platform, "staff")
    await tell_week(bot, served)
    await tell_week(bot, served)
    assert platform.announced == ["staff"], "not again within the hour"
    platform.reached = True
    clock.now += dt.timedelta(hours=1, minutes=1)
    await tell_week(bot, served)
    clock.now += dt.timedelta(hours=2)
    await tell_week(bot, served)
    assert platform.announced == ["staff"] * 2


async def test_a_channel_that_fails_leaves_the_other_platforms_told(bot: Bot, clock: Clock) -> None:
    class Broken(Platform):
        async def announce(self, channel: str, reply: Reply, language: str) -> bool:
            raise ConnectionResetError

    clock.now = dt.datetime(2026, 11, 30, 15, 0, tzinfo=dt.UTC)
    well = Platform()
    await hourly(bot, [Served("broken", Broken(), "staff"), Served("chat", well, "staff")])
    assert well.announced == ["staff"]


async def test_one_platform_that_ends_takes_no_other_with_it(bot: Bot) -> None:
    well, gone = Platform(), Platform(ends=SettingsError("removed"))
    running = asyncio.create_task(run(bot, NoFiles(), [Served("gone", gone), Served("well", well)]))
    done, _ = await asyncio.wait([running], timeout=0.3)
    assert not done
    well.stop()
    with pytest.raises(SettingsError, match="removed"):
        await running


async def test_a_platform_that_cannot_begin_ends_all(bot: Bot) -> None:
    well, refused = Platform(), Platform(refuses=SettingsError("refused"))
    with pytest.raises(SettingsError, match="refused"):
        await run(bot, NoFiles(), [Served("well", well), Served("refused", refused)])
    assert well.closed


async def test_with_whom_to_catch_up(bot: Bot, clock: Clock) -> None:
    def said(account: str, *, catches_up: bool = False) -> Message:
        return Message(
            id=new_id(), platform="chat", account=account, address=account, text="hello", catches_up=catches_up
        )

    await bot.handle(said("old", catches_up=True))
    clock.now += dt.timedelta(days=7)
    await bot.handle(said("ana", catches_up=True))
    await bot.handle(said("ben"))
    assert await directs(bot, "chat") == [Direct("chat", "ana", clock.now.date().isoformat())]
    assert await directs(bot, "other") == []


def test_suggestions_are_approved_questions_with_what_is_typed(content: Content) -> None:
    suggest = Suggesting(content)
    assert len(suggest("", "en")) == MOST
    question, topic = suggest("three go", "en")[0]
    assert (question, topic) == (content.entries[topic]["en"].question, "three-goals-overview")
    assert suggest("tres objetivos", "es")[0][1] == "three-goals-overview"
    assert suggest("xqzw", "en") == []
