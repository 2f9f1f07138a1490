"""The discord.py client: what it asks for, and which of its events concern us."""

from collections.abc import Awaitable, Callable
from typing import Any

import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.commands import Tree
from adapters.discord.settings import API_URL, DiscordSettings
from adapters.discord.views import NOBODY

log = structlog.get_logger("worker_voice")
INTENTS = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
SESSIONS_LEFT = 50  # of the day's; with fewer none is begun by a new client
RATE_LIMIT_SECONDS = 60.0  # waited out; a longer one is an error


class SessionsUsedUp(Exception):
    """Discord takes a thousand new sessions a day, and revokes the token of a bot that asks for more."""


class Client(discord.AutoShardedClient):
    """`started`: called once, after the login and before the gateway; `servers`: when they may have changed.

    `session`: at a new one of the first shard, where direct messages arrive, but for its very first.
    """

    def __init__(
        self,
        settings: DiscordSettings,
        *,
        started: Callable[["Client"], Awaitable[None]],
        message: Callable[[discord.Message], Awaitable[None]],
        interaction: Callable[[discord.Interaction[Any]], Awaitable[None]],
        servers: Callable[["Client"], object] = lambda _: None,
        session: Callable[[], object] = lambda: None,
    ) -> None:
        super().__init__(
            intents=INTENTS,
            allowed_mentions=NOBODY,
            max_ratelimit_timeout=RATE_LIMIT_SECONDS,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
        )
        self.settings = settings
        self.tree: Tree
        self.started, self.message, self.interaction, self.servers = started, message, interaction, servers
        self.session = session
        self.connected: set[int] = set()  # shards that had a session

    @property
    def me(self) -> int:
        assert self.user is not None
        return self.user.id

    async def setup_hook(self) -> None:
        """Raises SessionsUsedUp."""
        _, url, limit = await self.http.get_bot_gateway()
        if limit["remaining"] < SESSIONS_LEFT:
            raise SessionsUsedUp
        if self.settings.gateway_url:
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(self.settings.gateway_url)
        elif self.settings.api_url != API_URL:  # where new sessions begin after an invalid one
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)
        await self.started(self)

    async def on_message(self, message: discord.Message) -> None:
        await self.message(message)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Presses and modals; the command tree takes the rest."""
        if interaction.type in (discord.InteractionType.component, discord.InteractionType.modal_submit):
            await self.interaction(interaction)

    async def on_shard_connect(self, shard_id: int) -> None:
        """Not where an earlier session goes on."""
        if shard_id == 0 and shard_id in self.connected:
            self.session()
        self.connected.add(shard_id)

    async def on_shard_ready(self, shard_id: int) -> None:
        self.servers(self)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        self.servers(self)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """So is a server called, too, that the bot was away from."""
        self.servers(self)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Not while the server has an outage only."""
        self.servers(self)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        log.error("discord_event_failed", event_method=event_method)


def point(settings: DiscordSettings) -> None:
    """Where discord.py looks for Discord; it keeps this for the whole process."""
    Route.BASE = settings.api_url
