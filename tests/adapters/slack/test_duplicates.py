"""Copies of an event, in any order and at several processes: one row, one answer."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import Connection, select

from adapters.slack.adapter import SlackAdapter
from bot.core import Bot
from bot.events import AnyEvent
from bot.ports import Store
from bot.replies import Outcome
from storage.database import SqliteStore
from storage.tables import counters, questions
from tests.adapters.slack.conftest import free_port
from tests.doubles.slack import Delivery, Member, SlackDouble

Run = Callable[..., Awaitable[SlackAdapter]]
MONEY = "Did Microsoft pay the AFL-CIO?"
MEMBERS = 3


async def several(run: Run, slack: SlackDouble, way: str) -> list[SlackAdapter]:
    """Two adapters on one store, to which Slack turns in turn."""
    if way == "two on sockets":
        return [await run(), await run()]
    ports = [free_port(), free_port()]
    slack.http_endpoint = [f"http://127.0.0.1:{port}/slack/events" for port in ports]
    return [await run(signing_secret=slack.signing_secret, port=port) for port in ports]


async def idle(adapters: list[SlackAdapter]) -> None:
    for _ in range(2):
        for adapter in adapters:
            await adapter.idle()


async def rows(store: Store) -> tuple[Counter[str], int]:
    """The questions that staff were sent, and how many were counted as answered."""
    assert isinstance(store, SqliteStore)
    found: list[tuple[Counter[str], int]] = []

    def look(connection: Connection) -> None:
        sent = Counter(connection.execute(select(questions.c.text)).scalars())
        counted = connection.execute(select(counters.c.count).where(counters.c.outcome == "answer")).scalars()
        found.append((sent, sum(counted)))

    await store.schema(look)
    return found[0]


@pytest.mark.parametrize("way", ["two on sockets", "two by http"])
async def test_copies_in_any_order(run: Run, slack: SlackDouble, store: Store, way: str) -> None:
    """Each member's next words come with copies of all that anybody has said before, in any order."""
    adapters, dice = await several(run, slack, way), random.Random(7)
    members = [slack.member(f"U{number}") for number in range(MEMBERS)]
    old: list[Delivery] = []
    for said in (MONEY, "ask staff", "no, only send it", "What about {}?"):
        slack.holding = True
        for number, member in enumerate(members):
            await member.dm(said.format(number))
        new, slack.held, slack.holding = slack.held, [], False
        for one in dice.sample(new, len(new)):
            await slack.release(one)
        await idle(adapters)
        copies = [*new, *old] * 2
        dice.shuffle(copies)
        await asyncio.gather(*(slack.redeliver(one) for one in copies))
        await idle(adapters)
        old += new
    assert [len(member.received) for member in members] == [4] * MEMBERS, [m.received for m in members]
    sent, answered = await rows(store)
    assert sent == Counter(f"What about {number}?" for number in range(MEMBERS))
    assert answered == MEMBERS
    assert all(one.acked for one in old)


async def test_what_one_process_is_slow_with_no_other_answers_too(
    run: Run, slack: SlackDouble, ana: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack gives up waiting and gives the event to the other process, while the first has stored but not said it."""
    answer, began = Bot.handle, list[str]()

    async def slowly(self: Bot, event: AnyEvent) -> Outcome:
        began.append(event.id)
        first = len(began) == 1
        outcome = await answer(self, event)
        if first:
            await asyncio.sleep(0.8)
        return outcome

    monkeypatch.setattr(Bot, "handle", slowly)
    slack.ack_timeout = 0.4
    ports = [free_port(), free_port()]
    slack.http_endpoint = [f"http://127.0.0.1:{port}/slack/events" for port in ports]
    adapters = [await run(signing_secret=slack.signing_secret, port=port, again_seconds=1.5) for port in ports]
    for adapter in adapters:
        await adapter.people.find("U1")
    await ana.dm(MONEY)
    await idle(adapters)
    assert len(began) >= 2
    assert len(ana.received) == 1, [one.text for one in ana.received]
