"""What waits and what is filed, looked at twice without keys: nothing names the one by the other."""

import asyncio
import dataclasses
import pathlib
import random

import pytest

from bot import envelopes
from bot.conversations import Conversation, Draft
from bot.envelopes import change_later, names, seal, waiting_for
from bot.feedback import Feedback, Level, week_of
from bot.filing import FEWEST, file_due
from bot.ports import Count, Envelope, Store
from bot.upkeep import mingle
from bot.vault import LARGE, Unreadable, Vault, new_id, new_key
from tests.attack.rawfiles import read_postgres
from tests.bot.desks import NAME, feedback, filed
from tests.conftest import NOW

TODAY = NOW.date()
WEEK = week_of(TODAY)
SIX = "one two three four five six"


def anonymous(vault: Vault) -> Feedback:
    return feedback(vault, Level.ANONYMOUS, week=WEEK)


async def put(store: Store, *waiting: Envelope) -> None:
    for one in waiting:
        await store.write(lambda uow, one=one: uow.envelopes.add(one))  # type: ignore[misc]


async def items(store: Store) -> list[Feedback]:
    return await store.read(lambda uow: list(uow.items.all("ai-at-work")))


async def test_no_hash_of_what_waits_is_one_of_what_is_filed(store: Store, vault: Vault) -> None:
    sent = [anonymous(vault) for _ in range(FEWEST)]
    await put(store, *(seal(vault, one) for one in sent))
    seen = {one.receipt for one in await store.read(lambda uow: uow.envelopes.waiting())}
    assert await file_due(store, vault, TODAY) == FEWEST
    assert {one.receipt for one in await items(store)} == {one.receipt for one in sent}
    assert seen.isdisjoint(one.receipt for one in sent)


@pytest.mark.parametrize("rotated", [False, True])
async def test_what_waits_under_an_older_key_is_found_by_its_receipt(store: Store, rotated: bool) -> None:
    key = new_key()
    vault = Vault([key])
    mine = dataclasses.replace(anonymous(vault), receipt=vault.receipt(SIX)[0])
    await put(store, seal(vault, mine))
    now = Vault([new_key(), key]) if rotated else vault
    (found,) = await store.read(lambda uow: uow.envelopes.under(names(now, now.receipt(SIX))))
    opened = envelopes.unseal(found, now)
    assert isinstance(opened, Feedback)
    assert opened.receipt == mine.receipt


async def test_what_an_earlier_version_sealed_is_found_and_filed(store: Store, vault: Vault) -> None:
    """It waited under the receipt's hash itself, and did not hold it."""
    mine = anonymous(vault)
    before = {"form": mine.form, "form_version": 1, "language": "en", "answers": {"words": "Ask us."}, "sharing": True}
    await put(store, *(Envelope(new_id(), new_id(), "en", WEEK, envelopes.sealed(vault, before)) for _ in range(4)))
    await put(store, Envelope(new_id(), mine.receipt, "en", WEEK, envelopes.sealed(vault, before)))
    assert len(await store.read(lambda uow: uow.envelopes.under(names(vault, [mine.receipt])))) == 1
    assert await file_due(store, vault, TODAY) == FEWEST
    assert mine.receipt in {one.receipt for one in await items(store)}


async def test_keys_that_read_less_lose_no_wish_and_take_no_batch(store: Store) -> None:
    key = new_key()
    vault, newer = Vault([key]), Vault([new_key(), key])
    item = anonymous(vault)
    await filed(store, item)
    await store.write(lambda uow: change_later(uow, newer, item, {"sharing": False}, WEEK))
    hidden = await store.read(lambda uow: uow.envelopes.waiting())
    for older in (Vault([new_key()]), vault):  # what was written under newer keys has other hashes, too
        with pytest.raises(Unreadable):
            await store.read(lambda uow, older=older: envelopes.withdrawn(uow, older, WEEK))  # type: ignore[misc]
        with pytest.raises(Unreadable):
            envelopes.together(hidden, older)
        assert await file_due(store, older, TODAY) == 0
    await put(store, *(seal(vault, anonymous(vault)) for _ in range(FEWEST)))
    assert await file_due(store, vault, TODAY) == 0, "not even what these keys read"
    assert await store.read(lambda uow: envelopes.withdrawn(uow, vault, f"{int(WEEK[:4]) + 1}-W01")) == frozenset()
    assert await store.read(lambda uow: waiting_for(uow, newer, item.id)) == {"sharing": False}
    assert await file_due(store, newer, TODAY) == FEWEST, "the week's batch was left to it"


async def test_another_version_of_the_form_is_no_company(store: Store, vault: Vault) -> None:
    several = [anonymous(vault) for _ in range(FEWEST)]
    await put(store, *(seal(vault, one) for one in several[:-1]))
    await put(store, seal(vault, dataclasses.replace(several[-1], form_version=several[-1].form_version + 1)))
    assert await file_due(store, vault, TODAY) == 0


def test_lengths_tell_little(vault: Vault) -> None:
    names_ = {len(vault.seal(name.encode(), "name")) for name in ("Al", NAME, "María de los Ángeles Núñez")}
    drafts = {
        len(Conversation(draft=Draft("ai-at-work", "2026-11-25", answers={"words": "a" * count})).to_json())
        for count in (0, 30, 700, 3000)
    }
    assert (len(names_), drafts) == (1, {LARGE})
    assert vault.text(vault.seal(NAME.encode(), "name"), "name") == NAME


async def placed(database_url: str, table: str, key: str, known: list[str]) -> list[str]:
    """These keys as they lie in the raw file."""
    if database_url.startswith("sqlite"):
        image = await asyncio.to_thread(pathlib.Path(database_url.removeprefix("sqlite:///")).read_bytes)
        return sorted(known, key=lambda one: image.index(one.encode()))
    rows = (await read_postgres(database_url)).rows[table]
    return [row.values[key] for row in sorted(rows, key=lambda row: row.place)]


async def test_tidied_rows_lie_in_the_order_of_their_keys(store: Store, database_url: str) -> None:
    topics = [f"topic-{number}" for number in random.Random(7).sample(range(100, 200), 20)]
    for topic in topics:
        await store.write(lambda uow, topic=topic: uow.counters.add(Count(WEEK, "answer", topic, "en")))  # type: ignore[misc]
        await store.write(lambda uow, topic=topic: uow.questions.add(f"What of {topic}?", "en", WEEK))  # type: ignore[misc]
    await mingle(store, TODAY)
    asked = [one.id for one in (await store.read(lambda uow: uow.inquiries.page(99)))[0]]
    for table, key, known in (("questions", "id", asked), ("counters", "topic", topics)):
        found = await placed(database_url, table, key, known)
        assert found in (sorted(known), sorted(known, reverse=True)), table
        assert len(found) == len(topics)


async def test_the_batch_forgets_what_was_done_in_a_delivered_reply(store: Store, vault: Vault) -> None:
    for name, delivered in (("told", True), ("untold", False)):
        keys = vault.event("test", name)
        await store.write(lambda uow, keys=keys: (uow.claims.claim(keys, f"{TODAY}"), uow.claims.note(keys, "gone")))  # type: ignore[misc]
        if delivered:
            await store.write(lambda uow, keys=keys: uow.claims.delivered(keys))  # type: ignore[misc]
    await put(store, *(seal(vault, anonymous(vault)) for _ in range(FEWEST)))
    assert await file_due(store, vault, TODAY) == FEWEST
    claims = [
        await store.write(lambda uow, name=name: uow.claims.claim(vault.event("test", name), f"{TODAY}"))  # type: ignore[misc]
        for name in ("told", "untold")
    ]
    assert [one.note for one in claims] == ["", "gone"]
