"""What a member did that asks the bot for an answer, and the form that an answer can be."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field

from .world import JSON, Channel, Clock, Guild, Message, User, flat

DEADLINE, LIFETIME = 3.0, 900.0  # seconds: the first response, the token


@dataclass
class Modal:
    """A form on a member's screen: its data as the bot sent it."""

    data: JSON
    interaction: Interaction

    @property
    def title(self) -> str:
        return str(self.data["title"])

    @property
    def custom_id(self) -> str:
        return str(self.data["custom_id"])

    @property
    def fields(self) -> dict[str, JSON]:
        """Custom id -> the input, with `label` and `description` of what surrounds it."""
        found = {}
        for top in self.data["components"]:
            inner = top.get("component") or next(iter(top.get("components", ())), None)
            if inner:
                told = {key: top[key] for key in ("label", "description") if top.get(key)}
                found[str(inner["custom_id"])] = {**inner, **told}
        return found

    @property
    def text(self) -> str:
        """All that can be read in it, prefilled values too."""
        lines = [self.title]
        for part in flat(self.data["components"]):
            lines += [part.get(key) or "" for key in ("content", "label", "description", "placeholder", "value")]
            lines += [f"{one['label']} {one.get('description') or ''}".strip() for one in part.get("options", [])]
        return "\n".join(line for line in lines if line)


@dataclass
class Interaction:
    """What a member did, and how far the bot's answer has come.

    `state`: waiting, thinking, answered or failed. `callback`: the type of the first response (0: none yet).
    `original`: the message that is "@original". `shown`: the messages it led to, in order. `choices`: what an
    autocomplete was answered. `lost_answers`: callbacks that took effect although the bot was told 502.
    """

    id: int
    token: str
    type: int
    user: User
    channel: Channel
    data: JSON
    created: float
    clock: Clock
    locale: str
    guild: Guild | None = None
    message: Message | None = None
    user_installed: bool = False
    callback: int = 0
    original: Message | None = None
    modal: Modal | None = None
    source: Interaction | None = None  # what opened the modal that this submits
    choices: list[JSON] | None = None
    shown: list[Message] = field(default_factory=list)
    followups: int = 0
    lost_answers: int = 0
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    responded_at: float | None = None

    @property
    def age(self) -> float:
        return self.clock.now() - self.created

    @property
    def state(self) -> str:
        if self.callback == 0:
            return "failed" if self.age > DEADLINE else "waiting"
        return (
            "thinking"
            if self.original is not None and self.original.thinking and not self.original.deleted
            else "answered"
        )

    @property
    def seconds(self) -> float | None:
        """From the member's act to the first response."""
        return None if self.responded_at is None else self.responded_at - self.created

    @property
    def reply(self) -> Message | None:
        """The message that answers it, if one does."""
        return self.original if self.callback in (4, 5, 7) else next(iter(self.shown), None)

    async def answered(self, timeout: float = 5.0) -> Interaction:  # noqa: ASYNC109
        """Wait for an answer that is more than "thinking..."; raises TimeoutError with what there is."""
        end = time.monotonic() + timeout
        while self.state in ("waiting", "thinking") and time.monotonic() < end:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.settled.wait(), min(0.25, end - time.monotonic()))
        if self.state != "answered":
            raise TimeoutError(f"the interaction is {self.state} after {self.age:.1f} s")
        return self
