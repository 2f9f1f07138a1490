"""The union's bot in Discord: what members do becomes events, what the core says becomes messages and modals."""

import asyncio
from collections.abc import Sequence
from functools import partial

import discord
import structlog

from adapters.discord.catching_up import CatchingUp, KnownDm, KnownDms
from adapters.discord.client import Client, point
from adapters.discord.commands import Spanish, Suggest, Tree, build
from adapters.discord.delivering import direct_message
from adapters.discord.hearing import Hearing, Respond
from adapters.discord.posting import Closed, Post, nonce
from adapters.discord.quiet import quieten
from adapters.discord.render import render
from adapters.discord.roles import Roles
from adapters.discord.servers import Servers, Tell
from adapters.discord.settings import PLATFORM, DiscordSettings
from adapters.discord.supervising import FIRST_WAIT, supervise
from adapters.discord.syncing import sync
from adapters.health import Metrics
from bot.content import Content
from bot.events import AnyEvent
from bot.replies import Outcome, Reply

log = structlog.get_logger("worker_voice")


async def nobody() -> Sequence[KnownDm]:
    return ()


async def unheard(servers: Sequence[str]) -> None:
    """Nobody keeps which servers there are."""


class DiscordAdapter:
    """bot.ports.Adapter for Discord, and `push` for letters from staff. Holds no member's state between two events.

    `suggest`: words and a language -> approved questions with their topics, for autocomplete. `known_dms`: members
    whose direct messages are read again at start. `servers`: is told which the bot is in.
    """

    def __init__(
        self,
        settings: DiscordSettings,
        content: Content,
        suggest: Suggest,
        known_dms: KnownDms = nobody,
        servers: Tell = unheard,
        *,
        first_wait: float = FIRST_WAIT,
    ) -> None:
        self.settings, self.content, self.suggest, self.known_dms = settings, content, suggest, known_dms
        self.first_wait = first_wait
        self.servers = Servers(servers)
        self.post = Post()
        self.metrics = Metrics(PLATFORM)
        self.metrics.connected.set_function(lambda: float(self.connected))
        self.hearing = Hearing(content, Roles(settings.staff_roles, content), self.post, self.metrics)
        self.client: Client | None = None
        self.reading: asyncio.Task[None] | None = None  # what was missed
        self.running: asyncio.Task[None] | None = None
        self.stopping = False

    @property
    def connected(self) -> bool:
        """The gateway has told all it tells at first."""
        return self.client is not None and self.client.is_ready()

    async def is_ready(self) -> bool:
        return self.connected and not self.stopping

    async def connect(self) -> None:
        quieten()
        point(self.settings)

    async def listen(self, respond: Respond) -> None:
        """Until `stop`; what is under way is finished. Raises SettingsError where Discord refuses for good."""
        if self.stopping:
            return
        self.hearing.respond = respond
        running = supervise(self._client, self.settings.token, first_wait=self.first_wait, ending=self._finish)
        self.running = asyncio.ensure_future(running)
        try:
            await asyncio.wait([self.running])
        finally:
            self.stop()
            await asyncio.wait([self.running])
            self.client = None
        if not self.running.cancelled():
            self.running.result()

    def stop(self) -> None:
        """Take nothing new, finish what is under way, end `listen`."""
        self.stopping = True
        if self.running is not None:
            self.running.cancel()

    async def close(self) -> None:
        """Nothing is held before `listen`."""

    async def deliver(self, event: AnyEvent, outcome: Outcome) -> None:
        if outcome is None:
            return
        door = self.hearing.doors.get(event.id)
        with self.metrics.failed.count_exceptions():
            if door is not None:
                await door.deliver(event, outcome)
            elif isinstance(outcome, Reply):
                await self.push((event.platform, event.address), outcome)

    async def push(self, to: tuple[str, ...], reply: Reply) -> bool:
        """Write to a member first; False where Discord does not let the bot. Raises what may pass by itself."""
        if self.client is None or len(to) < 2 or not to[1].isdecimal():
            return False
        parts = render(reply, self.content.languages[0])
        try:
            await direct_message(self.client, self.post, int(to[1]), parts, nonce(" ".join(to)))
        except Closed:
            return False
        return True

    async def announce(self, channel: str, reply: Reply, language: str) -> bool:
        """Write to a channel; False where Discord does not let the bot. Raises what may pass by itself."""
        if self.client is None or not channel.isdecimal():
            return False
        parts = render(reply, language)
        try:
            await self.post.send(self.client.get_partial_messageable(int(channel)), parts, nonce(channel))
        except Closed:
            return False
        except discord.NotFound:
            return False
        return True

    def _client(self) -> Client:
        hearing = self.hearing
        client = Client(
            self.settings,
            started=self._started,
            message=lambda message: hearing.message(client, message),
            interaction=hearing.interaction,
            servers=self.servers.changed,
            session=lambda: self._session(client),
        )
        tree = Tree(client, fallback_to_global=True)
        tree.broken = hearing.changed
        build(tree, hearing, self.content, self.suggest)
        client.tree = tree
        self.client = client
        return client

    async def _started(self, client: Client) -> None:
        await client.tree.set_translator(Spanish())
        try:
            if await sync(client.tree, self.settings.data_dir, self.settings.trial_guild):
                log.info("discord_commands_registered")
        except (discord.HTTPException, OSError) as problem:
            log.error("discord_commands_not_registered", error=type(problem).__name__)
        await self._session(client).looking

    def _session(self, client: Client) -> CatchingUp:
        """One begins: what was written before it is read."""
        if self.reading is not None:
            self.reading.cancel()
        catching_up = CatchingUp(client, self.known_dms, partial(self.hearing.handle_message, client))
        self.hearing.catching_up = catching_up
        self.reading = asyncio.create_task(self._catch_up(client, catching_up))
        return catching_up

    async def _finish(self) -> None:
        """Before a client's connections are closed."""
        self.servers.stop()
        if self.reading is not None:
            self.reading.cancel()
        await self.hearing.finish()

    async def _catch_up(self, client: Client, catching_up: CatchingUp) -> None:
        """Only once the gateway is there: what comes from now on is heard."""
        await client.wait_until_ready()
        for user in await catching_up.all():
            async with self.hearing.turn(user):
                pass  # with_member is called as each turn begins
