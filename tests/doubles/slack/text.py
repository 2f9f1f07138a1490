"""Slack's text: what goes over the wire for what a member types, and what a reader of blocks sees."""

import re
from typing import Any

URL = re.compile(r"(?<![<|])\bhttps?://[^\s<>|]+")
EMAIL = re.compile(r"(?<![<|:])\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
MENTION = re.compile(r"<(@[UW][A-Z0-9]+|!(?:channel|here|everyone)|!subteam\^[A-Z0-9]+)(?:\|[^<>]*)?>")


def escape(text: str) -> str:
    """The three characters Slack escapes in every text it sends."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def typed(text: str) -> str:
    """A member's words as events carry them: escaped, addresses of the web and of mail turned into links."""
    linked = URL.sub(lambda found: f"<{found.group()}>", escape(text))
    return EMAIL.sub(lambda found: f"<mailto:{found.group()}|{found.group()}>", linked)


def texts_in(node: Any) -> list[str]:
    """Every text a reader sees in blocks, in order."""
    if isinstance(node, list):
        return [text for item in node for text in texts_in(item)]
    if not isinstance(node, dict):
        return []
    found = [node["text"]] if isinstance(node.get("text"), str) else []
    keys = ("text", "fields", "title", "label", "hint", "elements", "element", "accessory", "options", "description")
    return found + [text for key in keys if not isinstance(node.get(key), str) for text in texts_in(node.get(key))]


def mentions_in(node: Any) -> set[str]:
    """Whom Slack would notify, in a mrkdwn text or anywhere in blocks (plain_text never mentions)."""
    if isinstance(node, str):
        return {found.removeprefix("@") for found in MENTION.findall(node)}
    if isinstance(node, list):
        return {found for item in node for found in mentions_in(item)}
    if not isinstance(node, dict):
        return set()
    if node.get("type") == "plain_text":
        return set()
    here = mentions_in(node.get("text")) if node.get("type") in ("mrkdwn", "markdown") else set()
    return here | {found for value in node.values() if isinstance(value, dict | list) for found in mentions_in(value)}
