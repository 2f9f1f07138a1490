"""A double, and the real bolt app and Socket Mode handler connected to it."""

import logging
from collections.abc import AsyncIterator

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.doubles.slack import Member, SlackDouble


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    async with SlackDouble(ack_timeout=0.5, retry_delays=(0.0, 0.1, 0.1)) as double:
        yield double


@pytest.fixture
def client(slack: SlackDouble) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.url)


@pytest.fixture
async def app(slack: SlackDouble, client: AsyncWebClient) -> AsyncIterator[AsyncApp]:
    """A bolt app on Socket Mode; listeners may be added while it runs."""
    quiet = logging.getLogger("bolt of the double's tests")
    quiet.setLevel(logging.CRITICAL)
    bolt = AsyncApp(client=client, process_before_response=True, logger=quiet)
    handler = AsyncSocketModeHandler(bolt, slack.app_token, logger=quiet, ping_interval=0.3)
    await handler.client.connect()  # type: ignore[no-untyped-call]
    yield bolt
    await handler.client.close()  # type: ignore[no-untyped-call]


@pytest.fixture
def ana(slack: SlackDouble) -> Member:
    return slack.member("U1", name="ana", tz="Europe/Madrid", locale="es-ES")
