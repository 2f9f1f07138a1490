"""What is done by the calendar, in order: what is kept for minutes, batch, purge, servers, raw files, deletion list.

Every process that runs long does it every hour; the store says what is due, so that it may be done by any, at any time.
"""

import dataclasses
import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import structlog

from bot.conversations import CONVERSATION, Conversation
from bot.deletions import DeletionList, flush
from bot.errors import StoreError
from bot.filing import file_due
from bot.ports import Store, UnitOfWork
from bot.rotation import CONVERSATIONS
from bot.servers import forget_due
from bot.upkeep import Retention, mingle, purge, purge_due, sweep_due, sweep_later
from bot.vault import Unreadable, Vault

log = structlog.get_logger("worker_voice")
ENDED = "ended"  # a mark: the day when conversations were last looked through


@dataclass(frozen=True)
class Purged:
    """What `purge_now` did: rows by table; whether the raw files are clean; items filed; deletions listed."""

    rows: dict[str, int]
    swept: bool
    filed: int
    listed: int


@dataclass(frozen=True)
class Ended:
    """A conversation: its sealed bytes, and what replaces them. `session`: of a receipt, is over."""

    key: str
    before: bytes
    after: bytes
    session: bool


async def chores(
    store: Store, vault: Vault, listed: DeletionList | None, retention: Retention, now: dt.datetime
) -> int:
    """What is due; how many anonymous items were filed.

    A step that fails keeps none after it from being done. Raises the first one's error once all were tried; the others'
    are logged.
    """
    today = now.date()
    filed = 0

    async def file() -> None:
        nonlocal filed
        filed = await file_due(store, vault, today)

    steps: tuple[Callable[[], Awaitable[object]], ...] = (
        partial(end_minutes, store, vault, now),
        file,
        partial(store.write, lambda uow: purge_due(uow, today, retention)),
        partial(forget_due, store, vault, today, retention.server_days),
        partial(mingle, store, today),
        partial(sweep_due, store),
        partial(list_deletions, store, vault, listed),
    )
    problems = []
    for step in steps:
        try:
            await step()
        except Exception as problem:
            problems.append(problem)
    for other in problems[1:]:
        log.error("chore_failed", error=type(other).__name__)
    if problems:
        raise problems[0]
    return filed


async def end_minutes(store: Store, vault: Vault, now: dt.datetime) -> None:
    """Take out of the conversations what they keep for minutes: the last topic, which item a receipt opened.

    The latter is then swept out of the raw files too.
    """
    last, today = await store.read(lambda uow: uow.marks.get(ENDED)), f"{now:%Y%m%d}"
    over = await store.read(lambda uow: ended(uow, vault, now, last))
    if not over and last == today:
        return

    def work(uow: UnitOfWork) -> None:
        uow.marks.put(ENDED, today)
        for one in over:
            uow.seals.replace(CONVERSATIONS, one.key, one.before, one.after)
        if any(one.session for one in over):
            sweep_later(uow)

    await store.write(work)


def ended(uow: UnitOfWork, vault: Vault, now: dt.datetime, last: str) -> list[Ended]:
    """Conversations with something whose minutes are over.

    Only those of the day before `last`, when this was last done, and later: nothing of it is kept as long as a day.
    """
    since = (dt.date.fromisoformat(last) - dt.timedelta(days=1)).isoformat() if last else ""
    over = []
    for key, sealed in uow.seals.each(CONVERSATIONS, since):
        try:
            conversation = Conversation.from_json(vault.open(sealed, CONVERSATION))
        except (Unreadable, ValueError):  # of a key that is not on the ring, or damaged
            continue
        left = conversation
        if conversation.opened_until and conversation.opened_until < now.isoformat(timespec="seconds"):
            left = dataclasses.replace(left, opened="", opened_until="", held="")
        session = left != conversation
        if conversation.topic and not conversation.recent_topic(now):
            left = dataclasses.replace(left, topic="", topic_until="")
        if left != conversation:
            over.append(Ended(key, sealed, vault.seal(left.to_json(), CONVERSATION), session))
    return over


async def list_deletions(store: Store, vault: Vault, listed: DeletionList | None) -> None:
    """Bring what was taken back to the deletion list. Where it cannot be written, that waits in the store."""
    if listed is None:
        return
    try:
        await flush(store, vault, listed)
    except StoreError as problem:
        log.error("deletions_not_listed", reason=str(problem))


async def purge_now(store: Store, vault: Vault, listed: DeletionList, retention: Retention, now: dt.datetime) -> Purged:
    """All of it, due or not. Raises StoreError where the deletion list cannot be written."""
    today = now.date()
    await end_minutes(store, vault, now)
    filed = await file_due(store, vault, today)
    rows = await store.write(lambda uow: purge(uow, today, retention))
    await forget_due(store, vault, today, retention.server_days)
    await mingle(store, today)
    await store.write(sweep_later)
    return Purged(rows, await sweep_due(store), filed, await flush(store, vault, listed))
