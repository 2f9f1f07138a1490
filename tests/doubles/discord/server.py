"""DiscordDouble: a Discord-shaped REST (v10) and gateway server on loopback, and the world that it serves.

async with DiscordDouble() as discord_:
    guild = discord_.add_guild("Local 12", channels=("general",), roles={"stewards": ()})
    ana = discord_.add_user("ana", guilds=(guild,), roles=("stewards",), locale="es-ES")
    ...start a client with discord_.url (REST), discord_.gateway_url, discord_.token...
    await discord_.ready()
    told = await (await ana.slash("union ask", question="What is it?")).answered()
    assert "answer" in told.reply.text and discord_.violations == []
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Self

from aiohttp import web

from . import channels, commands, interactions, payloads
from .faults import Fault
from .gateway import PRIVILEGED, Gateway
from .members import Member
from .refusals import Refused
from .rest import PREFIX, Call, Route, handler, no_route
from .world import (
    DM,
    JSON,
    ORDINARY,
    PERMISSIONS,
    TEXT,
    Channel,
    Clock,
    Guild,
    Interaction,
    Message,
    Modal,
    Role,
    User,
)

FLAGS = {"presences": 1 << 12, "members": 1 << 14, "message_content": 1 << 18}


class DiscordDouble:
    """The server, its world, and what was seen.

    `privileged`: intents of "members", "presences", "message_content" granted to the app (others close with 4014).
    `shards`: what /gateway/bot recommends. `user_installable`: users may install the app on their account.
    Seen: `log` (each request), `violations` (what breaks Discord's contract), `refusals` (each error answered),
    `invalid_requests` (401, 403 and 429), `commands` (None: global, else by server id), `syncs` (scope, count).
    Knobs: `faults` (by fail, limit and slow), `revoked` (the token), `channel_limit` (messages, seconds),
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
        self.clock = Clock()
        self.token = "token." + secrets.token_hex(8)
        self.application_id = self.clock.snowflake()
        self.user_installable = user_installable
        self.ws = Gateway(self)
        self.ws.shards, self.ws.interval = shards, heartbeat
        self.ws.privileged = sum(PRIVILEGED[name] for name in privileged)
        self.application_flags = sum(FLAGS[name] for name in privileged)
        self.users: dict[int, User] = {}
        self.bot = self.keep_user(User(self.application_id, "worker-voice", "Worker Voice", bot=True))
        self.owner = self.keep_user(User(self.clock.snowflake(), "owner", "Owner"))
        self.guilds: list[Guild] = []
        self.channels: dict[int, Channel] = {}
        self.members: dict[str, Member] = {}
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

    gateway_url = gateway

    # the world

    def keep_user(self, user: User) -> User:
        self.users[user.id] = user
        return user

    def keep(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        if channel.guild is not None:
            channel.guild.channels[channel.id] = channel
        return channel

    def add_guild(
        self,
        name: str = "Local 12",
        *,
        channels: Iterable[str] = ("general",),
        roles: Mapping[str, Iterable[str]] | Iterable[str] = (),
        app_permissions: Iterable[str] = ORDINARY,
        locale: str = "en-US",
        installed: bool = True,
        shard: int | None = None,
    ) -> Guild:
        """A server. `roles`: name -> permissions (of world.PERMISSIONS); `shard`: whose id is of this shard."""
        number = self.clock.snowflake()
        while shard is not None and (number >> 22) % self.ws.shards != shard:
            number += 1 << 22
        self.clock.last = max(self.clock.last, number)
        app = frozenset(app_permissions)
        guild = Guild(number, name, locale, installed, app, self.clock.snowflake())
        guild.roles[number] = Role(number, "@everyone")
        if installed:
            guild.roles[guild.bot_role] = Role(guild.bot_role, self.bot.display, app)
            guild.members[self.bot.id] = {guild.bot_role}
        given = roles if isinstance(roles, Mapping) else dict.fromkeys(roles, ())
        for role, permissions in given.items():
            self.add_role(guild, role, permissions)
        for channel in channels:
            self.add_channel(guild, channel)
        self.guilds.append(guild)
        return guild

    def add_role(self, guild: Guild, name: str, permissions: Iterable[str] = ()) -> Role:
        role = Role(self.clock.snowflake(), name, frozenset(permissions))
        guild.roles[role.id] = role
        return role

    def add_channel(self, guild: Guild, name: str, *, app_permissions: Iterable[str] | None = None) -> Channel:
        """A text channel; `app_permissions`: where the app's differ from those it has in the server."""
        app = None if app_permissions is None else frozenset(app_permissions)
        return self.keep(Channel(self.clock.snowflake(), TEXT, name, guild, app=app))

    def add_user(
        self,
        name: str,
        *,
        guilds: Iterable[Guild] | None = None,
        roles: Iterable[str] = (),
        locale: str = "en-US",
        display: str = "",
        dm_closed: bool = False,
        user_install: bool = False,
    ) -> Member:
        """A user who joins `guilds` (None: all), with their roles of these names; the driver of what they do."""
        number = self.clock.snowflake()
        user = User(number, name, display or name.title(), locale, dm_closed=dm_closed, user_install=user_install)
        self.keep_user(user)
        for guild in self.guilds if guilds is None else guilds:
            guild.members[user.id] = set()
        member = self.members[name] = Member(self, user)
        for role in roles:
            self.give_role(member, role)
        return member

    def give_role(self, member: Member, name: str, *, take: bool = False) -> None:
        """Give a member (or take from them) the role of this name in every server that has it."""
        for guild in self.guilds:
            for role in guild.roles.values():
                if role.name == name and member.user.id in guild.members:
                    (guild.members[member.user.id].discard if take else guild.members[member.user.id].add)(role.id)

    def member(self, name: str) -> Member:
        return self.members[name]

    def channel(self, name: str, guild: Guild | None = None) -> Channel:
        """The text channel or thread of this name (in this server)."""
        found = [one for one in self.channels.values() if one.name == name and guild in (None, one.guild)]
        return found[0]

    def dm_channel(self, user: User) -> Channel:
        """The direct message channel of the bot with a user."""
        for channel in self.channels.values():
            if channel.type == DM and channel.user is user:
                return channel
        return self.keep(Channel(self.clock.snowflake(), DM, user=user))

    def messages(self, channel: Channel | Member | str) -> list[Message]:
        """What everybody in a channel (its name; a member: their direct messages) sees now, oldest first."""
        if isinstance(channel, str):
            channel = self.channel(channel)
        place = self.dm_channel(channel.user) if isinstance(channel, Member) else channel
        return sorted((one for one in place.messages.values() if one.owner is None), key=lambda one: one.id)

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

    def app_permissions(self, channel: Channel) -> frozenset[str]:
        """What the app may do in a channel; a thread has its parent's."""
        place = channel.parent or channel
        if place.guild is None:
            return ORDINARY
        held = place.app if place.app is not None else place.guild.app
        return frozenset(PERMISSIONS) if "administrator" in held else held

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
        await self.until(lambda: len({one.shard for one in self.ws.open()}) >= self.ws.shards, timeout)

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
