"""Deliveries to the app: acknowledged within the time given, or sent again with the same event id."""

import abc
import asyncio
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from tests.doubles.slack.records import Call, Json
from tests.doubles.slack.world import World


@dataclass(frozen=True)
class Answer:
    """How one attempt ended: acknowledged or why not; payload: what came with the acknowledgement."""

    ok: bool
    reason: str = ""
    payload: Json | None = None
    no_retry: bool = False


@dataclass(eq=False)
class Delivery:
    """One event, interaction or command; kind is the Socket Mode envelope's type."""

    kind: str
    payload: Json
    accepts_response: bool = False
    attempts: list[Answer] = field(default_factory=list)

    @property
    def acked(self) -> bool:
        return any(attempt.ok for attempt in self.attempts)

    @property
    def name(self) -> str:
        """For the records: "event:message", "ack of block_actions", ..."""
        return str(self.payload.get("event", self.payload).get("type") or self.kind)

    @property
    def response(self) -> Json | None:
        """What the app answered with its acknowledgement."""
        return next((attempt.payload for attempt in self.attempts if attempt.ok), None)


class Transport(Protocol):
    """Socket Mode or signed HTTP: one attempt to hand over a delivery."""

    async def send(self, delivery: Delivery, attempt: int, reason: str) -> Answer: ...


class Post(World, abc.ABC):
    """The world with a post office: keeps deliveries, retries events, can hold, repeat and reorder them."""

    def __init__(self, team_id: str, strict: bool, ack_timeout: float, retry_delays: Iterable[float]) -> None:
        super().__init__(team_id, strict)
        self.ack_timeout, self.retry_delays = ack_timeout, tuple(retry_delays)
        self.deliveries: list[Delivery] = []
        self.holding = False
        self.held: list[Delivery] = []
        self.acks_to_lose = 0
        self.under_way: set[asyncio.Task[Delivery]] = set()

    @abc.abstractmethod
    def transport(self) -> Transport:
        """How deliveries reach the app."""

    async def dispatch(self, delivery: Delivery, wait: bool = True) -> Delivery:
        """Deliver now and wait until it is acknowledged or given up; held back while `holding`."""
        self.deliveries.append(delivery)
        if self.holding:
            self.held.append(delivery)
            return delivery
        task = asyncio.ensure_future(self._deliver(delivery))
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)
        return await task if wait else delivery

    async def release(self, *order: Delivery) -> None:
        """Deliver what was held back, all of it or these (any order, any number of times), one after another."""
        deliveries, self.holding = order or tuple(self.held), False
        self.held = [held for held in self.held if held not in deliveries]
        for delivery in deliveries:
            await self._deliver(delivery)

    async def redeliver(self, delivery: Delivery, times: int = 1) -> None:
        """The same event again (same event_id, new envelope), although it was acknowledged."""
        for _ in range(times):
            await self._deliver(delivery, first=1)

    async def idle(self) -> None:
        """Wait until nothing is being delivered."""
        while self.under_way:
            await asyncio.wait(set(self.under_way))

    async def until(self, holds: Callable[[], object], timeout: float = 5.0) -> None:  # noqa: ASYNC109
        """Wait until something holds, looking every 10 ms; TimeoutError when it never does."""
        for _ in range(max(1, int(timeout / 0.01))):
            if holds():
                return
            await asyncio.sleep(0.01)
        raise TimeoutError(f"still waiting after {timeout} s")

    async def _deliver(self, delivery: Delivery, first: int = 0) -> Delivery:
        reason = "timeout" if first else ""
        delays = (0.0, *self.retry_delays) if delivery.kind == "events_api" and not first else (0.0,)
        for attempt, delay in enumerate(delays, start=first):
            await asyncio.sleep(delay)
            answer = await self.transport().send(delivery, attempt, reason)
            if answer.ok and self.acks_to_lose > 0:
                self.acks_to_lose -= 1
                answer = Answer(ok=False, reason="timeout")
            delivery.attempts.append(answer)
            self._record(delivery, answer)
            if answer.ok or answer.no_retry:
                break
            reason = answer.reason
        return delivery

    def _record(self, delivery: Delivery, answer: Answer) -> None:
        if not answer.ok:
            self.violate("ack", delivery.name, answer.reason)
        elif answer.payload is not None:
            arguments = json.loads(json.dumps(answer.payload))
            self.log.append(Call(f"ack:{delivery.name}", arguments, {}, 200, time.monotonic()))
            if not delivery.accepts_response:
                self.violate("ack", delivery.name, "an acknowledgement that takes no payload carried one")
