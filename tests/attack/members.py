"""Members who write without pause to processes that are killed: what they send, and what must be in the store then."""

import asyncio
import contextlib
import json
import pathlib
import random
import signal
import sys
from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from bot.ports import Store
from storage.database import PostgresStore, SqliteStore
from storage.tables import counters, items, questions

ROOT = pathlib.Path(__file__).parent.parent.parent
SKIPPED = 4  # questions of the form between the words and sharing
PATIENCE = 60.0  # seconds without an answer are a failure


def conversation(words: str) -> list[str]:
    """Feedback from its first word to its sending, a question to nobody, and one to staff."""
    form = ["feedback", "2", "an idea", "skip", "skip", "skip", words, *["skip"] * SKIPPED, "yes", "no", "send"]
    return [*form, f"is {words} known", "ask staff", "no, only send it", f"What about {words}?"]


@dataclass
class Member:
    """`said`: what is still to be said; each event is sent until it is acknowledged, then the next."""

    name: str
    said: list[str]
    number: int = 0
    acknowledged: list[dict[str, str]] = field(default_factory=list)

    @property
    def event(self) -> dict[str, str]:
        return {"id": f"{self.name}-{self.number}", "account": self.name, "text": self.said[self.number]}


def gather_members(count: int, rounds: int) -> list[Member]:
    names = [f"m{number}" for number in range(count)]
    return [
        Member(name, [line for turn in range(rounds) for line in conversation(f"words{name}x{turn}")]) for name in names
    ]


class Worker:
    """A worker process and what it acknowledged; `dead` once it was killed."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.killed = False
        self.waiting: dict[str, list[asyncio.Future[bool]]] = {}
        self.reading = asyncio.ensure_future(self._read())

    @classmethod
    async def start(cls, url: str, key: str, build: str) -> "Worker":
        command = (sys.executable, "-m", "tests.attack.worker", url, key, build)
        pipe = asyncio.subprocess.PIPE
        return cls(await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, cwd=ROOT))

    async def answer(self, event: dict[str, str]) -> bool:
        """Whether it was acknowledged before the process died."""
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        if self.reading.done():
            assert self.killed, "the worker ended by itself"
            return False
        self.waiting.setdefault(event["id"], []).append(done)
        assert self.process.stdin
        with contextlib.suppress(ConnectionError, RuntimeError):
            self.process.stdin.write(json.dumps(event).encode() + b"\n")
            await self.process.stdin.drain()
        return await asyncio.wait_for(done, PATIENCE)

    async def kill(self) -> None:
        self.killed = True
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        await self.process.wait()
        await self.reading

    async def _read(self) -> None:
        assert self.process.stdout
        while line := await self.process.stdout.readline():
            several = self.waiting.get(line.decode().strip(), [])
            if several:
                several.pop(0).set_result(True)
        for several in self.waiting.values():
            for done in several:
                if not done.done():
                    done.set_result(False)


@dataclass
class Siege:
    """Members write while the worker is killed again and again, each time after a random number of answers."""

    url: str
    key: str
    build: str
    members: list[Member]
    kills: int
    dice: random.Random

    async def run(self) -> None:
        self.worker = await Worker.start(self.url, self.key, self.build)
        self.answered, self.goal = 0, 0
        self.up, self.due = asyncio.Event(), asyncio.Event()
        self.up.set()
        killer = asyncio.ensure_future(self._kill_again_and_again())
        await asyncio.gather(*(self._write(member) for member in self.members))
        killer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await killer
        await self.worker.kill()

    async def _write(self, member: Member) -> None:
        while member.number < len(member.said) or self.kills > 0:
            if member.number == len(member.said):
                member.said += conversation(f"words{member.name}y{len(member.said)}")
            await self.up.wait()
            again = self.dice.choice(member.acknowledged) if member.acknowledged and self.dice.random() < 0.1 else None
            if again and not await self.worker.answer(again):
                continue
            if await self.worker.answer(member.event):
                member.acknowledged.append(member.event)
                member.number += 1
                self.answered += 1
                if self.answered >= self.goal:
                    self.due.set()

    async def _kill_again_and_again(self) -> None:
        while self.kills > 0:
            self.goal = self.answered + self.dice.randint(20, 120)
            self.due.clear()
            await self.due.wait()
            await asyncio.sleep(self.dice.random() / 50)
            self.up.clear()
            await self.worker.kill()
            self.worker = await Worker.start(self.url, self.key, self.build)
            self.kills -= 1
            self.up.set()


def expected(members: list[Member]) -> dict[str, Counter[str]]:
    """What acknowledged events must have left in the store, each once."""
    words, asked, unknown = Counter[str](), Counter[str](), Counter[str]()
    for member in members:
        for start in range(0, member.number, len(conversation(""))):
            lines = member.said[start : start + len(conversation(""))]
            words[lines[6]] += 1
            asked[lines[-1]] += 1
            unknown["none"] += 1
    return {"items": words, "questions": asked, "counters": unknown}


async def left(store: Store) -> dict[str, Counter[str]]:
    assert isinstance(store, SqliteStore | PostgresStore)
    found: dict[str, Counter[str]] = {}

    def look(connection: Connection) -> None:
        rows = connection.execute(select(items.c.answers)).scalars()
        found["items"] = Counter(json.loads(row)["words"] for row in rows)
        found["questions"] = Counter(connection.execute(select(questions.c.text)).scalars())
        counts = connection.execute(select(counters.c.outcome, counters.c.count)).all()
        found["counters"] = Counter({row.outcome: row.count for row in counts if row.outcome == "none"})

    await store.schema(look)
    return found
