"""HTTP mode: Slack's signed requests on aiohttp; as many processes as wanted, behind a load balancer."""

from typing import TYPE_CHECKING

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

from adapters.health import add_routes
from bot.errors import SettingsError

if TYPE_CHECKING:
    from adapters.slack.adapter import SlackAdapter

PATH = "/slack/events"


def routes(app: AsyncApp, adapter: "SlackAdapter") -> web.Application:
    """Events, commands and interactions come to one path; bolt checks each signature and its age."""

    async def receive(request: web.Request) -> web.Response:
        if adapter.stopped.is_set():
            return web.Response(status=503)
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    site = web.Application()
    site.router.add_post(PATH, receive)
    add_routes(site, adapter.is_ready)
    return site


async def run(app: AsyncApp, adapter: "SlackAdapter") -> None:
    """Until the adapter is stopped; requests under way are answered."""
    settings = adapter.settings
    runner = web.AppRunner(routes(app, adapter), access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.host, settings.port).start()
        except OSError as problem:
            raise SettingsError(f"SLACK_HOST and SLACK_PORT cannot be listened on: {problem.strerror}.") from None
        adapter.health.connected = True
        await adapter.stopped.wait()
        await adapter.finish()
    finally:
        adapter.health.connected = False
        await runner.cleanup()
