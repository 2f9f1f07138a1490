"""The Web API by the real client: tokens, scopes, arguments, rate limits, messages, files."""

import asyncio
import time
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.doubles.slack import Member, SlackDouble
from tests.doubles.slack.kit import actions, button, section


async def error_of(call: Any) -> str:
    """The error a call is refused with."""
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def test_tokens(slack: SlackDouble, client: AsyncWebClient) -> None:
    whoami = await client.auth_test()
    assert (whoami["team_id"], whoami["user_id"]) == (slack.team_id, slack.bot_user)
    assert "chat:write" in whoami.headers["X-OAuth-Scopes"]
    assert await error_of(client.auth_test(token="xoxb-wrong")) == "invalid_auth"
    assert await error_of(client.apps_connections_open(app_token=slack.bot_token)) == "not_allowed_token_type"
    assert await error_of(AsyncWebClient(base_url=slack.url).auth_test()) == "not_authed"
    slack.app_scopes.clear()
    assert await error_of(client.apps_connections_open(app_token=slack.app_token)) == "missing_scope"


async def test_scopes_methods_and_arguments(slack: SlackDouble, client: AsyncWebClient) -> None:
    slack.scopes.remove("chat:write")
    refused = await error_of(client.chat_postMessage(channel="C1", text="a"))
    assert refused == "missing_scope"
    assert slack.calls("chat.postMessage")[0].answer["needed"] == "chat:write"
    assert await error_of(client.api_call("chat.shout")) == "unknown_method"
    assert await error_of(client.auth_test(colour="red")) == "invalid_arguments"
    assert await error_of(client.api_call("users.info")) == "invalid_arguments"
    assert [broken.kind for broken in slack.violations] == ["scope", "api", "api", "api"]


async def test_people(slack: SlackDouble, client: AsyncWebClient, ana: Member) -> None:
    profile = (await client.users_info(user="U1", include_locale=True))["user"]
    assert (profile["tz"], profile["locale"], profile["is_restricted"]) == ("Europe/Madrid", "es-ES", False)
    assert "locale" not in (await client.users_info(user="U1"))["user"]
    slack.add_user("U2", deleted=True, is_stranger=True, team="T9")
    stranger = (await client.users_info(user="U2"))["user"]
    assert (stranger["is_stranger"], stranger["deleted"], stranger["team_id"]) == (True, True, "T9")
    assert await error_of(client.users_info(user="U9")) == "user_not_found"
    slack.add_group("S1", "U1")
    assert (await client.usergroups_users_list(usergroup="S1"))["users"] == ["U1"]
    assert await error_of(client.usergroups_users_list(usergroup="S2")) == "no_such_subteam"
    opened = await client.conversations_open(users="U1")
    assert opened["channel"]["id"] == ana.dm_channel
    assert await error_of(client.conversations_open(users=["U2"])) == "user_disabled"
    assert await error_of(client.conversations_open(users=[slack.bot_user])) == "cannot_dm_bot"
    assert await error_of(client.chat_postMessage(channel="U2", text="a")) == "channel_not_found"


async def test_messages(slack: SlackDouble, client: AsyncWebClient, ana: Member) -> None:
    slack.add_channel("C1", "U1")
    slack.add_channel("C2", "U1", joined=False)
    assert await error_of(client.chat_postMessage(channel="C2", text="a")) == "not_in_channel"
    assert await error_of(client.chat_postMessage(channel="C3", text="a")) == "channel_not_found"
    root = await client.chat_postMessage(channel="C1", text="root", unfurl_links=False, unfurl_media=False)
    await client.chat_postMessage(channel="C1", text="reply", thread_ts=root["ts"])
    assert [(m.text, m.thread_ts) for m in slack.messages("C1")] == [("root", ""), ("reply", root["ts"])]
    assert await error_of(client.chat_postMessage(channel="C1", text="a", thread_ts="1.0")) == "thread_not_found"
    await client.chat_update(channel="C1", ts=root["ts"], text="x" * 4000)
    assert slack.messages("C1")[0].edited
    assert slack.violations == []
    assert await error_of(client.chat_update(channel="C1", ts=root["ts"], text="x" * 4001)) == "msg_too_long"
    assert await error_of(client.api_call("chat.postMessage", json={"channel": "C1", "text": " "})) == "no_text"
    said = await ana.say("C1", "mine")
    assert await error_of(client.chat_update(channel="C1", ts=said.ts, text="a")) == "cant_update_message"
    await client.chat_delete(channel="C1", ts=root["ts"])
    assert await error_of(client.chat_delete(channel="C1", ts=root["ts"])) == "message_not_found"
    assert [m.text for m in slack.messages("C1", by_bot=True)] == ["reply"]


async def test_broken_rules_that_slack_lets_pass_are_noted(slack: SlackDouble, client: AsyncWebClient) -> None:
    slack.add_channel("C1", "U1")
    await client.chat_postMessage(channel="C1", text="x" * 4001)
    await client.api_call("chat.postMessage", json={"channel": "C1", "blocks": [section("a")]})
    await client.chat_postMessage(channel="C1", text="a\0b")
    assert [broken.detail for broken in slack.violations] == [
        "a text of 4001 characters",
        "no top-level text",
        "a NUL character in the text",
    ]
    assert await error_of(client.chat_postMessage(channel="C1", text="a", blocks=[section("")])) == "invalid_blocks"


async def test_whom_a_message_would_notify(slack: SlackDouble, client: AsyncWebClient, ana: Member) -> None:
    await client.chat_postMessage(channel="U1", text="<!channel> <@U1|ana> &lt;!here&gt;", blocks=[section("<!here>")])
    await client.chat_postMessage(
        channel="U1", text="a", blocks=[{"type": "markdown", "text": "<@U7>"}, actions(button("b", "<!everyone>"))]
    )
    assert [message.mentions for message in ana.received] == [{"!channel", "U1", "!here"}, {"U7"}]


async def test_ephemeral_messages(slack: SlackDouble, client: AsyncWebClient, ana: Member) -> None:
    slack.add_channel("C1", "U1")
    slack.member("U2")
    await client.chat_postEphemeral(channel="C1", user="U1", text="for you")
    assert await error_of(client.chat_postEphemeral(channel="C1", user="U2", text="a")) == "user_not_in_channel"
    assert [message.text for message in ana.ephemerals] == ["for you"]
    assert slack.messages("C1") == []
    ephemeral = ana.ephemerals[0]
    assert await error_of(client.chat_update(channel="C1", ts=ephemeral.ts, text="a")) == "message_not_found"


async def test_a_response_url_is_good_five_times_for_thirty_minutes(slack: SlackDouble, ana: Member) -> None:
    slack.add_channel("C1", "U1", joined=False)
    delivery = await ana.command("/union", "hi", "C1")
    hook = AsyncWebhookClient(delivery.payload["response_url"])
    answers = [await hook.send(text=f"answer {number}", response_type="ephemeral") for number in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert [message.text for message in ana.ephemerals] == [f"answer {number}" for number in range(5)]
    slack.response_url_ttl = 0
    again = await ana.command("/union", "hi", "C1")
    assert (await AsyncWebhookClient(again.payload["response_url"]).send(text="late")).body == "expired_url"


async def test_429_is_waited_out_by_the_retry_handler(slack: SlackDouble, ana: Member) -> None:
    slack.rate_limit("chat.postMessage", retry_after=1, times=1)
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.url)
    assert await error_of(client.chat_postMessage(channel="U1", text="lost")) == "ratelimited"
    slack.rate_limit("views.publish", retry_after=1, times=1)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=2))
    began = time.monotonic()
    await client.views_publish(user_id="U1", view={"type": "home", "blocks": [section("a")]})
    assert time.monotonic() - began > 0.9
    assert [call.status for call in slack.calls("views.publish")] == [429, 200]
    assert slack.violations == []


async def test_one_message_a_second_and_channel(slack: SlackDouble, client: AsyncWebClient, ana: Member) -> None:
    slack.member("U2")
    slack.limits.messages_per_second = 1
    await client.chat_postMessage(channel="U1", text="one")
    await client.chat_postMessage(channel="U2", text="another channel")
    assert await error_of(client.chat_postMessage(channel="U1", text="two")) == "ratelimited"
    assert slack.calls("chat.postMessage")[-1].status == 429
    assert await error_of(client.chat_postMessage(channel="U1", text="two")) == "ratelimited"
    assert [broken.kind for broken in slack.violations] == ["rate"]
    await asyncio.sleep(1.05)
    await client.chat_postMessage(channel="U1", text="three")
    assert [message.text for message in ana.received] == ["one", "three"]


async def test_tiers(slack: SlackDouble, client: AsyncWebClient) -> None:
    slack.add_group("S1")
    slack.limits.tiers = True
    for _ in range(20):
        await client.usergroups_users_list(usergroup="S1")
    assert await error_of(client.usergroups_users_list(usergroup="S1")) == "ratelimited"


async def test_a_file(slack: SlackDouble, client: AsyncWebClient, ana: Member) -> None:
    await client.files_upload_v2(
        filename="export.xlsx", content=b"\x00words\xff", title="Export", channel=ana.dm_channel, initial_comment="Here"
    )
    (upload,) = slack.uploads
    assert (upload.name, upload.content, upload.complete) == ("export.xlsx", b"\x00words\xff", True)
    assert [(message.text, message.files) for message in ana.received] == [("Here", [upload.id])]
    announced = await client.files_getUploadURLExternal(filename="a.txt", length=5)
    completing = client.files_completeUploadExternal(files=[{"id": announced["file_id"]}], channel_id=ana.dm_channel)
    assert await error_of(completing) == "file_not_found"


async def test_assistant_threads(slack: SlackDouble, client: AsyncWebClient, ana: Member) -> None:
    said = await ana.dm("hi")
    await client.assistant_threads_setStatus(channel_id=ana.dm_channel, thread_ts=said.ts, status="thinking")
    assert slack.statuses[0]["status"] == "thinking"
    prompts = [{"title": "Ask", "message": "What is it?"}]
    await client.assistant_threads_setSuggestedPrompts(channel_id=ana.dm_channel, prompts=prompts)
    assert slack.prompts[0]["prompts"] == prompts
    many = client.assistant_threads_setSuggestedPrompts(channel_id=ana.dm_channel, prompts=prompts * 5)
    assert await error_of(many) == "invalid_arguments"


async def test_everything_sent_can_be_searched(slack: SlackDouble, client: AsyncWebClient, ana: Member) -> None:
    await client.chat_postMessage(channel="U1", text="canary-ñ", blocks=[section("canary-2")])
    assert "canary-ñ" in slack.sent()
    assert "canary-2" in slack.sent()
    assert slack.bot_token not in slack.sent()
