"""Socket Mode with bolt's own client: tickets, redelivery, order, refreshes, silence."""

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.doubles.slack import Member, SlackDouble
from tests.doubles.slack.socket_mode import MOST_CONNECTIONS


def hears(app: AsyncApp, slow: float = 0, slow_times: int = 0) -> list[Any]:
    """Record every message event; the first ones take their time."""
    came: list[Any] = []

    @app.event("message")
    async def heard(body: Any, request: Any) -> None:
        came.append((body["event"]["text"], body["event_id"], request.headers.get("x-slack-retry-num")))
        if len(came) <= slow_times:
            await asyncio.sleep(slow)

    return came


async def test_a_ticket_is_good_once_and_ten_connections_are_the_most(slack: SlackDouble) -> None:
    client = AsyncWebClient(base_url=slack.url)
    async with aiohttp.ClientSession() as session:
        urls = [
            (await client.apps_connections_open(app_token=slack.app_token))["url"] for _ in range(MOST_CONNECTIONS + 1)
        ]
        sockets = [await session.ws_connect(url) for url in urls]
        hellos = [await socket.receive_json() for socket in sockets]
        assert [hello.get("num_connections") for hello in hellos[:-1]] == list(range(1, MOST_CONNECTIONS + 1))
        assert (hellos[-1]["type"], hellos[-1]["reason"]) == ("disconnect", "too_many_websockets")
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(urls[0])
    assert [broken.where for broken in slack.violations] == ["socket"]


async def test_a_late_acknowledgement_brings_the_event_again(slack: SlackDouble, app: AsyncApp, ana: Member) -> None:
    came = hears(app, slow=0.7, slow_times=2)
    await ana.dm("hello")
    assert [retry for _, _, retry in came] == [["0"], ["1"], ["2"]]
    assert len({event_id for _, event_id, _ in came}) == 1
    await slack.until(lambda: [b.detail for b in slack.violations if b.where == "socket"] != [])
    assert {broken.kind for broken in slack.violations} == {"ack"}


async def test_after_three_more_times_slack_gives_up(slack: SlackDouble, app: AsyncApp, ana: Member) -> None:
    came = hears(app)
    slack.lose_acks(9)
    await ana.dm("hello")
    assert len(came) == 4
    assert not slack.deliveries[0].acked


async def test_an_interaction_without_acknowledgement_is_not_repeated(
    slack: SlackDouble, app: AsyncApp, ana: Member
) -> None:
    came: list[str] = []

    @app.command("/union")
    async def silent(body: Any) -> None:
        came.append(body["text"])

    await ana.command("/union", "hi")
    assert (came, ana.notices) == (["hi"], ["operation_timeout"])


async def test_any_event_any_number_of_times_in_any_order(slack: SlackDouble, app: AsyncApp, ana: Member) -> None:
    came = hears(app)
    slack.holding = True
    for text in ("one", "two"):
        await ana.dm(text)
    one, two = slack.held
    await slack.release(two, one, two)
    await slack.redeliver(one, times=2)
    assert [text for text, _, _ in came] == ["two", "one", "two", "one", "one"]
    assert len({event_id for _, event_id, _ in came}) == 2
    assert slack.violations == []


async def test_nothing_is_lost_while_sockets_are_refreshed(slack: SlackDouble, app: AsyncApp, ana: Member) -> None:
    came = hears(app)
    refreshing = asyncio.ensure_future(slack.refresh_sockets(grace=0.2))
    for number in range(20):
        await ana.dm(str(number))
        await asyncio.sleep(0.02)
    await refreshing
    await slack.until(lambda: slack.sockets.opened >= 2 and len(slack.sockets.connections) == 1)
    await ana.dm("after")
    assert {text for text, _, _ in came} == {*map(str, range(20)), "after"}


async def test_a_dropped_socket_comes_back(slack: SlackDouble, app: AsyncApp, ana: Member) -> None:
    came = hears(app)
    await slack.drop_sockets()
    await slack.until(lambda: slack.sockets.connections)
    await ana.dm("hello")
    assert [text for text, _, _ in came] == ["hello"]


async def test_a_deaf_socket_looks_connected_and_delivers_nothing(
    slack: SlackDouble, app: AsyncApp, ana: Member
) -> None:
    came = hears(app)
    slack.go_deaf()
    await ana.dm("lost")
    assert came == []
    assert [attempt.reason for attempt in slack.deliveries[0].attempts] == ["timeout"] * 4
    assert (len(slack.sockets.connections), slack.sockets.opened) == (1, 1)


async def test_a_socket_without_pongs_is_given_up_by_the_client(slack: SlackDouble, app: AsyncApp, ana: Member) -> None:
    came = hears(app)
    slack.go_deaf(pongs=False)
    await slack.until(lambda: slack.sockets.opened == 2)
    await slack.until(lambda: not any(connection.deaf for connection in slack.sockets.connections))
    await ana.dm("heard again")
    assert [text for text, _, _ in came] == ["heard again"]
