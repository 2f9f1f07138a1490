"""How the adapter is: ready or not, a heartbeat file, and metrics; none of it knows a member."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from adapters.slack.settings import SlackSettings

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """Counts of what happened, by kind alone."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self.events = Counter("worker_voice_slack_events", "Acts of members taken", ["kind"], registry=self.registry)
        self.acknowledged = Histogram(
            "worker_voice_slack_acknowledged_seconds",
            "From an act to its acknowledgement",
            registry=self.registry,
            buckets=SECONDS,
        )
        self.answered = Histogram(
            "worker_voice_slack_answered_seconds",
            "From an act to its delivered reply",
            registry=self.registry,
            buckets=SECONDS,
        )
        self.failed = Counter("worker_voice_slack_failed", "Replies that did not arrive", registry=self.registry)
        self.rate_limited = Counter("worker_voice_slack_rate_limited", "Calls answered 429", registry=self.registry)
        self.rebuilt = Counter("worker_voice_slack_rebuilt", "Sockets built anew", registry=self.registry)
        self.connected = Gauge("worker_voice_slack_connected", "1 while Slack can reach us", registry=self.registry)


@dataclass
class Health:
    """`connected`: Slack can reach us. `ready`: what else must be well, such as the database."""

    metrics: Metrics = field(default_factory=Metrics)
    ready: Callable[[], Awaitable[bool]] | None = None
    stopping: bool = False
    _connected: bool = False

    @property
    def connected(self) -> bool:
        return self._connected

    @connected.setter
    def connected(self, value: bool) -> None:
        self._connected = value
        self.metrics.connected.set(value)

    async def is_ready(self) -> bool:
        return self.connected and not self.stopping and (self.ready is None or await self.ready())


def add_routes(app: web.Application, health: Health, *, metrics: bool) -> None:
    """/healthz: the process runs. /readyz: members are answered. /metrics: only where operators alone can look."""

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_: web.Request) -> web.Response:
        ready = await health.is_ready()
        return web.Response(status=200 if ready else 503, text="ready\n" if ready else "not ready\n")

    async def exposed(_: web.Request) -> web.Response:
        said = generate_latest(health.metrics.registry)
        return web.Response(body=said, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    if metrics:
        app.router.add_get("/metrics", exposed)


@asynccontextmanager
async def served(health: Health, settings: SlackSettings) -> AsyncIterator[None]:
    """The port for operators, where one is set, and the heartbeat."""
    beating = asyncio.create_task(beat(health, settings)) if settings.heartbeat_file else None
    runner = None
    try:
        if settings.health_port:
            app = web.Application()
            add_routes(app, health, metrics=True)
            runner = web.AppRunner(app, access_log=None)
            await runner.setup()
            await web.TCPSite(runner, settings.health_host, settings.health_port).start()
        yield
    finally:
        if beating:
            beating.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await beating
        if runner:
            await runner.cleanup()


async def beat(health: Health, settings: SlackSettings) -> None:
    """Write the time into the heartbeat file while members are answered."""
    assert settings.heartbeat_file is not None
    while True:
        if await health.is_ready():
            settings.heartbeat_file.write_text(f"{time.time():.0f}\n")
        await asyncio.sleep(settings.check_seconds)
