"""Letters: what the bot wants to say by itself, sealed until the platform delivers it.

A terminal cannot push: what waits is said with the next reply (`waiting_for`), and removed once that was delivered. A
platform that can push takes `to_push`, sends one letter, removes it, and only then sends the next. A crash doubles a
letter at most.
"""

import contextlib
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import orjson
from pydantic import TypeAdapter

from bot.conversations import Conversation
from bot.desk import Parcel
from bot.ports import Stored, UnitOfWork
from bot.replies import Block, Text, Words
from bot.vault import Unreadable, Vault

LETTER = "letter"
ADDRESS = "address"


@dataclass(frozen=True)
class Letter:
    """`to`: platform and address, then the servers that the address is of. `about`: an item's or a question's id."""

    to: tuple[str, ...] = field(repr=False)
    about: str
    words: tuple[tuple[str, str], ...]  # label, words
    text: str

    @property
    def blocks(self) -> tuple[Block, ...]:
        return (*(Words(label, words) for label, words in self.words), Text(self.text))


READER = TypeAdapter(Letter)


def post(uow: UnitOfWork, vault: Vault, account: str, letter: Letter, today: dt.date) -> None:
    """Put a letter in the outbox, for the account with that keyed hash."""
    uow.outbox.add(account, vault.seal(orjson.dumps(letter), LETTER), today.isoformat())


def recipient(vault: Vault, sealed: bytes) -> tuple[str, ...]:
    """Platform, address and servers, as a feedback item or a question keeps them."""
    return tuple(orjson.loads(vault.open(sealed, ADDRESS)))


def waiting_for(
    uow: UnitOfWork, vault: Vault, accounts: Sequence[str], *, stopped: bool = False
) -> list[tuple[str, Letter]]:
    """What waits for one account (its hashes), with the ids to remove it by; nothing while the member has said stop."""
    letters = [] if stopped else [(parcel.id, opened(vault, parcel)) for parcel in uow.outbox.waiting(accounts)]
    return [(parcel, letter) for parcel, letter in letters if letter]


def to_push(
    uow: UnitOfWork, vault: Vault, platform: str, open_conversation: Callable[[Stored | None], Conversation]
) -> list[tuple[Parcel, Letter]]:
    """What one platform may send now; members who said stop are passed over, and whoever may have: no key reads it."""
    found = []
    for parcel in uow.outbox.all_waiting():
        letter = opened(vault, parcel)
        if letter is None or letter.to[0] != platform:
            continue
        accounts = (*vault.accounts(platform, letter.to[1]), parcel.account)
        with contextlib.suppress(Unreadable):
            if not open_conversation(uow.conversations.load(accounts, lock=False)).stopped:
                found.append((parcel, letter))
    return found


def take_back(uow: UnitOfWork, vault: Vault, accounts: Sequence[str], about: str) -> None:
    """Remove the letters about an item that is deleted, or that no longer belongs to this account."""
    for parcel in uow.outbox.waiting(accounts):
        letter = opened(vault, parcel)
        if letter and letter.about == about:
            uow.outbox.remove(parcel.id)


def opened(vault: Vault, parcel: Parcel) -> Letter | None:
    """The letter; None where its key is not on the ring (it then waits for the key)."""
    try:
        return READER.validate_json(vault.open(parcel.sealed, LETTER))
    except Unreadable:
        return None
