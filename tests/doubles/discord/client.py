"""The real discord.py, quietly imported (2.7 imports audioop, which warns), and where it looks for Discord."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import yarl

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord
    import discord.app_commands
    import discord.gateway
    import discord.http

from .server import DiscordDouble

__all__ = ["Bot", "discord", "pointed_at", "running"]


@contextmanager
def pointed_at(double: DiscordDouble) -> Iterator[None]:
    """Within this, discord.py's clients of this process find the double where Discord would be."""
    route, socket = discord.http.Route, discord.gateway.DiscordWebSocket
    before = route.BASE, socket.DEFAULT_GATEWAY
    route.BASE, socket.DEFAULT_GATEWAY = double.url, yarl.URL(double.gateway)
    try:
        yield
    finally:
        route.BASE, socket.DEFAULT_GATEWAY = before


class Bot(discord.AutoShardedClient):
    """A small bot for tests of the double: keeps what it hears and what it is asked."""

    def __init__(self, intents: discord.Intents | None = None, **options: Any) -> None:
        least = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
        super().__init__(intents=intents or least, guild_ready_timeout=0.1, **options)
        self.heard: list[discord.Message] = []
        self.asked: list[discord.Interaction] = []
        self.happened: list[str] = []

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait five seconds between shards."""

    async def on_message(self, message: discord.Message) -> None:
        if not message.author.bot:
            self.heard.append(message)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        self.asked.append(interaction)

    async def on_socket_event_type(self, event: str) -> None:
        self.happened.append(event)

    async def next_asked(self, count: int = 1) -> discord.Interaction:
        """The newest interaction, once there are `count`."""
        async with asyncio.timeout(5):
            while len(self.asked) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return self.asked[-1]


@asynccontextmanager
async def running(double: DiscordDouble, bot: Bot) -> AsyncIterator[Bot]:
    """The bot connected to the double on every shard and ready; closed at the end."""
    with pointed_at(double):
        task = asyncio.create_task(bot.start(double.token))
        try:
            await double.ready()
            await asyncio.wait_for(bot.wait_until_ready(), 10)
            yield bot
        finally:
            await bot.close()
            await asyncio.wait([task], timeout=5)
