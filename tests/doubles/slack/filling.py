"""Filling in blocks as Slack's client does: finding elements, setting state, what the client itself refuses."""

from collections.abc import Iterator
from typing import Any

from tests.doubles.slack.records import Json, View

ONE = {"static_select": "selected_option", "radio_buttons": "selected_option"}
SEVERAL = {"multi_static_select": "selected_options", "checkboxes": "selected_options"}
TEXTS = ("plain_text_input", "email_text_input", "url_text_input", "number_input")
DATES = {"datepicker": "selected_date", "timepicker": "selected_time"}


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every interactive element with the block that holds it."""
    for block in blocks:
        inside = [*block.get("elements", []), block.get("element"), block.get("accessory")]
        yield from ((block, element) for element in inside if isinstance(element, dict) and "action_id" in element)


def action_of(blocks: list[Json], types: set[str], action_id: str, block_id: str, value: str | None, text: str) -> Json:
    """The action a press on the one element found carries; LookupError when there is none, or more than one."""
    found = []
    for block, element in elements(blocks):
        if element["type"] not in types or action_id not in ("", element["action_id"]):
            continue
        if block_id not in ("", block["block_id"]):
            continue
        parts = [element] if element["type"] == "button" else [element["positive_button"], element["negative_button"]]
        found += [
            (block, element, part)
            for part in parts
            if (value is None or part.get("value") == value) and text in ("", part["text"]["text"])
        ]
    if len(found) != 1:
        raise LookupError(f"{len(found)} elements are {action_id or block_id or value or text!r}")
    block, element, part = found[0]
    action = {"type": element["type"], "action_id": element["action_id"], "block_id": block["block_id"]}
    shown = {"text": part["text"]} | ({"value": part["value"]} if "value" in part else {})
    return action | shown


def options_of(element: Json) -> list[Json]:
    """All options of an element, those in groups too."""
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]


def value_of(element: Json, value: Any) -> Json:
    """An element's state once the member has given it this value; None empties it."""
    kind = element["type"]
    by_value = {option["value"]: option for option in options_of(element)}
    if kind in ONE:
        return {"type": kind, ONE[kind]: None if value in (None, "") else by_value[value]}
    if kind in SEVERAL:
        return {"type": kind, SEVERAL[kind]: [by_value[one] for one in value or []]}
    if kind in DATES:
        return {"type": kind, DATES[kind]: value or None}
    if kind in TEXTS:
        return {"type": kind, "value": value or None}
    raise LookupError(f"a {kind} is not filled in this way")


def initial(element: Json) -> Json | None:
    """An element's state when the blocks are first shown; None for what has no state (buttons)."""
    kind = element["type"]
    if kind in ONE:
        return {"type": kind, ONE[kind]: element.get("initial_option")}
    if kind in SEVERAL:
        return {"type": kind, SEVERAL[kind]: element.get("initial_options", [])}
    if kind in DATES:
        return {"type": kind, DATES[kind]: element.get("initial_date") or element.get("initial_time")}
    return {"type": kind, "value": element.get("initial_value")} if kind in TEXTS else None


def settle(blocks: list[Json], state: Json) -> None:
    """Give every element that has no state yet the one it is shown with."""
    for block, element in elements(blocks):
        first = initial(element)
        if first is not None:
            state.setdefault(block["block_id"], {}).setdefault(element["action_id"], first)


def fill(blocks: list[Json], state: Json, key: str, value: Any) -> Json:
    """Set the element of this action_id or block_id; answers the action its choice would carry."""
    settle(blocks, state)
    for block, element in elements(blocks):
        if key in (element["action_id"], block["block_id"]) and initial(element) is not None:
            filled = value_of(element, value)
            state[block["block_id"]][element["action_id"]] = filled
            return {**filled, "action_id": element["action_id"], "block_id": block["block_id"]}
    raise LookupError(f"no element {key!r}")


def refusals(view: View) -> list[str]:
    """Why Slack's client would not submit this view: fields left empty, texts too long or too short."""
    settle(view.blocks, view.state)
    found = []
    for block in view.blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        filled = view.state.get(block["block_id"], {}).get(element["action_id"], {})
        value = next((part for key, part in filled.items() if key != "type"), None)
        if not value and not block.get("optional"):
            found.append(f"{block['block_id']} is required")
        if element["type"] == "plain_text_input" and isinstance(value, str):
            if len(value) > element.get("max_length", 3000):
                found.append(f"{block['block_id']} is too long")
            if len(value) < element.get("min_length", 0):
                found.append(f"{block['block_id']} is too short")
    return found
