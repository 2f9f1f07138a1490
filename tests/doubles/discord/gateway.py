"""The gateway: hello, identify, resume, heartbeats, dispatches; strict about tokens, intents and shards."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from aiohttp import WSMsgType, web

from . import payloads
from .sessions import CONTENT, GUILDS, Closed, Session, Socket
from .world import DM, JSON, Guild, Message

if TYPE_CHECKING:
    from .server import DiscordDouble

PRIVILEGED = {"members": 1 << 1, "presences": 1 << 8, "message_content": CONTENT}
ALL_INTENTS = (1 << 26) - 1


class Gateway:
    """All sessions, and the knobs of their connections.

    `refuse`: so many next connections get 503 instead of a socket. `drop`: so many are closed before hello.
    `deaf`: nothing is sent any more, not even heartbeat answers; what happens waits for a resume.
    `malformed`: so many next dispatches lack their required fields.
    """

    def __init__(self, double: DiscordDouble) -> None:
        self.double = double
        self.sessions: list[Session] = []
        self.identifies: list[JSON] = []
        self.resumes: list[JSON] = []
        self.heartbeats = 0
        self.refuse = self.drop = self.malformed = 0
        self.deaf = False
        self.interval = 41.25  # seconds between heartbeats
        self.privileged = 0
        self.connected = asyncio.Event()
        self.sockets: set[Socket] = set()

    # what tests do

    async def reconnect(self) -> None:
        """Op 7 to every connection: each client has to come back and resume."""
        for session in self.open():
            assert session.socket is not None
            await session.socket.send({"op": 7, "d": None})

    async def invalidate(self, *, resumable: bool = False) -> None:
        """Op 9 to every connection; not resumable: the sessions and what they missed are gone."""
        for session in self.open():
            assert session.socket is not None
            session.alive = resumable
            await session.socket.send({"op": 9, "d": resumable})

    async def disconnect(self, code: int = 1006, *, shard: int | None = None) -> None:
        """Cut every connection, or one shard's: 1006 without a close frame, else with this code."""
        for session in [one for one in self.open() if shard in (None, one.shard)]:
            socket, session.socket = session.socket, None
            assert socket is not None
            if code == 1006 and socket.ws._req is not None and socket.ws._req.transport is not None:
                socket.ws._req.transport.abort()
            else:
                await socket.close(code)

    async def replay(self, event: str | None = None) -> int:
        """Deliver once more, with its old content, the last dispatch of this name (None: of any); how many went out."""
        count = 0
        for session in self.open():
            found = [one for one in session.sent if event in (None, one["t"])]
            if found:
                await session.send(found[-1]["t"], found[-1]["d"])
                count += 1
        return count

    def open(self) -> list[Session]:
        return [one for one in self.sessions if one.socket is not None and not one.socket.ws.closed]

    async def dispatch(self, event: str, data: JSON | Callable[[Session], JSON], guild: Guild | None = None) -> int:
        """Send an event to the sessions that hear it, or keep it for their resume; how many were connected."""
        count = 0
        broken, self.malformed = self.malformed > 0, max(0, self.malformed - 1)
        for session in self.sessions:
            if session.alive and session.hears(event, guild, guild is None):
                count += session.socket is not None
                told = data(session) if callable(data) else data
                await session.send(event, {"id": told.get("id")} if broken else told)
        return count

    # the protocol

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if self.refuse > 0:
            self.refuse -= 1
            return web.Response(status=503, text="the gateway is away")
        ws = web.WebSocketResponse(autoping=True, max_msg_size=4096 * 16)
        await ws.prepare(request)
        if self.drop > 0:
            self.drop -= 1
            await ws.close(code=1001)
            return ws
        socket = Socket(ws, request.query.get("compress") == "zlib-stream", lambda: self.deaf)
        self.sockets.add(socket)
        session: Session | None = None
        watch = asyncio.create_task(self.watch(socket))
        try:
            if request.query.get("v") != "10" or request.query.get("encoding", "json") != "json":
                raise Closed(4012)
            await socket.send({"op": 10, "d": {"heartbeat_interval": int(self.interval * 1000)}})
            async for frame in ws:
                if frame.type is not WSMsgType.TEXT:
                    raise Closed(4002)
                session = await self.receive(socket, session, frame.data)
        except Closed as error:
            self.double.note(f"gateway {error}", fair=error.code in (4004, 4009))
            await socket.close(error.code)
        finally:
            watch.cancel()
            self.sockets.discard(socket)
            if session is not None and session.socket is socket:
                session.socket = None
                if ws.close_code in (1000, 1001):
                    session.alive = False
        return ws

    async def watch(self, socket: Socket) -> None:
        """Close a connection that stopped sending heartbeats."""
        while not socket.ws.closed:
            await asyncio.sleep(min(self.interval / 2, 0.5))
            if time.monotonic() - socket.last_heard > self.interval * 2:
                self.double.note("gateway 4009 no heartbeat", fair=True)
                await socket.close(4009)

    async def receive(self, socket: Socket, session: Session | None, text: str) -> Session | None:
        if self.deaf:
            return session
        now = time.monotonic()
        socket.received = [one for one in socket.received if now - one < 60] + [now]
        if len(socket.received) > 120:
            raise Closed(4008)
        if len(text.encode()) > 4096:
            raise Closed(4002)
        try:
            payload = json.loads(text)
            op, data = payload["op"], payload.get("d")
        except (ValueError, KeyError, TypeError):
            raise Closed(4002) from None
        if op == 1:
            socket.last_heard = now
            self.heartbeats += 1
            await socket.send({"op": 11, "d": None})
            return session
        if op in (2, 6):
            if session is not None:
                raise Closed(4005)
            return await (self.identify if op == 2 else self.resume)(socket, data)
        if session is None:
            raise Closed(4003)
        if op not in (3, 4, 8, 31):
            raise Closed(4001)
        return session

    async def identify(self, socket: Socket, data: JSON) -> Session:
        self.identifies.append({**data, "token": "..."})
        if data.get("token") != self.double.token or self.double.revoked:
            raise Closed(4004)
        if not {"os", "browser", "device"} <= set(data.get("properties", {})):
            raise Closed(4002)
        shard, shards = data.get("shard", [0, 1])
        if not 0 <= shard < shards or shards < self.double.advised:
            raise Closed(4010)
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & ~ALL_INTENTS:
            raise Closed(4013)
        if intents & sum(PRIVILEGED.values()) & ~self.privileged:
            raise Closed(4014)
        session = Session(secrets.token_hex(16), shard, shards, intents, socket=socket)
        self.sessions.append(session)
        here = [one for one in self.double.guilds if one.installed and session.hears("READY", one, False)]
        ready: JSON = {
            "v": 10,
            "user": payloads.user(self.double.bot) | {"verified": True, "mfa_enabled": False, "email": None},
            "guilds": [{"id": str(one.id), "unavailable": True} for one in here],
            "session_id": session.id,
            "resume_gateway_url": self.double.gateway,
            "shard": [shard, shards],
            "application": {"id": str(self.double.application_id), "flags": self.double.application_flags},
        }
        await session.send("READY", ready)
        for guild in here:
            if intents & GUILDS:
                await session.send("GUILD_CREATE", payloads.guild(guild, self.double.bot))
        self.connected.set()
        return session

    async def resume(self, socket: Socket, data: JSON) -> Session | None:
        self.resumes.append({**data, "token": "..."})
        if data.get("token") != self.double.token or self.double.revoked:
            raise Closed(4004)
        found = [one for one in self.sessions if one.id == data.get("session_id") and one.alive]
        seq = data.get("seq")
        if not found or not isinstance(seq, int) or seq > len(found[0].sent):
            await socket.send({"op": 9, "d": False})
            return None
        session = found[0]
        session.socket = socket
        for payload in session.sent[seq:]:
            await socket.send(payload)
        await session.send("RESUMED", {})
        return session

    async def tell(self, event: str, message: Message) -> None:
        """Dispatch an event of a message, if the app can see its channel: without the Message Content intent only
        with the content of what is meant for the bot."""
        channel = message.channel
        hidden = channel.user is None and "view_channel" not in self.double.app_permissions(channel)
        if hidden or (channel.type == DM and channel.user is None):
            return

        def told(session: Session) -> JSON:
            mine = channel.type == DM or message.author is self.double.bot or self.double.bot in message.mentions
            return payloads.message(message, content=mine or bool(session.intents & CONTENT), event=True)

        await self.dispatch(event, told, channel.guild)
