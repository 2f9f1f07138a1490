"""Every limit of Block Kit: the longest that is valid passes, one more is refused."""

from typing import Any

import pytest

from tests.doubles.slack import check_blocks, check_view
from tests.doubles.slack.kit import actions, asked, button, form, modal, option, plain, section

SELECT = {"type": "static_select", "action_id": "s"}


def options(count: int) -> list[dict[str, Any]]:
    return [option(str(number)) for number in range(count)]


def chosen(kind: str, count: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "action_id": "s", "options": options(count), **more}


@pytest.mark.parametrize("surface", ["message", "modal", "home"])
def test_a_message_holds_50_blocks_and_a_view_100(surface: str) -> None:
    most = 50 if surface == "message" else 100
    assert check_blocks([section("a")] * most, surface) == []
    assert check_blocks([section("a")] * (most + 1), surface) != []


LIMITS = [
    (lambda n: section("x" * n), 3000),
    (lambda n: {"type": "section", "fields": [plain("x" * n)]}, 2000),
    (lambda n: {"type": "section", "fields": [plain("x")] * n}, 10),
    (lambda n: {"type": "header", "text": plain("x" * n)}, 150),
    (lambda n: {"type": "context", "elements": [plain("x")] * n}, 10),
    (lambda n: actions(*[button(str(i)) for i in range(n)]), 25),
    (lambda n: actions(button("a", "x" * n)), 75),
    (lambda n: actions(button("a", value="x" * n)), 2000),
    (lambda n: actions(button("a" * n)), 255),
    (lambda n: section("a") | {"block_id": "b" * n}, 255),
    (lambda n: actions(chosen("static_select", n)), 100),
    (lambda n: actions(chosen("radio_buttons", n)), 10),
    (lambda n: actions(chosen("checkboxes", n)), 10),
    (lambda n: actions(chosen("overflow", n)), 5),
    (lambda n: actions(SELECT | {"options": [option("x" * n)]}), 75),
    (lambda n: actions(SELECT | {"options": [option("x") | {"description": plain("x" * n)}]}), 75),
    (lambda n: actions(chosen("static_select", 1, placeholder=plain("x" * n))), 150),
    (lambda n: asked("q") | {"label": plain("x" * n)}, 2000),
    (lambda n: asked("q") | {"hint": plain("x" * n)}, 2000),
    (lambda n: asked("q", {"type": "plain_text_input", "initial_value": "x" * n}), 3000),
    (lambda n: {"type": "markdown", "text": "x" * n}, 12_000),
]


@pytest.mark.parametrize(("make", "most"), LIMITS)
def test_lengths_of_blocks(make: Any, most: int) -> None:
    assert check_blocks([make(most)], "message") == []
    assert check_blocks([make(most + 1)], "message") != []


VIEW_LIMITS = [("title", 24), ("submit", 24), ("close", 24), ("private_metadata", 3000), ("callback_id", 255)]


@pytest.mark.parametrize(("name", "most"), VIEW_LIMITS)
def test_lengths_of_views(name: str, most: int) -> None:
    def view(length: int) -> dict[str, Any]:
        text = "x" * length
        return modal() | {name: plain(text) if name in ("title", "submit", "close") else text}

    assert check_view(view(most), "modal") == []
    assert check_view(view(most + 1), "modal") != []


WRONG = {
    "empty text": [section("")],
    "an unknown block": [{"type": "poem"}],
    "an unknown field": [section("a") | {"colour": "red"}],
    "a section with nothing": [{"type": "section"}],
    "mrkdwn in a header": [{"type": "header", "text": {"type": "mrkdwn", "text": "a"}}],
    "mrkdwn on a button": [actions(button("a") | {"text": {"type": "mrkdwn", "text": "a"}})],
    "the same block_id twice": [section("a") | {"block_id": "b"}] * 2,
    "the same action_id twice": [actions(button("a")), actions(button("a"))],
    "no options": [actions(SELECT)],
    "the same option value twice": [actions(SELECT | {"options": [option("a")] * 2})],
    "an initial option that is no option": [actions(chosen("static_select", 2, initial_option=option("9")))],
    "an initial option that differs": [
        actions(chosen("radio_buttons", 2, initial_option=option("1") | {"description": plain("x")}))
    ],
    "initial options beside the options": [
        actions(chosen("checkboxes", 2, initial_options=[option("0"), option("9")]))
    ],
    "a text input among actions": [actions({"type": "plain_text_input", "action_id": "a"})],
    "a button as an input": [asked("q", button("a"))],
    "min above max": [asked("q", {"type": "plain_text_input", "min_length": 9, "max_length": 3})],
    "a null": [section("a") | {"accessory": None}],
    "markdown above 12000 in all": [{"type": "markdown", "text": "x" * 7000}] * 2,
    "a style of its own": [actions(button("a", style="default"))],
    "two focused": [asked(q, {"type": "plain_text_input", "focus_on_load": True}) for q in "ab"],
    "NUL": [section("a\0b")],
    "feedback buttons among actions": [actions({"type": "feedback_buttons"})],
}


@pytest.mark.parametrize("blocks", WRONG.values(), ids=WRONG.keys())
def test_what_slack_refuses_in_a_message(blocks: list[Any]) -> None:
    assert check_blocks(blocks, "message") != []


WRONG_VIEWS = {
    "no title": {key: value for key, value in modal().items() if key != "title"},
    "an input and no submit": modal(asked("q")),
    "markdown": modal({"type": "markdown", "text": "a"}),
    "context_actions": modal({"type": "context_actions", "elements": []}),
    "no blocks": modal() | {"blocks": []},
    "another type": modal() | {"type": "home"},
    "an unknown field": modal(colour="red"),
}


@pytest.mark.parametrize("view", WRONG_VIEWS.values(), ids=WRONG_VIEWS.keys())
def test_what_slack_refuses_in_a_modal(view: dict[str, Any]) -> None:
    assert check_view(view, "modal") != []


def test_what_slack_accepts() -> None:
    feedback = {"text": plain("Yes"), "value": "yes"}
    buttons = {"type": "feedback_buttons", "action_id": "f", "positive_button": feedback, "negative_button": feedback}
    marked = chosen("radio_buttons", 3, initial_option=option("2"))
    message = [
        {"type": "context_actions", "elements": [buttons]},
        {"type": "divider"},
        section("a") | {"accessory": button("b", style="danger", value="v")},
        actions(marked, chosen("checkboxes", 3, initial_options=options(2)) | {"action_id": "c"}),
    ]
    assert check_blocks(message, "message") == []
    assert check_view(form(asked("q"), asked("r", chosen("multi_static_select", 3))), "modal") == []
    assert check_view({"type": "home", "blocks": [section("a")]}, "home") == []
    assert check_view({"type": "home", "title": plain("a"), "blocks": [section("a")]}, "home") != []
