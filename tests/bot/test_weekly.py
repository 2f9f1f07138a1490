"""The weekly count for the staff's channel: what it tells, what it never tells, and that it is said once."""

import asyncio
import dataclasses
import datetime as dt

import pytest

from bot.content import Content
from bot.feedback import Level
from bot.ports import Store
from bot.upkeep import Retention, purge
from bot.vault import Vault, new_key
from bot.weekly import Week, due, said, text
from storage.database import open_store
from tests.bot.desks import CANARIES, WORDS, feedback, filed

MONDAY = dt.datetime(2026, 11, 23, 14, 0, tzinfo=dt.UTC)
LAST, BEFORE, THIS = "2026-W47", "2026-W46", "2026-W48"
HOUR = dt.timedelta(hours=1)


async def asked(store: Store, week: str, count: int) -> None:
    for number in range(count):
        await store.write(lambda uow, number=number: uow.questions.add(f"Question {number}?", "en", week))  # type: ignore[misc]


async def test_it_counts_last_week_only_and_all_levels_together(store: Store, vault: Vault, content: Content) -> None:
    levels = (Level.NAMED, Level.CONFIDENTIAL, Level.ANONYMOUS, Level.ANONYMOUS, Level.NAMED)
    await filed(store, *(feedback(vault, level, week=LAST) for level in levels))
    await filed(store, feedback(vault, Level.NAMED, week=BEFORE), feedback(vault, Level.NAMED, week=THIS))
    for week, count in ((BEFORE, 1), (LAST, 6), (THIS, 2)):
        await asked(store, week, count)
    counted = await due(store, vault, content, MONDAY, "slack")
    assert counted == Week(LAST, 5, 6)
    told = text(counted, content, "en")
    assert "November 16, 2026" in told
    assert "were filed: 5\n" in told
    assert "to staff: 6\n" in told
    for word in (*CANARIES, WORDS, "Question", *(level.value for level in Level)):
        assert word.casefold() not in told.casefold().replace("questions", "")


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("count", range(5))
def test_under_five_is_never_told_exactly(content: Content, language: str, count: int) -> None:
    few = content.texts[language]("desk.few")
    told = text(Week(LAST, count, 1234), content, language)
    assert f": {few}\n" in told
    assert ": 1,234\n" in told
    assert told == text(Week(LAST, 4 - count, 1234), content, language)


def test_five_is_told(content: Content) -> None:
    assert ": 5\n" in text(Week(LAST, 5, 0), content, "en")


def test_it_sends_staff_where_they_can_read(content: Content) -> None:
    theirs = dataclasses.replace(content, union=dataclasses.replace(content.union, employer_owned=True))
    assert "**staff inbox**" in text(Week(LAST, 9, 9), content, "en")
    assert "**staff inbox**" not in text(Week(LAST, 9, 9), theirs, "en")
    assert "./run staff" in text(Week(LAST, 9, 9), theirs, "en")


async def test_it_is_said_from_monday_on(store: Store, vault: Vault, content: Content) -> None:
    assert await due(store, vault, content, MONDAY - HOUR, "slack") is None
    assert await due(store, vault, content, MONDAY, "slack") is not None


async def test_it_is_said_once_a_week_and_platform(store: Store, vault: Vault, content: Content) -> None:
    assert await due(store, vault, content, MONDAY, "slack") == Week(LAST, 0, 0)
    await said(store, vault, MONDAY, "slack")
    for hours in (1, 2, 30, 24 * 6):
        assert await due(store, vault, content, MONDAY + hours * HOUR, "slack") is None
    assert await due(store, vault, content, MONDAY + HOUR, "discord") is not None
    assert await due(store, vault, content, MONDAY + dt.timedelta(weeks=1), "slack") == Week(THIS, 0, 0)


async def test_what_was_taken_but_not_said_is_taken_over_after_an_hour(
    store: Store, vault: Vault, content: Content
) -> None:
    assert await due(store, vault, content, MONDAY, "slack")
    assert await due(store, vault, content, MONDAY + dt.timedelta(minutes=59), "slack") is None
    assert await due(store, vault, content, MONDAY + HOUR, "slack")
    assert await due(store, vault, content, MONDAY + HOUR, "slack") is None


async def test_of_several_processes_one_says_it(database_url: str, vault: Vault, content: Content) -> None:
    async with open_store(database_url, migrate=True) as first, open_store(database_url, migrate=False) as second:
        found = await asyncio.gather(
            *(due(store, vault, content, MONDAY, "slack") for store in (first, second) for _ in range(6))
        )
    assert sum(one is not None for one in found) == 1


async def test_the_purge_does_not_let_it_be_said_again(store: Store, vault: Vault, content: Content) -> None:
    assert await due(store, vault, content, MONDAY, "slack")
    await said(store, vault, MONDAY, "slack")
    sunday = MONDAY + dt.timedelta(days=6)
    await store.write(lambda uow: purge(uow, sunday.date(), Retention(claim_days=0)))
    assert await due(store, vault, content, sunday, "slack") is None


async def test_a_new_key_does_not_let_it_be_said_again(store: Store, content: Content) -> None:
    old = new_key()
    assert await due(store, Vault([old]), content, MONDAY, "slack")
    await said(store, Vault([old]), MONDAY, "slack")
    assert await due(store, Vault([new_key(), old]), content, MONDAY + HOUR, "slack") is None


async def test_after_keys_rotate_what_could_not_be_said_waits_an_hour_again(store: Store, content: Content) -> None:
    old = new_key()
    assert await due(store, Vault([old]), content, MONDAY, "slack")
    ring = Vault([new_key(), old])
    assert await due(store, ring, content, MONDAY + HOUR, "slack")
    assert await due(store, ring, content, MONDAY + HOUR, "slack") is None
