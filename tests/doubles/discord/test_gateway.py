"""The gateway, heard by the real client: identify, resume, ops 7 and 9, shards, faults."""

import asyncio
import json
import zlib

import aiohttp
import pytest

from .client import Bot, discord, pointed_at, running
from .members import Member
from .server import DiscordDouble


async def test_client_is_ready_with_its_server(double: DiscordDouble, bot: Bot) -> None:
    assert bot.user is not None
    assert bot.user.id == double.bot.id
    [guild] = bot.guilds
    assert (guild.name, [channel.name for channel in guild.text_channels]) == ("Local 12", ["general"])
    assert guild.me.guild_permissions.embed_links
    assert not guild.me.guild_permissions.manage_guild
    assert double.ws.heartbeats >= 1
    assert double.violations == []


async def test_zlib_stream_and_plain_json(double: DiscordDouble) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(double.gateway + "?v=10&encoding=json") as ws:
            assert (await ws.receive_json())["op"] == 10
        async with session.ws_connect(double.gateway + "?v=10&encoding=json&compress=zlib-stream") as ws:
            packed = await ws.receive_bytes()
            assert json.loads(zlib.decompressobj().decompress(packed))["op"] == 10


async def test_intents_that_were_not_granted_are_final(double: DiscordDouble) -> None:
    bot = Bot(discord.Intents(guilds=True, message_content=True))
    with pointed_at(double), pytest.raises(discord.PrivilegedIntentsRequired):
        await bot.start(double.token)
    assert double.violations == ["gateway 4014 Disallowed intent(s)."]


async def test_wrong_token_is_401(double: DiscordDouble) -> None:
    bot = Bot()
    with pointed_at(double), pytest.raises(discord.LoginFailure):
        await bot.start("wrong")
    await bot.close()
    assert double.invalid_requests == 1


async def test_revoked_token_closes_4004(double: DiscordDouble, bot: Bot) -> None:
    double.revoked = True
    await double.ws.disconnect(1001)
    await double.until(bot.is_closed, 10)
    assert double.violations == []


@pytest.mark.parametrize("how", ["op 7", "cut", "closed 4000"])
async def test_resumes_and_misses_nothing(double: DiscordDouble, ana: Member, bot: Bot, how: str) -> None:
    await ana.dm("one")
    await double.until(lambda: bot.heard)
    if how == "op 7":
        await double.ws.reconnect()
    else:
        await double.ws.disconnect(1006 if how == "cut" else 4000)
    await ana.dm("two")
    await double.until(lambda: "RESUMED" in bot.happened, 10)
    await ana.dm("three")
    await double.until(lambda: len(bot.heard) == 3)
    assert [one.content for one in bot.heard] == ["one", "two", "three"]
    assert len(double.ws.identifies) == 1


async def test_invalid_session_identifies_again_and_what_came_between_is_gone(
    double: DiscordDouble, ana: Member, bot: Bot
) -> None:
    await double.ws.invalidate()
    await ana.dm("lost")
    await double.until(lambda: len(double.ws.identifies) == 2, 10)
    await double.ready()
    await ana.dm("heard")
    await double.until(lambda: bot.heard)
    assert [one.content for one in bot.heard] == ["heard"]


async def test_invalid_session_that_can_be_resumed(double: DiscordDouble, ana: Member, bot: Bot) -> None:
    await double.ws.invalidate(resumable=True)
    await ana.dm("kept")
    await double.until(lambda: bot.heard, 10)
    assert (len(double.ws.identifies), len(double.ws.resumes)) == (1, 1)


async def test_replayed_dispatch_comes_twice_with_one_id(double: DiscordDouble, ana: Member, bot: Bot) -> None:
    await ana.dm("once")
    assert await double.ws.replay("MESSAGE_CREATE") == 1
    await double.until(lambda: len(bot.heard) == 2)
    assert bot.heard[0].id == bot.heard[1].id


async def test_two_shards_private_messages_on_the_first() -> None:
    async with DiscordDouble(shards=2) as double:
        guilds = [double.add_guild(f"Local {number}", shard=number) for number in (0, 1)]
        ana = double.add_user("ana")
        async with running(double, Bot()) as bot:
            assert sorted(guild.shard_id for guild in bot.guilds) == [0, 1]
            await ana.dm("private")
            await ana.mention(double.channel("general", guilds[1]), "public")
            await double.until(lambda: len(bot.heard) == 2)
            sent = [
                [one["t"] for one in session.sent if one["t"] == "MESSAGE_CREATE"] for session in double.ws.sessions
            ]
            assert sent == [["MESSAGE_CREATE"], ["MESSAGE_CREATE"]]
        assert double.violations == []


async def test_first_connection_that_fails_ends_the_plain_client(double: DiscordDouble) -> None:
    double.ws.refuse = 1
    client = discord.Client(intents=discord.Intents.none())
    with pointed_at(double), pytest.raises(AttributeError):
        await client.start(double.token)
    await client.close()
    assert double.ws.refuse == 0


async def test_connection_dropped_before_hello_is_tried_again(double: DiscordDouble, ana: Member, bot: Bot) -> None:
    double.ws.drop = 1
    await double.ws.disconnect(4000)
    await ana.dm("after all")
    await double.until(lambda: bot.heard, 15)
    assert double.ws.drop == 0


async def test_deaf_gateway_sends_nothing_and_gives_it_later(double: DiscordDouble, ana: Member, bot: Bot) -> None:
    double.ws.deaf = True
    await ana.dm("into the void")
    await asyncio.sleep(0.2)
    assert bot.heard == []
    double.ws.deaf = False
    await double.ws.disconnect(4000)
    await double.until(lambda: bot.heard, 10)
    assert bot.heard[0].content == "into the void"


async def test_connection_without_heartbeats_is_closed() -> None:
    async with (
        DiscordDouble(heartbeat=0.1) as double,
        aiohttp.ClientSession() as session,
        session.ws_connect(double.gateway + "?v=10&encoding=json") as ws,
    ):
        await ws.receive_json()
        closed = await ws.receive(timeout=3)
        assert (closed.type, ws.close_code) == (aiohttp.WSMsgType.CLOSE, 4009)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ("nonsense", 4002),
        ('{"op": 3, "d": {}}', 4003),
        ('{"op": 2, "d": {"token": "wrong", "properties": {}, "intents": 0}}', 4004),
        ('{"op": 2, "d": {"token": "TOKEN", "properties": {"os": "", "browser": "", "device": ""}}}', 4013),
        (
            '{"op": 2, "d": {"token": "TOKEN", "properties": {"os": "", "browser": "", "device": ""}, "intents": 0, '
            '"shard": [2, 2]}}',
            4010,
        ),
    ],
)
async def test_what_breaks_the_protocol_is_closed_with_its_code(double: DiscordDouble, payload: str, code: int) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(double.gateway + "?v=10&encoding=json") as ws:
        await ws.receive_json()
        await ws.send_str(payload.replace("TOKEN", double.token))
        await ws.receive(timeout=3)
        assert ws.close_code == code


async def test_bot_is_told_of_a_server_it_was_removed_from(double: DiscordDouble, bot: Bot) -> None:
    await double.remove_app(double.guilds[0], unavailable=True)
    await double.until(lambda: "GUILD_DELETE" in bot.happened)
    assert bot.guilds[0].unavailable
    await double.remove_app(double.guilds[0])
    await double.until(lambda: not bot.guilds)
    await double.install(double.guilds[0])
    await double.until(lambda: bot.guilds)


async def test_malformed_dispatch_ends_the_client(double: DiscordDouble, ana: Member) -> None:
    with pointed_at(double):
        bot = Bot()
        task = asyncio.create_task(bot.start(double.token))
        await double.ready()
        double.ws.malformed = 1
        await ana.dm("broken on the way")
        with pytest.raises(KeyError):
            await asyncio.wait_for(task, 5)
        await bot.close()


async def test_channel_the_app_cannot_see_is_not_heard(double: DiscordDouble, ana: Member, bot: Bot) -> None:
    hidden = double.add_channel(double.guilds[0], "board", app_permissions=())
    await ana.mention(hidden, "secret")
    await ana.mention("general", "public")
    await double.until(lambda: bot.heard)
    assert [one.content.split()[-1] for one in bot.heard] == ["public"]
