"""Anonymous items lead back to no account; builds with one fault each do, and the same attack finds them."""

import io
import pathlib
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence

import orjson
import pytest
import structlog
from sqlalchemy import text

from bench.members import NoMatching
from bot.content import Content
from bot.core import Bot
from bot.feedback import week_of
from bot.ports import UnitOfWork
from bot.vault import Vault, new_key
from storage.database import open_store
from storage.deletions import DeletionFile
from tests.attack.faults import AtOnce, BatchOfOne, Faulty, KeepsEventKey, KeepsRowid, KeepsSeconds, OneTransaction
from tests.attack.joining import Attacker, Diary, Guesses, Score, Target
from tests.attack.lives import Life
from tests.attack.rawfiles import Haul, read_postgres, read_sqlite
from tests.bot.members import Member
from tests.conftest import Clock

WEEKS = [80, 60, 60]  # who writes; two in five of them under their name or confidentially
ALL_ANONYMOUS = ("anonymous",) * 10
OTHERS = [AtOnce, KeepsSeconds, KeepsRowid, BatchOfOne, KeepsEventKey]


class Siege:
    """Lives under attack: `scores` by moment and way to guess."""

    def __init__(self, url: str, logs: io.StringIO, seed: int) -> None:
        self.url, self.logs, self.dice = url, logs, random.Random(seed)
        self.scores: defaultdict[str, Score] = defaultdict(Score)
        self.diary = Diary()

    async def haul(self) -> Haul:
        if self.url.startswith("sqlite"):
            return read_sqlite(pathlib.Path(self.url.removeprefix("sqlite:///")))
        return await read_postgres(self.url)

    async def look(self, life: Life, moment: str) -> None:
        await self.note(life)
        if moment == "note":
            return
        attacker = Attacker(await self.haul(), life.bot.vault, self.logs.getvalue(), self.diary, self.dice)
        targets = find_targets(life, attacker, week_of(life.clock.now.date()))
        for way, guesses in attacker.guesses(targets).items():
            score(self.scores[f"{moment}: {way}"], life, targets, guesses)

    async def note(self, life: Life) -> None:
        def read(uow: UnitOfWork) -> tuple[list[str], dict[str, bytes]]:
            connection = uow.items.connection  # type: ignore[attr-defined]
            ids = connection.execute(text("SELECT id FROM items UNION ALL SELECT key FROM claims"))
            conversations = connection.execute(text("SELECT key, sealed FROM conversations"))
            return [row[0] for row in ids], {row.key: row.sealed for row in conversations}

        ids, conversations = await life.bot.store.read(read)
        self.diary.note(ids, conversations, life.clock.now.isoformat(timespec="seconds"), life.bot.vault)

    @property
    def broken(self) -> dict[str, Score]:
        return {way: one for way, one in self.scores.items() if one.broken}

    def figures(self) -> str:
        lines = [
            f"  {one.right:4} of {one.named:4} named, by chance {one.chance:5.1f}, bound {one.bound:3}  {way}"
            for way, one in sorted(self.scores.items())
            if one.named
        ]
        return "\n".join(lines)


def find_targets(life: Life, attacker: Attacker, week: str) -> list[Target]:
    """The newest batch's items, without those whose authors' changes still wait."""
    filed = [row for row in attacker.haul.rows["items"] if row.values["level"] == "anonymous"]
    answers = {row.values["id"]: orjson.loads(row.values["answers"]) for row in filed}
    candidates: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for row in filed:
        author = life.written[answers[row.values["id"]]["words"]].account
        candidates[row.values["week"], row.values["language"]].append(life.hashed(author))
    waiting = attacker.waiting_changes()
    return [
        Target(row, answers[row.values["id"]], tuple(sorted(candidates[week, row.values["language"]])))
        for row in filed
        if row.values["week"] == week and row.values["id"] not in waiting
    ]


def score(so_far: Score, life: Life, targets: Sequence[Target], guesses: Guesses) -> None:
    for one in targets:
        if one.id in guesses:
            so_far.named += 1
            so_far.right += guesses[one.id] in life.written[one.answers["words"]].accounts
            so_far.chance += 1 / len(one.candidates)


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    written = io.StringIO()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(written))
    yield written
    structlog.reset_defaults()


@pytest.mark.parametrize("seed", [1, *[pytest.param(seed, marks=pytest.mark.attack) for seed in range(2, 6)]])
async def test_no_anonymous_item_leads_to_its_author(
    seed: int, database_url: str, content: Content, logs: io.StringIO, tmp_path: pathlib.Path
) -> None:
    async with open_store(database_url, migrate=True) as store:
        clock, siege = Clock(), Siege(database_url, logs, seed)
        bot = Bot(content, NoMatching(), store, Vault([new_key()]), clock, listed=DeletionFile(tmp_path / "list"))
        life = Life(bot, clock, random.Random(seed), siege.look)
        await life.live(WEEKS)
    print(f"\n{life.members} accounts, {len(life.written)} anonymous items, seed {seed}\n{siege.figures()}")
    assert siege.scores["batch: item's place / conversations"].named > 100
    assert siege.broken == {}


async def test_no_count_and_no_question_sent_without_the_account_leads_to_a_member(
    database_url: str, content: Content, logs: io.StringIO, tmp_path: pathlib.Path
) -> None:
    """After the hour's chores; until then they do, as PRIVACY.md says."""
    async with open_store(database_url, migrate=True) as store:
        bot = Bot(content, NoMatching(), store, Vault([new_key()]), Clock(), listed=DeletionFile(tmp_path / "list"))
        siege = Siege(database_url, logs, 1)
        for account in ("ana", "ben", "cal"):
            await Member(bot, account).say("ask staff", "2", f"When does {account}'s hall open?")
            await Member(bot, account).say("what is this")
        await bot.chores()
        haul = await siege.haul()
    assert sum(row.values["count"] for row in haul.rows["counters"]) == 3
    assert len(haul.rows["questions"]) == 3
    members = {mark for row in haul.rows["conversations"] for mark in row.marks}
    members |= {mark for one in haul.past for mark in (one.when, one.until)} if members else set()
    assert bool(members) == (not database_url.startswith("sqlite"))
    for table in ("counters", "questions"):
        assert not members & {mark for row in haul.rows[table] for mark in row.marks}, table
    assert len({mark for row in haul.rows["questions"] for mark in row.marks}) <= 1
    if database_url.startswith("sqlite"):
        assert haul.past == [], "the log tells of no member's commit any more"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("build", [AtOnce, KeepsSeconds, KeepsRowid, BatchOfOne, OneTransaction, KeepsEventKey])
async def test_the_attack_breaks_a_build_with_one_fault(
    build: type[Faulty], database_url: str, content: Content, logs: io.StringIO
) -> None:
    await break_build(build, database_url, content, logs)


@pytest.mark.parametrize("build", [OneTransaction, *[pytest.param(one, marks=pytest.mark.attack) for one in OTHERS]])
async def test_the_attack_breaks_a_build_with_one_fault_on_postgresql(
    build: type[Faulty], postgres_url: str, content: Content, logs: io.StringIO
) -> None:
    await break_build(build, postgres_url, content, logs)


async def break_build(build: type[Faulty], database_url: str, content: Content, logs: io.StringIO) -> None:
    async with open_store(database_url, migrate=True) as store:
        clock, siege = Clock(), Siege(database_url, logs, 1)
        bot = build(content, NoMatching(), store, Vault([new_key()]), clock)
        bot.use(store)
        await bot.prepare()
        life = Life(bot, clock, random.Random(1), siege.look, ALL_ANONYMOUS)
        await life.live([72], to_batch=True)
    print(f"\n{build.__name__}\n{siege.figures()}")
    assert siege.broken
