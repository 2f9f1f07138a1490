"""The program as processes on a Slack-shaped server: killed before and after the commit, two on one database."""

import asyncio
import contextlib
import json
import pathlib
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from bot.faq.matcher import Matcher
from tests.adapters.slack.processes import SECONDS, programs, say
from tests.doubles.slack import Delivery, SlackDouble
from tests.operators import Installation

FORM = ("feedback", "2", "an idea", "skip", "skip", "skip", "{}", "skip", "skip", "skip", "skip", "no", "no")
PAGE_1 = {"q:level": "confidential", "q:kind": "idea"}
AWAY = 60.0  # seconds that Slack asks to wait


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    """It sends nothing again by itself: a test says when."""
    async with SlackDouble(retry_delays=(), ack_timeout=20.0) as double:
        yield double


def installed(answers: Matcher, request: pytest.FixtureRequest, folder: pathlib.Path, url: str = "") -> Installation:
    one = Installation(folder / "data", url)
    (one.folder / "cache").symlink_to(request.config.cache.mkdir("matcher"))
    return one


def last(slack: SlackDouble) -> Delivery:
    return [one for one in slack.deliveries if one.kind == "events_api"][-1]


def filled(words: str) -> list[str]:
    return [line.format(words) for line in FORM]


def refused(slack: SlackDouble) -> list[object]:
    """Messages that Slack did not take for now."""
    return [one for one in slack.calls("chat.postMessage") if one.status == 429]


@contextlib.contextmanager
def sqlite_locked(path: pathlib.Path) -> Iterator[None]:
    """Nobody can commit."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")


def sqlite_words(path: pathlib.Path) -> Counter[str]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return Counter(json.loads(row[0])["words"] for row in connection.execute("SELECT answers FROM items"))


async def test_killed_before_and_after_the_commit(
    slack: SlackDouble, answers: Matcher, request: pytest.FixtureRequest, tmp_path: pathlib.Path
) -> None:
    here, ana, luz = installed(answers, request, tmp_path), slack.member("UANA"), slack.member("ULUZ")
    await here.init()
    path = here.folder / "worker-voice.sqlite3"
    async with programs(here, slack, tmp_path) as several:
        first = await several.started()
        await say(slack, ana, *filled("before the commit"))
        await luz.command("/union", "feedback")
        await slack.until(lambda: luz.view, SECONDS)
        with sqlite_locked(path):
            await ana.dm("send", wait=False)
            await first.has_taken(len(FORM) + 1)
            first.kill()
        assert not last(slack).acked
        assert sqlite_words(path) == Counter()

        second = await several.started()
        before = len(ana.received)
        await slack.redeliver(last(slack))
        await slack.until(lambda: len(ana.received) > before, SECONDS)
        assert [one.text.split(".")[0] for one in ana.received[before:]] == ["Sent"]
        await luz.submit(values=PAGE_1)  # her modal was open over the kill
        assert luz.view is not None
        assert "Page 2 of 3" in luz.view.shown

        await say(slack, ana, *filled("after the commit"))
        before = len(ana.received)
        slack.rate_limit("chat.postMessage", AWAY)
        slack.lose_acks()
        await ana.dm("send", wait=False)
        await slack.until(lambda: refused(slack), SECONDS)
        assert sqlite_words(path)["after the commit"] == 1
        second.kill()

        third = await several.started()
        await slack.redeliver(last(slack))
        await slack.until(lambda: len(ana.received) > before, SECONDS)
        await slack.redeliver(last(slack), times=2)
        assert await third.stop() == 0
    assert [one.text.split(".")[0] for one in ana.received[before:]] == ["Sent"]
    assert sqlite_words(path) == Counter(("before the commit", "after the commit"))


async def postgres_words(url: str) -> Counter[str]:
    connection = await asyncpg.connect(url)
    try:
        return Counter(json.loads(row[0])["words"] for row in await connection.fetch("SELECT answers FROM items"))
    finally:
        await connection.close()


@contextlib.asynccontextmanager
async def postgres_locked(url: str) -> AsyncIterator[None]:
    """Nobody can claim an event."""
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE claims IN ACCESS EXCLUSIVE MODE")
            yield
    finally:
        await connection.close()


async def test_two_processes_behind_a_load_balancer(
    slack: SlackDouble, answers: Matcher, request: pytest.FixtureRequest, tmp_path: pathlib.Path, postgres_url: str
) -> None:
    """On one PostgreSQL: conversations go on at either; one is killed, and the other takes over what it held."""
    here = installed(answers, request, tmp_path, postgres_url)
    await here.init()
    members = [slack.member(f"UMEMBER{number}") for number in range(3)]
    async with programs(here, slack, tmp_path) as several:
        first, second = several.start(http=True), several.start(http=True)
        await asyncio.gather(first.ready(), second.ready())
        slack.http_endpoint = [first.address, second.address]
        await asyncio.gather(*(say(slack, one, *filled(f"words of {one.user.id}")) for one in members))
        await members[0].command("/union", "feedback")
        before = [len(one.received) for one in members]

        slack.http_endpoint = first.address
        async with postgres_locked(postgres_url):
            taken = len([one for one in slack.deliveries if one.kind == "events_api"])
            await members[0].dm("send", wait=False)
            await slack.until(lambda: len(slack.under_way) == 1, SECONDS)
            await waits(postgres_url)
            first.kill()
        slack.http_endpoint = second.address
        assert taken == len(members) * len(FORM)
        assert not last(slack).acked
        assert await postgres_words(postgres_url) == Counter()
        await slack.redeliver(last(slack))
        await slack.until(lambda: len(members[0].received) > before[0], SECONDS)

        third = await several.started(http=True)
        slack.http_endpoint = [second.address, third.address]
        await members[1].dm("send")
        held = last(slack)
        await slack.until(lambda: len(members[1].received) > before[1], SECONDS)
        await asyncio.gather(*(slack.redeliver(held) for _ in range(4)))

        slack.http_endpoint = third.address
        slack.rate_limit("chat.postMessage", AWAY)
        slack.lose_acks()
        await members[2].dm("send", wait=False)
        await slack.until(lambda: refused(slack), SECONDS)
        third.kill()
        slack.http_endpoint = second.address
        await slack.redeliver(last(slack), times=2)
        await slack.until(lambda: len(members[2].received) > before[2], SECONDS)
        assert await second.stop() == 0
    for member, count in zip(members, before, strict=True):
        assert [one.text.split(".")[0] for one in member.received[count:]] == ["Sent"], member.user.id
    assert await postgres_words(postgres_url) == Counter(f"words of {one.user.id}" for one in members)


async def waits(url: str) -> None:
    """Until a process of the program waits for the lock."""
    connection = await asyncpg.connect(url)
    try:
        for _ in range(int(SECONDS / 0.05)):
            if await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                return
            await asyncio.sleep(0.05)
    finally:
        await connection.close()
    raise AssertionError("nobody waits for the lock")
