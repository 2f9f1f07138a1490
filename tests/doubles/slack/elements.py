"""Block elements and composition objects as Slack validates them: fields, types, lengths, options."""

import re
from typing import Any

from tests.doubles.slack.records import Json

CHOICE = {"placeholder", "confirm", "focus_on_load", "option_groups", "options"}
# type -> (required fields, optional fields); every element may have an action_id.
ELEMENTS: dict[str, tuple[set[str], set[str]]] = {
    "button": ({"text"}, {"value", "url", "style", "confirm", "accessibility_label"}),
    "static_select": (set(), CHOICE | {"initial_option"}),
    "multi_static_select": (set(), CHOICE | {"initial_options", "max_selected_items"}),
    "radio_buttons": ({"options"}, {"initial_option", "confirm", "focus_on_load"}),
    "checkboxes": ({"options"}, {"initial_options", "confirm", "focus_on_load"}),
    "overflow": ({"options"}, {"confirm"}),
    "datepicker": (set(), {"initial_date", "placeholder", "confirm", "focus_on_load"}),
    "timepicker": (set(), {"initial_time", "placeholder", "confirm", "focus_on_load", "timezone"}),
    "plain_text_input": (
        set(),
        {"initial_value", "multiline", "min_length", "max_length", "dispatch_action_config", "focus_on_load"}
        | {"placeholder"},
    ),
    "email_text_input": (set(), {"initial_value", "dispatch_action_config", "focus_on_load", "placeholder"}),
    "url_text_input": (set(), {"initial_value", "dispatch_action_config", "focus_on_load", "placeholder"}),
    "number_input": (
        {"is_decimal_allowed"},
        {"initial_value", "min_value", "max_value", "dispatch_action_config", "focus_on_load", "placeholder"},
    ),
    "users_select": (set(), {"initial_user", "placeholder", "confirm", "focus_on_load"}),
    "feedback_buttons": ({"positive_button", "negative_button"}, set()),
    "icon_button": ({"icon", "text"}, {"value", "confirm", "accessibility_label", "visible_to_user_ids"}),
}
MOST_OPTIONS = {"static_select": 100, "multi_static_select": 100, "radio_buttons": 10, "checkboxes": 10, "overflow": 5}
MARKED_OPTIONS = ("radio_buttons", "checkboxes")  # whose options may be mrkdwn
PATTERNS = {"initial_date": r"\d{4}-\d\d-\d\d", "initial_time": r"\d\d:\d\d"}
LENGTHS = {"value": 2000, "url": 3000, "accessibility_label": 75, "initial_value": 3000}


class Findings:
    """Errors as Slack words them, each with the place in the payload; ids seen so far."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.block_ids: set[str] = set()
        self.action_ids: set[str] = set()
        self.focused = 0

    def add(self, at: str, error: str) -> None:
        self.errors.append(f"[ERROR] {error} [json-pointer:{at}]")

    def fields(self, node: Any, at: str, required: set[str], optional: set[str]) -> bool:
        """Whether node is an object with these fields and no others."""
        if not isinstance(node, dict):
            self.add(at, "must be an object")
            return False
        for name in sorted(required - node.keys()):
            self.add(at, f"missing required field: {name}")
        for name in sorted(node.keys() - required - optional):
            self.add(at, f"invalid additional property: {name}")
        return required <= node.keys()

    def string(self, value: Any, at: str, most: int, least: int = 1) -> None:
        if not isinstance(value, str):
            self.add(at, "must be a string")
        elif not least <= len(value) <= most:
            self.add(at, f"must be {least} to {most} characters, is {len(value)}")

    def items(self, value: Any, at: str, most: int, least: int = 1) -> list[Any]:
        """The items of an array, none where it is no array."""
        if not isinstance(value, list):
            self.add(at, "must be an array")
            return []
        if not least <= len(value) <= most:
            self.add(at, f"must have {least} to {most} items, has {len(value)}")
        return value

    def id(self, value: Any, at: str, seen: set[str]) -> None:
        self.string(value, at, 255)
        if value in seen:
            self.add(at, f"id already exists: {value}")
        seen.add(str(value))


def check_text(found: Findings, node: Any, at: str, most: int, types: tuple[str, ...] = ("plain_text",)) -> None:
    """A text object of one of these types."""
    if not found.fields(node, at, {"type", "text"}, {"emoji", "verbatim"}):
        return
    if node["type"] not in types:
        found.add(at, f"must be {' or '.join(types)}")
    if ("emoji" in node and node["type"] != "plain_text") or ("verbatim" in node and node["type"] != "mrkdwn"):
        found.add(at, "emoji is for plain_text, verbatim for mrkdwn")
    found.string(node["text"], f"{at}/text", most)


def check_element(found: Findings, node: Any, at: str, allowed: set[str]) -> None:
    """An interactive element (or an image) of one of the allowed types."""
    kind = node.get("type") if isinstance(node, dict) else None
    if kind not in allowed:
        found.add(at, f"unsupported element type: {kind}")
        return
    if kind == "image":
        check_image(found, node, at, set())
        return
    required, optional = ELEMENTS[kind]
    if not found.fields(node, at, required | {"type"}, optional | {"action_id"}):
        return
    if "action_id" in node:
        found.id(node["action_id"], f"{at}/action_id", found.action_ids)
    if node.get("focus_on_load"):
        found.focused += 1
        if found.focused > 1:
            found.add(at, "only one element may have focus_on_load")
    _parts(found, node, at)
    if kind in MOST_OPTIONS:
        _options(found, node, at)
    if kind == "plain_text_input":
        _typed(found, node, at)


def _parts(found: Findings, node: Json, at: str) -> None:
    for name, most in LENGTHS.items():
        if name in node:
            found.string(node[name], f"{at}/{name}", most, least=0 if name == "initial_value" else 1)
    for name, pattern in PATTERNS.items():
        if name in node and not re.fullmatch(pattern, str(node[name])):
            found.add(f"{at}/{name}", f"must look like {pattern}")
    if "text" in node:
        check_text(found, node["text"], f"{at}/text", 75)
    if "placeholder" in node:
        check_text(found, node["placeholder"], f"{at}/placeholder", 150)
    if node.get("style", "primary") not in ("primary", "danger"):
        found.add(f"{at}/style", "must be primary or danger")
    if "confirm" in node:
        _confirm(found, node["confirm"], f"{at}/confirm")
    for name in ("positive_button", "negative_button"):
        if name in node and found.fields(node[name], f"{at}/{name}", {"text", "value"}, {"accessibility_label"}):
            _parts(found, node[name], f"{at}/{name}")


def _confirm(found: Findings, node: Any, at: str) -> None:
    if found.fields(node, at, {"title", "text", "confirm", "deny"}, {"style"}):
        for name, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
            check_text(found, node[name], f"{at}/{name}", most, ("plain_text", "mrkdwn"))


def _options(found: Findings, node: Json, at: str) -> None:
    most, offered = MOST_OPTIONS[node["type"]], []
    if ("options" in node) == ("option_groups" in node):
        found.add(at, "needs either options or option_groups")
    if "options" in node:
        offered = found.items(node["options"], f"{at}/options", most)
    for index, group in enumerate(node.get("option_groups", [])):
        place = f"{at}/option_groups/{index}"
        if found.fields(group, place, {"label", "options"}, set()):
            check_text(found, group["label"], f"{place}/label", 75)
            offered = offered + found.items(group["options"], f"{place}/options", most)
    for index, option in enumerate(offered):
        _option(found, option, f"{at}/options/{index}", node["type"])
    values = [option.get("value") for option in offered if isinstance(option, dict)]
    if len(set(values)) < len(values):
        found.add(at, "option values must be unique")
    chosen = found.items(node.get("initial_options", [None]), f"{at}/initial_options", most)
    chosen = [
        *(chosen if "initial_options" in node else []),
        *([node["initial_option"]] if "initial_option" in node else []),
    ]
    if any(option not in offered for option in chosen):
        found.add(at, "initial options must match options exactly")


def _option(found: Findings, node: Any, at: str, kind: str) -> None:
    if not found.fields(node, at, {"text", "value"}, {"description"} | ({"url"} if kind == "overflow" else set())):
        return
    types = ("plain_text", "mrkdwn") if kind in MARKED_OPTIONS else ("plain_text",)
    check_text(found, node["text"], f"{at}/text", 75, types)
    found.string(node["value"], f"{at}/value", 75)
    if "description" in node:
        check_text(found, node["description"], f"{at}/description", 75, types)


def _typed(found: Findings, node: Json, at: str) -> None:
    least, most = node.get("min_length", 0), node.get("max_length", 3000)
    if not (isinstance(least, int) and isinstance(most, int) and 0 <= least <= most and 1 <= most <= 3000):
        found.add(at, "min_length is 0 to 3000, max_length 1 to 3000")
    elif len(node.get("initial_value", "")) > most:
        found.add(f"{at}/initial_value", "longer than max_length")


def check_image(found: Findings, node: Json, at: str, more: set[str]) -> None:
    """An image block (more: its own fields) or image element."""
    if found.fields(node, at, {"type", "alt_text"}, {"image_url", "slack_file"} | more):
        found.string(node["alt_text"], f"{at}/alt_text", 2000)
        if ("image_url" in node) == ("slack_file" in node):
            found.add(at, "needs either image_url or slack_file")
        found.string(node.get("image_url", "-"), f"{at}/image_url", 3000)
