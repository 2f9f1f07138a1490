"""Rows exactly once: processes killed under load lose nothing that was acknowledged, and double nothing."""

import asyncio
import random

import pytest

from bot.vault import new_key
from storage.database import open_store
from tests.attack.members import Siege, Worker, expected, gather_members, left
from tests.attack.worker import ACKNOWLEDGES_FIRST, IN_MEMORY, SOUND

MEMBERS = 24


async def besiege(url: str, build: str, kills: int, seed: int) -> tuple[Siege, bool]:
    """The siege when it is over, and whether the store holds exactly what was acknowledged."""
    async with open_store(url, migrate=True) as store:
        siege = Siege(url, new_key(), build, gather_members(MEMBERS, 1), kills, random.Random(seed))
        await siege.run()
        return siege, await left(store) == expected(siege.members)


async def test_nothing_acknowledged_is_lost_or_doubled_in_20_kills(database_url: str) -> None:
    siege, exact = await besiege(database_url, SOUND, 20, 1)
    assert exact
    assert siege.kills == 0


@pytest.mark.parametrize("build", [ACKNOWLEDGES_FIRST, IN_MEMORY])
async def test_the_attack_finds_a_build_that_loses_or_doubles(database_url: str, build: str) -> None:
    for seed in range(5):
        try:
            _, exact = await besiege(database_url, build, 6, seed)
        except TimeoutError:  # a conversation that went astray may never be answered as it should be
            return
        if not exact:
            return
    pytest.fail(f"the attack did not find that the build {build}")


@pytest.mark.attack
async def test_nothing_acknowledged_is_lost_or_doubled_in_200_kills(database_url: str) -> None:
    siege, exact = await besiege(database_url, SOUND, 200, 2)
    print(f"\n200 kills, {siege.answered} answers, {MEMBERS} members: exact is {exact}")
    assert exact


async def test_each_event_four_times_in_any_order_at_two_processes_is_one(database_url: str) -> None:
    dice, key = random.Random(3), new_key()
    members = gather_members(8, 2)
    async with open_store(database_url, migrate=True) as store:
        workers = [await Worker.start(database_url, key, SOUND) for _ in range(2)]

        async def write(name: int) -> None:
            member = members[name]
            while member.number < len(member.said):
                old = dice.sample(member.acknowledged, min(2, len(member.acknowledged)))
                several = [(worker, event) for event in (member.event, *old) for worker in workers * 2]
                dice.shuffle(several)
                assert all(await asyncio.gather(*(worker.answer(event) for worker, event in several)))
                member.acknowledged.append(member.event)
                member.number += 1

        await asyncio.gather(*(write(number) for number in range(len(members))))
        for worker in workers:
            await worker.kill()
        assert await left(store) == expected(members)
