"""What an export reads is of one moment, whatever is written while it reads."""

import asyncio
import datetime as dt
import pathlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import pytest

from bot.content import Content
from bot.events import Role
from bot.export.output import Folder
from bot.export.package import Data
from bot.export.union import Union
from bot.exporting import Filters, Order, export
from bot.feedback import Level
from bot.ports import Store, UnitOfWork
from bot.vault import Vault
from storage.database import open_store
from tests.bot.desks import feedback, filed

NOW = dt.datetime(2026, 12, 30, tzinfo=dt.UTC)
ALL = Filters("ai-at-work")
SECONDS = 30  # that a write elsewhere may take
Write = Callable[[Callable[[UnitOfWork], None]], None]


@pytest.fixture
def elsewhere(database_url: str) -> Write:
    """Writes as another process does, while this one is in the middle of something."""

    async def written(work: Callable[[UnitOfWork], None]) -> None:
        async with open_store(database_url, migrate=False) as store:
            await store.write(work)

    def write(work: Callable[[UnitOfWork], None]) -> None:
        thread = threading.Thread(target=lambda: asyncio.run(written(work)), daemon=True)
        thread.start()
        thread.join(SECONDS)
        assert not thread.is_alive(), "the other process was not let write"

    return write


def counts(uow: UnitOfWork, between: Callable[[], None]) -> tuple[int, int]:
    first = uow.exports.count(ALL)
    between()
    return first, uow.exports.count(ALL)


async def test_a_snapshot_sees_one_moment(store: Store, vault: Vault, elsewhere: Write) -> None:
    await filed(store, feedback(vault, Level.CONFIDENTIAL))
    more = partial(elsewhere, lambda uow: uow.items.add(feedback(vault, Level.CONFIDENTIAL)))
    assert await store.snapshot(lambda uow: counts(uow, more)) == (1, 1)
    assert await store.read(lambda uow: uow.exports.count(ALL)) == 2


@dataclass
class Interrupted(Union):
    """An export in whose reading somebody else does something."""

    between: Callable[[], None] = lambda: None
    seen: list[int] = field(default_factory=list)

    def take(self, uow: UnitOfWork, folder: pathlib.Path) -> list[Data]:
        self.seen.append(uow.exports.count(self.filters))
        self.between()
        return super().take(uow, folder)


async def test_an_export_has_what_it_counted(
    store: Store, vault: Vault, content: Content, elsewhere: Write, tmp_path: pathlib.Path
) -> None:
    """Between its counting and its rows one item is deleted and two are filed."""
    before = gone, *_ = [feedback(vault, Level.CONFIDENTIAL) for _ in range(3)]
    await filed(store, *before)

    def change(uow: UnitOfWork) -> None:
        uow.owned.remove(gone.id)
        uow.items.add(feedback(vault, Level.CONFIDENTIAL, id="zz"))
        uow.items.add(feedback(vault, Level.CONFIDENTIAL, id="zzz"))

    order = Order(content.forms["ai-at-work"], "csv", "a meeting", content.texts["en"], NOW)
    job = Interrupted(order, ALL, vault, lambda done, count: None, between=partial(elsewhere, change))
    assert await export(store, job, Folder(tmp_path / "package"), Role.STAFF) == 3
    assert job.seen == [3]
    exported = (tmp_path / "package" / "feedback.csv").read_text("utf-8")
    assert all(one.id in exported for one in before), exported
    assert await store.read(lambda uow: uow.exports.count(ALL)) == 4
