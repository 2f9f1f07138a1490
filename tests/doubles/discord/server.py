"""DiscordDouble: a Discord-shaped REST (v10) and gateway server on loopback, and the world that it serves.

async with DiscordDouble() as discord_:
    guild = discord_.add_guild("Local 12", channels=("general",), roles={"stewards": ()})
    ana = discord_.add_user("ana", guilds=(guild,), roles=("stewards",), locale="es-ES")
    ...start a client with discord_.url (REST), discord_.gateway, discord_.token...
    await discord_.ready()
    told = await (await ana.slash("union ask", question="What is it?")).answered()
    assert "answer" in told.reply.text and discord_.violations == []
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from aiohttp import web

from . import channels, commands, interactions, payloads
from .acts import Interaction, Modal
from .faults import Fault
from .gateway import PRIVILEGED, Gateway
from .population import Population
from .refusals import Refused
from .rest import PREFIX, Call, Route, handler, no_route
from .world import DM, JSON, Channel, Clock, Guild, Message, Role

FLAGS = {"presences": 1 << 12, "members": 1 << 14, "message_content": 1 << 18}


class DiscordDouble(Population):
    """The server, its world, and what was seen.

    `privileged`: intents of "members", "presences", "message_content" granted to the app (others close with 4014).
    `shards`: what /gateway/bot recommends. `user_installable`: users may install the app on their account.
    Seen: `log` (each request), `violations` (what breaks Discord's contract), `refusals` (each error answered),
    `invalid_requests` (401, 403 and 429), `commands` (None: global, else by server id), `syncs` (scope, count).
    Knobs: `faults` (by fail, limit, slow and cut), `revoked` (the token), `channel_limit` (messages, seconds),
    `ws` (see gateway.Gateway), `clock.advance`.
    """

    def __init__(
        self,
        *,
        privileged: Iterable[str] = (),
        shards: int = 1,
        user_installable: bool = True,
        heartbeat: float = 41.25,
    ) -> None:
        clock = Clock()
        self.application_id = clock.snowflake()
        super().__init__(self.application_id, clock)
        self.token = "token." + secrets.token_hex(8)
        self.user_installable = user_installable
        self.ws = Gateway(self)
        self.advised, self.ws.interval = shards, heartbeat
        self.ws.privileged = sum(PRIVILEGED[name] for name in privileged)
        self.application_flags = sum(FLAGS[name] for name in privileged)
        self.interactions: dict[str, Interaction] = {}
        self.open_modals: dict[int, Modal] = {}
        self.commands: defaultdict[int | None, list[JSON]] = defaultdict(list)
        self.created_today: Counter[int | None] = Counter()
        self.syncs: list[tuple[int | None, int]] = []
        self.log: list[Call] = []
        self.violations: list[str] = []
        self.refusals: list[Refused] = []
        self.invalid_requests = 0
        self.faults: list[Fault] = []
        self.revoked = False
        self.channel_limit: tuple[int, float] | None = None
        self.sends: defaultdict[str, list[float]] = defaultdict(list)

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_get("/gateway", self.ws.serve)
        for route in [*channels.ROUTES, *commands.ROUTES, *interactions.ROUTES]:
            app.router.add_route(route.method, PREFIX + route.path, handler(self, route))
        app.router.add_get("/attachments/{attachment}/{name}", self.attachment)
        app.router.add_route("*", "/{path:.*}", handler(self, Route("*", "*", no_route)))
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.port = int(self.runner.addresses[0][1])
        self.base = f"http://127.0.0.1:{self.port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        for socket in list(self.ws.sockets):
            await socket.close(1001)
        await self.runner.cleanup()

    @property
    def url(self) -> str:
        """What discord.http.Route.BASE has to be."""
        return self.base + PREFIX

    @property
    def gateway(self) -> str:
        """What discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY has to be (as a yarl.URL)."""
        return f"ws://127.0.0.1:{self.port}/gateway"

    async def install(self, guild: Guild) -> None:
        """The bot joins a server."""
        guild.installed = True
        guild.roles[guild.bot_role] = Role(guild.bot_role, self.bot.display, guild.app)
        guild.members[self.bot.id] = {guild.bot_role}
        await self.ws.dispatch("GUILD_CREATE", payloads.guild(guild, self.bot), guild)

    async def remove_app(self, guild: Guild, *, unavailable: bool = False) -> None:
        """The bot is removed from a server; `unavailable`: the server only has an outage."""
        if not unavailable:
            guild.installed = False
            guild.members.pop(self.bot.id, None)
            self.commands.pop(guild.id, None)
        told = {"id": str(guild.id), **({"unavailable": True} if unavailable else {})}
        await self.ws.dispatch("GUILD_DELETE", told, guild)

    def as_read(self, message: Message) -> JSON:
        """A message as the REST API gives it: stripped unless the app may read content or it is meant for the bot."""
        granted = bool(self.application_flags & FLAGS["message_content"])
        mine = message.channel.type == DM or message.author is self.bot or self.bot in message.mentions
        return payloads.message(message, content=granted or mine)

    def drop_embeds(self, channel: Channel, data: JSON, ephemeral: bool) -> None:
        """Without Embed Links a public answer to an interaction loses its embeds, and nobody is told."""
        if not ephemeral and channel.type != DM and "embed_links" not in self.app_permissions(channel):
            data.pop("embeds", None)

    def close_modal(self, submission: Interaction) -> None:
        modal = self.open_modals.get(submission.user.id)
        if modal is not None and modal.interaction is submission.source:
            del self.open_modals[submission.user.id]

    # faults

    def fail(
        self, path: str = "*", *, status: int = 502, method: str = "*", times: int = 1, after_commit: bool = False
    ) -> Fault:
        """The next requests to `path` (a glob, "/channels/*/messages") get this status; see faults.Fault."""
        return self.order(Fault(path, method, status, times, after_commit))

    def limit(
        self, path: str = "*", *, retry_after: float = 0.2, times: int = 1, everywhere: bool = False, via: bool = True
    ) -> Fault:
        """The next requests to `path` get 429."""
        return self.order(Fault(path, "*", 429, times, retry_after=retry_after, everywhere=everywhere, via=via))

    def slow(self, path: str = "*", *, delay: float, times: int = 1) -> Fault:
        """The next requests to `path` are taken up `delay` seconds late."""
        return self.order(Fault(path, times=times, delay=delay))

    def cut(self, path: str = "*", *, method: str = "*", times: int = 1) -> Fault:
        """The connection of the next requests to `path` is closed instead of an answer."""
        return self.order(Fault(path, method, times=times, cut=True))

    def order(self, fault: Fault) -> Fault:
        self.faults.append(fault)
        return fault

    def wait_for_turn(self, call: Call) -> float:
        """Seconds that a message to a channel comes too early by `channel_limit`; 0: now."""
        if self.channel_limit is None or call.method != "POST" or not call.path.endswith("/messages"):
            return 0.0
        count, period = self.channel_limit
        now = time.monotonic()
        recent = self.sends[call.path] = [one for one in self.sends[call.path] if now - one < period]
        if len(recent) >= count:
            return round(period - (now - recent[0]) + 0.001, 3)
        recent.append(now)
        return 0.0

    # what was seen

    def note(self, what: str, *, fair: bool) -> None:
        if not fair:
            self.violations.append(what)

    def seen(self, canary: str) -> list[Call]:
        """The requests that hold these words, in path, query, body or a file."""
        return [one for one in self.log if one.holds(canary)]

    async def ready(self, timeout: float = 10.0) -> None:  # noqa: ASYNC109
        """Wait until every advised shard has identified and is connected."""
        await self.until(lambda: len({one.shard for one in self.ws.open()}) >= self.advised, timeout)

    async def until(self, holds: Callable[[], object], timeout: float = 5.0) -> None:  # noqa: ASYNC109
        """Wait until something is true; raises TimeoutError."""
        end = time.monotonic() + timeout
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError("what was waited for did not come")
            await asyncio.sleep(0.01)

    async def attachment(self, request: web.Request) -> web.Response:
        """The bytes of an attachment, as the CDN gives them."""
        for channel in self.channels.values():
            for message in channel.messages.values():
                for one in message.attachments:
                    if one["url"].endswith(request.path):
                        return web.Response(body=message.files[one["filename"]])
        return web.Response(status=404)
