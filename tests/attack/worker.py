"""A process that answers events from its standard input, a JSON line each: python -m tests.attack.worker URL KEY BUILD.

An event's id on standard output says that it was answered. Two builds have a fault that the attack must find:
`acknowledges-first`, and `remembers-in-memory`, which forgets at its death which events it had handled.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from bench.members import NoMatching
from bot.content import load
from bot.core import Bot
from bot.events import Message
from bot.ports import Claim, Store, UnitOfWork
from bot.vault import Vault
from storage.database import open_store

T = TypeVar("T")
SOUND, ACKNOWLEDGES_FIRST, IN_MEMORY = "sound", "acknowledges-first", "remembers-in-memory"
PLATFORM = "attack"


class MemoryClaims:
    """The fault: claims that live as long as the process."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def claim(self, keys: Sequence[str], day: str) -> Claim:
        first = keys[0] not in self.seen
        self.seen.add(keys[0])
        return Claim(first, not first, "")

    def note(self, keys: Sequence[str], note: str) -> None: ...
    def delivered(self, keys: Sequence[str]) -> None: ...


class MemoryStore:
    """A store whose units of work have such claims."""

    def __init__(self, store: Store) -> None:
        self.store, self.claims = store, MemoryClaims()

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        return await self.store.read(work)

    async def snapshot(self, work: Callable[[UnitOfWork], T]) -> T:
        return await self.store.snapshot(work)

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        def forgetful(uow: UnitOfWork) -> T:
            uow.claims = self.claims
            return work(uow)

        return await self.store.write(forgetful)

    async def sweep(self, tables: Sequence[str]) -> bool:
        return await self.store.sweep(tables)

    async def settle(self, tables: Sequence[str]) -> None:
        await self.store.settle(tables)

    async def close(self) -> None: ...


def acknowledge(event: Message) -> None:
    sys.stdout.write(event.id + "\n")
    sys.stdout.flush()


async def answer(bot: Bot, event: Message, build: str) -> None:
    if build == ACKNOWLEDGES_FIRST:
        acknowledge(event)
    outcome = await bot.handle(event)
    if build != ACKNOWLEDGES_FIRST:
        acknowledge(event)
    await bot.delivered(event, outcome)


async def each_line(act: Callable[[str], Awaitable[None]]) -> None:
    """Every line is a task of its own, all under way at once; ends with the input."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with asyncio.TaskGroup() as group:
        while line := await reader.readline():
            group.create_task(act(line.decode()))  # type: ignore[arg-type]


async def main(url: str, key: str, build: str) -> None:
    content = load(example=True)
    async with open_store(url, migrate=False) as store:
        kept = MemoryStore(store) if build == IN_MEMORY else store
        bot = Bot(content, NoMatching(), kept, Vault([key]))

        async def act(line: str) -> None:
            found = json.loads(line)
            who = found["account"]
            event = Message(id=found["id"], platform=PLATFORM, account=who, address=who, text=found["text"])
            await answer(bot, event, build)

        await each_line(act)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
