"""Which servers the bot is in, told at each start, and again whenever that changed."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import discord
import structlog

log = structlog.get_logger("worker_voice")
SETTLED_SECONDS, AGAIN_SECONDS = 0.5, 300.0  # servers come one by one at a start
Tell = Callable[[Sequence[str]], Awaitable[None]]  # the ids of all of them


def of(interaction: discord.Interaction[Any]) -> str:
    """Where it happened, if the bot was added there; "" where somebody brought it along on their own account."""
    inside = interaction.guild_id is not None and interaction.is_guild_integration()
    return str(interaction.guild_id) if inside else ""


class Servers:
    """Asks Discord itself: the client still has servers that were left while its session was lost."""

    def __init__(self, tell: Tell) -> None:
        self.tell = tell
        self.telling: asyncio.Task[None] | None = None

    def changed(self, client: discord.Client) -> None:
        self.stop()
        self.telling = asyncio.create_task(self._until_told(client))

    def stop(self) -> None:
        if self.telling is not None:
            self.telling.cancel()

    async def _until_told(self, client: discord.Client) -> None:
        """A server that was left must not be missed because Discord or the database was away."""
        await asyncio.sleep(SETTLED_SECONDS)
        while True:
            try:
                await self.tell([str(one.id) async for one in client.fetch_guilds(limit=None, with_counts=False)])
                return
            except Exception as problem:
                log.warning("servers_not_told", error=type(problem).__name__)
            await asyncio.sleep(AGAIN_SECONDS)
