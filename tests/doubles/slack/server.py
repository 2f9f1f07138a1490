"""The Slack-shaped server itself: one loopback port for the Web API, sockets, uploads and response URLs."""

import asyncio
import json
import time
from collections.abc import Iterable
from typing import Self

import aiohttp
from aiohttp import web

from tests.doubles.slack import chat, methods, views
from tests.doubles.slack.api import Api, RateLimits, method
from tests.doubles.slack.delivery import Delivery, Post, Transport
from tests.doubles.slack.http_events import HttpEvents
from tests.doubles.slack.members import Member
from tests.doubles.slack.payloads import event_callback
from tests.doubles.slack.records import Call, Json
from tests.doubles.slack.socket_mode import SocketMode

MODULES_OF_METHODS = (chat, methods, views)  # imported so that their methods are registered
# Slack tries again about at once, after a minute and after five; here a minute lasts a second.
RETRY_DELAYS = (0.0, 1.0, 5.0)


class SlackDouble(Post):
    """A workspace with one app installed. `async with SlackDouble() as slack:` listens on a free loopback port.

    `url` is the base of the Web API; tokens are of this run. Socket Mode delivers unless `http_endpoint` is set, to the
    app's address or a list of them. Every rule of Slack the app breaks is in `violations`, every request in `log`.
    """

    def __init__(
        self,
        team_id: str = "T0UNION",
        *,
        strict: bool = True,
        ack_timeout: float = 3.0,
        retry_delays: Iterable[float] = RETRY_DELAYS,
    ) -> None:
        super().__init__(team_id, strict, ack_timeout, retry_delays)
        self.sockets = SocketMode(self)
        self.limits = RateLimits()
        self.api = Api(self, self.limits)
        self.http: HttpEvents | None = None
        self.session: aiohttp.ClientSession | None = None
        self._members: dict[str, Member] = {}
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The base URL for an SDK client."""
        return f"{self.origin}/api/"

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=20 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self.api.serve)
        app.router.add_get("/link/", self.sockets.serve)
        app.router.add_route("*", "/upload/{id}", self._upload)
        app.router.add_post("/response/{key}", self._respond)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.origin = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *error: object) -> None:
        unfinished = set(self.under_way)
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
        if self.session is not None:
            await self.session.close()
        await self.sockets.drop()
        if self._runner is not None:
            await self._runner.cleanup()

    # -- how the app is reached

    @property
    def http_endpoint(self) -> HttpEvents | None:
        """Set to an address or a list of addresses to deliver by signed HTTP; None for Socket Mode."""
        return self.http

    @http_endpoint.setter
    def http_endpoint(self, urls: str | list[str] | None) -> None:
        self.http = HttpEvents(self, self._session(), [urls] if isinstance(urls, str) else urls) if urls else None

    def _session(self) -> aiohttp.ClientSession:
        if self.session is None:
            self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, force_close=True))
        return self.session

    def transport(self) -> Transport:
        return self.http or self.sockets

    def go_deaf(self, pongs: bool = True) -> None:
        """The sockets open now stay open and say nothing more; pongs=False: pings are not answered either."""
        self.sockets.go_deaf(pongs)

    async def refresh_sockets(self, grace: float = 0.1) -> None:
        """Warning, refresh_requested, close: as Slack does with every socket now and then."""
        await self.sockets.refresh(grace)

    async def drop_sockets(self) -> None:
        """Close every socket without warning."""
        await self.sockets.drop()

    def lose_acks(self, times: int = 1) -> None:
        """The next acknowledgements are lost on the way: the same events come again."""
        self.acks_to_lose += times

    def rate_limit(self, name: str, retry_after: float = 1, times: int = 1) -> None:
        """The next calls of this method are answered 429."""
        self.limits.order(name, retry_after, times)

    # -- what happens in the workspace

    def member(self, user_id: str, **profile: object) -> Member:
        """The driver of this user; added with this profile where unknown."""
        if user_id not in self.users:
            self.add_user(user_id, **profile)  # type: ignore[arg-type]
        return self._members.setdefault(user_id, Member(self, self, self.users[user_id]))

    async def emit(self, event: Json, team: str = "", wait: bool = True) -> Delivery:
        """Send any event to the app, wrapped as Slack wraps it."""
        return await self.dispatch(Delivery("events_api", event_callback(self, event, team)), wait)

    async def uninstall(self, wait: bool = True) -> None:
        """The app is removed: its tokens stop working, and it is told by two events."""
        self.revoked = True
        tokens = {"oauth": [], "bot": [self.bot_user]}
        await self.emit({"type": "tokens_revoked", "tokens": tokens, "event_ts": self.ts()}, wait=wait)
        await self.emit({"type": "app_uninstalled", "event_ts": self.ts()}, wait=wait)

    # -- the other addresses

    async def _upload(self, request: web.Request) -> web.Response:
        upload = next((upload for upload in self.uploads if upload.id == request.match_info["id"]), None)
        if upload is None or request.method not in ("POST", "PUT"):
            return web.Response(status=404)
        if request.content_type == "multipart/form-data":
            parts = [part for part in (await request.post()).values() if isinstance(part, web.FileField)]
            content = parts[0].file.read() if parts else b""
        else:
            content = await request.read()
        if len(content) != upload.length:
            self.violate("api", "upload", f"{len(content)} bytes came, {upload.length} were announced")
            return web.Response(status=400, text="length mismatch")
        upload.content = content
        self.log.append(
            Call("upload", {"id": upload.id, "content": content.decode("latin-1")}, {}, 200, time.monotonic())
        )
        return web.Response(text=f"OK - {len(content)}")

    async def _respond(self, request: web.Request) -> web.Response:
        body = json.loads(await request.text())
        status, text = chat.respond(self, request.match_info["key"], body)
        self.log.append(Call("response_url", body, {"text": text}, status, time.monotonic()))
        return web.Response(status=status, text=text)


@method("apps.connections.open", "connections:write", tier=100_000)
def connections_open(slack: SlackDouble) -> Json:
    return {
        "url": f"{slack.origin.replace('http', 'ws', 1)}/link/?ticket={slack.sockets.ticket()}&app_id={slack.app_id}"
    }
