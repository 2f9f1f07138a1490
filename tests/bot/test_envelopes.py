"""What the author of a filed anonymous item wants changed: in order, once, and seen by its author at once."""

import asyncio
import dataclasses
import datetime as dt
import itertools
from typing import Any

import asyncpg
import pytest

from bot import deletions, envelopes
from bot.changing import apply_later
from bot.core import Bot
from bot.deletions import Deletion, Kind
from bot.envelopes import GONE, change_later, joined, seal, waiting_for
from bot.errors import Changed
from bot.feedback import Feedback, Level
from bot.filing import file_due
from bot.ports import Store
from bot.vault import Vault, new_id, new_key
from storage.database import open_store
from tests.bot import chats
from tests.bot.desks import feedback, filed
from tests.bot.members import EN, Member
from tests.conftest import NOW

SIX = "one two three four five six"


@pytest.fixture
async def item(store: Store, vault: Vault) -> Feedback:
    """One of two anonymous items in the store."""
    mine = feedback(vault, Level.ANONYMOUS, receipt=vault.receipt(SIX)[0])
    await filed(store, mine, feedback(vault, Level.ANONYMOUS))
    return mine


async def batch(store: Store, vault: Vault, weeks: int = 4) -> None:
    await file_due(store, vault, NOW.date() + dt.timedelta(weeks=weeks))


async def stored(store: Store, item: Feedback) -> Feedback | None:
    return next((one for one in await chats.filed(store) if one.id == item.id), None)


async def test_of_two_corrections_of_a_line_the_last_one_stays(bot: Bot, item: Feedback) -> None:
    ben = Member(bot, "U0BEN")
    for words in ("The first wording.", "The second wording."):
        await ben.open(SIX)
        await ben.say(EN("owned.do_correct"), "What happens", words)
        await ben.say("done")
    shown = await ben.open(SIX)
    assert ("The second wording." in shown, "The first wording." in shown) == (True, False), shown
    assert EN("owned.change_waits") in shown
    assert await stored(bot.store, item) == item, "nothing of it is written before the batch"
    await batch(bot.store, bot.vault)
    found = await stored(bot.store, item)
    assert found is not None
    assert (found.answers["words"], found.revision) == ("The second wording.", item.revision + 1)
    assert EN("owned.change_waits") not in await ben.open(SIX)


async def test_replies_keep_their_order_and_come_once(bot: Bot, item: Feedback) -> None:
    await bot.store.write(lambda uow: uow.notes.add(item.id, "Which unit?", item.week, from_staff=True))
    ben, said = Member(bot, "U0BEN"), [f"Reply {number}." for number in range(5)]
    for words in said:
        await ben.open(SIX)
        await ben.say(EN("owned.do_reply"), words)
        await ben.say("done")
    shown = await ben.open(SIX)
    assert [shown.index(words) for words in said] == sorted(shown.index(words) for words in said)
    await batch(bot.store, bot.vault)
    assert [one.text for one in await bot.store.read(lambda uow: uow.notes.of(item.id))] == ["Which unit?", *said]
    await batch(bot.store, bot.vault, 8)
    assert len(await bot.store.read(lambda uow: uow.notes.of(item.id))) == 1 + len(said)


async def test_what_is_deleted_takes_what_waits_along(bot: Bot, item: Feedback) -> None:
    ben = Member(bot, "U0BEN")
    await ben.open(SIX)
    await ben.say(EN("owned.do_correct"), "What happens", "A canary in the words.", "done")
    await ben.delete(SIX)
    assert await chats.sealed(bot.store, bot.vault) == [{"item": item.id, "change": {GONE: "deleted"}}]


async def test_what_is_no_longer_shared_is_not_offered_again(bot: Bot, item: Feedback) -> None:
    ben = Member(bot, "U0BEN")
    await ben.open(SIX)
    assert EN("owned.unshared_later") in await ben.say(EN("owned.do_unshare"))
    await ben.say("done")
    shown = await ben.open(SIX)
    assert EN("owned.not_shared") in shown
    assert EN("owned.do_unshare") not in shown


async def test_changes_of_one_item_count_once_among_the_five(store: Store, vault: Vault, item: Feedback) -> None:
    for number in range(5):
        change = {"answers": {"words": f"{number}"}}
        await store.write(lambda uow, change=change: change_later(uow, vault, item, change, item.week))  # type: ignore[misc]
    assert len(await store.read(lambda uow: uow.envelopes.waiting())) == 1
    await batch(store, vault, 1)
    assert await stored(store, item) == item
    await batch(store, vault, 4)
    assert await stored(store, item) != item


async def test_a_later_change_does_not_put_off_an_earlier_one(store: Store, vault: Vault, item: Feedback) -> None:
    await store.write(lambda uow: change_later(uow, vault, item, {"sharing": False}, "2026-W48"))
    await store.write(lambda uow: change_later(uow, vault, item, {"notes": ["A word."]}, "2026-W51"))
    assert [one.week for one in await store.read(lambda uow: uow.envelopes.waiting())] == ["2026-W48"]


async def test_two_at_once_lose_nothing_and_double_nothing(postgres_url: str, vault: Vault) -> None:
    """One has taken what waits to add to it, and has not committed: the other begins again, and keeps the order."""
    mine = feedback(vault, Level.ANONYMOUS)

    async def say(store: Store, words: str) -> None:
        await store.write(lambda uow: change_later(uow, vault, mine, {"notes": [words]}, mine.week))

    async with open_store(postgres_url, migrate=True) as store:
        await filed(store, mine)
        await say(store, "First.")
        other, watcher = await asyncpg.connect(postgres_url), await asyncpg.connect(postgres_url)
        turn = other.transaction()
        await turn.start()
        (row,) = await other.fetch("DELETE FROM envelopes RETURNING id, receipt, language, week, sealed")
        second = asyncio.create_task(say(store, "Second."))
        for _ in range(2000):
            if await watcher.fetchval("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"):
                break
            await asyncio.sleep(0.01)
        else:
            raise AssertionError("the second waits for nobody")
        await other.execute("INSERT INTO envelopes VALUES ($1, $2, $3, $4, $5)", new_id(), *list(row)[1:])
        await turn.commit()
        with pytest.raises(Changed):
            await second
        await say(store, "Second.")  # as a turn does
        found = await store.read(lambda uow: waiting_for(uow, vault, mine.id))
        assert found["notes"] == ["First.", "Second."]
        marked = await watcher.fetch("SELECT xmax::text FROM items")
        assert [one["xmax"] for one in marked] == ["0"], "no transaction of a member marks the item"
        await other.close()
        await watcher.close()


CHANGES: list[dict[str, Any]] = [{"sharing": False}, {"answers": {"words": "Mended."}}, {"notes": ["A reply."]}]


@pytest.mark.parametrize("both", list(itertools.permutations(CHANGES, 2)), ids=str)
async def test_of_two_changes_in_one_envelope_both_are_carried_out(
    store: Store, vault: Vault, item: Feedback, both: tuple[dict[str, Any], ...]
) -> None:
    for change in both:
        await store.write(lambda uow, change=change: change_later(uow, vault, item, change, item.week))  # type: ignore[misc]
    await batch(store, vault)
    found = await stored(store, item)
    assert found is not None
    whole = both[0] | both[1]
    assert found.sharing is whole.get("sharing", True)
    assert found.answers["words"] == ("Mended." if "answers" in whole else item.answers["words"])
    notes = await store.read(lambda uow: uow.notes.of(item.id))
    assert [one.text for one in notes] == whole.get("notes", [])


@pytest.mark.parametrize("first", [*CHANGES, {GONE: "deleted"}], ids=str)
def test_nothing_outlives_a_deletion(first: dict[str, Any]) -> None:
    gone = {GONE: "deleted"}
    assert joined(first, gone) == joined(gone, first) == gone


async def test_after_new_keys_changes_still_find_each_other(store: Store, item: Feedback) -> None:
    first, second = new_key(), new_key()
    for keys, words in (([first], "Before."), ([second, first], "After.")):
        vault = Vault(keys)
        change = {"notes": [words]}
        await store.write(lambda uow, vault=vault, change=change: change_later(uow, vault, item, change, item.week))  # type: ignore[misc]
    (envelope,) = await store.read(lambda uow: uow.envelopes.waiting())
    assert envelope.receipt == vault.changes(item.id)[0]
    assert vault.changes(item.id)[0] not in vault.receipt(item.id)
    assert (await store.read(lambda uow: waiting_for(uow, vault, item.id)))["notes"] == ["Before.", "After."]


async def test_the_size_of_an_envelope_tells_nothing(store: Store, vault: Vault, item: Feedback) -> None:
    sizes = {len(seal(vault, item).sealed)}
    for change in [{GONE: "deleted"}, *CHANGES, {"answers": {"words": "x" * 3000}}]:
        await store.write(lambda uow, change=change: change_later(uow, vault, item, change, item.week))  # type: ignore[misc]
        (envelope,) = await store.read(lambda uow: uow.envelopes.waiting())
        sizes.add(len(envelope.sealed))
        await store.write(lambda uow, name=envelope.id: uow.envelopes.remove([name]))  # type: ignore[misc]
    assert len(sizes) == 1


async def test_of_a_change_that_was_withdrawn_and_applied_nothing_waits(
    store: Store, vault: Vault, item: Feedback
) -> None:
    await store.write(lambda uow: change_later(uow, vault, item, {"sharing": False}, item.week))
    assert await store.read(lambda uow: envelopes.withdrawn(uow, vault, "")) == {item.id}
    await batch(store, vault)
    assert await store.read(lambda uow: envelopes.withdrawn(uow, vault, "")) == frozenset()
    assert await stored(store, item) == dataclasses.replace(item, sharing=False)


async def test_a_change_of_what_is_gone_brings_nothing_back(store: Store, vault: Vault, item: Feedback) -> None:
    await store.write(lambda uow: uow.owned.remove(item.id))
    await store.write(lambda uow: apply_later(uow, item.id, {"answers": {"words": "Back."}}, item.week))
    assert await stored(store, item) is None


@pytest.mark.parametrize("weeks", [3, 4])
async def test_an_entry_of_the_deletion_list_is_let_go_after_four_weeks_though_nothing_is_filed(
    store: Store, vault: Vault, weeks: int
) -> None:
    """Its item was deleted while it waited: no batch may ever come that it could go with."""
    gone = Deletion(new_id(), Kind.DELETED, "2026-W48", new_id())
    await store.write(lambda uow: deletions.put(uow, vault, gone, deletions.BATCHED))
    await batch(store, vault, weeks)
    listed = await store.read(lambda uow: deletions.pending(uow, vault, deletions.LISTED))
    assert list(listed.values()) == ([gone] if weeks == 4 else [])
