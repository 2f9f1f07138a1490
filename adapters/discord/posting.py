"""Messages to channels: in order, sent once even where Discord hides that it has them, and never where it refused."""

import asyncio
import hashlib
import time
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING

import discord

from adapters.discord.render import Part
from adapters.discord.views import options

if TYPE_CHECKING:
    from discord.abc import MessageableChannel

REFUSED_SECONDS = 6 * 3600.0
REMEMBERED = 10_000  # channels that refused
NO_SHARED_SERVER = 50278


class Closed(Exception):
    """Discord does not let the bot write there."""


class Post:
    """Sends parts. Raises Closed after a refusal, and from then on without asking Discord again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.refused: dict[int, float] = {}
        self.locks: weakref.WeakValueDictionary[int, asyncio.Lock] = weakref.WeakValueDictionary()

    async def send(
        self,
        channel: "MessageableChannel",
        parts: list[Part],
        key: str,
        reference: discord.MessageReference | None = None,
    ) -> None:
        """`key`: what is answered; the same key and words again are the same message."""
        lock = self.locks.setdefault(channel.id, asyncio.Lock())
        async with lock:
            if self.is_refused(channel.id):
                raise Closed
            try:
                for number, part in enumerate(parts):
                    await post(channel, part, nonce(f"{key} {number} {part.content}"), None if number else reference)
            except discord.HTTPException as problem:
                if problem.status != 403 and problem.code != NO_SHARED_SERVER:
                    raise
                self.note(channel.id)
                raise Closed from None

    def is_refused(self, channel: int) -> bool:
        return self.clock() < self.refused.get(channel, 0.0)

    def note(self, channel: int) -> None:
        if len(self.refused) >= REMEMBERED:
            del self.refused[next(iter(self.refused))]
        self.refused[channel] = self.clock() + REFUSED_SECONDS

    def forget(self, channel: int) -> None:
        """Somebody wrote there: it may be open again."""
        self.refused.pop(channel, None)


async def post(
    channel: "MessageableChannel", part: Part, once: str, reference: discord.MessageReference | None
) -> None:
    more = options(part) | ({"reference": reference, "mention_author": False} if reference else {})
    await channel.send(part.content, nonce=once, **more)


def nonce(key: str) -> str:
    """24 characters; Discord takes 25."""
    return hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=12).hexdigest()
