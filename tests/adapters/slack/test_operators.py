"""Wrong settings and tokens get one sentence, and no secret is printed; the doctor says what to mend."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from adapters.slack.adapter import SlackAdapter
from adapters.slack.doctor import examine
from adapters.slack.settings import SlackSettings
from bot.content import Content
from bot.doctor import State
from bot.errors import SettingsError, WorkerVoiceError
from tests.adapters.slack.conftest import free_port
from tests.doubles.slack import SlackDouble

Run = Callable[..., Awaitable[SlackAdapter]]
GOOD: dict[str, Any] = {"bot_token": "xoxb-canary", "app_token": "xapp-canary"}


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"bot_token": ""}, "SLACK_BOT_TOKEN is not set"),
        ({"bot_token": "xapp-canary"}, "SLACK_BOT_TOKEN must begin with xoxb-"),
        ({"bot_token": "xoxb-canary canary"}, "SLACK_BOT_TOKEN holds characters"),
        ({"app_token": "xoxb-canary"}, "SLACK_APP_TOKEN must begin with xapp-"),
        ({"app_token": ""}, "SLACK_APP_TOKEN"),
        ({"app_token": "", "signing_secret": "xoxb-canary"}, "SLACK_SIGNING_SECRET holds a token"),
        ({"api_url": "http://slack.example/api/"}, "SLACK_API_URL must begin with https"),
        ({"command": "union"}, "SLACK_COMMAND"),
    ],
)
def test_wrong_settings(wrong: dict[str, str], named: str) -> None:
    settings = SlackSettings(**{**GOOD, **wrong})
    with pytest.raises(SettingsError) as problem:
        settings.check()
    assert named in str(problem.value)
    assert "canary" not in str(problem.value)
    assert "canary" not in repr(settings)


def settings_for(slack: SlackDouble, **more: Any) -> SlackSettings:
    return SlackSettings(**{"bot_token": slack.bot_token, "app_token": slack.app_token, "api_url": slack.url, **more})


@pytest.mark.parametrize(
    ("wrong", "named"),
    [({"bot_token": "xoxb-canary"}, "SLACK_BOT_TOKEN"), ({"app_token": "xapp-canary"}, "SLACK_APP_TOKEN")],
)
async def test_tokens_are_tried_before_connecting(
    slack: SlackDouble, content: Content, wrong: dict[str, str], named: str
) -> None:
    adapter = SlackAdapter(settings_for(slack, **wrong), content)
    with pytest.raises(SettingsError) as problem:
        await adapter.connect()
    assert f"refuses {named} (invalid_auth)" in str(problem.value)
    assert "canary" not in str(problem.value)
    assert slack.sockets.opened == 0


async def test_slack_does_not_answer(content: Content) -> None:
    settings = SlackSettings(**GOOD, api_url=f"http://127.0.0.1:{free_port()}/api/")
    with pytest.raises(WorkerVoiceError, match="does not answer") as problem:
        await SlackAdapter(settings, content).connect()
    assert not isinstance(problem.value, SettingsError)


async def test_all_is_well(slack: SlackDouble) -> None:
    slack.add_group("S1", "U1", "U2")
    found = await examine(settings_for(slack, staff=frozenset({"U1"}), staff_group="S1"))
    assert [one.state for one in found] == [State.WELL] * 5
    assert "Socket Mode" in found[0].told
    assert "2 in SLACK_STAFF_GROUP" in found[-1].told
    assert slack.violations == []


async def test_what_the_doctor_finds(slack: SlackDouble) -> None:
    slack.scopes -= {"files:write", "usergroups:read"}
    slack.app_scopes.clear()
    found = {one.name: one for one in await examine(settings_for(slack, staff_group="S1"))}
    assert found["slack scopes"].told == "missing: files:write, usergroups:read"
    assert "refuses SLACK_APP_TOKEN" in found["slack connection"].told
    assert "cannot be read" in found["slack staff"].told
    assert all(found[name].fix for name in ("slack scopes", "slack connection", "slack staff"))
    assert found["slack bot token"].state is State.WELL


async def test_after_wrong_settings_nothing_is_asked(slack: SlackDouble) -> None:
    found = await examine(settings_for(slack, bot_token="xapp-canary"))
    assert [one.state for one in found] == [State.ILL, *[State.SKIPPED] * 4]
    assert slack.log == []
    assert "canary" not in str(found)


async def test_a_port_in_use(run: Run, slack: SlackDouble, content: Content) -> None:
    adapter = await run(signing_secret=slack.signing_secret, port=free_port())
    second = SlackAdapter(
        settings_for(slack, app_token="", signing_secret=slack.signing_secret, port=adapter.settings.port), content
    )
    await second.connect()

    async def respond(_: object) -> None: ...

    with pytest.raises(SettingsError, match="SLACK_PORT"):
        await second.listen(respond)
