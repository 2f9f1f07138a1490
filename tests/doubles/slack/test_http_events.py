"""Signed HTTP with bolt's aiohttp app: signatures, retries, several processes, every kind of payload."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.doubles.slack import Member, SlackDouble
from tests.doubles.slack.http_events import HttpEvents
from tests.doubles.slack.kit import asked, form


async def listen(app: AsyncApp) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(app.web_app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"


def bolt_app(slack: SlackDouble, client: AsyncWebClient) -> AsyncApp:
    quiet = logging.getLogger("bolt of the double's tests")
    quiet.setLevel(logging.CRITICAL)
    return AsyncApp(client=client, signing_secret=slack.signing_secret, process_before_response=True, logger=quiet)


@pytest.fixture
async def http_app(slack: SlackDouble, client: AsyncWebClient) -> AsyncIterator[AsyncApp]:
    app = bolt_app(slack, client)
    runner, url = await listen(app)
    slack.http_endpoint = url
    yield app
    await runner.cleanup()


def endpoint(slack: SlackDouble) -> HttpEvents:
    assert slack.http_endpoint is not None
    return slack.http_endpoint


async def test_every_kind_of_payload(slack: SlackDouble, http_app: AsyncApp, ana: Member) -> None:
    @http_app.event("message")
    async def heard(event: Any, say: Any) -> None:
        await say(text=event["text"])

    @http_app.command("/union")
    async def command(ack: Any, body: Any, client: Any) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=form(asked("words")))
        await ack("Opened.")

    @http_app.view("form")
    async def submitted(ack: Any, view: Any) -> None:
        await ack(response_action="errors", errors={"words": view["state"]["values"]["words"]["words.typed"]["value"]})

    await ana.dm("hello ñ & co")
    await ana.command("/union", "hi")
    await ana.submit(values={"words": "wrong"})
    assert [message.text for message in ana.received] == ["hello ñ &amp; co"]
    assert [message.text for message in ana.ephemerals] == ["Opened."]
    assert ana.field_errors == {"words": "wrong"}
    assert slack.violations == []


async def test_signatures(slack: SlackDouble, http_app: AsyncApp) -> None:
    assert await endpoint(slack).verify()
    body = json.dumps({"type": "event_callback", "event": {"type": "message"}, "team_id": slack.team_id}).encode()

    @http_app.event("message")
    async def heard() -> None:
        return

    post = endpoint(slack).request
    now = int(time.time())
    assert (await post("application/json", body))[0] == 200
    assert (await post("application/json", body, sign="v0=" + "0" * 64))[0] == 401
    assert (await post("application/json", body, at=now - 400))[0] == 401


async def test_retries_carry_their_number_and_reason(slack: SlackDouble, http_app: AsyncApp, ana: Member) -> None:
    came: list[Any] = []

    @http_app.event("message")
    async def slow(body: Any, request: Any) -> None:
        headers = request.headers
        came.append((body["event_id"], headers.get("x-slack-retry-num"), headers.get("x-slack-retry-reason")))
        if len(came) == 1:
            await asyncio.sleep(0.7)
        if len(came) == 2:
            raise RuntimeError("no 200")

    await ana.dm("hello")
    assert [retry for _, *retry in came] == [
        [None, None],
        [["1"], ["http_timeout"]],
        [["2"], ["http_error"]],
    ]
    assert len({event_id for event_id, *_ in came}) == 1
    slack.http_endpoint = "http://127.0.0.1:1/"
    await ana.dm("nobody there")
    assert [attempt.reason for attempt in slack.deliveries[-1].attempts] == ["connection_failed"] * 4


async def test_several_processes_take_turns(
    slack: SlackDouble, client: AsyncWebClient, http_app: AsyncApp, ana: Member
) -> None:
    apps = [http_app, bolt_app(slack, client)]
    runner, other = await listen(apps[1])
    slack.http_endpoint = [*endpoint(slack).endpoints, other]
    turns: list[int] = []

    @apps[0].event("message")
    async def first() -> None:
        turns.append(0)

    @apps[1].event("message")
    async def second() -> None:
        turns.append(1)

    for text in ("one", "two", "three"):
        await ana.dm(text)
    await runner.cleanup()
    assert turns == [0, 1, 0]
