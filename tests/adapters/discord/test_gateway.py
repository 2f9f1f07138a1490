"""The adapter when its connections break: resumed, lost, replayed, refused at first, on two shards."""

import datetime as dt

import pytest

from adapters.discord.catching_up import KnownDm
from bot.replies import Reply, Text
from tests.adapters.discord.conftest import World
from tests.contracts.test_dialogs import left

GOALS = "What are the three goals?"
COUNTED = {("answer", "three-goals-overview"): 1}


async def test_a_first_connection_to_the_gateway_that_fails(idle: World) -> None:
    """The library alone ends with an AttributeError then."""
    idle.double.ws.refuse = 1
    await idle.start()
    await idle.double.ready(timeout=20)
    assert idle.double.ws.refuse == 0
    assert "program" in (await idle.dm(idle.ben, "hello")).text


@pytest.mark.parametrize("how", ["op 7", "op 9, to be resumed", "cut"])
async def test_a_connection_that_goes_on_misses_nothing(world: World, how: str) -> None:
    await world.dm(world.ben, "hello")
    world.double.ws.deaf = True
    await world.ben.dm(GOALS)
    world.double.ws.deaf = False
    if how == "op 7":
        await world.double.ws.reconnect()
    elif how == "cut":
        await world.double.ws.disconnect()
    else:
        await world.double.ws.invalidate(resumable=True)
    await world.double.until(lambda: len(world.ben.inbox) == 2, 10)
    assert "Source:" in world.ben.inbox[-1].text
    assert len(world.double.ws.resumes) == 1
    await world.double.ws.replay("MESSAGE_CREATE")
    assert "ask staff" in (await world.dm(world.ben, "help")).text
    assert len(world.ben.inbox) == 3, [one.text for one in world.ben.inbox]
    assert (await left(world.bot.store, world.bot.vault))["counters"] == COUNTED


async def test_a_session_that_is_lost_is_caught_up_with(world: World) -> None:
    """Op 9, not to be resumed: what was written until the next session begins reaches nobody by itself."""
    await world.dm(world.ben, "hello")
    world.known = [KnownDm(str(world.ben.id), dt.datetime.now(dt.UTC).date())]
    await world.double.ws.invalidate()
    await world.ben.dm(GOALS)
    await world.double.until(lambda: len(world.ben.inbox) == 2, 10)
    assert "Source:" in world.ben.inbox[-1].text
    assert world.double.ws.resumes == []
    assert len(world.double.ws.identifies) == 2
    assert "ask staff" in (await world.dm(world.ben, "help")).text
    assert len(world.ben.inbox) == 3, [one.text for one in world.ben.inbox]
    assert (await left(world.bot.store, world.bot.vault))["counters"] == COUNTED


async def test_a_shard_that_breaks_leaves_the_other_alone(idle: World) -> None:
    idle.double.advised = 2
    hall = idle.double.add_guild("Local 13", channels=("hall",), shard=1)
    cai = idle.double.add_user("cai", guilds=(hall,))
    await idle.start()
    await idle.double.ready(timeout=15)
    told = await idle.slash(cai, "union feedback", "hall")
    await idle.double.ws.disconnect(shard=1)
    assert "Source:" in (await idle.dm(idle.ben, GOALS)).text
    await idle.double.ready(timeout=15)
    told = await cai.submit(values={"level": "confidential", "kind": "idea"})
    await told.answered()
    assert [one["shard"] for one in idle.double.ws.identifies] == [[0, 2], [1, 2]]
    assert len(idle.double.ws.resumes) == 1
    await idle.in_servers(lambda found: len(found) == 2)


async def test_replies_that_do_not_arrive_are_counted(world: World) -> None:
    def failed() -> float | None:
        return world.adapter.metrics.registry.get_sample_value("worker_voice_discord_failed_total")

    await world.dm(world.ben, "hello")
    assert failed() == 0.0
    world.double.fail("/channels/*/messages", status=400)
    await world.ben.dm(GOALS)
    await world.double.until(lambda: failed() == 1.0)
    assert len(world.ben.inbox) == 1
    world.double.fail("/interactions/*/callback", status=400)
    told = await world.slash(world.ben, "union help")
    assert told.reply is not None
    assert "could not show you my answer" in told.reply.text
    assert failed() == 2.0
    assert await world.adapter.push(("discord", "123"), Reply((Text("News"),))) is False
    assert failed() == 2.0, "a closed door is no failure"
