"""What the calendar asks for: the retention table, raw files after a deletion, the deletion list, and changed keys."""

import asyncio
import datetime as dt
import pathlib
from collections.abc import Awaitable, Callable, Sequence

import asyncpg
import orjson
import pytest
from sqlalchemy import Connection, text

from bench.members import NoMatching
from bot import outbox, rotation
from bot.content import Content
from bot.core import Bot
from bot.deletions import BATCHED, LISTED, Deletion, Kind
from bot.envelopes import ENVELOPE
from bot.errors import Refused, StoreError
from bot.events import AnyEvent
from bot.faq.matcher import Matcher
from bot.feedback import Level, week_of
from bot.outbox import Letter
from bot.ports import Envelope, Store, UnitOfWork
from bot.replies import Outcome
from bot.serving import serve
from bot.upkeep import PURGED, UNSWEPT, Retention, months_before, purge, sweep_due
from bot.vault import Vault, new_id, new_key
from storage.database import PostgresStore, SqliteStore, open_store
from storage.deletions import DeletionFile
from storage.keys import Keys
from tests.bot.desks import feedback, filed
from tests.bot.members import EN, Member
from tests.conftest import NOW, Clock

TODAY = NOW.date()
Raw = Callable[[], Awaitable[bytes]]


@pytest.fixture
def answers() -> Matcher:
    """What is told here is not looked up in the answers."""
    return NoMatching()


@pytest.fixture
def listed(tmp_path: pathlib.Path) -> DeletionFile:
    return DeletionFile(tmp_path / "deletions")


@pytest.fixture
def bot(content: Content, answers: Matcher, store: Store, vault: Vault, clock: Clock, listed: DeletionFile) -> Bot:
    return Bot(content, answers, store, vault, clock, listed=listed)


def entries(listed: DeletionFile) -> list[Kind]:
    listing = listed.read()
    return [one.kind for one in listing.deletions] if listing else []


def days_ago(count: int) -> str:
    return (TODAY - dt.timedelta(days=count)).isoformat()


def fill(uow: UnitOfWork, vault: Vault) -> None:
    """In each table a row that is as old as is kept, and one that is older."""
    for number, age in enumerate((7, 8)):
        uow.claims.claim([f"claim{number}"], days_ago(age))
    for number, age in enumerate((30, 31)):
        uow.conversations.save(f"conversation{number}", b"", None, days_ago(age))
    for age in (7, 8):
        uow.outbox.add("account", vault.seal(b"", "letter"), days_ago(age))
    for age in (365, 372):
        uow.questions.add("When?", "en", week_of(TODAY - dt.timedelta(days=age)))
    for age in (365, 372):
        item = feedback(vault, Level.CONFIDENTIAL, week=week_of(TODAY - dt.timedelta(days=age)))
        uow.items.add(item)
        uow.notes.add(item.id, "Which shift?", item.week, from_staff=True)


async def test_purge_keeps_to_the_retention_table(store: Store, vault: Vault) -> None:
    await store.write(lambda uow: fill(uow, vault))
    first = await store.write(lambda uow: purge(uow, TODAY, Retention()))
    assert first == {"claims": 1, "conversations": 1, "outbox": 1, "questions": 1}
    assert not any((await store.write(lambda uow: purge(uow, TODAY, Retention()))).values())
    items = await store.write(lambda uow: purge(uow, TODAY, Retention(item_months=12)))
    assert {table: count for table, count in items.items() if count} == {"items": 1}
    (kept,) = await store.read(lambda uow: list(uow.items.all("ai-at-work")))
    assert len(await store.read(lambda uow: uow.notes.of(kept.id))) == 1
    later = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=60)
    trail = await store.write(lambda uow: purge(uow, later, Retention(audit_months=1)))
    assert trail["audit"] == 2  # what the purges themselves had left there


async def test_deletions_that_are_not_listed_yet_are_never_purged(store: Store, vault: Vault) -> None:
    def wait(uow: UnitOfWork) -> None:
        for which in (LISTED, BATCHED):
            uow.outbox.add(which, vault.seal(b"", "deletion"), days_ago(400))

    await store.write(wait)
    assert (await store.write(lambda uow: purge(uow, TODAY, Retention())))["outbox"] == 0


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [("2026-11-25", 1, "2026-10-25"), ("2026-03-31", 1, "2026-02-28"), ("2028-02-29", 12, "2027-02-28"),
     ("2026-01-31", 2, "2025-11-30"), ("2026-12-31", 6, "2026-06-30"), ("2026-11-25", 24, "2024-11-25")],
)  # fmt: skip
def test_months_are_those_of_the_calendar(day: str, months: int, before: str) -> None:
    assert months_before(dt.date.fromisoformat(day), months).isoformat() == before


async def test_a_bot_purges_once_a_day(bot: Bot, store: Store, vault: Vault, clock: Clock) -> None:
    await bot.chores()
    await store.write(lambda uow: fill(uow, vault))
    await bot.chores()
    assert len(await store.read(lambda uow: uow.outbox.waiting(["account"]))) == 2
    clock.now += dt.timedelta(days=1)
    await bot.chores()
    assert await store.read(lambda uow: uow.outbox.waiting(["account"])) == []
    assert await store.read(lambda uow: uow.marks.get(PURGED)) == "20261126"


async def test_a_draft_is_kept_thirty_days_from_the_last_word(bot: Bot, clock: Clock) -> None:
    member = Member(bot, "a")
    await member.fill("confidential", "a draft")
    clock.now += dt.timedelta(days=30)
    await bot.chores()
    assert "a draft" in await member.say("continue")
    clock.now += dt.timedelta(days=31)
    await bot.chores()
    assert EN("reply.nothing_open") in await member.say("continue")


class Quiet:
    """An adapter on which nobody writes, until the store says that the chores were done `days` later."""

    def __init__(self, bot: Bot, clock: Clock) -> None:
        self.bot, self.clock = bot, clock

    async def connect(self) -> None: ...

    async def listen(self, respond: Callable[[AnyEvent], Awaitable[None]]) -> None:
        for _ in range(3):
            self.clock.now += dt.timedelta(days=1)
            wanted = f"{self.clock.now:%Y%m%d}"
            while await self.bot.store.read(lambda uow: uow.marks.get(PURGED)) != wanted:  # noqa: ASYNC110
                await asyncio.sleep(0.001)

    async def deliver(self, event: AnyEvent, outcome: Outcome) -> None: ...


async def test_whoever_serves_does_the_chores_at_once_and_again_and_again(bot: Bot, clock: Clock) -> None:
    async with asyncio.timeout(60):
        await serve(bot, Quiet(bot, clock), hour=0.001)
    assert await bot.store.read(lambda uow: uow.marks.get(PURGED)) == f"{clock.now:%Y%m%d}"


async def test_chores_that_fail_keep_none_after_them_from_being_done(
    bot: Bot, store: Store, vault: Vault, clock: Clock
) -> None:
    damaged = Envelope(new_id(), new_id(), "en", week_of(clock.now.date()), vault.seal(b"{", ENVELOPE))
    await store.write(lambda uow: uow.envelopes.add(damaged))
    with pytest.raises(orjson.JSONDecodeError):
        await bot.chores()
    assert await store.read(lambda uow: uow.marks.get(PURGED)) == f"{clock.now:%Y%m%d}"


class Away(DeletionFile):
    """A list on a disk that is not there; `late`: the process dies after it wrote, before it said so."""

    def __init__(self, path: pathlib.Path, *, late: bool) -> None:
        super().__init__(path)
        self.late = late

    def append(self, deletions: Sequence[Deletion]) -> None:
        if self.late:
            super().append(deletions)
        raise StoreError("The deletion list cannot be written.")


async def test_a_deletion_is_listed_when_the_member_is_answered(bot: Bot, listed: DeletionFile) -> None:
    member = Member(bot, "a")
    await member.delete(await member.send("named", "deleted"))
    await member.open(await member.send("named", "hidden and withdrawn"))
    await member.say(EN("owned.do_confidential"), "my data", "1")
    await member.say(EN("owned.do_unshare"))
    assert entries(listed) == [Kind.DELETED, Kind.CONFIDENTIAL, Kind.WITHDRAWN]


@pytest.mark.parametrize("late", [False, True])
async def test_a_list_that_cannot_be_written_costs_no_deletion_and_no_answer(
    late: bool, bot: Bot, listed: DeletionFile, capfd: pytest.CaptureFixture[str]
) -> None:
    member = Member(bot, "a")
    receipt = await member.send("named", "deleted")
    bot.listed = Away(listed.path, late=late)
    assert EN("owned.deleted") in await member.delete(receipt)
    bot.listed = None
    await bot.chores()
    assert entries(listed) == [Kind.DELETED] * late
    bot.listed = listed
    await bot.chores()
    await bot.chores()
    assert entries(listed) == [Kind.DELETED] * (1 + late)


async def test_what_is_anonymous_is_listed_with_the_batch(bot: Bot, listed: DeletionFile, clock: Clock) -> None:
    await bot.chores()
    receipts = [await Member(bot, f"m{number}").send("anonymous", f"words {number}") for number in range(6)]
    assert EN("owned.deleted") in await Member(bot, "x").delete(receipts[5])
    await bot.chores()
    assert entries(listed) == []
    clock.now += dt.timedelta(days=7)
    assert await bot.chores() == 5
    assert entries(listed) == [Kind.DELETED]


@pytest.fixture
def raw(store: Store, database_url: str) -> Raw:
    """All bytes of the database's own files, after a checkpoint; PostgreSQL's transaction log apart."""

    async def read() -> bytes:
        if isinstance(store, SqliteStore):
            files = store.path.parent.glob(store.path.name + "*")
        else:
            server = await asyncpg.connect(database_url)
            await server.execute("CHECKPOINT")
            oid = await server.fetchval("SELECT oid FROM pg_database WHERE datname = current_database()")
            files = (pathlib.Path(await server.fetchval("SHOW data_directory")) / "base" / str(oid)).iterdir()
            await server.close()
        return b"".join(path.read_bytes() for path in files)

    return read


async def test_after_the_chores_no_raw_file_holds_what_was_deleted(bot: Bot, raw: Raw, clock: Clock) -> None:
    member = Member(bot, "a")
    await bot.chores()
    gone = await member.send("named", "CANARYDELETED")
    corrected = await member.send("confidential", "CANARYCORRECTED")
    await member.send("confidential", "CANARYKEPT")
    await member.say("ask staff", "2", "When is the CANARYQUESTION?")
    found = await raw()
    assert all(word in found for word in (b"CANARYDELETED", b"CANARYCORRECTED", b"CANARYQUESTION"))
    await member.open(corrected)
    await member.say(EN("owned.do_correct"), "What happens", "better words")
    await bot.chores()
    assert b"CANARYCORRECTED" not in await raw()
    await member.delete(gone)
    await bot.chores()
    found = await raw()
    assert b"CANARYKEPT" in found
    assert b"CANARYDELETED" not in found
    clock.now += dt.timedelta(days=380)
    await bot.chores()
    assert b"CANARYQUESTION" not in await raw()


async def test_no_page_keeps_a_copy_of_what_was_deleted(store: Store, vault: Vault, raw: Raw) -> None:
    """Rows that grow and shrink move between pages; without a sweep some of the 300 would be found."""
    every = [
        feedback(
            vault, Level.CONFIDENTIAL, id=f"i{n:09d}", answers={"kind": "idea", "words": f"W{n:05d}W" * (n % 99 + 1)}
        )
        for n in range(600)
    ]
    await filed(store, *every)

    def change(uow: UnitOfWork) -> None:
        for item in every[::2]:
            uow.owned.remove(item.id)

    await store.write(change)
    assert await store.sweep(["items"])
    found = await raw()
    assert not [n for n in range(0, 600, 2) if f"W{n:05d}W".encode() in found]
    assert all(f"W{n:05d}W".encode() in found for n in range(1, 600, 2))


async def test_a_sweep_that_somebody_is_in_the_way_of_stays_due(store: Store, vault: Vault, database_url: str) -> None:
    await filed(store, feedback(vault, Level.CONFIDENTIAL))
    await store.write(lambda uow: uow.marks.put(UNSWEPT, "token"))
    async with open_store(database_url, migrate=False) as other:
        reading, done = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def hold(connection: Connection) -> None:
            connection.execute(text("SELECT * FROM items")).all()
            loop.call_soon_threadsafe(reading.set)
            asyncio.run_coroutine_threadsafe(done.wait(), loop).result()

        if isinstance(other, PostgresStore):
            async with other.alone() as connection:
                await connection.execute(text("SELECT * FROM items"))
                assert not await sweep_due(store)
                await connection.rollback()
        else:
            assert isinstance(other, SqliteStore)
            held = asyncio.create_task(other.read(lambda uow: hold(uow.items.connection)))  # type: ignore[attr-defined]
            await reading.wait()
            assert not await sweep_due(store)
            done.set()
            await held
    assert await store.read(lambda uow: uow.marks.get(UNSWEPT)) == "token"
    assert await sweep_due(store)
    assert await store.read(lambda uow: uow.marks.get(UNSWEPT)) == ""


async def test_members_and_the_batch_do_not_wait_for_each_other_in_a_ring(bot: Bot, store: Store, clock: Clock) -> None:
    """Members delete what waits while it is being filed: all are answered."""
    await bot.chores()
    members = [Member(bot, f"m{number}") for number in range(10)]
    receipts = [await member.send("anonymous", f"words {number}") for number, member in enumerate(members)]
    for member, receipt in zip(members, receipts, strict=True):
        await member.open(receipt)
        await member.say(EN("owned.do_delete"))
    clock.now += dt.timedelta(days=7)
    for member, receipt in zip(members, receipts, strict=True):
        await member.open(receipt)
        await member.say(EN("owned.do_delete"))
    said = await asyncio.gather(*(member.say(EN("owned.yes_delete")) for member in members), bot.chores())
    assert all(EN("owned.deleted") in str(one) or EN("owned.closed") in str(one) for one in said[:-1])


@pytest.fixture
def ring(tmp_path: pathlib.Path) -> Keys:
    keys = Keys("", tmp_path / "keys")
    keys.create()
    return keys


async def test_keys_change_in_the_middle_of_a_draft_and_with_an_open_receipt(
    content: Content, answers: Matcher, store: Store, clock: Clock, ring: Keys, listed: DeletionFile
) -> None:
    def started() -> Bot:
        return Bot(content, answers, store, Vault(ring.read()), clock, listed=listed)

    drafting, reading, waiting = "drafting", "reading", "waiting"
    bot = started()
    receipt = await Member(bot, reading).send("named", "opened before")
    envelope = await Member(bot, waiting).send("anonymous", "waits for its batch")
    await Member(bot, waiting).delete(await Member(bot, waiting).send("anonymous", "deleted while it waits"))
    await Member(bot, drafting).say("feedback", "1", "Ana", "idea", "skip", "skip", "skip", "half a draft")
    await Member(bot, reading).open(receipt)
    to = ("test", reading, reading)
    letter = Letter(to, "an item", (), "Which shift?")
    await store.write(lambda uow: outbox.post(uow, bot.vault, bot.vault.accounts("test", reading)[0], letter, TODAY))
    before = ring.read()
    resealed = await rotation.rotate(store, ring)
    assert resealed == {
        "envelopes.sealed": 1, "items.address": 1, "items.name": 1, "outbox.sealed": 2,
    }  # fmt: skip
    assert ring.read()[1:] == before
    bot = started()
    member = Member(bot, drafting)
    assert "half a draft" in await member.say("skip", "skip", "skip", "skip", "yes", "no")
    assert EN("form.sent_named") in await member.say("send")
    member = Member(bot, reading)
    shown = await member.say(EN("owned.do_confidential"))
    assert EN("owned.now_confidential") in shown
    assert "Which shift?" in shown
    assert "opened before" in await member.open(receipt)
    await Member(bot, waiting).say("cancel")
    assert "waits for its batch" in await Member(bot, waiting).open(envelope)
    assert await store.read(lambda uow: rotation.unreadable(uow, ring.read()[:1])) == {}
    assert await rotation.at_stake(store, ring) == {}
    await rotation.prune(store, ring)
    assert len(ring.read()) == 1


async def test_pruning_says_what_would_be_lost_and_keeps_the_last_key(bot: Bot, store: Store, ring: Keys) -> None:
    with pytest.raises(Refused, match="only one key"):
        await rotation.at_stake(store, ring)
    bot.vault = Vault(ring.read())
    await Member(bot, "a").say("feedback")
    await rotation.rotate(store, ring)
    assert await rotation.at_stake(store, ring) == {rotation.CONVERSATIONS: 1}
    assert len(set(rotation.fingerprints(ring.read()))) == 2
    in_settings = Keys(",".join(ring.read()), ring.path)
    with pytest.raises(Refused, match="WORKER_VOICE_KEYS"):
        await rotation.at_stake(store, in_settings)
    assert await rotation.rotate(store, in_settings) == {}


async def test_another_installations_keys_are_noticed(store: Store, ring: Keys) -> None:
    async def strange(keys: Sequence[str]) -> bool:
        return await store.read(lambda uow: rotation.reads_nothing(uow, keys))

    wrong = [new_key()]
    assert not await strange(wrong)
    await filed(store, feedback(Vault(ring.read()), Level.NAMED))
    assert await strange(wrong)
    assert not await strange([*wrong, *ring.read()])
    await rotation.rotate(store, ring)
    assert not await strange(ring.read())


async def test_a_receipt_does_not_change_the_language(bot: Bot) -> None:
    member = Member(bot, "a")
    await member.say("help")
    assert EN("owned.wrong_receipt") in await member.open("galaxy number cube balcony lamb mud")
