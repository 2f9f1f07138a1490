"""Slack's payloads, as its documentation shows them, become events."""

import pytest

from adapters.slack import parse
from adapters.slack.mrkdwn import plain_words
from adapters.slack.parse import Here, Person
from bot.events import Action, FormSubmission, Message, Role, Shortcut

HERE = Here("T1", "UBOT")
ANA = Person("U1", "ana", "es-ES")


def said(**more: object) -> dict[str, object]:
    return {"type": "message", "channel_type": "im", "channel": "D1", "user": "U1", "text": "hi", "ts": "1.5", **more}


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("<@UBOT> hello", "hello"),
        ("<@UBOT|voice> hello <@U77> and <@U78|eva>", "hello @… and @eva"),
        ("see <https://example.org/x|example.org/x> now", "see example.org/x now"),
        ("see <https://example.org>", "see https://example.org"),
        ("see <https://example.org|our page>", "see our page (https://example.org)"),
        ("<mailto:a@example.org|a@example.org>", "a@example.org"),
        ("<#C1|general> <!here> <!subteam^S1|@stewards>", "#general @here @stewards"),
        ("&lt;@U77&gt;", "<@U77>"),
    ],
)
def test_words(sent: str, meant: str) -> None:
    assert plain_words(sent, "UBOT") == meant


def test_a_direct_message() -> None:
    act = parse.message(said(), HERE, ANA)
    assert isinstance(act.event, Message)
    assert (act.event.id, act.event.account, act.event.address) == ("message:T1:D1:1.5", "T1:U1", "T1:U1")
    assert act.event.private
    assert act.event.leaves_history
    assert act.event.has_forms
    assert act.event.can_push
    assert not act.event.can_show_form
    assert act.event.locale == "es-ES"
    assert act.origin.direct
    assert act.origin.thread == ""


def test_a_thread_is_kept_and_a_mention_begins_one() -> None:
    assert parse.message(said(thread_ts="1.1"), HERE, ANA).origin.thread == "1.1"
    mention = said(type="app_mention", channel="C1", channel_type="channel", text="<@UBOT> what is it?")
    act = parse.message(mention, HERE, ANA)
    assert isinstance(act.event, Message)
    assert (act.event.text, act.event.private, act.origin.thread) == ("what is it?", False, "1.5")


@pytest.mark.parametrize(
    "more",
    [
        {"user": "UBOT"},
        {"user": None},
        {"bot_id": "B1"},
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "thread_broadcast"},
        {"subtype": "channel_join"},
        {"hidden": True},
        {"channel": "C1", "channel_type": "channel"},
        {"channel": "G1", "channel_type": "mpim"},
        {"type": "app_mention"},
    ],
)
def test_what_nobody_said_to_the_bot(more: dict[str, object]) -> None:
    assert parse.is_said(said(), HERE)
    assert not parse.is_said(said(**more), HERE)


def test_a_file_has_words_too() -> None:
    event = said(subtype="file_share", files=[{"id": "F1"}])
    assert parse.is_said(event, HERE)
    act = parse.message(event, HERE, ANA)
    assert isinstance(act.event, Message)
    assert act.event.attachments


def test_a_command() -> None:
    body = {
        "trigger_id": "9.t",
        "channel_id": "C1",
        "user_id": "U1",
        "text": " what is it? ",
        "response_url": "https://r",
    }
    act = parse.command(body, HERE, ANA, question=True)
    assert isinstance(act.event, Message)
    assert (act.event.id, act.event.text, act.event.question) == ("command:9.t", "what is it?", True)
    assert act.event.can_show_form
    assert not act.event.leaves_history
    assert act.origin.ephemeral
    alone = parse.command(body | {"text": ""}, HERE, ANA, question=True)
    assert isinstance(alone.event, Message)
    assert (alone.event.text, alone.event.question) == ("help", False)


@pytest.mark.parametrize(("author", "words"), [("U1", "my words"), ("U2", "")])
def test_only_own_words_become_feedback(author: str, words: str) -> None:
    body = {
        "type": "message_action",
        "callback_id": "send_as_feedback",
        "trigger_id": "9.t",
        "channel": {"id": "C1"},
        "message": {"user": author, "text": "my words", "ts": "1.2"},
        "response_url": "https://r",
    }
    act = parse.shortcut(body, HERE, ANA)
    assert isinstance(act.event, Shortcut)
    assert act.event.text == words
    asked = parse.shortcut(body | {"callback_id": "ask_the_bot"}, HERE, ANA)
    assert isinstance(asked.event, Message)
    assert (asked.event.text, asked.event.question) == ("my words", True)


def pressed(name: str, **more: object) -> dict[str, object]:
    action = {"action_id": name, "value": "v", "type": "button", "action_ts": "3.3"}
    place = {"type": "message", "message_ts": "2.2", "channel_id": "D1"}
    channel = {"id": "D1", "name": "directmessage"}
    return {
        "type": "block_actions",
        "actions": [action],
        "container": place,
        "channel": channel,
        "trigger_id": "t",
    } | more


def test_a_press() -> None:
    act = parse.action(pressed("act:2:topic"), HERE, Person("U1", staff=True))
    assert act
    assert isinstance(act.event, Action)
    assert (act.event.action, act.event.value) == ("topic", "v")
    assert act.event.id == "action:U1:2.2:act:2:topic:3.3"
    assert act.event.role is Role.STAFF
    assert act.event.leaves_history
    other = parse.action(pressed("act:2:topic", actions=[{"action_id": "act:2:topic", "action_ts": "3.4"}]), HERE, ANA)
    assert other
    assert other.event.id != act.event.id


def test_presses_that_need_no_answer_or_come_from_elsewhere() -> None:
    assert (
        parse.action(pressed("own:pick", actions=[{"action_id": "own:pick", "type": "checkboxes"}]), HERE, ANA) is None
    )
    old = parse.action(pressed("something old"), HERE, ANA)
    assert old
    assert isinstance(old.event, Action)
    assert old.event.action == "help"


def test_ticked_boxes_are_chosen_together() -> None:
    state = {"values": {"b": {"own:pick": {"selected_options": [{"value": "time"}, {"value": "pay"}]}}}}
    sent = {"action_id": "own:chosen", "type": "button", "action_ts": "1"}
    for held, action in (("say", "say"), ("", "choose")):
        act = parse.action(pressed("own:chosen", actions=[sent | {"value": held}], state=state), HERE, ANA)
        assert act
        assert isinstance(act.event, Action)
        assert (act.event.action, act.event.value) == (action, "time,pay")


def test_no_box_ticked_says_nothing() -> None:
    act = parse.action(pressed("own:chosen", state={}), HERE, ANA)
    assert act
    assert isinstance(act.event, Message)
    assert act.event.text == ""


def view(**more: object) -> dict[str, object]:
    values = {
        "q:words": {"answer": {"type": "plain_text_input", "value": "a <b> &amp; c"}},
        "q:level": {"answer": {"type": "radio_buttons", "selected_option": {"value": "named"}}},
        "q:sector": {"answer": {"type": "static_select", "selected_option": None}},
        "q:effects": {"answer": {"type": "checkboxes", "selected_options": [{"value": "a"}, {"value": "b"}]}},
        "q:name": {"answer": {"type": "plain_text_input", "value": None}},
    }
    kept = '{"form":"ai-at-work","page":2}'
    made = {"id": "V1", "hash": "h", "type": "modal", "callback_id": "form", "private_metadata": kept}
    return made | {"state": {"values": values}} | more


def test_a_modal() -> None:
    act = parse.submission({"type": "view_submission", "view": view()}, HERE, ANA)
    assert act
    assert isinstance(act.event, FormSubmission)
    assert (act.event.id, act.event.form, act.event.page) == ("view:V1:h", "ai-at-work", 2)
    assert act.event.values == {
        "words": "a <b> &amp; c",
        "level": "named",
        "sector": (),
        "effects": ("a", "b"),
        "name": "",
    }
    assert act.origin.submitted
    assert not act.event.leaves_history


@pytest.mark.parametrize("kept", ["", "x", "{}", '{"form":"f","page":"x"}', "[1]", "null"])
def test_a_modal_that_cannot_be_read_is_nobodys_answer(kept: str) -> None:
    assert parse.submission({"view": view(private_metadata=kept)}, HERE, ANA) is None


def test_back_keeps_what_was_typed() -> None:
    act = parse.action(pressed("own:back", view=view(), container={"type": "view"}, channel=None), HERE, ANA)
    assert act
    assert isinstance(act.event, FormSubmission)
    assert act.event.back
    assert act.event.values["level"] == "named"
    assert act.origin.view == "V1"
