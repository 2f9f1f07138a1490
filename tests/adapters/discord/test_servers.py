"""The bot is removed from a server: what is of it goes some days later, unless the bot is added again."""

import datetime as dt

import pytest

from adapters.discord import servers
from bot.servers import Server
from tests.adapters.discord.conftest import World
from tests.conftest import NOW, Clock
from tests.contracts.test_dialogs import left

DAY = NOW.date().isoformat()


def days_of(found: list[Server]) -> list[str]:
    return sorted(one.left for one in found)


async def draft(world: World) -> None:
    """Ben begins feedback in the server, which the core knows of by then."""
    await world.in_servers(lambda found: days_of(found) == [""])
    await world.slash(world.ben, "union feedback")
    told = await world.ben.submit(values={"level": "confidential", "kind": "idea"})
    await told.answered()
    assert (await left(world.bot.store, world.bot.vault))["draft"]


async def later(world: World, clock: Clock, days: int) -> bool:
    """Whether the draft is there so many days on, after the chores."""
    await world.double.until(lambda: not world.adapter.hearing.under_way)
    clock.now += dt.timedelta(days=days)
    await world.bot.chores()
    return bool((await left(world.bot.store, world.bot.vault))["draft"])


async def test_removed_and_forgotten(world: World, clock: Clock) -> None:
    await draft(world)
    await world.double.remove_app(world.guild)
    await world.in_servers(lambda found: days_of(found) == [DAY])
    assert await later(world, clock, 6)
    assert not await later(world, clock, 1)
    assert await world.bot.store.read(lambda uow: uow.servers.all()) == []


async def test_added_again_in_time(world: World, clock: Clock) -> None:
    await draft(world)
    await world.double.remove_app(world.guild)
    await world.in_servers(lambda found: days_of(found) == [DAY])
    await world.double.install(world.guild)
    await world.in_servers(lambda found: days_of(found) == [""])
    assert await later(world, clock, 7)


async def test_an_outage_of_a_server_is_no_removal(world: World, clock: Clock) -> None:
    await draft(world)
    other = world.double.add_guild("Local 13", installed=False)
    await world.double.remove_app(world.guild, unavailable=True)
    await world.double.install(other)
    await world.in_servers(lambda found: days_of(found) == ["", ""])
    assert await later(world, clock, 7)


async def test_removed_while_the_bot_was_away(world: World, clock: Clock) -> None:
    await draft(world)
    await world.stop()
    await world.double.remove_app(world.guild)
    await world.start()
    await world.in_servers(lambda found: days_of(found) == [DAY])
    assert not await later(world, clock, 7)


async def test_removed_while_the_session_was_lost(world: World, clock: Clock) -> None:
    """No event tells it, and the client goes on believing that it is in the server."""
    await world.in_servers(lambda found: days_of(found) == [""])
    world.guild.installed = False
    world.double.add_guild("Local 13")
    await world.double.ws.invalidate()
    await world.in_servers(lambda found: days_of(found) == ["", DAY])
    assert world.adapter.client is not None
    assert world.guild.id in {one.id for one in world.adapter.client.guilds}


async def test_it_is_told_again_where_discord_did_not_say(idle: World, monkeypatch: pytest.MonkeyPatch) -> None:
    idle.double.fail("/users/@me/guilds", status=400)
    monkeypatch.setattr(servers, "AGAIN_SECONDS", 0.05)
    await idle.start()
    await idle.in_servers(lambda found: days_of(found) == [""])
    assert idle.told == 1


async def test_where_events_are_of(world: World) -> None:
    """Interactions and mentions in a server that the bot is in; nothing else."""
    elsewhere = world.double.add_guild("Another place", channels=("lobby",), installed=False)
    eva = world.double.add_user("eva", guilds=(elsewhere,), user_install=True)
    await world.slash(world.ben, "union help")
    await world.ben.mention("general", "What are the three goals?")
    await world.double.until(lambda: len(world.double.messages("general")) > 1)
    await world.slash(world.ben, "union help", None)
    await world.dm(world.ben, "hello")
    await world.slash(eva, "union help", "lobby")
    here = str(world.guild.id)
    assert [one.server for one in world.seen] == [here, here, "", "", ""]
    for one in world.seen:
        assert not one.server or one.server not in repr(one)
