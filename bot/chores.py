"""What is done by the calendar, in order: the batch, the purge, the raw files, the deletion list.

Every process that runs long does it every hour; the store says what is due, so that it may be done by any, at any time.
"""

import datetime as dt
from dataclasses import dataclass

import structlog

from bot.deletions import DeletionList, flush
from bot.errors import StoreError
from bot.filing import file_due
from bot.ports import Store
from bot.upkeep import Retention, purge, purge_due, sweep_due, sweep_later
from bot.vault import Vault

log = structlog.get_logger("worker_voice")


@dataclass(frozen=True)
class Purged:
    """What `purge_now` did: rows by table; whether the raw files are clean; items filed; deletions listed."""

    rows: dict[str, int]
    swept: bool
    filed: int
    listed: int


async def chores(store: Store, vault: Vault, listed: DeletionList | None, retention: Retention, today: dt.date) -> int:
    """What is due; how many anonymous items were filed."""
    filed = await store.write(lambda uow: file_due(uow, vault, today))
    await store.write(lambda uow: purge_due(uow, today, retention))
    await sweep_due(store)
    await list_deletions(store, vault, listed)
    return filed


async def list_deletions(store: Store, vault: Vault, listed: DeletionList | None) -> None:
    """Bring what was taken back to the deletion list. Where it cannot be written, that waits in the store."""
    if listed is None:
        return
    try:
        await flush(store, vault, listed)
    except StoreError as problem:
        log.error("deletions_not_listed", reason=str(problem))


async def purge_now(store: Store, vault: Vault, listed: DeletionList, retention: Retention, today: dt.date) -> Purged:
    """All of it, due or not. Raises StoreError where the deletion list cannot be written."""
    filed = await store.write(lambda uow: file_due(uow, vault, today))
    rows = await store.write(lambda uow: purge(uow, today, retention))
    await store.write(sweep_later)
    return Purged(rows, await sweep_due(store), filed, await flush(store, vault, listed))
