"""Nothing is lost, nothing is said twice: what Slack and the network do to a bot."""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from adapters.health import HealthSettings, served
from adapters.slack import exchange
from adapters.slack.adapter import SlackAdapter
from adapters.slack.parse import Person
from bot.core import Bot
from bot.errors import SettingsError, StoreAway
from bot.events import AnyEvent
from bot.replies import Outcome, Reply, Text
from tests.adapters.slack.conftest import free_port
from tests.doubles.slack import Delivery, Member, SlackDouble

Run = Callable[..., Awaitable[SlackAdapter]]
MONEY = "Did Microsoft pay the AFL-CIO?"
WAYS = ["socket", "http"]


@pytest.fixture(params=WAYS)
async def either(request: pytest.FixtureRequest, run: Run, slack: SlackDouble) -> SlackAdapter:
    """The adapter by Socket Mode, and by signed HTTP."""
    return await run() if request.param == "socket" else await by_http(run, slack)


async def by_http(run: Run, slack: SlackDouble, processes: int = 1) -> SlackAdapter:
    ports = [free_port() for _ in range(processes)]
    adapters = [await run(signing_secret=slack.signing_secret, port=port) for port in ports]
    slack.http_endpoint = [f"http://127.0.0.1:{port}/slack/events" for port in ports]
    return adapters[0]


def events(slack: SlackDouble) -> list[Delivery]:
    return [one for one in slack.deliveries if one.kind == "events_api"]


async def test_an_event_that_comes_again_is_answered_once(
    either: SlackAdapter, slack: SlackDouble, ana: Member
) -> None:
    await ana.dm(MONEY)
    await either.idle()
    await slack.redeliver(events(slack)[0], times=3)
    await either.idle()
    assert len(ana.received) == 1
    assert all(attempt.ok for attempt in events(slack)[0].attempts)


async def test_the_same_event_at_the_same_time_is_answered_once(
    either: SlackAdapter, slack: SlackDouble, ana: Member
) -> None:
    slack.holding = True
    await ana.dm(MONEY)
    (held,) = slack.held
    slack.holding = False
    await asyncio.gather(*(slack.redeliver(held) for _ in range(4)))
    await either.idle()
    assert len(ana.received) == 1
    assert len(held.attempts) == 4
    assert all(attempt.ok for attempt in held.attempts)


async def test_lost_acknowledgements(either: SlackAdapter, slack: SlackDouble, ana: Member) -> None:
    slack.lose_acks(2)
    await ana.dm(MONEY)
    await either.idle()
    assert len(events(slack)[0].attempts) == 3
    assert len(ana.received) == 1


async def test_it_is_acknowledged_after_it_was_stored(
    run: Run, slack: SlackDouble, ana: Member, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored: list[bool] = []
    answer = Bot.handle

    async def slowly(self: Bot, event: AnyEvent) -> Outcome:
        outcome = await answer(self, event)
        await asyncio.sleep(0.3)
        stored.append(events(slack)[0].acked)
        return outcome

    monkeypatch.setattr(Bot, "handle", slowly)
    adapter = await run()
    await ana.dm(MONEY)
    await adapter.idle()
    assert stored == [False]
    assert events(slack)[0].acked


async def test_an_interaction_is_acknowledged_in_time_even_if_the_answer_is_not(
    run: Run, slack: SlackDouble, ana: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = Bot.handle

    async def slowly(self: Bot, event: AnyEvent) -> Outcome:
        await asyncio.sleep(3.5)
        return await answer(self, event)

    monkeypatch.setattr(Bot, "handle", slowly)
    adapter = await run()
    delivery = await ana.command("/union", "feedback", channel="C1")
    assert delivery.acked
    await adapter.idle()
    assert ana.notices == []
    assert ana.view is None  # the trigger is too old by then
    assert "did not open in time" in ana.ephemerals[-1].text
    monkeypatch.undo()
    await ana.press(ana.ephemerals[-1], text="Open the form")
    await adapter.idle()
    assert ana.view is not None
    assert [one.kind for one in slack.violations] == ["trigger"]


async def test_a_modal_whose_page_was_stored_too_late_goes_on_when_sent_again(
    run: Run, slack: SlackDouble, ana: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = await run()
    await ana.command("/union", "feedback", channel="C1")
    await adapter.idle()
    monkeypatch.setattr(exchange, "LATE", 0.0)
    await ana.submit(values={"q:level": "anonymous", "q:kind": "idea"})
    await adapter.idle()
    shown = slack.calls("views.update")[-1].arguments["view"]
    assert "Page 2 of 3" in json.dumps(shown)


async def test_two_processes_answer_once(run: Run, slack: SlackDouble, ana: Member) -> None:
    adapter = await by_http(run, slack, processes=2)
    await ana.dm(MONEY)
    await slack.until(lambda: len(ana.received) == 1)
    await adapter.idle()
    await asyncio.sleep(0.2)  # the other process marks it delivered
    await slack.redeliver(events(slack)[0], times=4)
    await asyncio.sleep(0.3)
    assert len(ana.received) == 1


async def test_a_burst_of_rate_limits_is_waited_out_in_order(run: Run, slack: SlackDouble, ana: Member) -> None:
    adapter = await run()
    slack.rate_limit("chat.postMessage", retry_after=1, times=2)
    long = Reply((Text("\n\n".join(f"part {n} " + "x" * 2_000 for n in range(6))),))
    await asyncio.gather(adapter.push(("slack", "T0UNION:U1"), long), ana.dm("help"))
    await adapter.idle()
    said = "\n".join(one.text for one in ana.received)
    numbers = [int(found) for found in re.findall(r"part (\d)", said)]
    assert numbers == [0, 1, 2, 3, 4, 5]
    assert "type one of these" in said
    assert [one for one in slack.violations if one.kind == "rate"] == []
    assert adapter.metrics.rate_limited._value.get() == 2


async def test_slack_out_of_order_for_a_moment(run: Run, slack: SlackDouble, ana: Member) -> None:
    adapter = await run()
    slack.api.outage = 2
    await ana.dm(MONEY)
    await adapter.idle()
    assert "No source we read" in ana.received[-1].text


async def test_a_deaf_socket_is_replaced(run: Run, slack: SlackDouble, ana: Member) -> None:
    adapter = await run(silent_seconds=0.6)
    slack.go_deaf()
    await slack.until(lambda: adapter.metrics.rebuilt._value.get() >= 1)
    await ana.dm(MONEY)
    await adapter.idle()
    assert len(ana.received) == 1
    assert adapter.health.connected


async def test_a_deaf_socket_while_slack_gives_no_other(run: Run, slack: SlackDouble, ana: Member) -> None:
    adapter = await run(silent_seconds=0.6)
    slack.go_deaf()
    slack.app_scopes.clear()
    await slack.until(lambda: not adapter.health.connected)
    slack.app_scopes.add("connections:write")
    await slack.until(lambda: adapter.health.connected)
    await ana.dm(MONEY)
    await adapter.idle()
    assert len(ana.received) == 1


@pytest.mark.parametrize("how", ["refresh", "drop", "mute"])
async def test_sockets_come_and_go(run: Run, slack: SlackDouble, ana: Member, how: str) -> None:
    adapter = await run()
    if how == "refresh":
        await slack.refresh_sockets()
    elif how == "drop":
        await slack.drop_sockets()
    else:
        slack.go_deaf(pongs=False)
    before = slack.sockets.opened
    if how != "refresh":
        await slack.until(lambda: slack.sockets.opened > before)
    await ana.dm(MONEY)
    await slack.until(lambda: ana.received)
    await adapter.idle()
    assert len(ana.received) == 1


async def test_what_is_under_way_is_finished(
    run: Run, slack: SlackDouble, ana: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = Bot.handle

    async def slowly(self: Bot, event: AnyEvent) -> Outcome:
        await asyncio.sleep(0.5)
        return await answer(self, event)

    monkeypatch.setattr(Bot, "handle", slowly)
    adapter = await run()
    writing = asyncio.create_task(ana.dm(MONEY))
    await slack.until(lambda: adapter.exchanges)
    adapter.stop()
    await writing
    await slack.until(lambda: not adapter.health.connected)
    assert events(slack)[0].acked
    assert len(ana.received) == 1


async def test_after_the_stop_nothing_is_taken(run: Run, slack: SlackDouble, ana: Member) -> None:
    adapter = await by_http(run, slack)
    adapter.stop()
    await ana.dm(MONEY)
    assert not any(attempt.ok for attempt in events(slack)[0].attempts)
    assert ana.received == []


async def test_the_store_away(run: Run, ana: Member, slack: SlackDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(self: Bot, event: AnyEvent) -> Outcome:
        raise StoreAway("away")

    adapter = await run()
    with monkeypatch.context() as patched:
        patched.setattr(Bot, "handle", away)
        await ana.dm(MONEY)
        await adapter.idle()
    assert "cannot save anything right now" in ana.received[-1].text
    await ana.dm(MONEY)
    await adapter.idle()
    assert "No source we read" in ana.received[-1].text


async def test_only_slack_is_heard(run: Run, slack: SlackDouble) -> None:
    await by_http(run, slack)
    assert slack.http is not None
    assert await slack.http.verify()
    body = json.dumps({"type": "event_callback", "event": {"type": "message"}}).encode()
    for at, sign in ((int(time.time()), "v0=" + "0" * 64), (int(time.time()) - 400, "")):
        status, _, _ = await slack.http.request("application/json", body, at=at, sign=sign)
        assert status == 401


@pytest.mark.parametrize("event", ["emoji_changed", "message", "app_mention", "app_home_opened", "unheard_of"])
async def test_every_event_is_acknowledged(either: SlackAdapter, slack: SlackDouble, event: str) -> None:
    slack.member("U1")
    body: dict[str, Any] = {"type": event, "subtype": "odd", "user": "U1", "channel": "C1", "ts": "1.1", "tab": "about"}
    delivery = await slack.emit(body)
    await either.idle()
    assert delivery.acked
    assert len(delivery.attempts) == 1


async def test_the_app_is_removed(slack: SlackDouble, bot: Bot, run: Run) -> None:
    adapter = await run()
    await slack.uninstall(wait=False)
    await slack.until(lambda: not adapter.health.connected)
    assert "removed from the workspace" in adapter.ended


async def test_user_tokens_revoked_are_none_of_ours(run: Run, slack: SlackDouble) -> None:
    adapter = await run()
    await slack.emit({"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}})
    assert not adapter.stopped.is_set()


async def test_listen_says_why_it_ended(slack: SlackDouble, bot: Bot) -> None:
    from adapters.slack.settings import SlackSettings

    made = SlackSettings(bot_token=slack.bot_token, app_token=slack.app_token, api_url=slack.url, check_seconds=0.1)
    adapter = SlackAdapter(made, bot.content)
    await adapter.connect()

    async def respond(event: AnyEvent) -> None: ...

    task = asyncio.create_task(adapter.listen(respond))
    await slack.until(lambda: adapter.health.connected)
    await slack.uninstall(wait=False)
    with pytest.raises(SettingsError, match="removed from the workspace"):
        await task


async def test_a_profile_that_does_not_come(run: Run, slack: SlackDouble, ana: Member) -> None:
    adapter = await run()
    slack.rate_limit("users.info", retry_after=5, times=1)
    began = time.monotonic()
    assert await adapter.people.find("U1") == Person("U1")
    assert time.monotonic() - began < 2


async def test_health(run: Run, slack: SlackDouble, tmp_path: Any, ana: Member) -> None:
    port, beat = free_port(), tmp_path / "heartbeat"
    adapter = await run()
    settings = HealthSettings(port=port, heartbeat_file=beat, beat_seconds=0.1)
    async with served(adapter.is_ready, [adapter.metrics], settings):
        await slack.until(beat.exists)
        await ana.dm("hello")
        await adapter.idle()
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
            for path, wanted in (
                ("/healthz", "ok"),
                ("/readyz", "ready"),
                ("/metrics", 'slack_events_total{kind="message"} 1'),
            ):
                async with session.get(path) as answer:
                    assert answer.status == 200
                    assert wanted in await answer.text()
            adapter.health.stopping = True
            async with session.get("/readyz") as answer:
                assert answer.status == 503
