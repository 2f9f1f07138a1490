"""Anonymous items reach the store in batches, so that none shares an order, a time or a transaction with an account."""

import datetime as dt
import secrets

import orjson

from bot.feedback import Feedback, Level, week_of
from bot.filling import ENVELOPE
from bot.ports import Envelope, UnitOfWork
from bot.vault import Unreadable, Vault, new_id

FEWEST = 5  # of one language
LONGEST_WEEKS = 4


def file_due(uow: UnitOfWork, vault: Vault, today: dt.date) -> int:
    """File what is due, at most once a week; how many items were filed.

    The same transaction rewrites every account-side row, so that no order of writing is left to compare.
    """
    week = week_of(today)
    if uow.envelopes.last_batch() >= week:
        return 0
    uow.envelopes.last_batch(week)
    due = due_envelopes(uow.envelopes.waiting(), today)
    if not due:
        return 0
    opened = [(envelope.id, item) for envelope in due if (item := unseal(envelope, vault, week)) is not None]
    secrets.SystemRandom().shuffle(opened)
    uow.envelopes.remove([waited for waited, _ in opened])
    for _, item in opened:
        uow.items.add(item)
    uow.conversations.touch_all()
    return len(opened)


def due_envelopes(waiting: list[Envelope], today: dt.date) -> list[Envelope]:
    """By language: five or more, or all of them once one has waited four weeks."""
    oldest = week_of(today - dt.timedelta(weeks=LONGEST_WEEKS))
    due: list[Envelope] = []
    for language in sorted({envelope.language for envelope in waiting}):
        mine = [envelope for envelope in waiting if envelope.language == language]
        if len(mine) >= FEWEST or any(envelope.week <= oldest for envelope in mine):
            due += mine
    return due


def unseal(envelope: Envelope, vault: Vault, week: str) -> Feedback | None:
    """The item inside; None where its key is not on the ring (the envelope then waits for it)."""
    try:
        content = orjson.loads(vault.open(envelope.sealed, ENVELOPE))
    except Unreadable:
        return None
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
