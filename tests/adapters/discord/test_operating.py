"""What operators get: commands registered when they changed, restarts, refusals, staff by role, messages missed."""

import asyncio
import datetime as dt
import json
import logging
import threading

import pytest

from adapters.discord.catching_up import KnownDm
from bot.errors import SettingsError
from bot.events import Role
from bot.replies import File, Reply, Text, Words
from tests.adapters.discord.conftest import World
from tests.contracts.test_dialogs import left

Days = dt.timedelta


async def again(world: World) -> None:
    await world.stop()
    await world.start()
    await world.double.ready()
    await world.dm(world.ben, "hello")


async def test_commands_are_registered_when_they_changed(world: World) -> None:
    await again(world)
    assert world.double.syncs == [(None, 3)]
    (world.data_dir / "discord-commands").write_text("of another version")
    await again(world)
    assert world.double.syncs == [(None, 3), (None, 3)]


async def test_of_two_that_start_at_once_one_registers_the_commands(idle: World) -> None:
    """The second comes to it while Discord still takes the first one's."""
    held = idle.double.slow("/applications/*/commands", delay=2.0)
    await idle.start()
    await idle.double.until(lambda: held.hits)
    first, idle.task = idle.task, None
    assert first is not None
    try:
        await idle.start()
        await idle.double.until(lambda: len(idle.double.ws.open()) == 2)
    finally:
        first.cancel()
        await asyncio.wait([first])
    assert idle.double.syncs == [(None, 3)]


async def test_spanish_names_are_registered(world: World) -> None:
    union = next(one for one in world.double.commands[None] if one["name"] == "union")
    names = {one["name"]: one["name_localizations"]["es-ES"] for one in union["options"]}
    assert names["ask"] == "preguntar"
    assert union["name_localizations"]["es-419"] == "sindicato"
    menus = {one["name"]: one["integration_types"] for one in world.double.commands[None] if one["type"] == 3}
    assert menus == {"Send as feedback": [0], "Ask the bot": [0]}
    assert union["integration_types"] == [0, 1]


async def test_a_trial_registers_in_one_server_only(idle: World) -> None:
    idle.settings = {"trial_guild": idle.guild.id}
    await idle.start()
    await idle.double.ready()
    assert idle.double.syncs == [(idle.guild.id, 3)]
    told = await idle.slash(idle.ben, "union help")
    assert told.reply is not None
    assert "ask staff" in told.reply.text


async def ended(world: World) -> BaseException | None:
    assert world.task is not None
    await asyncio.wait([world.task], timeout=10)
    return world.task.exception()


async def test_a_refused_token_ends_with_one_sentence(idle: World) -> None:
    idle.double.revoked = True
    await idle.start()
    problem = await ended(idle)
    assert isinstance(problem, SettingsError)
    assert "DISCORD_TOKEN" in str(problem)
    assert idle.double.token not in str(problem)


async def test_refused_intents_end_with_one_sentence(world: World) -> None:
    for socket in list(world.double.ws.sockets):
        await socket.close(4014)
    problem = await ended(world)
    assert isinstance(problem, SettingsError)
    assert "intents" in str(problem)


async def test_a_first_connection_that_fails(idle: World) -> None:
    idle.double.fail("/users/@me", status=400)
    idle.double.fail("/gateway/bot", status=403)
    await idle.start()
    await idle.double.ready()
    assert "program" in (await idle.dm(idle.ben, "hello")).text


async def test_the_days_last_sessions_are_not_used(idle: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Discord would revoke the token: the client is made again and again, and none connects until the next day."""
    idle.double.ws.identifies += [{"intents": 0}] * 960
    await idle.start()
    said = ""

    def tried() -> bool:
        nonlocal said
        said += capsys.readouterr().out
        return said.count("SessionsUsedUp") >= 2

    await idle.double.until(tried, 10)
    assert len(idle.double.ws.identifies) == 960
    idle.double.ws.identifies.clear()
    await idle.double.ready()
    assert "program" in (await idle.dm(idle.ben, "hello")).text


async def test_it_stops_while_a_connection_is_made_anew(world: World) -> None:
    await world.double.ws.invalidate()
    await world.double.until(lambda: heartbeats() and not world.double.ws.open())
    world.adapter.stop()
    assert world.task is not None
    await asyncio.wait([world.task], timeout=10)
    assert world.task.done(), "it goes on although it was stopped"
    await world.double.until(lambda: not heartbeats())


def heartbeats() -> list[str]:
    """Threads of connections."""
    return [one.name for one in threading.enumerate() if "keep-alive" in one.name]


async def test_a_malformed_payload_is_survived(world: World) -> None:
    await world.double.ws.dispatch("CHANNEL_CREATE", {"guild_id": str(world.guild.id)}, world.guild)
    await world.double.until(lambda: not world.double.ws.open())
    await world.double.ready()
    assert "program" in (await world.dm(world.ben, "hello")).text


async def test_a_replayed_event_is_one_row_and_one_answer(world: World) -> None:
    await world.dm(world.ben, "What are the three goals?")
    await world.double.until(lambda: not world.adapter.hearing.under_way)
    session = world.double.ws.open()[0]
    for one in [one for one in session.sent if one["t"] == "MESSAGE_CREATE"]:
        await session.send(one["t"], one["d"])
    await world.dm(world.ben, "hello")
    assert len(world.ben.inbox) == 2
    rows = await left(world.bot.store, world.bot.vault)
    assert rows["counters"] == {("answer", "three-goals-overview"): 1}


async def test_messages_missed_while_away_are_handled_once(world: World) -> None:
    await world.dm(world.ben, "feedback")
    await world.stop()
    now = dt.datetime.now(dt.UTC)
    await world.ben.dm("too old", at=now - Days(days=7))
    await world.ben.dm("2", at=now)
    await world.ben.dm("an idea", at=now)
    world.known = [KnownDm(str(world.ben.id), dt.date.today())]
    await world.start()
    await world.double.ready()
    await world.double.until(lambda: "sector" in world.ben.inbox[-1].text)
    texts = [one.text for one in world.seen if hasattr(one, "text")]
    assert [text for text in texts if text == "too old"] == []
    count = len(world.ben.inbox)
    await again(world)
    assert len(world.ben.inbox) == count + 1, "once"


async def test_an_answer_lost_with_the_process_is_given_by_the_next(world: World) -> None:
    await world.dm(world.ben, "hello")
    world.double.slow("/channels/*/messages", delay=1.5)
    await world.ben.dm("What are the three goals?")
    await world.double.until(lambda: sum(one.path.endswith("/messages") for one in world.double.log) == 2)
    await world.kill()
    world.known = [KnownDm(str(world.ben.id), dt.date.today())]
    await world.start()
    await world.double.ready()
    await world.double.until(lambda: len(world.ben.inbox) == 2)
    assert "Source:" in world.ben.inbox[1].text
    await asyncio.sleep(2)  # the slowed message would have arrived by then: that it does not come twice has no sign
    assert len(world.ben.inbox) == 2, "the first one arrives after all, and is the same message"
    rows = await left(world.bot.store, world.bot.vault)
    assert rows["counters"] == {("answer", "three-goals-overview"): 1}


async def test_what_is_newer_waits_for_what_was_missed(world: World) -> None:
    await world.dm(world.ben, "feedback")
    await world.stop()
    await world.ben.dm("2", at=dt.datetime.now(dt.UTC))
    world.known = [KnownDm(str(world.ben.id), dt.date.today())]
    await world.start()
    await world.double.ready()
    await world.ben.dm("an idea")
    await world.double.until(lambda: "sector" in world.ben.inbox[-1].text)
    asked = [one.text for one in world.ben.inbox]
    assert ["tell us" in one for one in asked[-2:]] == [True, False], "the level was taken first, then the kind"


async def test_a_connection_cut_while_catching_up_loses_nothing(world: World) -> None:
    """The next member is caught up with; the one who was not is answered, and caught up with at their next message."""
    members = world.ben, world.ana
    for member in members:
        await world.dm(member, "feedback")
    await world.stop()
    for member in members:
        await member.dm("2", at=dt.datetime.now(dt.UTC))
    world.known = [KnownDm(str(member.id), dt.date.today()) for member in members]
    cut = world.double.cut("/users/@me/channels")
    await world.start()
    await world.double.ready()
    await world.double.until(lambda: len(world.ana.inbox) == 2)
    assert (cut.hits, len(world.ben.inbox)) == (1, 1)
    cut.hits = 0
    assert "You are giving feedback" in (await world.dm(world.ben, "help")).text
    assert cut.hits == 1
    await world.dm(world.ben, "an idea", count=2)
    asked = [one.text for one in world.ben.inbox[2:]]
    assert ["tell us" in one for one in asked] == [True, False], "the level was taken first, then the kind"


async def test_letters(world: World) -> None:
    to = ("discord", str(world.ben.id))
    reply = Reply((Text("News"), Words("Staff", "**see** @everyone https://evil.example")), file=File("a.csv", b"a"))
    assert await world.adapter.push(to, reply)
    said = world.ben.inbox[-1]
    assert said.content == "News\n\n**Staff:** \\*\\*see\\*\\* \\@everyone https\\:\\/\\/evil\\.example"
    assert said.files == {"a.csv": b"a"}
    assert said.pings == ()
    world.ana.user.dm_closed = True
    assert not await world.adapter.push(("discord", str(world.ana.id)), reply)
    assert not await world.adapter.push(("discord", "123"), reply)
    assert not await world.adapter.push(("discord", "nobody"), reply)


async def test_staff_by_role_in_servers_and_direct_messages(world: World) -> None:
    world.double.give_role(world.ana, "stewards")
    for member in (world.ana, world.ben):
        await world.slash(member, "union staff", words="inbox")
        await world.dm(member, "staff inbox")
        await world.slash(member, "union staff", None, words="inbox")
    assert [one.role for one in world.seen] == [Role.STAFF] * 3 + [Role.MEMBER] * 3
    world.double.give_role(world.ana, "stewards", take=True)
    await world.dm(world.ana, "staff inbox")
    assert world.seen[-1].role is Role.MEMBER


async def test_who_cannot_be_looked_up_is_answered_as_a_member(world: World) -> None:
    world.double.give_role(world.ana, "stewards")
    await world.dm(world.ana, "staff inbox")
    cut = world.double.cut("/guilds/*/members/*", times=2)  # the client tries again by itself
    await world.dm(world.ana, "staff inbox")
    assert cut.hits == 2
    await world.dm(world.ana, "staff inbox")
    assert [one.role for one in world.seen] == [Role.STAFF, Role.MEMBER, Role.STAFF]


async def test_rate_limits_are_waited_out_in_order(world: World) -> None:
    world.double.channel_limit = (2, 0.5)
    for _ in range(4):
        await world.ben.dm("What are the three goals?")
    await world.double.until(lambda: len(world.ben.inbox) == 4)
    assert world.double.violations == []


async def test_two_shards(idle: World) -> None:
    idle.double.advised = 2
    second = idle.double.add_guild("Local 13", channels=("hall",), shard=1)
    idle.double.add_user("cai", guilds=(second,))
    await idle.start()
    await idle.double.ready(timeout=15)
    told = await idle.slash(idle.double.member("cai"), "union help", "hall")
    assert told.reply is not None
    assert "program" in (await idle.dm(idle.ben, "hello")).text


async def test_the_log_holds_nobody(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.double.limit("/channels/*/messages", retry_after=0.1)
    await world.dm(world.ben, "canary one two")
    logging.getLogger("discord.http").warning("%s responded with 429", "/channels/1234567890123456/messages")
    said = capsys.readouterr()
    assert "responded with 429" in said.out
    for secret in ("canary", str(world.ben.id), world.double.token, "1234567890123456"):
        assert secret not in said.out + said.err


async def test_many_members_at_once(world: World) -> None:
    members = [world.double.add_user(f"m{number}") for number in range(30)]
    told = [await one.slash("union feedback", "general") for one in members]
    await asyncio.gather(*(one.answered(timeout=20) for one in told))
    await asyncio.gather(*(one.submit(values={"level": "confidential", "kind": "idea"}) for one in members))
    await world.double.until(lambda: all(one.ephemerals for one in members), 20)
    assert world.double.violations == []


async def test_the_server_gets_only_what_is_asked_for(world: World) -> None:
    identified = [json.loads(one) if isinstance(one, str) else one for one in world.double.ws.identifies]
    assert [one["intents"] for one in identified] == [(1 << 0) | (1 << 9) | (1 << 12)]
