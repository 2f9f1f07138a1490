"""Servers that the bot is in, and forgetting one some days after the bot was removed from it.

A server is a keyed hash in a table of its own. Which of them a member uses the bot in is kept sealed: in the member's
conversation, and beside each address that came of it. Less would not do: without it nobody could tell whose draft and
address belong to a server that is gone. It stands nowhere in the clear, so that the tables alone show no group of
members; and what is anonymous has neither account nor address, and so no server.

    the bot's platform tells which servers it is in      (present)   again and again: also what happened while away
    the days of the setting pass                         (forget_due, with the hourly chores)
    the bot is in it again                               nothing was forgotten

A draft, a letter and an address go once all servers that they are of have gone; what members use by direct message
only, or by an app of their own, is of none. A bot that was stopped for all these days, and added again meanwhile, has
not heard of that: what it forgets then is a draft of last week. A server has no settings of its own here.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import orjson

from bot.conversations import CONVERSATION, Conversation
from bot.outbox import ADDRESS, LETTER, READER, Letter
from bot.ports import Store, UnitOfWork
from bot.rotation import CONVERSATIONS
from bot.upkeep import sweep_later
from bot.vault import Unreadable, Vault

ADDRESSES = ("items.address", "questions.address")
LETTERS = "outbox.sealed"
TRIES = 5


@dataclass(frozen=True)
class Server:
    """`key`: its hash under the newest key; `older`: under keys before it. `left`: the day (ISO); "" while there."""

    key: str
    platform: str
    older: tuple[str, ...] = ()
    left: str = ""

    @property
    def hashes(self) -> frozenset[str]:
        return frozenset((self.key, *self.older))


class Servers(Protocol):
    """`drop`: what was read, while it is still that. `forget`: the bytes of a column, and what they are kept for."""

    def all(self) -> list[Server]: ...
    def put(self, server: Server) -> None: ...
    def drop(self, server: Server) -> bool: ...
    def forget(self, column: str, key: str, sealed: bytes) -> None: ...


@dataclass(frozen=True)
class Change:
    """Sealed bytes in a column: what replaces them; None: they go, and with them what they are kept for."""

    column: str
    key: str
    before: bytes
    after: bytes | None


async def present(store: Store, vault: Vault, platform: str, servers: Sequence[str], today: dt.date) -> None:
    """The bot is in these servers of the platform, and in no other."""
    here = [vault.servers(platform, one) for one in servers]
    await store.write(lambda uow: note(uow, platform, here, today.isoformat()))


def note(uow: UnitOfWork, platform: str, here: Sequence[tuple[str, ...]], day: str) -> None:
    """`here`: the hashes of each, newest key first. One under a key that is dropped later stays beside the newest."""
    known = [one for one in uow.servers.all() if one.platform == platform]
    by_hash = {each: one for one in known for each in one.hashes}
    seen: set[str] = set()
    for hashes in sorted(here):
        before = next((by_hash[each] for each in hashes if each in by_hash), None)
        older = dict.fromkeys((*hashes[1:], *(before.hashes if before else ())))
        now = Server(hashes[0], platform, tuple(sorted(one for one in older if one != hashes[0])))
        if before:
            seen.add(before.key)
        if before != now:
            if before:
                uow.servers.drop(before)
            uow.servers.put(now)
    for one in known:
        if one.key not in seen and not one.left:
            uow.servers.put(dataclasses.replace(one, left=day))


def joined(known: Sequence[str], hashes: Sequence[str]) -> tuple[str, ...]:
    """A member's servers, and the one with these hashes among them."""
    return (*(one for one in known if one not in hashes), hashes[0])


async def forget_due(store: Store, vault: Vault, today: dt.date, days: int) -> int:
    """What is of servers that were left so many days ago; how many servers are forgotten with it.

    It is looked for outside of the transaction that deletes, and again until nothing is left of it.
    """
    last = (today - dt.timedelta(days=days)).isoformat()
    due = await store.read(lambda uow: [one for one in uow.servers.all() if "" < one.left <= last])
    if not due:
        return 0
    for _ in range(TRIES):
        changes = await store.read(lambda uow: list(changed(uow, vault, due)))
        if not changes:
            return await store.write(lambda uow: sum(uow.servers.drop(one) for one in due))

        def work(uow: UnitOfWork, changes: Sequence[Change] = changes) -> bool:
            if not set(due) <= set(uow.servers.all()):
                return False  # the bot is in one of them again
            for one in changes:
                if one.after is None:
                    uow.servers.forget(one.column, one.key, one.before)
                else:
                    uow.seals.replace(one.column, one.key, one.before, one.after)
            uow.audit.add("purge", "servers left", f"rows={len(changes)}")
            sweep_later(uow)
            return True

        if not await store.write(work):
            return 0
    return 0


def changed(uow: UnitOfWork, vault: Vault, due: Sequence[Server]) -> Iterator[Change]:
    """What these servers leave behind: theirs alone goes, what is of others too is no longer of these.

    A conversation that went on after the day the bot was removed is reached by another way, and stays.
    """
    gone = {each for one in due for each in one.hashes}
    after = (dt.date.fromisoformat(max(one.left for one in due)) + dt.timedelta(days=1)).isoformat()
    since = {key for key, _ in uow.seals.each(CONVERSATIONS, after)}
    for key, sealed in uow.seals.each(CONVERSATIONS):
        conversation = opened(vault, sealed)
        if conversation is None or gone.isdisjoint(conversation.servers):
            continue
        left = tuple(one for one in conversation.servers if one not in gone)
        kept = dataclasses.replace(conversation, servers=left).to_json() if left or key in since else None
        yield Change(CONVERSATIONS, key, sealed, kept and vault.seal(kept, CONVERSATION))
    for column in ADDRESSES:
        for key, sealed in uow.seals.each(column):
            address = unsealed(vault, sealed)
            if not gone.isdisjoint(address[2:]):
                rest = [one for one in address[2:] if one not in gone]
                kept = orjson.dumps([*address[:2], *rest]) if rest else None
                yield Change(column, key, sealed, kept and vault.seal(kept, ADDRESS))
    for key, sealed in uow.seals.each(LETTERS):
        letter = read_letter(vault, sealed)
        if letter and letter.to[2:] and gone.issuperset(letter.to[2:]):
            yield Change(LETTERS, key, sealed, None)


def opened(vault: Vault, sealed: bytes) -> Conversation | None:
    """None where its key is not on the ring: it goes with its thirty days."""
    try:
        return Conversation.from_json(vault.open(sealed, CONVERSATION))
    except (Unreadable, ValueError):
        return None


def unsealed(vault: Vault, sealed: bytes) -> list[str]:
    """Platform, address and servers; nothing where its key is not on the ring."""
    try:
        return list(orjson.loads(vault.open(sealed, ADDRESS)))
    except (Unreadable, ValueError):
        return []


def read_letter(vault: Vault, sealed: bytes) -> Letter | None:
    try:
        return READER.validate_json(vault.open(sealed, LETTER))
    except (Unreadable, ValueError):
        return None
