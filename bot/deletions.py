"""The deletion list: what members took back, in a file outside database and backups, so that a restore applies it.

    in the transaction that deletes:   a sealed entry in the outbox                        (record)
    for an anonymous item:             it stays there until the next batch                 (release)
    after the commit:                  to the file, fsync, and only then out of the outbox (flush)

Nothing that was rolled back is ever listed: written to the file first, it would be, and a restore would delete it. A
crash after the commit leaves the entry in the outbox for the next flush; a crash after the fsync lists it twice, which
is harmless. What is deleted and not yet flushed is safe but for the loss of the database in that moment.
"""

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import orjson

from bot.upkeep import sweep_later
from bot.vault import Unreadable, Vault

if TYPE_CHECKING:
    from bot.ports import Store, UnitOfWork

LISTED, BATCHED = "deletion-now", "deletion-batch"  # where the outbox has an account's hash
ENTRY = "deletion"


class Kind(StrEnum):
    """What happened to an item; the last two are the level it got."""

    DELETED = "deleted"
    WITHDRAWN = "withdrawn"  # no longer shared with the AI developers
    CONFIDENTIAL = "confidential"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, order=True)
class Deletion:
    """One entry. `receipt`: its keyed hash, which finds the item in a backup where it still waited in an envelope."""

    item: str
    kind: Kind
    week: str
    receipt: str = field(repr=False)


@dataclass(frozen=True)
class Listing:
    """The whole list. `names`: the random names of the files it was made of (several, where lists were joined)."""

    names: frozenset[str]
    deletions: tuple[Deletion, ...]


class DeletionList(Protocol):
    """The file. `create` leaves an existing one alone; `read` is None where there is none. Raise StoreError."""

    def create(self) -> None: ...
    def append(self, deletions: Sequence[Deletion]) -> None: ...
    def read(self) -> Listing | None: ...


def record(uow: "UnitOfWork", vault: Vault, item: str, kind: Kind, week: str, *, anonymous: bool, receipt: str) -> None:
    """Note a deletion, withdrawal or change of level in the transaction that makes it; then `flush`.

    `anonymous`: of an item that is, or becomes, anonymous, or still waits for its batch. `item`: its id before the
    change, or its envelope's. The entry is sealed, as an envelope is, since it shares a transaction with an account.
    """
    put(uow, vault, Deletion(item, Kind(kind), week, receipt), BATCHED if anonymous else LISTED)
    sweep_later(uow)


def release(uow: "UnitOfWork", vault: Vault) -> int:
    """At the end of the batch's transaction: entries about anonymous items may be listed from now on; how many."""
    waiting = pending(uow, vault, BATCHED)
    for parcel, deletion in waiting.items():
        uow.outbox.remove(parcel)
        put(uow, vault, deletion, LISTED)
    sweep_later(uow)
    return len(waiting)


def put(uow: "UnitOfWork", vault: Vault, deletion: Deletion, where: str) -> None:
    entry = orjson.dumps([deletion.item, deletion.kind, deletion.week, deletion.receipt])
    monday = dt.date.fromisocalendar(int(deletion.week[:4]), int(deletion.week[6:]), 1)
    uow.outbox.add(where, vault.seal(entry, ENTRY), monday.isoformat())


async def flush(store: "Store", vault: Vault, listed: DeletionList) -> int:
    """Bring to the file what may be listed; how many. Safe at any time, in any number of processes.

    In random order of ids. Raises StoreError where the file cannot be written: the entries then wait for the next time.
    """
    found = await store.read(lambda uow: pending(uow, vault, LISTED))
    if found:
        await asyncio.to_thread(listed.append, sorted(found.values()))
        await store.write(lambda uow: [uow.outbox.remove(parcel) for parcel in found])
    return len(found)


def pending(uow: "UnitOfWork", vault: Vault, *which: str) -> dict[str, Deletion]:
    """Entries that are not in the file yet, by outbox id; those whose key is not on the ring wait for it."""
    found = {}
    for parcel in uow.outbox.waiting(which):
        try:
            item, kind, week, receipt = orjson.loads(vault.open(parcel.sealed, ENTRY))
        except Unreadable:
            continue
        found[parcel.id] = Deletion(item, Kind(kind), week, receipt)
    return found
