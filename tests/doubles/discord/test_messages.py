"""Messages over the real client: what is heard, sent, refused, repeated and recorded."""

import asyncio
import datetime
import io
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp
import pytest

from .client import Bot, discord, running
from .members import Member
from .server import DiscordDouble
from .world import ORDINARY


async def user_of(bot: Bot, member: Member) -> discord.User:
    return await bot.fetch_user(member.id)


async def test_direct_message_both_ways(double: DiscordDouble, ana: Member, bot: Bot) -> None:
    await ana.dm("hello")
    await double.until(lambda: bot.heard)
    assert isinstance(bot.heard[0].channel, discord.DMChannel)
    sent = await bot.heard[0].channel.send("good day", allowed_mentions=discord.AllowedMentions.none())
    await sent.edit(content="good evening")
    assert [one.text for one in ana.inbox] == ["good evening"]
    assert ana.inbox[0].edits[0]["content"] == "good day"
    assert ana.inbox[0].allowed_mentions == {"parse": []}
    await sent.delete()
    assert ana.inbox == []
    assert double.violations == []


async def test_content_only_in_mentions_and_pinged_replies(double: DiscordDouble, ana: Member, bot: Bot) -> None:
    general = double.channel("general")
    await ana.write(general, "nothing for the bot")
    await ana.mention(general, "for the bot")
    await double.until(lambda: len(bot.heard) == 2)
    said = await bot.heard[1].channel.send("yes?")
    answered = double.messages(general)[-1]
    await ana.write(general, "pinged", reply_to=answered)
    await ana.write(general, "not pinged", reply_to=answered, ping=False)
    await double.until(lambda: len(bot.heard) == 4)
    contents = [one.content for one in bot.heard]
    assert contents == ["", f"<@{double.bot.id}> for the bot", "pinged", ""]
    assert bot.heard[2].reference is not None
    assert bot.heard[2].reference.message_id == said.id
    read = [one.content async for one in bot.heard[0].channel.history(oldest_first=True)]
    assert read == ["", f"<@{double.bot.id}> for the bot", "yes?", "pinged", ""]


async def test_content_with_the_intent_granted() -> None:
    async with DiscordDouble(privileged=["message_content"]) as double:
        double.add_guild()
        ana = double.add_user("ana")
        intents = discord.Intents(guilds=True, guild_messages=True, message_content=True)
        async with running(double, Bot(intents)) as bot:
            await ana.write("general", "heard all the same")
            await double.until(lambda: bot.heard)
            assert bot.heard[0].content == "heard all the same"


async def test_closed_direct_messages_and_no_server_in_common(double: DiscordDouble, bot: Bot) -> None:
    shut = double.add_user("shut", dm_closed=True)
    stranger = double.add_user("stranger", guilds=())
    for member, code in ((shut, 50007), (stranger, 50278)):
        with pytest.raises(discord.Forbidden) as error:
            await (await user_of(bot, member)).send("hello")
        assert error.value.code == code
    assert double.violations == []
    assert double.invalid_requests == 2


async def test_messages_sent_while_nobody_listened_are_read_from_history(double: DiscordDouble, ana: Member) -> None:
    old = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=7)
    await ana.dm("long ago", at=old)
    await ana.dm("unheard")
    async with running(double, Bot()) as bot:
        channel = await (await user_of(bot, ana)).create_dm()
        since = old + datetime.timedelta(days=1)
        found = [one.content async for one in channel.history(after=since, oldest_first=True)]
        everything = [one.content async for one in channel.history(oldest_first=True)]
        assert bot.heard == []
    assert (found, everything) == (["unheard"], ["long ago", "unheard"])


async def test_nonce_is_enforced(double: DiscordDouble, ana: Member, bot: Bot) -> None:
    channel = await (await user_of(bot, ana)).create_dm()
    first, second = await channel.send("one", nonce="n1"), await channel.send("one", nonce="n1")
    assert first.id == second.id
    await channel.send("two", nonce="n2")
    assert [one.text for one in ana.inbox] == ["one", "two"]
    with pytest.raises(discord.HTTPException, match="nonce"):
        await channel.send("three", nonce="n" * 26)


async def test_502_after_commit_shows_a_message_with_a_nonce_once(double: DiscordDouble, ana: Member, bot: Bot) -> None:
    channel = await (await user_of(bot, ana)).create_dm()
    fault = double.fail("/channels/*/messages", after_commit=True)
    await channel.send("once", nonce="n1")
    fault_of_another_path = double.fail("/nothing/*")
    assert (fault.hits, fault_of_another_path.hits) == (1, 0)
    assert [one.text for one in ana.inbox] == ["once"]
    double.fail("/channels/*/messages", after_commit=True)
    await bot.http.send_message(channel.id, params=discord.http.handle_message_parameters("twice"))
    assert [one.text for one in ana.inbox] == ["once", "twice", "twice"]


async def test_429_is_waited_out_and_without_via_is_not(double: DiscordDouble, ana: Member, bot: Bot) -> None:
    channel = await (await user_of(bot, ana)).create_dm()
    double.limit("/channels/*/messages", retry_after=0.05)
    await channel.send("in the end")
    double.limit("/channels/*/messages", via=False)
    with pytest.raises(discord.HTTPException) as error:
        await channel.send("never")
    assert error.value.status == 429
    assert [one.text for one in ana.inbox] == ["in the end"]


async def test_limit_of_a_channel(double: DiscordDouble, ana: Member, bot: Bot) -> None:
    double.channel_limit = (2, 0.3)
    channel = await (await user_of(bot, ana)).create_dm()
    for text in "abc":
        await channel.send(text)
    assert [one.text for one in ana.inbox] == ["a", "b", "c"]
    assert [one.status for one in double.log if one.path.endswith("/messages")] == [200, 200, 429, 200]


async def test_slow_answer_and_requests_of_the_log(double: DiscordDouble, ana: Member, bot: Bot) -> None:
    channel = await (await user_of(bot, ana)).create_dm()
    double.slow("/channels/*/messages", delay=0.2)
    started = asyncio.get_running_loop().time()
    await channel.send("canário-71")
    assert asyncio.get_running_loop().time() - started >= 0.2
    assert [one.path for one in double.seen("canário-71")] == [f"/channels/{channel.id}/messages"]
    assert double.seen("canary-72") == []


@pytest.mark.parametrize(
    ("missing", "what", "code"),
    [
        ("view_channel", "text", 50001),
        ("send_messages", "text", 50013),
        ("embed_links", "embed", 50013),
        ("attach_files", "file", 50013),
        ("create_private_threads", "thread", 50013),
    ],
)
async def test_permissions(double: DiscordDouble, bot: Bot, missing: str, what: str, code: int) -> None:
    place = double.add_channel(double.guilds[0], "narrow", app_permissions=ORDINARY - {missing})
    channel = bot.get_partial_messageable(place.id)
    doing: dict[str, Callable[[], Coroutine[Any, Any, object]]] = {
        "text": lambda: channel.send("x"),
        "embed": lambda: channel.send(embed=discord.Embed(description="x")),
        "file": lambda: channel.send(file=discord.File(io.BytesIO(b"x"), "x.txt")),
        "thread": lambda: bot.http.start_thread_without_message(
            place.id, name="x", auto_archive_duration=60, type=12, reason=None
        ),
    }
    with pytest.raises(discord.Forbidden) as error:
        await doing[what]()
    assert error.value.code == code
    assert double.messages(place) == []


async def test_files_and_threads(double: DiscordDouble, ana: Member, bot: Bot) -> None:
    asked = await ana.mention("general", "a file, please")
    await double.until(lambda: bot.heard)
    thread = await bot.heard[0].create_thread(name="the file")
    await thread.send("here", file=discord.File(io.BytesIO(b"a,b\n"), "export.csv"))
    [told] = double.messages(double.channel("the file"))
    assert told.files == {"export.csv": b"a,b\n"}
    assert thread.id == asked.id
    private = (
        await bot.guilds[0].text_channels[0].create_thread(name="private", type=discord.ChannelType.private_thread)
    )
    await private.add_user(discord.Object(ana.id))
    assert double.channel("private").people == {ana.id}
    async with aiohttp.ClientSession() as session, session.get(told.attachments[0]["url"]) as answer:
        assert await answer.read() == b"a,b\n"
    assert double.violations == []


async def test_pings_are_what_allowed_mentions_leaves(double: DiscordDouble, ana: Member, bot: Bot) -> None:
    channel = bot.get_partial_messageable(double.channel("general").id)
    words = f"@everyone <@{ana.id}> <@&{double.guilds[0].bot_role}>"
    await channel.send(words)
    await channel.send(words, allowed_mentions=discord.AllowedMentions.none())
    await channel.send(words, allowed_mentions=discord.AllowedMentions(everyone=False, roles=False, users=True))
    everybody = ("everyone", f"user:{ana.id}", f"role:{double.guilds[0].bot_role}")
    assert [one.pings for one in double.messages("general")] == [everybody, (), (f"user:{ana.id}",)]


async def test_unknown_route_is_a_violation(double: DiscordDouble) -> None:
    headers = {"Authorization": f"Bot {double.token}"}
    async with aiohttp.ClientSession(headers=headers) as session, session.get(double.url + "/undocumented") as answer:
        assert answer.status == 404
    assert len(double.violations) == 1
