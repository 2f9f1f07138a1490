"""Use cases: take feedback, or questions without an answer, out of the store. Every export leaves an audit row.

    one snapshot:            the rows, written into a hidden folder        (take)
    one write transaction:   what was decided, and the audit row           (keep)
    after the commit:        the files move to their place                 (publish)

Where somebody changed meanwhile what was decided on, all of it is done again.
"""

import datetime as dt
import pathlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, Protocol, TypeVar

from bot.envelopes import unseal
from bot.errors import Changed, NotAllowed, Refused, StoreAway
from bot.events import Role
from bot.export.output import Output, on_disk
from bot.export.package import Data
from bot.export.table import Exported
from bot.feedback import Feedback, week_of
from bot.forms import Form
from bot.ports import Store, UnitOfWork
from bot.report.months import is_month, weeks_of
from bot.texts import Texts
from bot.vault import Vault

T = TypeVar("T")
TRIES = 5
TOLD_EVERY = 500  # items
Progress = Callable[[int, int], None]  # done, of how many


@dataclass(frozen=True)
class Filters:
    """Which items. Weeks, first and last included; "" for all."""

    form: str
    since: str = ""
    until: str = ""
    kind: str = ""
    status: str = ""
    language: str = ""


class Unanswered(NamedTuple):
    """A question that a member sent in and nobody answered; who sent it is not among it."""

    id: str
    week: str
    language: str
    text: str


class Exports(Protocol):
    """What there is to take out, in the order of random ids."""

    def count(self, filters: Filters) -> int: ...
    def items(self, filters: Filters) -> Iterator[Exported]: ...
    def unanswered(self) -> Iterator[Unanswered]: ...


@dataclass(frozen=True)
class Order:
    """What staff asked for. `labels`: the words of the data's labels, in one language."""

    form: Form
    kind: str
    purpose: str
    labels: Texts
    now: dt.datetime


class Job(Protocol):
    """One kind of export. `take` writes the files, the data first; `take` and `keep` may raise Changed."""

    def take(self, uow: UnitOfWork, folder: pathlib.Path) -> list[Data]: ...
    def describe(self, folder: pathlib.Path, files: list[Data]) -> None: ...
    def keep(self, uow: UnitOfWork, files: list[Data]) -> None: ...


async def export(store: Store, job: Job, output: Output, role: Role) -> int:
    """Carry it out; how many rows. Raises NotAllowed, and Refused where the place cannot be written to."""
    if role is not Role.STAFF:
        raise NotAllowed("Only union staff may do this.")
    for _ in range(TRIES):
        with output.staging() as folder:
            try:
                files = await store.snapshot(partial(written, job=job, folder=folder, packaged=output.packaged))
                await store.write(partial(job.keep, files=files))
            except Changed:
                continue
            output.publish(folder)
            return files[0].count
    raise Changed("what is exported changes all the time")


def written(uow: UnitOfWork, job: Job, folder: pathlib.Path, packaged: bool) -> list[Data]:
    try:
        files = job.take(uow, folder)
        if packaged:
            job.describe(folder, files)
        else:
            for other in files[1:]:
                other.path.unlink()
        on_disk(folder)
    except OSError as problem:  # not of the store, see `from_store`
        raise Refused(f"The export cannot be written: {problem.strerror or 'the disk refuses it'}.") from None
    return files


def waiting_items(uow: UnitOfWork, vault: Vault) -> int:
    """How many anonymous items wait for their batch; what waits besides are changes of items filed before."""
    return sum(isinstance(unseal(one, vault), Feedback) for one in uow.envelopes.waiting())


def taken_back(uow: UnitOfWork) -> list[dict[str, str]]:
    """What receivers must take out."""
    return [{"item": one.item, "kind": one.kind} for one in uow.releases.taken_back()]


def named(filters: Filters) -> dict[str, str]:
    """Those that were set."""
    return {name: value for name, value in vars(filters).items() if value}


def told(items: Iterable[T], count: int, progress: Progress) -> Iterator[T]:
    """The items; `progress` hears of them now and then."""
    done = 0
    for done, item in enumerate(items, 1):
        if done % TOLD_EVERY == 0:
            progress(done, count)
        yield item
    progress(done, count)


def from_store(items: Iterable[T]) -> Iterator[T]:
    """Keeps what the store raises apart from what the disk does."""
    try:
        yield from items
    except OSError as problem:
        raise StoreAway("The database does not answer; nothing was exported.") from problem


def week_from(text: str, *, last: bool) -> str:
    """The first (or last) week of a day, an ISO week or a month. Raises ValueError where it is none of these."""
    if is_month(text):
        return weeks_of(text)[-1 if last else 0]
    if found := re.fullmatch(r"(20\d\d)-?W(\d\d)", text.upper()):
        return week_of(dt.date.fromisocalendar(int(found[1]), int(found[2]), 1))
    return week_of(dt.date.fromisoformat(text))
