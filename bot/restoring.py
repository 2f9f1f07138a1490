"""Applies the deletion list to a database that was just restored."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import orjson

from bot import envelopes
from bot.changing import anew
from bot.conversations import CONVERSATION, Conversation
from bot.deletions import Deletion, Kind
from bot.envelopes import ENVELOPE, changes
from bot.feedback import Feedback, Level
from bot.outbox import LETTER, READER
from bot.rotation import CONVERSATIONS, opened
from bot.vault import Vault

if TYPE_CHECKING:
    from bot.ports import Envelope, UnitOfWork


@dataclass(frozen=True)
class Applied:
    """How many items, and how many drafts of them, were changed."""

    deleted: int = 0
    withdrawn: int = 0
    lowered: int = 0
    drafts: int = 0


class Erasure(Protocol):
    """Changes items, each found by its id or its receipt's hash. `find`: the ids here of those that are filed."""

    def find(self, deletions: Sequence[Deletion]) -> dict[str, Deletion]: ...
    def delete(self, deletions: Sequence[Deletion]) -> int: ...
    def withdraw(self, deletions: Sequence[Deletion]) -> int: ...
    def hide_name(self, deletions: Sequence[Deletion]) -> int: ...
    def tell_developers(self, deletions: Sequence[Deletion]) -> None: ...


def apply(uow: "UnitOfWork", vault: Vault, erasure: Erasure, deletions: Sequence[Deletion]) -> Applied:
    """Do with the items what their authors did: what is left is what they had left (bot/changing.py).

    The order of the list tells nothing: a deletion wins over all, the more private level over the other.
    """
    of = {kind: [one for one in deletions if one.kind is kind] for kind in Kind}
    erasure.tell_developers([*of[Kind.WITHDRAWN], *of[Kind.DELETED]])
    take_letters_back(uow, vault, {one.item for one in [*of[Kind.DELETED], *of[Kind.ANONYMOUS]]})
    drafts = drop_drafts(uow, vault, {one.receipt for one in of[Kind.DELETED] if one.receipt})
    drop_changes(uow, vault, {one.item for one in of[Kind.DELETED]} | set(erasure.find(of[Kind.DELETED])))
    deleted = erasure.delete(of[Kind.DELETED]) + len(uow.envelopes.remove(list(waiting(uow, vault, of[Kind.DELETED]))))
    withdrawn = erasure.withdraw(of[Kind.WITHDRAWN]) + withdraw_waiting(uow, vault, of[Kind.WITHDRAWN])
    lowered = erasure.hide_name(of[Kind.CONFIDENTIAL]) + make_anonymous(uow, vault, erasure, of[Kind.ANONYMOUS])
    return Applied(deleted, withdrawn, lowered, drafts)


def make_anonymous(uow: "UnitOfWork", vault: Vault, erasure: Erasure, deletions: Sequence[Deletion]) -> int:
    """Items that in the backup still belonged to an account wait for the next batch, as they did then."""
    count = 0
    for name, deletion in erasure.find(deletions).items():
        item = uow.owned.get(name)
        if isinstance(item, Feedback) and item.level is not Level.ANONYMOUS:
            anew(uow, vault, item, deletion.week)
            count += 1
    return count


def take_letters_back(uow: "UnitOfWork", vault: Vault, items: set[str]) -> None:
    """Letters about an item that is gone, or that no longer belongs to an account."""
    for key, sealed in list(uow.seals.each("outbox.sealed")):
        found = opened(vault, sealed, [LETTER])
        if found and READER.validate_json(found[0]).about in items:
            uow.outbox.remove(key)


def drop_drafts(uow: "UnitOfWork", vault: Vault, receipts: set[str]) -> int:
    """Drafts of what was sent after the backup and then deleted."""
    count = 0
    for key, sealed in uow.seals.each(CONVERSATIONS) if receipts else ():
        found = opened(vault, sealed, [CONVERSATION])
        conversation = Conversation.from_json(found[0]) if found else Conversation()
        if conversation.draft and conversation.draft.receipt in receipts:
            empty = replace(conversation, draft=None, waiting="", offers=())
            uow.seals.replace(CONVERSATIONS, key, sealed, vault.seal(empty.to_json(), CONVERSATION))
            count += 1
    return count


def drop_changes(uow: "UnitOfWork", vault: Vault, items: set[str]) -> None:
    """What in the backup still waited to be changed of items that are gone."""
    uow.envelopes.remove([envelope.id for envelope, change in changes(uow, vault) if change.item in items])


def waiting(uow: "UnitOfWork", vault: Vault, deletions: Sequence[Deletion]) -> dict[str, "Envelope"]:
    """The envelopes that these are about, by id."""
    ids = {one.item for one in deletions}
    under = set(envelopes.names(vault, (one.receipt for one in deletions if one.receipt)))
    every = uow.envelopes.waiting() if deletions else ()
    return {one.id: one for one in every if one.id in ids or one.receipt in under}


def withdraw_waiting(uow: "UnitOfWork", vault: Vault, deletions: Sequence[Deletion]) -> int:
    """Items that in the backup still waited for their batch. One that cannot be opened is never filed either."""
    count = 0
    for envelope in waiting(uow, vault, deletions).values():
        found = opened(vault, envelope.sealed, [ENVELOPE])
        if found:
            content = orjson.loads(found[0]) | {"sharing": False}
            uow.seals.replace("envelopes.sealed", envelope.id, envelope.sealed, envelopes.sealed(vault, content))
            count += 1
    return count
