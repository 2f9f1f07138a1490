"""Modals and the Home tab through bolt: trigger ids, hashes, response actions, what the client itself refuses."""

import asyncio
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.doubles.slack import ClientRefused, Member, SlackDouble, View
from tests.doubles.slack.kit import actions, asked, button, form, modal, option, section
from tests.doubles.slack.test_web_api import error_of

CHOICE = {"type": "radio_buttons", "action_id": "c", "options": [option("yes"), option("no")]}


def opens(app: AsyncApp, view: dict[str, Any]) -> None:
    """/union opens this modal."""

    @app.command("/union")
    async def opened(ack: Any, body: Any, client: Any) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()


def answers(app: AsyncApp, *responses: dict[str, Any]) -> list[Any]:
    """Submissions get these response actions one after another; answers the views that came."""
    left, came = list(responses), []

    @app.view("form")
    async def submitted(ack: Any, view: Any) -> None:
        came.append(view)
        await ack(**left.pop(0))

    return came


def top(member: Member) -> View:
    assert member.view is not None
    return member.view


async def test_errors_stay_beside_the_fields_and_what_was_typed_stays(
    slack: SlackDouble, app: AsyncApp, ana: Member
) -> None:
    opens(app, form(asked("words"), asked("choice", CHOICE, optional=True)))
    came = answers(app, {"response_action": "errors", "errors": {"words": "Too short."}}, {})
    await ana.command("/union")
    await ana.submit(values={"words": "a <b>", "choice": "no"})
    assert ana.field_errors == {"words": "Too short."}
    await ana.submit()
    values = came[1]["state"]["values"]
    assert values["words"]["words.typed"] == {"type": "plain_text_input", "value": "a <b>"}
    assert values["choice"]["c"]["selected_option"]["value"] == "no"
    assert (ana.views, slack.violations) == ([], [])


async def test_update_push_and_clear(slack: SlackDouble, app: AsyncApp, ana: Member) -> None:
    opens(app, form(asked("one")))
    two, three = form(asked("two"), private_metadata="m2"), form(asked("three"))
    came = answers(
        app,
        {"response_action": "update", "view": two},
        {"response_action": "push", "view": three},
        {"response_action": "clear"},
    )
    await ana.command("/union")
    root = top(ana)
    await ana.submit(values={"one": "1"})
    assert (top(ana) is root, top(ana).blocks[0]["block_id"]) == (True, "two")
    await ana.submit(values={"two": "2"})
    assert [view.blocks[0]["block_id"] for view in ana.views] == ["two", "three"]
    await ana.submit(values={"three": "3"})
    assert ana.views == []
    assert [view["private_metadata"] for view in came] == ["", "m2", ""]
    assert came[2]["root_view_id"] == root.id
    assert slack.violations == []


WRONG_ANSWERS = [
    {"response_action": "errors", "errors": {"elsewhere": "No such block."}},
    {"response_action": "update", "view": modal(asked("no-submit"))},
    {"response_action": "shout"},
]


@pytest.mark.parametrize("answer", WRONG_ANSWERS)
async def test_an_answer_that_is_not_valid(
    slack: SlackDouble, app: AsyncApp, ana: Member, answer: dict[str, Any]
) -> None:
    opens(app, form(asked("words")))
    if answer["response_action"] == "shout":

        @app.view("form")
        async def shouts(ack: Any) -> Any:
            from slack_bolt.response import BoltResponse

            return BoltResponse(status=200, body=answer)
    else:
        answers(app, answer)
    await ana.command("/union")
    await ana.submit(values={"words": "a"})
    assert (ana.notices, ana.field_errors) == (["invalid_response"], {})
    assert [broken.where for broken in slack.violations] == ["view_submission"]


async def test_what_the_client_itself_refuses(app: AsyncApp, ana: Member) -> None:
    short = {"type": "plain_text_input", "action_id": "t", "max_length": 5, "min_length": 2}
    opens(app, form(asked("words", short), asked("choice", CHOICE)))
    came = answers(app)
    await ana.command("/union")
    for values in ({}, {"words": "abcdef", "choice": "no"}, {"words": "a", "choice": "no"}):
        with pytest.raises(ClientRefused):
            await ana.submit(values=values)
    with pytest.raises(KeyError):
        ana.fill({"choice": "maybe"})
    assert came == []


async def test_a_trigger_is_good_once_and_for_three_seconds(
    slack: SlackDouble, app: AsyncApp, client: AsyncWebClient, ana: Member
) -> None:
    opens(app, modal())
    used = (await ana.command("/union")).payload["trigger_id"]
    assert await error_of(client.views_open(trigger_id=used, view=modal())) == "exchanged_trigger_id"
    assert await error_of(client.views_open(trigger_id="1.2", view=modal())) == "invalid_trigger_id"
    slack.trigger_ttl = 0.02
    waiting = slack.new_trigger("U1")
    await asyncio.sleep(0.03)
    assert await error_of(client.views_open(trigger_id=waiting, view=modal())) == "expired_trigger_id"
    assert {broken.kind for broken in slack.violations} == {"trigger"}


async def test_three_views_and_no_more(slack: SlackDouble, client: AsyncWebClient, ana: Member) -> None:
    await client.views_open(trigger_id=slack.new_trigger("U1"), view=modal())
    for _ in range(2):
        await client.views_push(trigger_id=slack.new_trigger("U1", in_modal=True), view=modal())
    fourth = client.views_push(trigger_id=slack.new_trigger("U1", in_modal=True), view=modal())
    assert await error_of(fourth) == "push_limit_reached"
    assert len(ana.views) == 3


async def test_views_update_honours_the_hash(slack: SlackDouble, client: AsyncWebClient, ana: Member) -> None:
    opened = await client.views_open(trigger_id=slack.new_trigger("U1"), view=form(asked("words")))
    view_id, old = opened["view"]["id"], opened["view"]["hash"]
    ana.fill({"words": "kept"})
    await client.views_update(view_id=view_id, hash=old, view=form(section("new"), asked("words")))
    assert top(ana).state["words"]["words.typed"]["value"] == "kept"
    assert await error_of(client.views_update(view_id=view_id, hash=old, view=modal())) == "hash_conflict"
    assert await error_of(client.views_update(view_id="V9", view=modal())) == "not_found"
    with pytest.raises(SlackApiError, match="submit"):
        await client.views_update(view_id=view_id, view=modal(asked("words")))
    await ana.close()
    assert await error_of(client.views_update(view_id=view_id, view=modal())) == "not_found"


async def test_a_press_in_a_modal_carries_what_was_typed(slack: SlackDouble, app: AsyncApp, ana: Member) -> None:
    opens(app, form(asked("words"), actions(button("back", value="1"))))
    came: list[Any] = []

    @app.action("back")
    async def pressed(ack: Any, body: Any, client: Any) -> None:
        came.append(body)
        view = form(asked("other"))
        await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)
        await ack()

    await ana.command("/union")
    ana.fill({"words": "half"})
    await ana.press(action_id="back")
    assert came[0]["view"]["state"]["values"]["words"]["words.typed"]["value"] == "half"
    assert came[0]["actions"][0]["value"] == "1"
    assert top(ana).blocks[0]["block_id"] == "other"
    assert slack.violations == []


async def test_closing_is_told_only_with_notify_on_close(slack: SlackDouble, app: AsyncApp, ana: Member) -> None:
    closed: list[Any] = []

    @app.view_closed("form")
    async def gone(ack: Any, body: Any) -> None:
        closed.append(body["is_cleared"])
        await ack()

    opens(app, modal(notify_on_close=True))
    await ana.command("/union")
    await ana.close()
    assert (closed, ana.views) == ([False], [])


async def test_home(slack: SlackDouble, app: AsyncApp, client: AsyncWebClient, ana: Member) -> None:
    tabs: list[str] = []

    @app.event("app_home_opened")
    async def opened(event: Any, client: Any) -> None:
        tabs.append(event["tab"])
        home = {"type": "home", "blocks": [actions(button("ask", "Ask"))]}
        await client.views_publish(user_id=event["user"], view=home)

    @app.action("ask")
    async def ask(ack: Any, body: Any, client: Any) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=modal())
        await ack()

    assert ana.home is None
    await ana.open_home()
    await ana.open_home("messages")
    await ana.press(ana.home, text="Ask")
    assert (tabs, top(ana).title) == (["home", "messages"], "Title")
    assert await error_of(client.views_publish(user_id="U9", view={"type": "home", "blocks": [section("a")]})) == (
        "user_not_found"
    )
    assert slack.violations == []
