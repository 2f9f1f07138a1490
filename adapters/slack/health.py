"""How Slack is reached, and what happened there."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from adapters import health
from adapters.slack.settings import PLATFORM


class Metrics(health.Metrics):
    """Beside what every platform counts, what only Slack has."""

    def __init__(self) -> None:
        super().__init__(PLATFORM)
        self.acknowledged = self.histogram("acknowledged_seconds", "From an act to its acknowledgement")
        self.rate_limited = self.counter("rate_limited", "Calls answered 429")
        self.rebuilt = self.counter("rebuilt", "Sockets built anew")


@dataclass
class Health:
    """`connected`: Slack can reach us. `ready`: what else must be well, such as the database."""

    metrics: Metrics = field(default_factory=Metrics)
    ready: Callable[[], Awaitable[bool]] | None = None
    stopping: bool = False
    _connected: bool = False

    @property
    def connected(self) -> bool:
        return self._connected

    @connected.setter
    def connected(self, value: bool) -> None:
        self._connected = value
        self.metrics.connected.set(value)

    async def is_ready(self) -> bool:
        return self.connected and not self.stopping and (self.ready is None or await self.ready())
