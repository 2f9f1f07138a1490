"""Canaries: what tells who a member is, a receipt, and words never sent, are found in the clear nowhere."""

import asyncio
import contextlib
import datetime as dt
import io
import logging
import pathlib
import re
import sqlite3
import zipfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import asyncpg
import numpy as np
import pytest
import structlog
from sqlalchemy import Connection, MetaData

from bench.members import NoMatching
from bot.content import Content
from bot.core import Bot
from bot.events import AnyEvent, Message, Role
from bot.export.developers import Developers, Labels
from bot.export.output import Folder
from bot.export.package import FORMATS
from bot.export.questions import Questions
from bot.export.union import Union
from bot.exporting import Filters, Job, Order, export
from bot.faq.encoder import Vectors
from bot.faq.matcher import Match
from bot.inquiries import answer
from bot.inquiries import questions as asked
from bot.ports import Store, UnitOfWork
from bot.redaction import KINDS
from bot.replies import Outcome, Reply, Secret, Text, Words
from bot.serving import respond
from bot.staffing import ask
from bot.vault import Vault, new_id
from storage.database import PostgresStore, SqliteStore, open_store
from tests.bot.desks import At
from tests.bot.members import EN
from tests.conftest import Clock
from tests.export.readers import READERS

T = TypeVar("T")
LEVELS = {"named": "1", "confidential": "2", "anonymous": "3"}
MEMBERS = 5  # of each level: as many as a batch and a package need
DATABASE = re.compile(r"\bt[0-9a-f]{32}\b")  # the name of one in tests/conftest.py
SEPARATORS = bytes(code for code in range(128) if not chr(code).isalnum())


def squeezed(raw: bytes) -> bytes:
    """Letters and digits only, so that words are found however they are joined, cased, or widened to UTF-16."""
    return raw.translate(None, SEPARATORS).lower()


def leaks(raw: bytes, canaries: Sequence[str]) -> list[str]:
    found = squeezed(raw)
    return [canary for canary in canaries if squeezed(canary.encode()) in found]


@dataclass
class Heard:
    """Everything that was logged or printed."""

    logs: io.StringIO
    capsys: pytest.CaptureFixture[str]

    def everything(self) -> bytes:
        printed = self.capsys.readouterr()
        self.logs.write(printed.out + printed.err)
        return self.logs.getvalue().encode()


@pytest.fixture
def heard(capsys: pytest.CaptureFixture[str]) -> Iterator[Heard]:
    """All loggers at DEBUG, the drivers' too, from before the store is opened."""
    logs = io.StringIO()
    handler = logging.StreamHandler(logs)
    loggers = [logging.getLogger(name) for name in ("", "sqlalchemy", "asyncpg", "aiosqlite", "asyncio")]
    levels = [one.level for one in loggers]
    for one in loggers:
        one.setLevel(logging.DEBUG)
    loggers[0].addHandler(handler)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(logs))
    yield Heard(logs, capsys)
    structlog.reset_defaults()
    loggers[0].removeHandler(handler)
    for one, level in zip(loggers, levels, strict=True):
        one.setLevel(level)


@dataclass
class Member:
    """`account`, `address`, `name`: canaries; `receipts`: all that were ever shown."""

    account: str = field(default_factory=lambda: f"U0{new_id()}ACCOUNT")
    address: str = field(default_factory=lambda: f"D0{new_id()}ADDRESS")
    name: str = field(default_factory=lambda: f"Ana{new_id()} Canaria")
    receipts: list[str] = field(default_factory=list)
    heard: list[Reply] = field(default_factory=list)

    def says(self, text: str) -> Message:
        number = f"{self.account}-{new_id()}"
        return Message(
            id=number, platform="canary", account=self.account, address=self.address, name=self.name, text=text
        )

    @property
    def last(self) -> str:
        return shown(self.heard[-1])


def shown(reply: Reply) -> str:
    lines = []
    for block in reply.blocks:
        match block:
            case Words(label, words):
                lines.append(f"{label}: {words}")
            case Text(text):
                lines.append(text)
            case _:
                pass
    return "\n".join(lines)


class Channel:
    """A platform in the memory of the test: bot.ports.Adapter. `breaks`: showing anything fails, with its words."""

    def __init__(self, member: Member, said: Sequence[str], *, breaks: bool = False) -> None:
        self.member, self.said, self.breaks = member, said, breaks

    async def connect(self) -> None: ...

    async def listen(self, respond: Callable[[AnyEvent], Awaitable[None]]) -> None:
        for text in self.said:
            await respond(self.member.says(text))

    async def deliver(self, event: AnyEvent, outcome: Outcome) -> None:
        assert isinstance(event, Message)
        assert isinstance(outcome, Reply)
        if self.breaks:
            raise RuntimeError(f"cannot show {event.account} {event.text}: {shown(outcome)}")
        self.member.heard.append(outcome)
        self.member.receipts += [block.words for block in outcome.blocks if isinstance(block, Secret)]


async def talk(bot: Bot, member: Member, *said: str, breaks: bool = False) -> None:
    channel = Channel(member, said, breaks=breaks)
    await channel.connect()
    await channel.listen(lambda event: respond(bot, channel, event))


def filled(member: Member, level: str, words: str) -> list[str]:
    """What fills in a form, up to its summary."""
    name = [member.name] if level == "named" else []
    contact = [] if level == "anonymous" else ["yes"]
    return ["feedback", LEVELS[level], *name, "idea", "skip", "skip", "skip", words, *["skip"] * 4, "yes", *contact]


async def everything_members_do(bot: Bot, at: At, clock: Clock) -> tuple[list[Member], list[str]]:
    """Members of each level, and the words that they wrote but never sent."""
    members = {level: [Member() for _ in range(MEMBERS)] for level in LEVELS}
    unsent = [f"unsent{new_id()} draft", f"dropped{new_id()} words", f"withheld{new_id()} question"]
    for level, several in members.items():
        for member in several:
            await talk(bot, member, *filled(member, level, "It calls patients stable."), "back", "skip", "yes", "send")
            assert EN(f"form.sent_{level}") in member.last
    named, confidential, anonymous = (members[level][0] for level in LEVELS)
    await talk(bot, confidential, "ask staff", "1", "When is the course?")
    await talk(bot, named, "ask staff", "1", f"Write to {unsent[2].replace(' ', '.')}@example.org?", "cancel")
    (question,) = (await at(lambda desk: asked(desk, 9))).questions
    await at(lambda desk: answer(desk, question.id, "On Saturday."))
    items = await at(lambda desk: list(desk.uow.items.all("ai-at-work")))
    for item in items:
        await at(lambda desk, item=item: ask(desk, item.id, "Which shift?"))  # type: ignore[misc]
    await talk(bot, confidential, "hello")
    assert "On Saturday." in confidential.last
    assert "Which shift?" in confidential.last
    for member in (named, confidential, anonymous):  # opened, mistyped, opened with other signs between
        receipt = member.receipts[-1]
        await talk(bot, member, "receipt", receipt + " x", receipt.upper().replace(" ", ", "), "done", "my data")
    for who in (named, anonymous):
        await talk(bot, who, *filled(who, "confidential", unsent[0]), "later")
    for who in (members["named"][1], members["anonymous"][1]):
        await talk(bot, who, *filled(who, "anonymous", unsent[1]), who.receipts[-1], "cancel")
    for level in LEVELS:
        gone = members[level][2]
        await talk(bot, gone, "receipt", gone.receipts[-1], EN("owned.do_delete"), EN("owned.yes_delete"))
        assert EN("owned.deleted") in gone.last
    extra = Member()  # one more, in place of the one deleted, for the batch
    await talk(bot, extra, *filled(extra, "anonymous", "It calls patients stable."), "send")
    clock.now += dt.timedelta(weeks=1)
    assert await bot.chores() == MEMBERS
    await talk(bot, anonymous, "receipt", anonymous.receipts[0], EN("owned.do_correct"), "cancel", "done")
    return [*members["named"], *members["confidential"], *members["anonymous"], extra], unsent


async def tables(store: Store) -> bytes:
    """Every column of every table, also of those that this program does not name."""
    assert isinstance(store, SqliteStore | PostgresStore)
    found: list[bytes] = []

    def look(connection: Connection) -> None:
        there = MetaData()
        there.reflect(connection)
        assert len(there.tables) > 10
        for table in there.tables.values():
            for row in connection.execute(table.select()):
                found.extend(bytes(one) if isinstance(one, bytes) else str(one).encode() for one in row)

    await store.schema(look)
    return b"\n".join(found)


async def raw_files(url: str) -> dict[str, bytes]:
    """The files of the database: for PostgreSQL all of the server's, with its write-ahead log and its log."""
    if url.startswith("sqlite"):
        file = pathlib.Path(url.removeprefix("sqlite:///"))
        return {one.name: one.read_bytes() for one in file.parent.glob(file.name + "*")}
    server = await asyncpg.connect(url)
    await server.execute("CHECKPOINT")
    folder = pathlib.Path(await server.fetchval("SHOW data_directory"))
    await server.close()
    files = read_all(folder)
    assert any(name.startswith("pg_wal/") for name in files)
    assert "log" in files
    return files


def read_all(folder: pathlib.Path) -> dict[str, bytes]:
    """Of a server at work: a file may go while it is read."""
    files: dict[str, bytes] = {}
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):
            if path.is_file():
                files[str(path.relative_to(folder))] = path.read_bytes()
    return files


def leaks_of_files(files: dict[str, bytes], canaries: Sequence[str]) -> list[tuple[str, str]]:
    return [(name, canary) for name, content in files.items() for canary in leaks(content, canaries)]


def one_apart(texts: Sequence[str]) -> Vectors:
    return np.eye(len(texts), dtype=np.float32)


def quiet(done: int, count: int) -> None: ...


async def exports(bot: Bot, folder: pathlib.Path) -> dict[tuple[str, str], bytes]:
    """Every export there is, by profile and format: its files, and what a reader finds in them."""
    labels: Labels = {language: dict.fromkeys(KINDS, "-") for language in bot.content.languages}
    form = bot.content.forms["ai-at-work"]
    found = {}
    for kind in FORMATS:
        order = Order(form, kind, "test", bot.content.texts["en"], bot.clock())
        jobs: dict[str, Job] = {
            "union": Union(order, Filters(form.id), bot.vault, quiet),
            "developers": Developers(order, "", "2026-12", bot.vault, labels, quiet),
        }
        for profile, job in jobs.items():
            place = folder / f"{profile}-{kind}"
            count = await export(bot.store, job, Folder(place), Role.STAFF)
            assert count == 3 * MEMBERS - 2  # two items of an account were deleted
            rows = READERS[kind](place / f"feedback.{kind}")
            found[profile, kind] = str(rows).encode() + b"".join(map(contents, sorted(place.iterdir())))
    await export(
        bot.store,
        Questions("test", ["a", "b"], one_apart, quiet, bot.content.texts["en"]),
        Data(folder / "q.csv"),
        Role.STAFF,
    )
    found["questions", "csv"] = (folder / "q.csv").read_bytes()
    return found


class Data:
    """Only the data, in a file: bot.export.output.Output."""

    packaged = False

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path

    @contextlib.contextmanager
    def staging(self) -> Iterator[pathlib.Path]:
        folder = self.path.with_suffix(".staging")
        folder.mkdir()
        yield folder

    def publish(self, staged: pathlib.Path) -> None:
        (only,) = staged.iterdir()
        only.rename(self.path)


def contents(path: pathlib.Path) -> bytes:
    """A file's bytes; of an archive its members' too."""
    inside = b""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            inside = b"".join(archive.read(name) for name in archive.namelist())
    return path.read_bytes() + inside


async def test_no_canary_is_anywhere_in_the_clear(
    heard: Heard, database_url: str, content: Content, vault: Vault, clock: Clock, tmp_path: pathlib.Path
) -> None:
    asyncio.get_running_loop().set_debug(True)
    control = f"control{new_id()} sent"
    async with open_store(database_url, migrate=True) as store:
        bot = Bot(content, NoMatching(), store, vault, clock)
        at = At(store, content, vault)
        members, unsent = await everything_members_do(bot, at, clock)
        names = [member.name for member in members[:MEMBERS]]
        canaries = [one for member in members for one in (member.account, member.address, member.name)]
        canaries += [receipt for member in members for receipt in member.receipts] + unsent
        assert len(canaries) > 3 * len(members) + 3
        assert leaks(await tables(store), canaries) == []
        assert leaks_of_files(await raw_files(database_url), canaries) == []
        clock.now = dt.datetime(2027, 1, 20, tzinfo=dt.UTC)  # when the developers may have December
        found = await exports(bot, tmp_path / "out")
        kept = [name for name in names if name != members[2].name]  # members[2] deleted hers
        for (profile, kind), exported in found.items():
            assert set(leaks(exported, canaries)) == (set(kept) if profile == "union" else set()), (profile, kind)
        assert leaks(await tables(store), canaries) == []
        await talk(bot, Member(), *filled(members[-1], "confidential", control), "send")
        assert leaks(await tables(store), [control]) == [control]
        files = await raw_files(database_url)
    assert leaks_of_files(files, canaries) == []
    assert leaks_of_files(files, [control])
    logged = heard.everything()
    assert b"INSERT INTO items" in logged
    assert leaks(logged, canaries) == []


class Raising(NoMatching):
    """A matcher that fails, and says on what."""

    def match(self, text: str, previous: str = "") -> Match:
        raise ValueError(f"cannot match {text}")


class Contested:
    """bot.ports.Store, where somebody else changes the conversation before each write."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        return await self.store.read(work)

    async def snapshot(self, work: Callable[[UnitOfWork], T]) -> T:
        return await self.store.snapshot(work)

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        await self.store.write(lambda uow: uow.conversations.touch_all())
        return await self.store.write(work)

    async def sweep(self, tables: Sequence[str]) -> bool:
        return await self.store.sweep(tables)

    async def settle(self, tables: Sequence[str]) -> None:
        await self.store.settle(tables)

    async def close(self) -> None: ...


async def drop_connections(bot: Bot, url: str) -> Bot:
    """Nothing can be opened or used any more: the folder, or the database, is gone."""
    if url.startswith("sqlite"):
        path = pathlib.Path(url.removeprefix("sqlite:///"))
        path.parent.rename(path.parent.with_name(path.parent.name + "-away"))
        return bot
    name = DATABASE.findall(url)[0]
    server = await asyncpg.connect(url.replace(name, "postgres"))
    await server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    await server.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    await server.close()
    return bot


async def contest(bot: Bot, url: str) -> Bot:
    return Bot(bot.content, bot.matcher, Contested(bot.store), bot.vault, bot.clock)


async def drop_table(bot: Bot, url: str) -> Bot:
    await execute(url, "DROP TABLE claims")
    return bot


async def break_integrity(bot: Bot, url: str) -> Bot:
    """The rows that a message writes are refused, in the database's own words."""
    if url.startswith("sqlite"):
        await execute(url, "CREATE TRIGGER no BEFORE UPDATE ON conversations BEGIN SELECT RAISE(ABORT, 'no'); END")
    else:
        await execute(url, "ALTER TABLE conversations ADD CONSTRAINT no CHECK (version < 0) NOT VALID")
    return bot


async def fail_to_match(bot: Bot, url: str) -> Bot:
    return Bot(bot.content, Raising(), bot.store, bot.vault, bot.clock)


async def execute(url: str, statement: str) -> None:
    if url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.execute(statement)
        return
    server = await asyncpg.connect(url)
    await server.execute(statement)
    await server.close()


FAULTS = (drop_connections, contest, drop_table, break_integrity, fail_to_match)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_an_error_tells_nothing_of_the_message(
    fault: Callable[[Bot, str], Awaitable[Bot]],
    heard: Heard,
    database_url: str,
    content: Content,
    vault: Vault,
    clock: Clock,
    tmp_path: pathlib.Path,
) -> None:
    member, secret = Member(), f"secret{new_id()} words"
    url = database_url
    if url.startswith("sqlite"):
        (tmp_path / "inside").mkdir()
        url = f"sqlite:///{tmp_path / 'inside' / 'store.sqlite3'}"
    async with open_store(url, migrate=True) as store:
        bot = Bot(content, NoMatching(), store, vault, clock)
        await talk(bot, member, *filled(member, "named", secret)[:7])
        broken = await fault(bot, url)
        member.heard.clear()
        await talk(broken, member, secret, f"my receipt is {secret}")
        replies = [shown(one) for one in member.heard]
        sentences = [re.escape(EN("reply.away")), re.escape(EN("reply.broken", number="#")).replace(r"\#", r"\w+")]
        assert [bool(re.fullmatch("|".join(sentences), one)) for one in replies] == [True, True], replies
        logged = heard.everything()
    assert b"failed" in logged or b"store_away" in logged
    assert b"Traceback" not in logged
    assert leaks(logged, [member.account, member.address, member.name, secret, *member.receipts]) == []
    if not url.startswith("sqlite"):
        assert leaks(await server_log(url), [member.account, member.address, member.name, secret]) == []


async def server_log(url: str) -> bytes:
    server = await asyncpg.connect(DATABASE.sub("postgres", url))
    folder = pathlib.Path(await server.fetchval("SHOW data_directory"))
    await server.close()
    return (folder / "log").read_bytes()


async def test_what_cannot_be_delivered_is_not_told_either(
    heard: Heard, database_url: str, content: Content, vault: Vault, clock: Clock
) -> None:
    """And the next message is answered."""
    member, secret = Member(), f"secret{new_id()} words"
    async with open_store(database_url, migrate=True) as store:
        bot = Bot(content, NoMatching(), store, vault, clock)
        await talk(bot, member, *filled(member, "named", secret)[:7])
        await talk(bot, member, secret, breaks=True)
        await talk(bot, member, "back")
        assert secret in member.last
        logged = heard.everything()
    assert b"not_delivered" in logged
    assert b"Traceback" not in logged
    assert leaks(logged, [member.account, member.address, member.name, secret]) == []
