"""What members meet when much goes wrong at once: a database away, Slack that takes nothing, hostile words, leaving."""

import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable, Iterator

import pytest
from sqlalchemy import Connection, select

from adapters.slack.adapter import SlackAdapter
from adapters.slack.mrkdwn import unescape
from adapters.slack.render import render
from adapters.slack.views import reply_view
from adapters.slack.words import words_in
from bot.core import Bot
from bot.events import Action
from bot.ports import Store
from bot.replies import Reply
from bot.running import is_stored
from bot.vault import Vault, new_id
from storage.database import PostgresStore, SqliteStore, open_store
from storage.tables import items
from tests.attack.test_away import Server
from tests.doubles.slack import Member, SlackDouble, check_blocks, check_view

Run = Callable[..., Awaitable[SlackAdapter]]
MONEY = "Did Microsoft pay the AFL-CIO?"
ANSWER = "No source we read"
FORM = ("feedback", "2", "an idea", "skip", "skip", "skip", "{}", "skip", "skip", "skip", "skip", "no", "no")
LONG = 40_000  # characters
HOSTILE = "<!channel> <@U2> <#C1> *b* `c` <https://x.example|click> & \u202eright\u202c \x00 :smile: @here\n"


async def type_all(adapter: SlackAdapter, member: Member, words: str) -> None:
    for line in FORM:
        await member.dm(line.format(words))
        await adapter.idle()


async def words_stored(store: Store) -> list[str]:
    assert isinstance(store, SqliteStore | PostgresStore)
    found: list[str] = []

    def look(connection: Connection) -> None:
        rows = connection.execute(select(items.c.answers)).scalars()
        found.extend(json.loads(row)["words"] for row in rows)

    await store.schema(look)
    return found


@pytest.fixture
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder:
        own = Server(folder)
        yield own
        own.server.cleanup()


async def test_a_database_that_is_away(
    run: Run, slack: SlackDouble, ana: Member, server: Server, bot: Bot, vault: Vault
) -> None:
    """However long: members are told, /readyz says so, and once it is back they go on where they were."""
    async with open_store(server.url, migrate=True) as store:
        own = Bot(bot.content, bot.matcher, store, vault)
        adapter = await run(of=own)
        await type_all(adapter, ana, "kept over the absence")
        await server.stop()
        assert not await is_stored(own)
        await ana.dm("send")
        await adapter.idle()
        assert "cannot save anything right now" in ana.received[-1].text
        await server.start()
        for _ in range(300):
            if await is_stored(own):
                break
            await asyncio.sleep(0.1)
        before = len(ana.received)
        await ana.dm("send")
        await adapter.idle()
        assert [one.text.split(".")[0] for one in ana.received[before:]] == ["Sent"]
        assert await words_stored(store) == ["kept over the absence"]


async def test_a_storm_of_rate_limits(run: Run, slack: SlackDouble) -> None:
    """Few messages a second and channel, and many calls refused besides: all is said once, none is posted too soon."""
    adapter = await run()
    slack.limits.messages_per_second = 2
    for method, times in (("chat.postMessage", 12), ("users.info", 3)):
        slack.rate_limit(method, retry_after=1, times=times)
    members = [slack.member(f"U{number}") for number in range(10, 16)]
    await asyncio.gather(*(one.dm(said) for one in members for said in ("help", MONEY)))
    await adapter.idle()
    for member in members:
        said = [one.text for one in member.received]
        assert len(said) == 2, said
        assert sum(ANSWER in one for one in said) == 1, said
    assert slack.limits.refused >= 8
    assert [one for one in slack.violations if (one.kind, one.where) == ("rate", "chat.postMessage")] == []


async def test_where_one_call_was_told_to_wait_all_of_its_method_wait(run: Run, slack: SlackDouble) -> None:
    adapter = await run()
    members = [slack.member(f"U{number}") for number in range(10, 16)]
    await asyncio.gather(*(one.dm("hello") for one in members))  # now each is known
    await adapter.idle()
    slack.rate_limit("views.publish", retry_after=2)
    await members[0].open_home()
    await slack.until(lambda: slack.limits.refused == 1)
    await asyncio.gather(*(one.open_home() for one in members[1:]))
    await adapter.idle()
    assert [call.status for call in slack.calls("views.publish")] == [429, *[200] * len(members)]
    assert all(one.home is not None for one in members)
    assert slack.violations == []


async def test_nobody_is_asked_about_while_slack_refuses_it(run: Run, slack: SlackDouble) -> None:
    """Who writes meanwhile is answered without their profile."""
    adapter = await run()
    first, *others = [slack.member(f"U{number}") for number in range(10, 16)]
    slack.rate_limit("users.info", retry_after=5)
    waiting = asyncio.create_task(first.dm(MONEY))
    await slack.until(lambda: slack.limits.refused == 1)
    await asyncio.gather(waiting, *(one.dm(MONEY) for one in others))
    await adapter.idle()
    assert [[ANSWER in one.text for one in member.received] for member in (first, *others)] == [[True]] * 6
    assert [call.status for call in slack.calls("users.info")] == [429]
    assert slack.violations == []


async def test_a_full_channel_keeps_no_other_waiting(run: Run, slack: SlackDouble, ana: Member, luz: Member) -> None:
    adapter = await run()
    slack.rate_limit("chat.postMessage", retry_after=2)
    await ana.dm(MONEY)
    await slack.until(lambda: slack.limits.refused == 1)
    await luz.dm(MONEY)
    await adapter.idle()
    answered = [one.channel for one in slack.stored if ANSWER in one.text or "Ninguna fuente" in one.text]
    assert answered == [luz.dm_channel, ana.dm_channel]
    assert slack.violations == []


async def test_a_form_that_opens_after_a_refusal(run: Run, slack: SlackDouble, ana: Member) -> None:
    adapter = await run()
    slack.rate_limit("views.open", retry_after=1)
    await ana.command("/union", "feedback", channel="C1")
    await adapter.idle()
    assert ana.view is not None
    assert slack.violations == []


async def test_hostile_words_as_long_as_can_be_typed(run: Run, slack: SlackDouble, ana: Member, store: Store) -> None:
    """Too long: a sentence, as a question and as an answer. As long as an answer may be: kept whole, shown whole."""
    adapter = await run()
    hostile = HOSTILE * (LONG // len(HOSTILE) + 1)
    await ana.dm(hostile[:LONG])
    await adapter.idle()
    assert len(ana.received) == 1
    for line in FORM[:6]:
        await ana.dm(line)
        await adapter.idle()
    await ana.dm(hostile[:LONG])
    await adapter.idle()
    assert "3000 characters fit here" in ana.received[-1].text
    fits = HOSTILE * (3000 // len(HOSTILE))
    for line in (fits, *FORM[7:], "2"):  # keep my words
        await ana.dm(line)
        await adapter.idle()
    kept = fits.replace("\x00", "").strip()
    shown = " ".join(unescape("\n".join(one.text for one in ana.received)).split())
    assert " ".join(kept.split()) in shown
    await ana.dm("send")
    await adapter.idle()
    assert "Sent." in ana.received[-1].text
    assert await words_stored(store) == [kept]
    assert all(one.mentions == set() for one in ana.received)
    assert "\x00" not in slack.sent()
    assert slack.violations == []


@pytest.mark.parametrize("language", ["en", "es"])
async def test_every_answer_is_within_every_limit(bot: Bot, language: str) -> None:
    """The content itself, all of it, as it is shown in messages, in modals and in the agent view."""
    words = words_in(language)
    longest = 0
    for topic in bot.content.entries:
        pressed = Action(
            id=new_id(),
            platform="slack",
            account="T:U",
            address="T:U",
            locale=language,
            action="topic",
            value=topic,
            can_push=True,
        )
        reply = await bot.handle(pressed)
        assert isinstance(reply, Reply), topic
        for agent in (False, True):
            for posting in render(reply, words, apart=True, agent=agent):
                longest = max(longest, len(posting.text))
                assert check_blocks(posting.blocks, "message") == [], topic
                assert 0 < len(posting.text) <= 4000, topic
        view = reply_view(reply, words)
        assert view is not None, topic
        assert check_view(view, "modal") == [], topic
    assert longest > 500


async def test_a_member_who_leaves_keeps_nobody_else_waiting(
    run: Run, slack: SlackDouble, ana: Member, luz: Member
) -> None:
    adapter = await run()
    await ana.dm("hello")
    await adapter.idle()
    before = len(ana.received)
    slack.users["U1"].deleted = True
    await asyncio.gather(ana.dm(MONEY), luz.dm("hola"))
    await adapter.idle()
    assert len(ana.received) == before
    assert len(luz.received) == 1
    assert adapter.metrics.failed._value.get() == 1
    assert slack.violations == []
