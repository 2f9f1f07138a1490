"""What the calendar asks for: purging what is past its time, and sweeping the raw files after (filing: bot/filing.py).

Any process may do it at any hour, as often as it likes: the store says what is due.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from bot.feedback import week_of
from bot.vault import new_id

if TYPE_CHECKING:
    from bot.ports import Store, UnitOfWork

T = TypeVar("T")
CONVERSATION_DAYS = 30
OUTBOX_DAYS = 7
QUESTION_DAYS = 365
PURGED, UNSWEPT = "purged", "unswept"  # marks: the day of the last purge; a token while something deleted waits
WORDLESS = ("claims",)
MINGLED = ("counters", "questions")
SWEPT = ("claims", "conversations", "items", "envelopes", "outbox", "questions")


@dataclass(frozen=True)
class Retention:
    """How long what is kept. None: until somebody deletes it. `server_days`: from when the bot was removed there."""

    claim_days: int = 7
    item_months: int | None = None
    audit_months: int | None = None
    server_days: int = 7


class Upkeep(Protocol):
    """Deletes a table's rows from before a day or week; returns how many."""

    def expire(self, table: str, before: str) -> int: ...


class Marks(Protocol):
    """Short notes of the house's own, by name; "" where there is none. `drop`: only while it still is that value."""

    def get(self, name: str) -> str: ...
    def put(self, name: str, value: str) -> None: ...
    def drop(self, name: str, value: str) -> None: ...


class Sweepable(Protocol):
    """What sweeping needs of a store, or of a database as operators handle it."""

    async def read(self, work: Callable[["UnitOfWork"], T]) -> T: ...
    async def write(self, work: Callable[["UnitOfWork"], T]) -> T: ...
    async def sweep(self, tables: Sequence[str]) -> bool: ...


def purge(uow: "UnitOfWork", today: dt.date, retention: Retention) -> dict[str, int]:
    """Delete what is past its time; how many rows by table. Leaves an audit row where there was something."""
    found = {table: uow.upkeep.expire(table, before) for table, before in limits(today, retention).items()}
    if any(found.values()):
        details = " ".join(f"{table}={count}" for table, count in found.items() if count)
        uow.audit.add("purge", "retention", details)
    if any(count for table, count in found.items() if table not in WORDLESS):
        sweep_later(uow)
    uow.marks.put(PURGED, f"{today:%Y%m%d}")
    return found


def purge_due(uow: "UnitOfWork", today: dt.date, retention: Retention) -> None:
    """Once a day: all that is kept is kept for days, weeks or months."""
    if uow.marks.get(PURGED) < f"{today:%Y%m%d}":
        purge(uow, today, retention)


def sweep_later(uow: "UnitOfWork") -> None:
    """In a transaction that deletes a member's words: the raw files still have them until the next sweep."""
    uow.marks.put(UNSWEPT, new_id()[:8])


async def sweep_due(store: Sweepable) -> bool:
    """Take what was deleted out of the raw files; False where somebody was in the way, and it stays due."""
    token = await store.read(lambda uow: uow.marks.get(UNSWEPT))
    if not token:
        return True
    if not await store.sweep(SWEPT):
        return False
    await store.write(lambda uow: uow.marks.drop(UNSWEPT, token))
    return True


async def mingle(store: "Store", today: dt.date) -> None:
    """Part what is kept without an account (counts, questions) from the transaction of the member it came from.

    Until then its rows carry that transaction's mark, and the log shows what was written with what. Where somebody
    reads for long, the log waits for the next time.
    """

    def work(uow: "UnitOfWork") -> None:
        uow.counters.mingle(week_of(today - dt.timedelta(weeks=1)))
        uow.questions.mingle()

    await store.write(work)
    await store.settle(MINGLED)


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
