"""Socket Mode: one socket, and a watchdog that builds another where it is closed or has gone deaf."""

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import WSMessage
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

if TYPE_CHECKING:
    from adapters.slack.adapter import SlackAdapter

PING_SECONDS = 5.0
CONNECT_SECONDS = 20.0
LONGEST_WAIT = 60.0  # seconds between two tries, while Slack cannot be reached
log = structlog.get_logger("worker_voice")


class Socket:
    """A bolt handler that knows when it last heard something."""

    def __init__(self, app: AsyncApp, adapter: "SlackAdapter") -> None:
        ping = min(PING_SECONDS, adapter.settings.check_seconds)
        self.handler = AsyncSocketModeHandler(app, adapter.settings.app_token, app.logger, ping_interval=ping)
        self.handler.client.on_message_listeners.append(self._hear)
        self.heard = time.monotonic()

    async def _hear(self, message: WSMessage) -> None:
        self.heard = time.monotonic()

    async def connect(self, address: str = "") -> None:
        """`address`: one that was fetched already. Raises TimeoutError."""
        if address:
            self.handler.client.wss_uri = address
        else:
            self.handler.client.wss_uri = await self.handler.client.issue_new_wss_url()
        async with asyncio.timeout(CONNECT_SECONDS):
            await self.handler.client.connect()  # type: ignore[no-untyped-call]

    async def is_well(self, silent: float) -> bool:
        """Connected, and not silent for too long: a socket can go deaf and still look open."""
        return await self.handler.client.is_connected() and time.monotonic() - self.heard < silent

    async def close(self) -> None:
        with contextlib.suppress(Exception):
            await self.handler.close_async()  # type: ignore[no-untyped-call]


async def run(app: AsyncApp, adapter: "SlackAdapter") -> None:
    """Until the adapter is stopped; what is under way is acknowledged on the socket before it closes."""
    socket, failures = Socket(app, adapter), 0
    settings = adapter.settings
    try:
        try:
            await socket.connect(adapter.address)
            adapter.health.connected = True
        except Exception as problem:
            log.warning("slack_socket_not_connected", error=type(problem).__name__)
        while not await stopped_within(adapter, min(settings.check_seconds * 2**failures, LONGEST_WAIT)):
            if await socket.is_well(settings.silent_seconds):
                adapter.health.connected, failures = True, 0
                continue
            before = socket
            socket = await rebuilt(socket, app, adapter)
            failures = min(failures + 1, 10) if socket is before else 0
        await adapter.finish()
    finally:
        adapter.health.connected = False
        await socket.close()


async def rebuilt(old: Socket, app: AsyncApp, adapter: "SlackAdapter") -> Socket:
    """A new socket first, so that nothing falls between; the old one where that fails, to be tried again."""
    adapter.health.connected = await old.handler.client.is_connected()
    new = Socket(app, adapter)
    try:
        await new.connect()
    except Exception as problem:
        log.warning("slack_socket_not_rebuilt", error=type(problem).__name__)
        adapter.health.connected = False
        await new.close()
        return old
    adapter.metrics.rebuilt.inc()
    adapter.health.connected = True
    await old.close()
    return new


async def stopped_within(adapter: Any, seconds: float) -> bool:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await adapter.stopped.wait()
    return bool(adapter.stopped.is_set())
