"""What staff's work needs from outside: items to go through, notes on them, questions sent in, and the outbox."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.feedback import Feedback


@dataclass(frozen=True)
class Listed:
    """An item in the inbox. `replied`: its author wrote something that staff have not seen."""

    item: Feedback
    replied: bool


@dataclass(frozen=True)
class Note:
    """What staff or the author wrote about an item. `seen`: by the other side."""

    from_staff: bool
    text: str
    week: str
    seen: bool


@dataclass(frozen=True)
class Inquiry:
    """A question sent in. `account` and `address` only while its asker wishes to hear back."""

    id: str
    week: str
    language: str
    text: str
    answer: str
    account: str | None = field(default=None, repr=False)
    address: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Parcel:
    """A row of the outbox: the keyed hash of who gets it, and the sealed letter (bot/outbox.py)."""

    id: str
    account: str
    sealed: bytes


class Triage(Protocol):
    """Items as staff go through them; `item` with `lock` holds its row, and so its notes, to the transaction's end."""

    def page(self, limit: int) -> tuple[list[Listed], int]: ...
    def item(self, item: str, *, lock: bool) -> Feedback | None: ...
    def set_status(self, item: str, status: str) -> None: ...


class Notes(Protocol):
    """The thread on an item, oldest first; `see` marks one side's notes as seen by the other."""

    def add(self, item: str, text: str, week: str, *, from_staff: bool) -> None: ...
    def of(self, item: str) -> list[Note]: ...
    def see(self, item: str, *, from_staff: bool) -> None: ...


class Inquiries(Protocol):
    """Questions sent in; `answer` also forgets who wished to hear back."""

    def page(self, limit: int) -> tuple[list[Inquiry], int]: ...
    def get(self, inquiry: str, *, lock: bool) -> Inquiry | None: ...
    def answer(self, inquiry: str, text: str) -> None: ...


class Outbox(Protocol):
    """What the bot wants to say by itself. `remove` says whether it was still there: of two who try, one is told so."""

    def add(self, account: str, sealed: bytes, day: str) -> None: ...
    def waiting(self, accounts: Sequence[str]) -> list[Parcel]: ...
    def all_waiting(self) -> list[Parcel]: ...
    def remove(self, parcel: str) -> bool: ...
