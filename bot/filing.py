"""Anonymous items reach the store in batches, so that none shares an order, a time or a transaction with an account."""

import dataclasses
import datetime as dt
import secrets

from bot import deletions
from bot.changing import apply_later
from bot.envelopes import Change, unseal
from bot.errors import Changed
from bot.feedback import Feedback, week_of
from bot.ports import Envelope, Store, UnitOfWork
from bot.vault import Vault, new_id

FEWEST = 5  # of one language
LONGEST_WEEKS = 4
TRIES = 5

Opened = tuple[Envelope, Feedback | Change]


async def file_due(store: Store, vault: Vault, today: dt.date) -> int:
    """File what is due, at most once a week; how many items were filed."""
    for attempt in range(1, TRIES + 1):
        try:
            return await store.write(lambda uow: file_batch(uow, vault, today))
        except Changed:
            if attempt == TRIES:
                raise
    raise AssertionError("unreachable")


def file_batch(uow: UnitOfWork, vault: Vault, today: dt.date) -> int:
    """The batch's transaction. Raises Changed: it is to be done again.

    The same transaction rewrites every account-side row, so that no order of writing is left to compare.
    """
    week = week_of(today)
    if uow.envelopes.last_batch() >= week or is_shut(uow, vault, today):
        return 0
    uow.envelopes.last_batch(week)
    if not due_now(uow, vault, today) and not overdue(uow, vault, today):
        return 0
    uow.conversations.touch_all()  # first, as a member's turn locks its conversation first: neither waits in a ring
    due = due_now(uow, vault, today)  # without what members deleted while it waited for them
    secrets.SystemRandom().shuffle(due)
    if len(uow.envelopes.remove([envelope.id for envelope, _ in due])) < len(due):
        raise Changed("an item was deleted while its batch was filed: fewer than five may be left of it")
    for _, item in due:
        if isinstance(item, Feedback):
            uow.items.add(dataclasses.replace(item, id=new_id(), week=week))
    for _, item in due:
        if isinstance(item, Change):
            apply_later(uow, item.item, item.change, week)
    deletions.release(uow, vault)
    return sum(isinstance(item, Feedback) for _, item in due)


def due_now(uow: UnitOfWork, vault: Vault, today: dt.date) -> list[Opened]:
    """Of each language and version of a form, changes apart: five or more, or all once one has waited four weeks."""
    opened = [(one, item) for one in uow.envelopes.waiting() if (item := unseal(one, vault)) is not None]
    groups: dict[tuple[object, ...], list[Opened]] = {}
    for envelope, item in opened:
        version = (item.form, item.form_version) if isinstance(item, Feedback) else ()
        groups.setdefault((envelope.language, *version), []).append((envelope, item))
    return [
        one
        for group in groups.values()
        if len(group) >= FEWEST or any(envelope.week <= oldest(today) for envelope, _ in group)
        for one in group
    ]


def is_shut(uow: UnitOfWork, vault: Vault, today: dt.date) -> bool:
    """Whether these keys do not read what was put there lately: the week's batch is left to a process with newer ones.

    What has waited for longer unread belongs to keys that are lost, and holds nothing up.
    """
    lately = week_of(today - dt.timedelta(weeks=1))
    return any(one.week >= lately and unseal(one, vault) is None for one in uow.envelopes.waiting())


def overdue(uow: UnitOfWork, vault: Vault, today: dt.date) -> bool:
    """Whether something for the deletion list has waited four weeks, without anything to file that it could go with."""
    waiting = deletions.pending(uow, vault, deletions.BATCHED)
    return any(one.week <= oldest(today) for one in waiting.values())


def oldest(today: dt.date) -> str:
    """The week from which what waits has waited long enough."""
    return week_of(today - dt.timedelta(weeks=LONGEST_WEEKS))
