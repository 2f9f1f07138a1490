"""One act while it is being answered: what acknowledges it, and how long it has taken."""

import asyncio
import time
from typing import Any

from adapters.slack.parse import Act, Origin, Person
from bot.events import AnyEvent

LATE = 2.5  # seconds after which an acknowledgement may come too late


class Unanswered(Exception):
    """It was not answered, and is not acknowledged: Slack sends it again."""


class Exchange:
    """Deliveries of the same act share one: it is answered once, and each is acknowledged."""

    def __init__(self, act: Act, person: Person) -> None:
        self.event: AnyEvent = act.event
        self.origin: Origin = act.origin
        self.person = person
        self.began = time.monotonic()
        self.acknowledged: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    @property
    def in_time(self) -> bool:
        return self.seconds < LATE

    def acknowledge(self, **payload: Any) -> None:
        """What was done is stored: tell Slack so; only the first time counts."""
        if not self.acknowledged.done():
            self.acknowledged.set_result(payload)

    def give_up(self) -> None:
        if not self.acknowledged.done():
            self.acknowledged.set_exception(Unanswered("not answered"))
            self.acknowledged.exception()  # nobody may be waiting any more
