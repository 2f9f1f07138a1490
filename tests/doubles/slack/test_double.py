"""The double, by the real client libraries over real sockets."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from tests.doubles.slack import Member, SlackDouble

FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Feedback"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "words",
            "label": {"type": "plain_text", "text": "What happened?"},
            "element": {"type": "plain_text_input", "action_id": "typed"},
        }
    ],
}


async def test_bolt_answers_a_direct_message_and_a_command_with_a_modal(
    slack: SlackDouble, app: AsyncApp, ana: Member
) -> None:
    @app.event("message")
    async def answer(event: Any, say: Any) -> None:
        await say(text=event["text"] + "!")

    @app.command("/union")
    async def open_form(ack: Any, body: Any, client: Any) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)
        await ack()

    @app.view("form")
    async def refuse(ack: Any, view: Any) -> None:
        await ack(response_action="errors", errors={"words": view["state"]["values"]["words"]["typed"]["value"]})

    await ana.dm("hello & <b>")
    assert [message.text for message in ana.received] == ["hello &amp; &lt;b&gt;!"]
    await ana.command("/union", "feedback")
    assert ana.view is not None
    await ana.submit(values={"words": "bad <word>"})
    assert ana.field_errors == {"words": "bad <word>"}
    assert slack.violations == []
