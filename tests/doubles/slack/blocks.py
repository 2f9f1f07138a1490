"""Block Kit as Slack validates it: which blocks where, how many, how long, and ids that are unique."""

import copy
import json
import secrets
from typing import Any

from tests.doubles.slack.elements import ELEMENTS, Findings, check_element, check_image, check_text
from tests.doubles.slack.records import Json
from tests.doubles.slack.world import World

ANY = {"message", "modal", "home"}
SURFACES = {
    "section": ANY,
    "header": ANY,
    "context": ANY,
    "actions": ANY,
    "divider": ANY,
    "image": ANY,
    "input": ANY,
    "rich_text": ANY,
    "markdown": {"message"},
    "context_actions": {"message"},
}
MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
BUTTONS = {"button", "icon_button", "feedback_buttons"}
IN_ACTIONS = ELEMENTS.keys() - {"plain_text_input", "email_text_input", "url_text_input", "number_input"}
IN_ACTIONS -= {"icon_button", "feedback_buttons"}
IN_SECTION = IN_ACTIONS | {"image"}
IN_INPUT = ELEMENTS.keys() - BUTTONS - {"overflow"}
EITHER = ("plain_text", "mrkdwn")
VIEW_FIELDS = {"type", "blocks", "private_metadata", "callback_id", "external_id"}
MODAL_FIELDS = {"title", "submit", "close", "clear_on_close", "notify_on_close", "submit_disabled"}


def with_ids(world: World, blocks: list[Json]) -> list[Json]:
    """A copy with the block_ids and action_ids that Slack would fill in."""
    filled = copy.deepcopy(blocks)
    for block in filled:
        block.setdefault("block_id", f"b{world.number()}{secrets.token_hex(2)}")
        for element in [*block.get("elements", []), block.get("element"), block.get("accessory")]:
            if isinstance(element, dict) and element.get("type") in ELEMENTS:
                element.setdefault("action_id", f"a{world.number()}{secrets.token_hex(2)}")
    return filled


def check_blocks(blocks: Any, surface: str) -> list[str]:
    """What Slack would object to in the blocks of a message, modal or home; nothing when they are valid."""
    found = Findings()
    _check(found, blocks, surface)
    return found.errors


def check_view(view: Json, surface: str) -> list[str]:
    """What Slack would object to in a view of this surface (modal or home)."""
    found = Findings()
    modal = surface == "modal"
    optional = VIEW_FIELDS | (MODAL_FIELDS if modal else set())
    if not found.fields(view, "/view", {"type", "blocks"} | ({"title"} if modal else set()), optional):
        return found.errors
    if view["type"] != surface:
        found.add("/view/type", f"must be {surface}")
    for name in ("title", "submit", "close"):
        if name in view:
            check_text(found, view[name], f"/view/{name}", 24)
    for name, most in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        if name in view:
            found.string(view[name], f"/view/{name}", most, least=0)
    _check(found, view["blocks"], surface)
    inputs = isinstance(view["blocks"], list) and any(_type(block) == "input" for block in view["blocks"])
    if modal and inputs and "submit" not in view:
        found.add("/view", "missing required field: submit")
    return found.errors


def _type(node: Any) -> Any:
    return node.get("type") if isinstance(node, dict) else None


def _check(found: Findings, blocks: Any, surface: str) -> None:
    least = 0 if surface == "message" else 1
    for index, block in enumerate(found.items(blocks, "/blocks", MOST_BLOCKS[surface], least)):
        at, kind = f"/blocks/{index}", _type(block)
        if surface not in SURFACES.get(kind, ()):
            found.add(at, f"unsupported block type here: {kind}")
            continue
        if "block_id" in block:
            found.id(block["block_id"], f"{at}/block_id", found.block_ids)
        CHECKS[kind](found, {key: value for key, value in block.items() if key != "block_id"}, at)
    if isinstance(blocks, list) and sum(_written(block) for block in blocks) > 12_000:
        found.add("/blocks", "markdown of more than 12000 characters in one message")
    if "\\u0000" in json.dumps(blocks):
        found.add("/blocks", "a NUL character")


def _written(block: Any) -> int:
    return len(str(block.get("text", ""))) if _type(block) == "markdown" else 0


def _section(found: Findings, block: Json, at: str) -> None:
    found.fields(block, at, {"type"}, {"text", "fields", "accessory", "expand"})
    if "text" not in block and "fields" not in block:
        found.add(at, "needs text or fields")
    if "text" in block:
        check_text(found, block["text"], f"{at}/text", 3000, EITHER)
    if "fields" in block:
        for index, field in enumerate(found.items(block["fields"], f"{at}/fields", 10)):
            check_text(found, field, f"{at}/fields/{index}", 2000, EITHER)
    if "accessory" in block:
        check_element(found, block["accessory"], f"{at}/accessory", IN_SECTION)


def _header(found: Findings, block: Json, at: str) -> None:
    if found.fields(block, at, {"type", "text"}, set()):
        check_text(found, block["text"], f"{at}/text", 150)


def _context(found: Findings, block: Json, at: str) -> None:
    if found.fields(block, at, {"type", "elements"}, set()):
        for index, element in enumerate(found.items(block["elements"], f"{at}/elements", 10)):
            if _type(element) == "image":
                check_image(found, element, f"{at}/elements/{index}", set())
            else:
                check_text(found, element, f"{at}/elements/{index}", 3000, EITHER)


def _actions(found: Findings, block: Json, at: str) -> None:
    if found.fields(block, at, {"type", "elements"}, set()):
        for index, element in enumerate(found.items(block["elements"], f"{at}/elements", 25)):
            check_element(found, element, f"{at}/elements/{index}", IN_ACTIONS)


def _context_actions(found: Findings, block: Json, at: str) -> None:
    if found.fields(block, at, {"type", "elements"}, set()):
        for index, element in enumerate(found.items(block["elements"], f"{at}/elements", 5)):
            check_element(found, element, f"{at}/elements/{index}", {"feedback_buttons", "icon_button"})


def _input(found: Findings, block: Json, at: str) -> None:
    if found.fields(block, at, {"type", "label", "element"}, {"hint", "optional", "dispatch_action"}):
        check_text(found, block["label"], f"{at}/label", 2000)
        if "hint" in block:
            check_text(found, block["hint"], f"{at}/hint", 2000)
        check_element(found, block["element"], f"{at}/element", IN_INPUT)


def _markdown(found: Findings, block: Json, at: str) -> None:
    if found.fields(block, at, {"type", "text"}, set()):
        found.string(block["text"], f"{at}/text", 12_000)


def _image(found: Findings, block: Json, at: str) -> None:
    check_image(found, block, at, {"title"})


def _divider(found: Findings, block: Json, at: str) -> None:
    found.fields(block, at, {"type"}, set())


def _rich_text(found: Findings, block: Json, at: str) -> None:
    if found.fields(block, at, {"type", "elements"}, set()):
        kinds = {"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}
        for index, element in enumerate(found.items(block["elements"], f"{at}/elements", 1000)):
            if _type(element) not in kinds:
                found.add(f"{at}/elements/{index}", f"unsupported type: {_type(element)}")


CHECKS = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "divider": _divider,
    "image": _image,
    "input": _input,
    "rich_text": _rich_text,
    "markdown": _markdown,
    "context_actions": _context_actions,
}
