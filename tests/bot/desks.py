"""Staff's desk in tests: items of each level filed by canaries, and work done at the desk."""

import datetime as dt
from collections.abc import Callable
from typing import TypeVar

import orjson

from bot.content import Content
from bot.events import Role
from bot.feedback import Author, Feedback, Level
from bot.ports import Store, UnitOfWork
from bot.staffing import Desk
from bot.vault import Vault, new_id

T = TypeVar("T")
PLATFORM, ACCOUNT, ADDRESS, NAME = "canaryplatform", "U0CANARY", "D0CANARY", "Canary Ana"
CANARIES = (PLATFORM, ACCOUNT, ADDRESS, NAME)
TODAY = dt.date(2026, 11, 25)
WEEK = "2026-W48"
WORDS = "It calls patients stable\nand nobody looks."


def author(vault: Vault, name: str, address: str = ADDRESS) -> Author:
    return Author(
        vault.accounts(PLATFORM, ACCOUNT)[0],
        vault.seal(orjson.dumps([PLATFORM, address]), "address"),
        vault.seal(name.encode(), "name") if name else None,
    )


def feedback(
    vault: Vault, level: Level, *, contact: bool = True, language: str = "en", week: str = WEEK, **more: object
) -> Feedback:
    """An item as the core files it; an anonymous one has no author and no contact."""
    known = level is not Level.ANONYMOUS
    values: dict[str, object] = {
        "id": new_id(),
        "form": "ai-at-work",
        "form_version": 1,
        "level": level,
        "language": language,
        "week": week,
        "answers": {"kind": "concern", "task": "the app", "words": WORDS, "effects": ("safety", "time"), "job": None},
        "sharing": True,
        "contact": contact and known,
        "receipt": new_id(),
        "author": author(vault, NAME if level is Level.NAMED else "") if known else None,
    }
    return Feedback(**(values | more))  # type: ignore[arg-type]


async def filed(store: Store, *items: Feedback) -> None:
    def add(uow: UnitOfWork) -> None:
        for item in items:
            uow.items.add(item)

    await store.write(add)


class At:
    """`await at(work)`: staff's work in one transaction."""

    def __init__(self, store: Store, content: Content, vault: Vault) -> None:
        self.store, self.content, self.vault = store, content, vault

    async def __call__(self, work: Callable[[Desk], T], role: Role = Role.STAFF) -> T:
        return await self.store.write(lambda uow: work(Desk(role, uow, self.content, self.vault, TODAY)))
