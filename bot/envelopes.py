"""Sealed envelopes, which wait for the batch: anonymous items, and what is to be changed of those filed before.

An item has at most one envelope of changes: a later change joins those that wait, so that they keep their order, and
what is deleted takes them along. All are filled up to whole blocks, so that their size tells nothing of what is inside.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from bot.feedback import Feedback, Level, answers_of
from bot.ports import Envelope, UnitOfWork
from bot.vault import LARGE, Unreadable, Vault, new_id, padded

ENVELOPE = "envelope"  # what they are sealed for
GONE = "taken_back"  # the change that an item was deleted


@dataclass(frozen=True)
class Change:
    """What the author of a filed anonymous item wants changed (bot/changing.py)."""

    item: str
    change: Mapping[str, Any]

    @property
    def withdraws(self) -> bool:
        return GONE in self.change or self.change.get("sharing") is False


def seal(vault: Vault, item: Feedback) -> Envelope:
    """An anonymous item on its way, with nothing of the account, under an id of its own."""
    content = {
        "form": item.form,
        "form_version": item.form_version,
        "language": item.language,
        "week": item.week,
        "answers": dict(item.answers),
        "sharing": item.sharing,
        "receipt": item.receipt,
    }
    return Envelope(new_id(), vault.envelopes(item.receipt)[0], item.language, item.week, sealed(vault, content))


def names(vault: Vault, receipts: Iterable[str]) -> list[str]:
    """What items with these receipts' hashes may wait under; those of earlier versions wait under the hash itself."""
    return [one for receipt in receipts for one in (*vault.envelopes(receipt), receipt)]


def sealed(vault: Vault, content: Mapping[str, Any]) -> bytes:
    return vault.seal(padded(orjson.dumps(content), LARGE), ENVELOPE)


def unseal(envelope: Envelope, vault: Vault) -> Feedback | Change | None:
    """The item inside, under the envelope's id, or a change; None where its key is not on the ring (it then waits)."""
    try:
        content = orjson.loads(vault.open(envelope.sealed, ENVELOPE))
    except Unreadable:
        return None
    if "change" in content:
        return Change(content["item"], content["change"])
    return Feedback(
        id=envelope.id,
        form=content["form"],
        form_version=content["form_version"],
        level=Level.ANONYMOUS,
        language=content["language"],
        week=envelope.week,
        answers=answers_of(content["answers"]),
        sharing=content["sharing"],
        contact=False,
        receipt=content.get("receipt", envelope.receipt),
    )


def changes(uow: UnitOfWork, vault: Vault) -> Iterator[tuple[Envelope, Change]]:
    for envelope in uow.envelopes.waiting():
        found = unseal(envelope, vault)
        if isinstance(found, Change):
            yield envelope, found


def withdrawn(uow: UnitOfWork, vault: Vault, since: str) -> frozenset[str]:
    """Filed anonymous items whose authors took them back, or stopped sharing them, since the last batch.

    Raises Unreadable where an envelope of the week `since` or later cannot be read: it may hold such a wish.
    """
    several = [one for one in uow.envelopes.waiting() if one.week >= since or unseal(one, vault)]
    found = [required(one, vault) for one in several]
    return frozenset(one.item for one in found if isinstance(one, Change) and one.withdraws)


def waiting_for(uow: UnitOfWork, vault: Vault, item: str) -> dict[str, Any]:
    """What waits to be changed of an item."""
    return together(uow.envelopes.under(vault.changes(item)), vault)


def change_later(uow: UnitOfWork, vault: Vault, item: Feedback, change: Mapping[str, Any], week: str) -> None:
    """Add a change to what waits for the batch. Raises Changed where another process did the same meanwhile.

    No lock is taken of the item, which would mark it with this transaction.
    """
    names = vault.changes(item.id)
    mine = {envelope.id: envelope for envelope in uow.envelopes.under(names)}
    taken = [mine[one] for one in uow.envelopes.remove(list(mine))]
    since = min([week, *(envelope.week for envelope in taken)])
    content = {"item": item.id, "change": joined(together(taken, vault), change)}
    uow.envelopes.add(Envelope(new_id(), names[0], item.language, since, sealed(vault, content)))


def required(envelope: Envelope, vault: Vault) -> Feedback | Change:
    """What is inside. Raises Unreadable: written by a process with newer keys, it must not be passed over."""
    found = unseal(envelope, vault)
    if found is None:
        raise Unreadable("An envelope cannot be read with the keys that are set: start again with all of them.")
    return found


def together(envelopes: Iterable[Envelope], vault: Vault) -> dict[str, Any]:
    """The changes inside; there are several only where they were written under several keys. Raises Unreadable."""
    whole = dict[str, Any]()
    for envelope in envelopes:
        found = required(envelope, vault)
        if isinstance(found, Change):
            whole = joined(whole, found.change)
    return whole


def joined(before: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Both changes as one. Nothing that waited outlives a deletion."""
    if GONE in before or GONE in change:
        return {GONE: {**before, **change}[GONE]}
    both = {**before, **change}
    if "answers" in both:
        both["answers"] = {**before.get("answers", {}), **change.get("answers", {})}
    if "notes" in both:
        both["notes"] = [*before.get("notes", []), *change.get("notes", [])]
    return both
