"""Changing keys: a new one writes from then on, the older ones still read, and the oldest can be dropped."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from bot.errors import Refused
from bot.vault import Unreadable, Vault, derive, new_key

if TYPE_CHECKING:
    from bot.ports import Store, UnitOfWork

CONVERSATIONS = "conversations.sealed"
SEALED: Mapping[str, tuple[str, ...]] = {  # column -> what its bytes may be sealed for; in the order others lock rows
    CONVERSATIONS: ("conversation",),
    "items.address": ("address",),
    "items.name": ("name",),
    "envelopes.sealed": ("envelope",),
    "outbox.sealed": ("letter", "deletion"),
    "questions.address": ("address",),
}


class Seals(Protocol):
    """Sealed bytes as they stand in the tables, by column ("items.name"); `since`: a conversation's day (ISO)."""

    def each(self, column: str, since: str = "") -> Iterator[tuple[str, bytes]]: ...
    def replace(self, column: str, key: str, before: bytes, after: bytes) -> None: ...


class KeyRing(Protocol):
    """Where the keys are, newest first. `write` raises Refused where they stand in the settings.

    `alone` is held while they are read and changed; Refused where another process holds it.
    """

    in_settings: bool

    def exist(self) -> bool: ...
    def create(self) -> None: ...
    def alone(self) -> AbstractContextManager[None]: ...
    def read(self) -> list[str]: ...
    def write(self, keys: Sequence[str]) -> None: ...


def fingerprints(keys: Sequence[str]) -> list[str]:
    """A name for each key, which tells nothing of it."""
    Vault(keys)  # raises SettingsError where one is no key
    return [derive(bytes.fromhex(key), "fingerprint")[:4].hex() for key in keys]


async def rotate(store: "Store", ring: KeyRing) -> dict[str, int]:
    """A new first key, and what can be sealed again under it. The key is kept before anything is sealed with it.

    Keys in the settings change there: then only the sealing is done, under the first of them.
    """
    if not ring.in_settings:
        ring.write([new_key(), *ring.read()])
    return await reseal(store, ring.read())


async def reseal(store: "Store", keys: Sequence[str]) -> dict[str, int]:
    """Seal all but conversations again under the first key; how many by column.

    A conversation follows at its next message. Hashes stay: they cannot be made again without what was hashed.
    """
    newest, all_keys = Vault(keys[:1]), Vault(keys)

    def work(uow: "UnitOfWork") -> dict[str, int]:
        found: Counter[str] = Counter()
        for column in [one for one in SEALED if one != CONVERSATIONS]:
            for key, sealed in uow.seals.each(column):
                renewed = renew(sealed, SEALED[column], newest, all_keys)
                if renewed is not None:
                    uow.seals.replace(column, key, sealed, renewed)
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
        found[column] = sum(opened(vault, sealed, purposes) is None for _, sealed in uow.seals.each(column))
    return dict(+found)


def holds_sealed(uow: "UnitOfWork") -> bool:
    """Whether anything is sealed that keys are needed for."""
    return any(next(uow.seals.each(column), None) for column in SEALED)


def reads_nothing(uow: "UnitOfWork", keys: Sequence[str]) -> bool:
    """Whether these look like another installation's keys: something is sealed, and the first of each kind is shut."""
    vault = Vault(keys)
    firsts = [(next(uow.seals.each(column), None), purposes) for column, purposes in SEALED.items()]
    found = [opened(vault, first[1], purposes) for first, purposes in firsts if first]
    return bool(found) and not any(found)


def by_table(found: Mapping[str, int]) -> str:
    """Counts by column in words: "2 in items, 1 in outbox"."""
    summed: Counter[str] = Counter()
    for column, count in found.items():
        summed[column.partition(".")[0]] += count
    return ", ".join(f"{count} in {table}" for table, count in summed.items())


async def at_stake(store: "Store", ring: KeyRing) -> dict[str, int]:
    """What could no longer be read without the oldest key, by column. Refused where it is the only one."""
    keys = ring.read()
    if len(keys) < 2:
        raise Refused("There is only one key, and it is in use: ./run keys rotate makes a new one first.")
    if ring.in_settings:
        raise Refused("The keys stand in the setting WORKER_VOICE_KEYS: take the last one away there.")

    def work(uow: "UnitOfWork") -> dict[str, int]:
        return dict(Counter(unreadable(uow, keys[:-1])) - Counter(unreadable(uow, keys)))

    return await store.read(work)


async def prune(store: "Store", ring: KeyRing) -> None:
    """Drop the oldest key: what only it reads stays shut."""
    keys = ring.read()
    ring.write(keys[:-1])
    await store.write(lambda uow: uow.audit.add("keys prune", "", f"keys={len(keys) - 1}"))
