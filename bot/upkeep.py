"""What operators do to keep the store in order: purging what is past its time, and changing keys."""

import datetime as dt
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.errors import Refused
from bot.feedback import week_of
from bot.vault import Unreadable, Vault, new_key

if TYPE_CHECKING:
    from bot.ports import Store, UnitOfWork

CONVERSATION_DAYS = 30
OUTBOX_DAYS = 7
QUESTION_DAYS = 365
CONVERSATIONS = "conversations.sealed"
SEALED: Mapping[str, tuple[str, ...]] = {  # column -> what its bytes may be sealed for
    CONVERSATIONS: ("conversation",),
    "envelopes.sealed": ("envelope",),
    "items.address": ("address",),
    "items.name": ("name",),
    "outbox.sealed": ("letter", "deletion"),
    "questions.address": ("address",),
}
Sweep = Callable[[Sequence[str]], Awaitable[None]]


@dataclass(frozen=True)
class Retention:
    """How long what is kept. None: kept until somebody deletes it."""

    claim_days: int = 7
    item_months: int | None = None
    audit_months: int | None = None


class Upkeep(Protocol):
    """Rows as upkeep sees them: what is older than a day or week, and sealed bytes by column ("items.name")."""

    def expire(self, table: str, before: str) -> int: ...
    def sealed(self, column: str) -> Iterator[tuple[str, bytes]]: ...
    def replace(self, column: str, key: str, before: bytes, after: bytes) -> None: ...


class KeyRing(Protocol):
    """Where the keys are, newest first. `write` raises Refused where they stand in the settings."""

    in_settings: bool

    def read(self) -> list[str]: ...
    def write(self, keys: Sequence[str]) -> None: ...


def purge(uow: "UnitOfWork", today: dt.date, retention: Retention) -> dict[str, int]:
    """Delete what is past its time; how many rows by table. Leaves an audit row where there was something."""
    found = {table: uow.upkeep.expire(table, before) for table, before in limits(today, retention).items()}
    if any(found.values()):
        details = " ".join(f"{table}={count}" for table, count in found.items() if count)
        uow.audit.add("purge", "retention", details)
    return found


async def purge_and_sweep(store: "Store", sweep: Sweep, today: dt.date, retention: Retention) -> dict[str, int]:
    """Purge, and then take what was deleted out of the raw files too."""
    found = await store.write(lambda uow: purge(uow, today, retention))
    touched = [table for table, count in found.items() if count]
    if touched:
        await sweep(touched)
    return found


def limits(today: dt.date, retention: Retention) -> dict[str, str]:
    """By table: the first day or week that is kept."""
    days = {"claims": retention.claim_days, "conversations": CONVERSATION_DAYS, "outbox": OUTBOX_DAYS}
    found = {table: (today - dt.timedelta(days=count)).isoformat() for table, count in days.items()}
    found["questions"] = week_of(today - dt.timedelta(days=QUESTION_DAYS))
    if retention.item_months is not None:
        found["items"] = week_of(months_before(today, retention.item_months))
    if retention.audit_months is not None:
        found["audit"] = months_before(today, retention.audit_months).isoformat()
    return found


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day so many months earlier, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    first = dt.date(year, month + 1, 1)
    last = (dt.date(year + month // 11, (month + 1) % 12 + 1, 1) - first).days
    return first.replace(day=min(day.day, last))


async def rotate(store: "Store", ring: KeyRing) -> dict[str, int]:
    """A new first key, and what can be sealed again under it. The key is kept before anything is sealed with it."""
    ring.write([new_key(), *ring.read()])
    return await reseal(store, ring.read())


async def reseal(store: "Store", keys: Sequence[str]) -> dict[str, int]:
    """Seal all but conversations again under the first key; how many by column.

    A conversation follows at its next message. Hashes stay: they cannot be made again without what was hashed.
    """
    newest, all_keys = Vault(keys[:1]), Vault(keys)

    def work(uow: "UnitOfWork") -> dict[str, int]:
        found: Counter[str] = Counter()
        for column in SEALED.keys() - {CONVERSATIONS}:
            for key, sealed in uow.upkeep.sealed(column):
                renewed = renew(sealed, SEALED[column], newest, all_keys)
                if renewed is not None:
                    uow.upkeep.replace(column, key, sealed, renewed)
                    found[column] += 1
        uow.audit.add("keys rotate", "", f"keys={len(keys)} sealed_again={found.total()}")
        return dict(found)

    return await store.write(work)


def renew(sealed: bytes, purposes: Sequence[str], newest: Vault, all_keys: Vault) -> bytes | None:
    """The same under the newest key; None where it is that already, or cannot be read."""
    if opened(newest, sealed, purposes):
        return None
    found = opened(all_keys, sealed, purposes)
    return newest.seal(found[0], found[1]) if found else None


def opened(vault: Vault, sealed: bytes, purposes: Sequence[str]) -> tuple[bytes, str] | None:
    """What was sealed, and for what; None where these keys do not read it."""
    for purpose in purposes:
        try:
            return vault.open(sealed, purpose), purpose
        except Unreadable:
            continue
    return None


def unreadable(uow: "UnitOfWork", keys: Sequence[str]) -> dict[str, int]:
    """How much these keys cannot read, by column; columns that are read whole are left out."""
    vault, found = Vault(keys), Counter[str]()
    for column, purposes in SEALED.items():
        found[column] = sum(opened(vault, sealed, purposes) is None for _, sealed in uow.upkeep.sealed(column))
    return dict(+found)


async def at_stake(store: "Store", ring: KeyRing) -> dict[str, int]:
    """What could no longer be read without the oldest key, by column. Refused where it is the only one."""
    keys = ring.read()
    if len(keys) < 2:
        raise Refused("There is only one key, and it is in use: ./run keys rotate makes a new one first.")

    def work(uow: "UnitOfWork") -> dict[str, int]:
        return dict(Counter(unreadable(uow, keys[:-1])) - Counter(unreadable(uow, keys)))

    return await store.read(work)


async def prune(store: "Store", ring: KeyRing) -> None:
    """Drop the oldest key, and what nobody can read without it."""
    keys = ring.read()
    ring.write(keys[:-1])
    await store.write(lambda uow: uow.audit.add("keys prune", "", f"keys={len(keys) - 1}"))
