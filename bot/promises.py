"""A file for staff that is made after the turn: the reply promises it, and once that was delivered, it is fulfilled.

    outcome = await bot.handle(event)            # a Promise: "I am making the file"; committed, can be acknowledged
    await adapter.deliver(event, outcome)
    await adapter.deliver(event, await files.fulfil(outcome.wanted, now))
    await bot.delivered(event, outcome)

Marked last: a process that died in between is asked again where the platform does that, and makes the file again.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Literal, Protocol

from bot.events import Role
from bot.replies import Reply

What = Literal["feedback", "questions", "report"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What staff asked for; of an export its `kind` (csv, xlsx, jsonl) and `purpose`."""

    role: Role
    language: str
    what: What
    kind: str = ""
    purpose: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise(Reply):
    """Says that the file comes."""

    wanted: Wanted


class Files(Protocol):
    """Makes what was promised: a reply with the file, or with the reason why there is none."""

    async def fulfil(self, wanted: Wanted, now: dt.datetime) -> Reply: ...
