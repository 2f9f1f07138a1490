"""What members do reaches bolt as Slack sends it: messages, mentions, commands, presses, shortcuts, an uninstall."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

from tests.doubles.slack import Member, SlackDouble
from tests.doubles.slack.kit import actions, button, option, plain
from tests.doubles.slack.test_web_api import error_of


async def test_words_come_escaped_and_linked(slack: SlackDouble, app: AsyncApp, ana: Member) -> None:
    came: list[Any] = []

    @app.event("message")
    async def heard(event: Any, say: Any) -> None:
        came.append(event)
        await say(text="Heard.", thread_ts=event.get("thread_ts"))

    said = await ana.dm("a & <b> https://x.org/?a=1&b ana@x.org")
    expected = "a &amp; &lt;b&gt; <https://x.org/?a=1&amp;b> <mailto:ana@x.org|ana@x.org>"
    assert (came[0]["text"], came[0]["channel_type"], came[0]["user"]) == (expected, "im", "U1")
    await ana.dm("more", thread_ts=said.ts)
    assert [message.thread_ts for message in ana.received] == ["", said.ts]
    assert slack.violations == []


async def test_a_mention_comes_twice_only_where_the_app_listens_to_the_channel(
    slack: SlackDouble, app: AsyncApp, ana: Member
) -> None:
    came: list[Any] = []

    @app.event("message")
    async def message(event: Any) -> None:
        came.append(event)

    @app.event("app_mention")
    async def mention(event: Any) -> None:
        came.append(event)

    slack.add_channel("C1", "U1")
    slack.add_channel("C2", "U1", joined=False)
    await ana.mention("C2", "not here")
    await ana.mention("C1", "once")
    assert [event["type"] for event in came] == ["app_mention"]
    slack.subscribed |= {"message.channels"}
    slack.scopes |= {"channels:history"}
    said = await ana.mention("C1", "twice")
    assert [(event["type"], event["ts"]) for event in came[1:]] == [("message", said.ts), ("app_mention", said.ts)]
    ids = [delivery.payload["event_id"] for delivery in slack.deliveries]
    assert len(set(ids)) == 3
    assert came[1]["text"] == f"<@{slack.bot_user}> twice"


async def test_a_command_answered_by_its_acknowledgement(slack: SlackDouble, app: AsyncApp, ana: Member) -> None:
    @app.command("/union")
    async def answer(ack: Any, command: Any) -> None:
        await ack(f"You said {command['text']}")

    slack.add_channel("C1", "U1", joined=False)
    await ana.command("/union", "a & b", "C1")
    assert [message.text for message in ana.ephemerals] == ["You said a &amp; b"]
    assert slack.messages("C1") == []


async def test_presses_and_choices_in_messages(slack: SlackDouble, app: AsyncApp, ana: Member) -> None:
    menu = {"type": "static_select", "action_id": "menu", "options": [option("a"), option("b")]}
    asked = {"text": plain("Yes"), "value": "yes"}, {"text": plain("No"), "value": "no"}
    feedback = {"type": "feedback_buttons", "action_id": "fb", "positive_button": asked[0], "negative_button": asked[1]}
    await app.client.chat_postMessage(
        channel="U1",
        text="Choose",
        blocks=[
            actions(button("go", "Go", value="7"), button("stop", "Stop"), menu, block_id="row"),
            {"type": "context_actions", "elements": [feedback]},
        ],
    )
    came: list[Any] = []

    @app.action("go")
    @app.action("menu")
    @app.action("fb")
    async def acted(ack: Any, body: Any, respond: Any) -> None:
        came.append(body)
        await ack()
        if body["actions"][0]["action_id"] == "go":
            await respond(text="Gone", replace_original=True)

    (message,) = ana.received
    with pytest.raises(LookupError):
        await ana.press(message, block_id="row")
    await ana.select(message, "menu", "b")
    await ana.feedback(message, "no")
    await ana.press(message, value="7")
    assert [body["actions"][0]["type"] for body in came] == ["static_select", "feedback_buttons", "button"]
    assert came[0]["actions"][0]["selected_option"] == option("b")
    assert came[2]["state"]["values"]["row"]["menu"]["selected_option"] == option("b")
    assert (came[1]["actions"][0]["value"], came[2]["message"]["ts"]) == ("no", message.ts)
    assert (message.text, message.shown) == ("Gone", "Gone")
    assert slack.violations == []


async def test_an_ephemeral_message_changes_only_by_its_response_url(
    slack: SlackDouble, app: AsyncApp, ana: Member
) -> None:
    slack.add_channel("C1", "U1")
    await app.client.chat_postEphemeral(channel="C1", user="U1", text="a", blocks=[actions(button("gone"))])

    @app.action("gone")
    async def gone(ack: Any, body: Any, respond: Any) -> None:
        assert "message" not in body
        assert body["container"]["is_ephemeral"]
        await ack()
        await respond(delete_original=True)

    await ana.press(ana.ephemerals[0], "gone")
    assert (ana.ephemerals, slack.violations) == ([], [])


async def test_shortcuts(slack: SlackDouble, app: AsyncApp, ana: Member) -> None:
    came: list[Any] = []

    @app.shortcut("send")
    async def chosen(ack: Any, body: Any) -> None:
        came.append(body)
        await ack()

    slack.add_channel("C1", "U1", "U2", joined=False)
    said = await slack.member("U2").say("C1", "<their> words")
    await ana.message_shortcut("send", said)
    await ana.shortcut("send")
    assert (came[0]["message"]["user"], came[0]["message"]["text"]) == ("U2", "&lt;their&gt; words")
    assert [body["type"] for body in came] == ["message_action", "shortcut"]


async def test_strangers_are_marked(slack: SlackDouble, app: AsyncApp) -> None:
    came: list[Any] = []

    @app.event("message")
    async def heard(body: Any) -> None:
        came.append(body)

    await slack.member("U5", team="T9OTHER", is_stranger=True).dm("hello")
    assert (came[0]["event"]["user_team"], came[0]["is_ext_shared_channel"]) == ("T9OTHER", True)


async def test_uninstalled(slack: SlackDouble, app: AsyncApp) -> None:
    came: list[str] = []

    @app.event("tokens_revoked")
    async def revoked(event: Any) -> None:
        came.append(event["type"])

    @app.event("app_uninstalled")
    async def uninstalled(event: Any) -> None:
        came.append(event["type"])

    await slack.uninstall()
    assert came == ["tokens_revoked", "app_uninstalled"]
    assert await error_of(app.client.users_info(user="U1")) == "token_revoked"
