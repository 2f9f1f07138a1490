"""Builds with one fault each: what an engineer might have done with anonymous items. The product has no such switch."""

import abc
import asyncio
import dataclasses
from collections.abc import Callable, Sequence
from typing import TypeVar

import orjson
from sqlalchemy import text

from bot.core import Bot
from bot.envelopes import ENVELOPE, unseal
from bot.events import AnyEvent
from bot.feedback import Feedback
from bot.ports import Claim, Claims, Envelope, Envelopes, Store, UnitOfWork
from bot.replies import Outcome
from bot.vault import new_id

T = TypeVar("T")


class Faulty(Bot):
    """A bot on a store whose ports are changed on the way."""

    def use(self, store: Store) -> None:
        self.store = Changing(store, self.change)

    def change(self, uow: UnitOfWork) -> None:
        """Put other ports in place."""

    async def prepare(self) -> None:
        """Before the first member."""


class Changing:
    """bot.ports.Store: the store behind it, and a change of each unit of work."""

    def __init__(self, store: Store, change: Callable[[UnitOfWork], None]) -> None:
        self.store, self.change = store, change

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        return await self.store.read(lambda uow: work(self.changed(uow)))

    async def snapshot(self, work: Callable[[UnitOfWork], T]) -> T:
        return await self.store.snapshot(lambda uow: work(self.changed(uow)))

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        return await self.store.write(lambda uow: work(self.changed(uow)))

    async def sweep(self, tables: Sequence[str]) -> bool:
        return await self.store.sweep(tables)

    async def settle(self, tables: Sequence[str]) -> None:
        await self.store.settle(tables)

    async def close(self) -> None:
        await self.store.close()

    def changed(self, uow: UnitOfWork) -> UnitOfWork:
        if not isinstance(uow.envelopes, Passing):  # a unit may serve several pieces of work
            self.change(uow)
        return uow


class Passing:
    """bot.ports.Envelopes: `add` is handed on to a function, with the port behind."""

    def __init__(self, real: Envelopes, add: Callable[[Envelope], None] | None = None) -> None:
        self.real, self.add = real, add or real.add
        self.remove = real.remove

    def waiting(self) -> list[Envelope]:
        return self.real.waiting()

    def under(self, receipts: Sequence[str]) -> list[Envelope]:
        return self.real.under(receipts)

    def last_batch(self, week: str | None = None) -> str:
        return self.real.last_batch(week)


class OneTransaction(Faulty):
    """The draft goes and the item comes in one transaction."""

    def change(self, uow: UnitOfWork) -> None:
        uow.envelopes = Passing(uow.envelopes, lambda one: file_one(self, uow, one))


class AtOnce(Faulty):
    """The item is filed right after it was sent."""

    async def prepare(self) -> None:
        self.one = asyncio.Lock()

    async def handle(self, event: AnyEvent) -> Outcome:
        outcome = await super().handle(event)

        def work(uow: UnitOfWork) -> None:
            waiting = uow.envelopes.waiting()
            uow.envelopes.remove([one.id for one in waiting])
            for one in waiting:
                file_one(self, uow, one)

        async with self.one:
            await self.store.write(work)
        return outcome


class BatchOfOne(Faulty):
    """Each item is a batch: it waits for no others and for no week."""

    def change(self, uow: UnitOfWork) -> None:
        uow.envelopes = Impatient(uow.envelopes)

    async def chores(self) -> int:
        filed = 0
        while await super().chores():
            filed += 1
        return filed


class Impatient(Passing):
    def waiting(self) -> list[Envelope]:
        return [dataclasses.replace(one, week="0000-W00") for one in self.real.waiting()[:1]]

    def last_batch(self, week: str | None = None) -> str:
        return ""


class Keeps(Faulty, abc.ABC):
    """The item keeps something of when it was sent."""

    @abc.abstractmethod
    def kept(self, uow: UnitOfWork) -> tuple[str, str]:
        """The name and the value."""

    def change(self, uow: UnitOfWork) -> None:
        real = uow.envelopes

        def add(envelope: Envelope) -> None:
            content = orjson.loads(self.vault.open(envelope.sealed, ENVELOPE))
            name, value = self.kept(uow)
            if "answers" in content:  # not a change of an item
                content["answers"][name] = value
            real.add(dataclasses.replace(envelope, sealed=self.vault.seal(orjson.dumps(content), ENVELOPE)))

        uow.envelopes = Passing(real, add)


class KeepsSeconds(Keeps):
    def kept(self, uow: UnitOfWork) -> tuple[str, str]:
        return "at", self.clock().isoformat(timespec="seconds")


class KeepsRowid(Keeps):
    """Rows are numbered as they arrive, in tables with a rowid on SQLite, and the item keeps its envelope's number."""

    count = 0

    def kept(self, uow: UnitOfWork) -> tuple[str, str]:
        self.count += 1
        return "row", f"{self.count:06}"

    async def prepare(self) -> None:
        def work(uow: UnitOfWork) -> None:
            connection = uow.items.connection  # type: ignore[attr-defined]
            if connection.dialect.name == "sqlite":
                query = text("SELECT sql FROM sqlite_master WHERE name = 'conversations'")
                made = str(connection.execute(query).scalar_one())
                connection.execute(text("DROP TABLE conversations"))
                connection.execute(text(made[: made.upper().rindex("WITHOUT")]))

        await self.store.write(work)


class KeepsEventKey(Keeps):
    """The item keeps the key that its event was claimed under."""

    def change(self, uow: UnitOfWork) -> None:
        super().change(uow)
        uow.claims = Remembering(uow.claims)

    def kept(self, uow: UnitOfWork) -> tuple[str, str]:
        assert isinstance(uow.claims, Remembering)
        return "event", uow.claims.last


class Remembering:
    """bot.ports.Claims, and the key claimed last."""

    def __init__(self, real: Claims) -> None:
        self.real, self.last = real, ""
        self.note, self.delivered = real.note, real.delivered

    def claim(self, keys: Sequence[str], day: str) -> Claim:
        self.last = keys[0]
        return self.real.claim(keys, day)


def file_one(bot: Bot, uow: UnitOfWork, envelope: Envelope) -> None:
    item = unseal(envelope, bot.vault)
    if isinstance(item, Feedback):
        uow.items.add(dataclasses.replace(item, id=new_id()))
