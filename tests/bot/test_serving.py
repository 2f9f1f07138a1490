"""A member who floods the bot is told once and then not heard, until they calm down; nobody else notices."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import Connection, func, select

from bot.core import Bot
from bot.events import AnyEvent, Message
from bot.flood import BURST, SECONDS, TRACKED, Flood
from bot.ports import Store
from bot.replies import Outcome, Reply, Text
from bot.serving import respond
from bot.texts import Texts
from bot.vault import new_id
from storage.database import PostgresStore, SqliteStore
from storage.tables import claims, counters


class Channel:
    """An adapter that faces a network, with one member's word at a time."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.now = 0.0
        self.flood = Flood(lambda: self.now)
        self.shown: list[tuple[str, str]] = []

    async def say(self, member: str, text: str = "hello", *, locale: str = "en") -> None:
        await respond(self.bot, self, message(member, text, locale), flood=self.flood)

    async def connect(self) -> None: ...
    async def listen(self, respond: Callable[[AnyEvent], Awaitable[None]]) -> None: ...

    async def deliver(self, event: AnyEvent, outcome: Outcome) -> None:
        assert isinstance(outcome, Reply)
        self.shown.append((event.account, "\n".join(one.text for one in outcome.blocks if isinstance(one, Text))))

    def to(self, member: str) -> list[str]:
        return [text for whom, text in self.shown if whom == member]


@pytest.fixture
def channel(bot: Bot) -> Channel:
    return Channel(bot)


async def stored(bot: Bot) -> tuple[int, int]:
    """How many messages were claimed, and how many counted."""
    store = bot.store
    assert isinstance(store, SqliteStore | PostgresStore)
    found = []

    def count(connection: Connection) -> None:
        found.append(connection.execute(select(func.count()).select_from(claims)).scalar_one())
        found.append(connection.execute(select(func.coalesce(func.sum(counters.c.count), 0))).scalar_one())

    await store.schema(count)
    return found[0], found[1]


async def test_a_flood_is_told_once_and_leaves_nothing(channel: Channel, store: Store) -> None:
    for _ in range(BURST):
        await channel.say("ana")
    before = await stored(channel.bot)
    assert before[0] == BURST
    for _ in range(3 * BURST):
        await channel.say("ana", "Did Microsoft pay the AFL-CIO?")
    assert await stored(channel.bot) == before
    assert channel.to("ana")[BURST:] == [english(channel)("reply.flood")]


async def test_another_member_is_answered_meanwhile(channel: Channel) -> None:
    for _ in range(2 * BURST):
        await channel.say("ana")
    await channel.say("luis")
    assert len(channel.to("luis")) == 1
    assert channel.to("luis") != [english(channel)("reply.flood")]


async def test_calm_is_a_full_bucket(channel: Channel) -> None:
    for _ in range(BURST + 1):
        await channel.say("ana")
    channel.now += SECONDS / 2
    await channel.say("ana", "too early")
    assert len(channel.to("ana")) == BURST + 1
    channel.now += SECONDS
    await channel.say("ana", "help")
    assert len(channel.to("ana")) == BURST + 2
    for _ in range(2 * BURST):  # and a second flood is told too
        await channel.say("ana")
    assert channel.to("ana").count(english(channel)("reply.flood")) == 2


async def test_the_notice_speaks_the_language_of_the_account(channel: Channel) -> None:
    for _ in range(BURST + 1):
        await channel.say("ana", "hola", locale="es-MX")
    assert channel.to("ana")[-1] == channel.bot.content.texts["es"]("reply.flood")


async def test_nobody_is_held_back_where_no_flood_is_watched(bot: Bot) -> None:
    channel = Channel(bot)
    for _ in range(BURST + 1):
        await respond(bot, channel, message("ana", "hello"))
    assert len(channel.to("ana")) == BURST + 1
    assert english(channel)("reply.flood") not in channel.to("ana")


def test_one_message_a_second_is_no_flood() -> None:
    now = [0.0]
    flood = Flood(lambda: now[0])
    for _ in range(20 * BURST):
        now[0] += SECONDS / BURST
        assert flood.judge("ana") == "answer"


def test_only_the_latest_members_are_remembered() -> None:
    flood = Flood(lambda: 0.0)
    for number in range(TRACKED + 5):
        flood.judge(str(number))
    assert len(flood.buckets) == TRACKED
    assert "4" not in flood.buckets
    assert str(TRACKED + 4) in flood.buckets


def message(member: str, text: str, locale: str = "en") -> Message:
    return Message(id=new_id(), platform="network", account=member, address=member, text=text, locale=locale)


def english(channel: Channel) -> Texts:
    return channel.bot.content.texts["en"]
