"""Small blocks and views for the tests of the double."""

from typing import Any


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(action_id: str, text: str = "Press", **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def actions(*elements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements), **more}


def option(value: str) -> dict[str, Any]:
    return {"text": plain(value), "value": value}


def asked(block_id: str, element: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """An input block; of a text where no element is given."""
    element = element or {"type": "plain_text_input", "action_id": f"{block_id}.typed"}
    return {"type": "input", "block_id": block_id, "label": plain("Label"), "element": element, **more}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    shown = list(blocks) or [section("words")]
    return {"type": "modal", "callback_id": "form", "title": plain("Title"), "blocks": shown, **more}


def form(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A modal that can be submitted."""
    return modal(*blocks, submit=plain("Send"), **more)
