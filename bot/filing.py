"""Anonymous items reach the store in batches, so that none shares an order, a time or a transaction with an account."""

import datetime as dt
import secrets
from dataclasses import dataclass

import orjson

from bot import deletions
from bot.changing import apply_later
from bot.feedback import Feedback, Level, week_of
from bot.ports import Envelope, UnitOfWork
from bot.sending import ENVELOPE
from bot.vault import Unreadable, Vault, new_id

FEWEST = 5  # of one language
LONGEST_WEEKS = 4


@dataclass(frozen=True)
class Change:
    """What the author of an anonymous item wants changed (bot/changing.py)."""

    item: str
    change: dict[str, object]


Opened = tuple[Envelope, Feedback | Change]


def file_due(uow: UnitOfWork, vault: Vault, today: dt.date) -> int:
    """File what is due, at most once a week; how many items were filed.

    The same transaction rewrites every account-side row, so that no order of writing is left to compare.
    """
    week = week_of(today)
    if uow.envelopes.last_batch() >= week:
        return 0
    uow.envelopes.last_batch(week)
    if not due_now(uow, vault, today):
        return 0
    uow.conversations.touch_all()  # first, as a member's turn locks its conversation first: neither waits in a ring
    due = due_now(uow, vault, today)  # without what members deleted while it waited for them
    secrets.SystemRandom().shuffle(due)
    uow.envelopes.remove([envelope.id for envelope, _ in due])
    for _, item in due:
        if isinstance(item, Feedback):
            uow.items.add(item)
    for _, item in due:
        if isinstance(item, Change):
            apply_later(uow, item.item, item.change, week)
    deletions.release(uow, vault)
    return sum(isinstance(item, Feedback) for _, item in due)


def due_now(uow: UnitOfWork, vault: Vault, today: dt.date) -> list[Opened]:
    """Of each language, items and changes apart: five or more, or all of them once one has waited four weeks."""
    week = week_of(today)
    opened = [(one, item) for one in uow.envelopes.waiting() if (item := unseal(one, vault, week)) is not None]
    oldest = week_of(today - dt.timedelta(weeks=LONGEST_WEEKS))
    groups: dict[tuple[str, type], list[Opened]] = {}
    for envelope, item in opened:
        groups.setdefault((envelope.language, type(item)), []).append((envelope, item))
    return [
        one
        for group in groups.values()
        if len(group) >= FEWEST or any(envelope.week <= oldest for envelope, _ in group)
        for one in group
    ]


def unseal(envelope: Envelope, vault: Vault, week: str) -> Feedback | Change | None:
    """The item inside, or what its author changed; None where its key is not on the ring (it then waits)."""
    try:
        content = orjson.loads(vault.open(envelope.sealed, ENVELOPE))
    except Unreadable:
        return None
    if "change" in content:
        return Change(content["item"], content["change"])
    answers = {key: tuple(value) if isinstance(value, list) else value for key, value in content["answers"].items()}
    return Feedback(
        id=new_id(),
        form=content["form"],
        form_version=content["form_version"],
        level=Level.ANONYMOUS,
        language=content["language"],
        week=week,
        answers=answers,
        sharing=content["sharing"],
        contact=False,
        receipt=envelope.receipt,
    )
