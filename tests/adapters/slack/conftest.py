"""The real adapter and bot on a Slack-shaped server, over real sockets; the database is SQLite."""

import asyncio
import pathlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import pytest

from adapters.slack.adapter import SlackAdapter
from adapters.slack.settings import SlackSettings
from bot.core import Bot
from bot.serving import respond
from tests.doubles.slack import Member, SlackDouble

Run = Callable[..., Awaitable[SlackAdapter]]


@pytest.fixture
def database_url(tmp_path: pathlib.Path) -> str:
    return f"sqlite:///{tmp_path / 'store.sqlite3'}"


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    async with SlackDouble(retry_delays=(0.0, 0.2, 0.2)) as double:
        double.add_channel("C1", "U1", "U2", name="general")
        yield double


@pytest.fixture
async def run(slack: SlackDouble, bot: Bot) -> AsyncIterator[Run]:
    """Starts an adapter with these settings, Socket Mode where nothing else is said, and stops it at the end."""
    async with AsyncExitStack() as stack:

        async def start(*, of: Bot = bot, **settings: Any) -> SlackAdapter:
            ways = {"app_token": slack.app_token} if "signing_secret" not in settings else {}
            made = {
                "bot_token": slack.bot_token,
                "api_url": slack.url,
                "check_seconds": 0.1,
                "again_seconds": 0.1,
                **ways,
                **settings,
            }
            adapter = SlackAdapter(SlackSettings(**made), of.content)
            await adapter.connect()
            task = asyncio.create_task(adapter.listen(partial(respond, of, adapter)))
            stack.push_async_callback(ended, adapter, task)
            await slack.until(lambda: adapter.health.connected)
            return adapter

        yield start


async def ended(adapter: SlackAdapter, task: "asyncio.Task[None]") -> None:
    adapter.stop()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def adapter(run: Run) -> SlackAdapter:
    return await run()


@pytest.fixture
def ana(slack: SlackDouble) -> Member:
    return slack.member("U1", name="ana", locale="en-US")


@pytest.fixture
def luz(slack: SlackDouble) -> Member:
    return slack.member("U2", name="luz", locale="es-ES")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
