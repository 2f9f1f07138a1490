"""How the process is, for whoever runs it: /healthz, /readyz, /metrics and a heartbeat file; none knows a member."""

import asyncio
import contextlib
import pathlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from bot.errors import SettingsError

BEAT_SECONDS = 5.0
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)  # seconds
Ready = Callable[[], Awaitable[bool]]


class Metrics:
    """Counts of what happened on one platform, by kind alone."""

    def __init__(self, platform: str) -> None:
        self.registry, self.name = CollectorRegistry(), f"worker_voice_{platform}"
        self.events = Counter(f"{self.name}_events", "Acts of members taken", ["kind"], registry=self.registry)
        self.answered = self.histogram("answered_seconds", "From an act to its delivered reply")
        self.failed = self.counter("failed", "Replies that did not arrive")
        self.connected = Gauge(f"{self.name}_connected", "1 while members reach us", registry=self.registry)

    def counter(self, name: str, told: str) -> Counter:
        return Counter(f"{self.name}_{name}", told, registry=self.registry)

    def histogram(self, name: str, told: str) -> Histogram:
        return Histogram(f"{self.name}_{name}", told, registry=self.registry, buckets=BUCKETS)


@dataclass(frozen=True)
class HealthSettings:
    """`port`: 0 for none. `heartbeat_file`: written every few seconds while the process is ready."""

    host: str = "127.0.0.1"
    port: int = 0
    heartbeat_file: pathlib.Path | None = None
    beat_seconds: float = BEAT_SECONDS


def add_routes(app: web.Application, ready: Ready, metrics: Sequence[Metrics] = ()) -> None:
    """/healthz: the process runs. /readyz: members are answered. /metrics: only where operators alone can look."""

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_: web.Request) -> web.Response:
        well = await ready()
        return web.Response(status=200 if well else 503, text="ready\n" if well else "not ready\n")

    async def exposed(_: web.Request) -> web.Response:
        said = b"".join(generate_latest(one.registry) for one in metrics)
        return web.Response(body=said, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    if metrics:
        app.router.add_get("/metrics", exposed)


@asynccontextmanager
async def served(ready: Ready, metrics: Sequence[Metrics], settings: HealthSettings) -> AsyncIterator[None]:
    """The port for operators, where one is set, and the heartbeat. Raises SettingsError where the port is taken."""
    beating = asyncio.create_task(beat(ready, settings)) if settings.heartbeat_file else None
    runner = None
    try:
        if settings.port:
            app = web.Application()
            add_routes(app, ready, metrics)
            runner = web.AppRunner(app, access_log=None)
            await runner.setup()
            try:
                await web.TCPSite(runner, settings.host, settings.port).start()
            except OSError as problem:
                raise SettingsError(f"HEALTH_HOST and HEALTH_PORT cannot be listened on: {problem.strerror}.") from None
        yield
    finally:
        if beating:
            beating.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await beating
        if runner:
            await runner.cleanup()


async def beat(ready: Ready, settings: HealthSettings) -> None:
    """Write the time into the heartbeat file while members are answered."""
    assert settings.heartbeat_file is not None
    while True:
        if await ready():
            with contextlib.suppress(OSError):
                settings.heartbeat_file.write_text(f"{time.time():.0f}\n")
        await asyncio.sleep(settings.beat_seconds)
