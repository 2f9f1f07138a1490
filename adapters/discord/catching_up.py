"""Direct messages that were sent while nobody listened, handled once the bot is back: in order, before newer ones.

Nobody listens while the process is dead, and between two sessions, where Discord took the first one away.
"""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import aiohttp
import discord
import structlog

from adapters.discord.parse import is_for_us

log = structlog.get_logger("worker_voice")
LONGEST = dt.timedelta(days=6)  # claims are kept for seven
MOST = 200  # messages of one member
UNPACED, PACE_SECONDS = 15, 1.1  # as fast as the flood limit lets one member write


@dataclass(frozen=True)
class KnownDm:
    """A member with a conversation: their user id, and the day when something of theirs was last handled."""

    address: str
    since: dt.date


KnownDms = Callable[[], Awaitable[Sequence[KnownDm]]]
Handle = Callable[[discord.Message], Awaitable[None]]


async def missed(client: discord.Client, known: KnownDm, now: dt.datetime) -> list[discord.Message]:
    """Theirs of that day and later: the core knows which it answered, and whose answer may not have arrived."""
    since = dt.datetime.combine(known.since, dt.time(), dt.UTC)
    after = discord.utils.time_snowflake(max(now - LONGEST, since))
    channel = await client.create_dm(discord.Object(int(known.address)))
    assert client.user is not None
    found = [
        message
        async for message in channel.history(limit=MOST, after=discord.Object(after), oldest_first=True)
        if is_for_us(message, client.user.id)
    ]
    return sorted(found, key=lambda message: message.id)


class CatchingUp:
    """Who is still to be caught up with. `handle` answers a message; a message that was answered moves nothing.

    `looking`: for whom that is; what fails there is for whoever awaits it.
    """

    def __init__(self, client: discord.Client, known_dms: KnownDms, handle: Handle) -> None:
        self.client, self.handle = client, handle
        self.left: dict[int, KnownDm] = {}
        self.looking = asyncio.ensure_future(self._look(known_dms))

    async def _look(self, known_dms: KnownDms) -> None:
        self.left = {int(one.address): one for one in await known_dms() if one.address.isdecimal()}

    async def all(self) -> list[int]:
        """Whom there is to catch up with; nobody where that cannot be found out now."""
        await asyncio.wait([self.looking])
        if not self.looking.cancelled() and (problem := self.looking.exception()):
            log.warning("not_caught_up", error=type(problem).__name__)
        return list(self.left)

    async def with_member(self, user: int) -> None:
        """Handle what this member wrote meanwhile, once; call it before anything newer of theirs."""
        await asyncio.wait([self.looking])
        known = self.left.pop(user, None)
        if known is None:
            return
        try:
            messages = await missed(self.client, known, discord.utils.utcnow())
        except (discord.HTTPException, aiohttp.ClientError, OSError) as problem:  # a timeout is an OSError
            log.warning("not_caught_up", error=type(problem).__name__)
            self.left[user] = known
            return
        for number, message in enumerate(messages):
            if number >= UNPACED:
                await asyncio.sleep(PACE_SECONDS)
            await self.handle(message)
