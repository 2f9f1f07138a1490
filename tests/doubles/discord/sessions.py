"""Sessions and sockets of the gateway: what a shard hears, what it was sent, how a frame goes out."""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from .world import JSON, Guild

GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES, CONTENT = 1 << 0, 1 << 9, 1 << 12, 1 << 15
CLOSES = {
    4001: "Unknown opcode.",
    4002: "Error while decoding payload.",
    4003: "Not authenticated.",
    4004: "Authentication failed.",
    4005: "Already authenticated.",
    4008: "Rate limited.",
    4009: "Session timed out.",
    4010: "Invalid shard.",
    4012: "Invalid API version.",
    4013: "Invalid intent(s).",
    4014: "Disallowed intent(s).",
}


@dataclass
class Session:
    """One identified shard: what it asked for, what it was sent, and its socket while it is connected."""

    id: str
    shard: int
    shards: int
    intents: int
    sent: list[JSON] = field(default_factory=list)
    socket: Socket | None = None
    alive: bool = True  # False: it can no longer be resumed

    def hears(self, event: str, guild: Guild | None, private: bool) -> bool:
        """Whether a dispatch goes to this shard with these intents."""
        if self.shard != ((guild.id >> 22) % self.shards if guild is not None else 0):
            return False
        if event.startswith("MESSAGE_"):
            return bool(self.intents & (DIRECT_MESSAGES if private else GUILD_MESSAGES))
        if event.startswith(("GUILD_", "THREAD_", "CHANNEL_")):
            return bool(self.intents & GUILDS)
        return True

    async def send(self, event: str, data: JSON) -> None:
        payload = {"op": 0, "t": event, "s": len(self.sent) + 1, "d": data}
        self.sent.append(payload)
        if self.socket is not None:
            await self.socket.send(payload)


class Socket:
    """One connection, speaking JSON, as a zlib stream where the client asks for it."""

    def __init__(self, ws: web.WebSocketResponse, compress: bool, is_deaf: Callable[[], bool]) -> None:
        self.ws, self.is_deaf = ws, is_deaf
        self.zlib = zlib.compressobj() if compress else None
        self.last_heard = time.monotonic()
        self.received: list[float] = []

    async def send(self, payload: JSON) -> None:
        if self.ws.closed or self.is_deaf():
            return
        text = json.dumps(payload)
        try:
            if self.zlib is None:
                await self.ws.send_str(text)
            else:
                packed = self.zlib.compress(text.encode()) + self.zlib.flush(zlib.Z_SYNC_FLUSH)
                await self.ws.send_bytes(packed)
        except (ConnectionError, RuntimeError):
            return  # the client has gone; what it missed waits for its resume

    async def close(self, code: int) -> None:
        await self.ws.close(code=code, message=CLOSES.get(code, "").encode())


class Closed(Exception):
    """The connection is to be closed with a code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"{code} {CLOSES.get(code, '')}")
        self.code = code
