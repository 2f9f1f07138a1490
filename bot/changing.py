"""What an author may do with an item: stop sharing, correct, reply, make it more private, delete.

On a named or confidential item it acts at once. On an anonymous one everything but deletion is sealed and waits for the
batch (bot/envelopes.py), so that no change shares a transaction with an account; packages leave out at once what is not
to be shared any more (bot/export/developers.py).
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from bot import deletions, outbox
from bot.deletions import Kind
from bot.envelopes import GONE, change_later, seal, unseal
from bot.feedback import Feedback, Level, answers_of
from bot.forms import Answer
from bot.ports import Envelope, UnitOfWork
from bot.turn import Turn
from bot.upkeep import sweep_later
from bot.vault import Vault

Item = Feedback | Envelope


def stop_sharing(turn: Turn, item: Feedback) -> None:
    change_or_wait(turn, item, {"sharing": False})
    record(turn, item, Kind.WITHDRAWN)


def correct(turn: Turn, item: Feedback, question: str, answer: Answer) -> None:
    """An answer; or what only staff see, and no package that could need a new version: the name, the contact."""
    match question:
        case "name" if item.author is not None:
            author = dataclasses.replace(item.author, name=turn.vault.seal(str(answer).encode(), "name"))
            turn.uow.owned.replace(dataclasses.replace(item, author=author))
            sweep_later(turn.uow)
        case "contact":
            turn.uow.owned.replace(dataclasses.replace(item, contact=answer == "yes"))
        case _:
            change_or_wait(turn, item, {"answers": {question: answer}})


def reply(turn: Turn, item: Feedback, words: str) -> None:
    """Answer what staff asked about the item."""
    change_or_wait(turn, item, {"notes": [words]})


def delete(turn: Turn, item: Item) -> None:
    """At once, also where it still waits. A deletion's entry in a list of released items waits for the batch."""
    turn.uow.owned.remove(item.id)
    if isinstance(item, Feedback) and item.level is Level.ANONYMOUS:
        change_later(turn.uow, turn.vault, item, {GONE: Kind.DELETED.value}, turn.week)
    elif isinstance(item, Feedback):
        turn.uow.owned.take_back(item.id, Kind.DELETED.value, turn.week)
        take_back_letters(turn, item)
    record(turn, item, Kind.DELETED)


def make_confidential(turn: Turn, item: Feedback) -> None:
    """The name goes; the bot can still reach its author."""
    assert item.author is not None
    author = dataclasses.replace(item.author, name=None)
    turn.uow.owned.replace(dataclasses.replace(item, level=Level.CONFIDENTIAL, author=author))
    record(turn, item, Kind.CONFIDENTIAL)


def make_anonymous(turn: Turn, item: Feedback) -> None:
    """Name, address, account, time and id go: it is filed anew with a batch. Its receipt still opens it."""
    released = anew(turn.uow, turn.vault, item, turn.week)
    take_back_letters(turn, item)
    if released:  # a backup of before the release does not know: a restore takes the old id back too
        record(turn, item, Kind.WITHDRAWN, with_batch=True)
    record(turn, item, Kind.ANONYMOUS, with_batch=True)


def anew(uow: UnitOfWork, vault: Vault, item: Feedback, week: str) -> bool:
    """Put what the item says into an envelope for the next batch, and remove the item; whether it was released.

    An item that went to the AI developers already is not shared again under its new id: they could join the two.
    """
    released = uow.owned.take_back(item.id, Kind.WITHDRAWN.value, week)
    uow.owned.remove(item.id)
    uow.envelopes.add(seal(vault, dataclasses.replace(item, week=week, sharing=item.sharing and not released)))
    return released


def change_or_wait(turn: Turn, item: Feedback, change: Mapping[str, Any]) -> None:
    if item.level is Level.ANONYMOUS:
        change_later(turn.uow, turn.vault, item, change, turn.week)
    else:
        apply(turn.uow, item, change, turn.week)


def apply(uow: UnitOfWork, item: Feedback, change: Mapping[str, Any], week: str) -> None:
    """Carry a change out."""
    if change.get("sharing") is False:
        item = dataclasses.replace(item, sharing=False)
        uow.owned.replace(item)
        uow.owned.take_back(item.id, Kind.WITHDRAWN.value, week)
    answers = change.get("answers")
    if isinstance(answers, dict):
        corrected = {**item.answers, **answers_of(answers)}
        uow.owned.replace(dataclasses.replace(item, answers=corrected, revision=item.revision + 1))
        sweep_later(uow)
    for words in change.get("notes", ()):
        uow.notes.add(item.id, words, week, from_staff=False)


def apply_later(uow: UnitOfWork, item: str, change: Mapping[str, Any], week: str) -> None:
    """In the batch: a change of an anonymous item that waited. What was deleted meanwhile stays deleted."""
    if GONE in change:
        uow.owned.take_back(item, str(change[GONE]), week)
    found = uow.triage.item(item, lock=True)
    if found is not None:
        apply(uow, found, change, week)


def record(turn: Turn, item: Item, kind: Kind, *, with_batch: bool = False) -> None:
    """For the deletion list, so that a restored backup does not bring it back."""
    turn.took_back = True
    feedback = unseal(item, turn.vault) if isinstance(item, Envelope) else item
    anonymous = isinstance(item, Envelope) or item.level is Level.ANONYMOUS or with_batch
    receipt = feedback.receipt if isinstance(feedback, Feedback) else ""
    deletions.record(turn.uow, turn.vault, item.id, kind, turn.week, anonymous=anonymous, receipt=receipt)


def take_back_letters(turn: Turn, item: Feedback) -> None:
    if item.author is not None:
        outbox.take_back(turn.uow, turn.vault, (item.author.account,), item.id)
