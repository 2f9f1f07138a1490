"""A backup that is restored ends where its members had brought it: what they took back, released months among it."""

import datetime as dt
import pathlib
import re
from collections.abc import Mapping

import orjson
import pytest

from bench.members import NoMatching
from bot import outbox
from bot.content import Content
from bot.core import Bot
from bot.envelopes import ENVELOPE
from bot.faq.matcher import Matcher
from bot.outbox import Letter
from bot.ports import UnitOfWork
from bot.releasing import Release
from bot.vault import Vault
from tests.bot.members import EN, Member
from tests.conftest import Clock
from tests.operators import Installation
from tests.storage.test_backup import rows

MONTH = "2026-11"
NOT_RELEASED = ("confidential, deleted, not released", "named, made anonymous, not released")
BEFORE = "named, withdrawn before, deleted"
AUTHORS = {  # words -> level
    "kept": "confidential",
    "named, deleted": "named",
    "named, withdrawn": "named",
    BEFORE: "named",
    "named, made confidential": "named",
    "named, made anonymous": "named",
    "named, made anonymous, then deleted": "named",
    "confidential, deleted, not released": "confidential",
    "named, made anonymous, not released": "named",
    "anonymous, deleted": "anonymous",
    "anonymous, withdrawn": "anonymous",
    "anonymous, kept 1": "anonymous",
    "anonymous, kept 2": "anonymous",
    "anonymous, kept 3": "anonymous",
}
ANEW = re.compile("named, made anonymous(, not released)?")  # those that wait for a batch under a new id
State = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def answers() -> Matcher:
    """What is told here is not looked up in the answers."""
    return NoMatching()


@pytest.fixture
def here(database_url: str, tmp_path: pathlib.Path) -> Installation:
    return Installation(tmp_path / "data", "" if database_url.startswith("sqlite") else database_url)


def said_in(answers: object) -> str:
    return str(orjson.loads(str(answers))["words"])


async def ids(here: Installation) -> dict[str, str]:
    """The items that are filed, by their words."""
    return {said_in(row["answers"]): str(row["id"]) for row in (await rows(here.store_url))["items"]}


async def send_all(bot: Bot, clock: Clock) -> dict[str, str]:
    """Words -> receipt; all of it is filed."""
    await bot.chores()
    receipts = {words: await Member(bot, words).send(level, words) for words, level in AUTHORS.items()}
    clock.now += dt.timedelta(days=7)
    assert await bot.chores() == 5
    return receipts


def release(uow: UnitOfWork, which: Mapping[str, str]) -> None:
    """As an export of the month does it."""
    released = [each for words, each in which.items() if words not in NOT_RELEASED]
    uow.releases.fix({MONTH: len(released)})
    uow.releases.add(Release(MONTH, {"language": "en"}), 1, released)


def write_to(uow: UnitOfWork, vault: Vault, which: Mapping[str, str], today: dt.date) -> None:
    """Staff asked about each, and a letter waits for its author."""
    for words, each in which.items():
        uow.notes.add(each, "Which shift?", "2026-W48", from_staff=True)
        if not words.startswith("anonymous"):
            letter = Letter(("test", words), each, (), "Which shift?")
            outbox.post(uow, vault, vault.accounts("test", words)[0], letter, today)


async def take_back(bot: Bot, receipts: Mapping[str, str], as_author: str = "") -> None:
    """Each as its words say."""
    steps = {"withdrawn": "unshare", "made confidential": "confidential", "made anonymous": "anonymous"}
    told = {"unshare": "unshared", "confidential": "now_confidential", "anonymous": "now_anonymous"}
    for words, receipt in receipts.items():
        member = Member(bot, as_author or words)
        for part in words.replace("then ", "").split(", ")[1:]:
            if part == "deleted":
                assert EN("owned.deleted") in await member.delete(receipt), words
            elif part in steps:
                await member.open(receipt)
                sure = ["yes"] if part == "made anonymous" else []
                assert EN(f"owned.{told[steps[part]]}") in await member.say(EN(f"owned.do_{steps[part]}"), *sure), words


async def correct(bot: Bot, receipt: str) -> None:
    """A correction that waits for the batch, and is in the backup."""
    member = Member(bot, "a corrector")
    await member.open(receipt)
    assert EN("owned.corrected") in await member.say(EN("owned.do_correct"), "What happens", "Corrected.")


async def state(here: Installation, which: Mapping[str, str]) -> State:
    """What is kept of the items, by their words before (`which`: words -> id); an id that came later is "new"."""
    found, vault = await rows(here.store_url), here.vault
    by_id = {each: words for words, each in which.items()}

    def named(item: object) -> str:
        return by_id.get(str(item), "new")

    def opened(row: Mapping[str, object], purpose: str) -> bytes:
        assert isinstance(row["sealed"], bytes)
        return vault.open(row["sealed"], purpose)

    letters = [row for row in found["outbox"] if not str(row["account"]).startswith("deletion")]
    kept: State = {
        "items": [(named(row["id"]), *(row[name] for name in row if name != "id")) for row in found["items"]],
        "envelopes": [(row["receipt"], row["week"], opened(row, ENVELOPE)) for row in found["envelopes"]],
        "notes": [(named(row["item"]), row["text"]) for row in found["notes"]],
        "letters": [(named(outbox.READER.validate_json(opened(row, outbox.LETTER)).about),) for row in letters],
        "releases": [(by_id.get(str(row["item"]), row["item"]), row["month"]) for row in found["releases"]],
        "withdrawals": [(named(row["item"]), row["kind"], row["week"]) for row in found["withdrawals"]],
    }
    return {name: sorted(each, key=repr) for name, each in kept.items()}


@pytest.mark.parametrize("known", [True, False], ids=["released before the backup", "released after it"])
async def test_a_restore_ends_where_its_members_had_brought_it(
    known: bool, here: Installation, content: Content, answers: Matcher, clock: Clock, tmp_path: pathlib.Path
) -> None:
    """`known`: the backup has what was released; else it has no month, and later packages name all that is gone."""
    await here.init()
    async with here.bot(content, answers, clock) as bot:
        receipts = await send_all(bot, clock)
        which = await ids(here)
        assert set(which) == set(AUTHORS)
        await bot.store.write(lambda uow: write_to(uow, bot.vault, which, clock.now.date()))
        if known:
            await bot.store.write(lambda uow: release(uow, which))
            await take_back(bot, {"named, withdrawn": receipts[BEFORE]}, as_author=BEFORE)
            clock.now += dt.timedelta(days=7)
        await correct(bot, receipts["anonymous, deleted"])
        await here.backup(tmp_path / "backup")
        if not known:
            await bot.store.write(lambda uow: release(uow, which))
        await take_back(bot, receipts)
        letters = (await state(here, which))["letters"]
        clock.now += dt.timedelta(weeks=5)
        await bot.chores()
    left = await state(here, which)
    await here.restore(tmp_path / "backup")
    restored = await state(here, which)
    sizes = {len(row["sealed"]) for row in (await rows(here.store_url))["envelopes"]}  # type: ignore[arg-type]
    assert len(sizes) == 1, "an envelope's size tells nothing"
    assert restored["letters"] == letters
    assert sorted(str(one[0]) for one in restored["envelopes"]) == sorted(
        here.vault.envelopes(here.vault.receipt(receipts[words])[0])[0] for words in AUTHORS if ANEW.fullmatch(words)
    )
    async with here.bot(content, answers, clock) as bot:
        await bot.chores()
        fixed = await bot.store.read(lambda uow: uow.releases.fixed())
    found = await state(here, which)
    never_shown = [one for one in found["withdrawals"] if one[0] in (*NOT_RELEASED, "new")]  # of no use, of no harm
    assert [one[:2] for one in never_shown] == [(NOT_RELEASED[0], "deleted"), ("new", "deleted")]
    found["withdrawals"] = [one for one in found["withdrawals"] if one not in never_shown]
    for each in (left, found):  # of an anonymous item: when it came to the list, which differs
        each["withdrawals"] = [one[:2] if "anonymous, " in str(one[0])[:11] else one for one in each["withdrawals"]]
    assert fixed == ({MONTH: True} if known else {})
    for table in left:
        if table != "releases" or known:
            assert found[table] == left[table], table
