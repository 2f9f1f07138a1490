"""What a message may hold: Discord's documented limits, each broken one told at its place."""

from __future__ import annotations

from typing import Any

from .refusals import Problem, Refused
from .world import JSON, V2, Message

CONTENT, EMBEDS, EMBED_SUM, NONCE = 2000, 10, 6000, 25
EMBED_TEXTS = {"title": 256, "description": 4096}
MENTION_KINDS = {"everyone", "users", "roles"}


class Check:
    """Collects problems; `at` is where in the request the checked value stands."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def wrong(self, at: str, says: str, code: str = "BASE_TYPE_INVALID") -> None:
        self.problems.append(Problem(at or "body", code, says))

    def text(self, at: str, value: Any, low: int, high: int, *, needed: bool = True) -> None:
        """A string of `low` to `high` characters; None and absence pass where it is not `needed`."""
        if value is None and not needed:
            return
        if not isinstance(value, str):
            self.wrong(at, "Must be a string." if value is not None else "This field is required", "BASE_TYPE_REQUIRED")
        elif not low <= len(value) <= high:
            self.wrong(at, f"Must be between {low} and {high} in length.", "BASE_TYPE_BAD_LENGTH")

    def number(self, at: str, value: Any, low: int, high: int) -> None:
        if value is not None and (not isinstance(value, int) or not low <= value <= high):
            self.wrong(at, f"int value should be between {low} and {high}.", "NUMBER_TYPE_MAX")

    def count(self, at: str, value: Any, low: int, high: int) -> list[JSON]:
        """A list of `low` to `high` objects; what can be looked at of it."""
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.wrong(at, "A list of objects is wanted.")
            return []
        if not low <= len(value) <= high:
            self.wrong(at, f"Must be between {low} and {high} in length.", "BASE_TYPE_BAD_LENGTH")
        return value


def below(where: str, key: object) -> str:
    return f"{where}.{key}" if where else str(key)


def check_message(data: JSON, *, files: int = 0, where: str = "", old: Message | None = None) -> list[Problem]:
    """The problems of a new message's data, or of a change to `old`; raises 50006 where nothing is left to show."""
    from .components import check_components

    check = Check()
    content, embeds, components = data.get("content"), data.get("embeds") or [], data.get("components") or []
    flags = int(data.get("flags") or 0)
    if old is not None and old.flags & V2:
        if "flags" in data and not flags & V2:
            check.wrong(
                below(where, "flags"), "IS_COMPONENTS_V2 cannot be taken back", "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2"
            )
        flags |= V2
    check.text(below(where, "content"), content, 0, CONTENT, needed=False)
    check.text(below(where, "nonce"), data.get("nonce"), 0, NONCE, needed=False)
    if flags & V2 and (content or embeds or data.get("poll") or data.get("sticker_ids")):
        says = "The content, embeds, poll and stickers cannot be used with IS_COMPONENTS_V2"
        check.wrong(below(where, "flags"), says, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2")
    check_embeds(check, below(where, "embeds"), embeds)
    check_components(check, below(where, "components"), components, v2=bool(flags & V2))
    check_mentions(check, below(where, "allowed_mentions"), data.get("allowed_mentions"))
    if not check.problems and is_empty(data, files, old):
        raise Refused(400, 50006, "Cannot send an empty message")
    return check.problems


def is_empty(data: JSON, files: int, old: Message | None) -> bool:
    kept = old is not None and not old.thinking
    for key in ("content", "embeds", "components", "attachments"):
        value = data.get(key, getattr(old, key) if kept else None)
        if isinstance(value, str) and value.strip():
            return False
        if value and key != "content" and (key != "attachments" or kept):
            return False
    return files == 0


def check_embeds(check: Check, at: str, embeds: Any) -> None:
    total = 0
    for place, one in enumerate(check.count(at, embeds, 0, EMBEDS)):
        here = below(at, place)
        texts = [(key, one.get(key), EMBED_TEXTS[key]) for key in EMBED_TEXTS]
        texts += [("footer.text", (one.get("footer") or {}).get("text"), 2048)]
        texts += [("author.name", (one.get("author") or {}).get("name"), 256)]
        fields = check.count(below(here, "fields"), one.get("fields") or [], 0, 25)
        for key, value, high in texts:
            check.text(below(here, key), value, 0, high, needed=False)
        for number, each in enumerate(fields):
            for key, high in (("name", 256), ("value", 1024)):
                check.text(below(here, f"fields.{number}.{key}"), each.get(key), 1, high)
                texts.append((key, each.get(key), high))
        total += sum(len(value or "") for _, value, _ in texts)
    if total > EMBED_SUM:
        check.wrong(at, "Embed size exceeds maximum size of 6000", "MAX_EMBED_SIZE_EXCEEDED")


def check_mentions(check: Check, at: str, allowed: Any) -> None:
    if allowed is None:
        return
    parse = allowed.get("parse", [])
    if not set(parse) <= MENTION_KINDS:
        check.wrong(below(at, "parse"), f"Value must be one of {sorted(MENTION_KINDS)}.", "BASE_TYPE_CHOICES")
    for key in ("users", "roles"):
        if key in parse and allowed.get(key):
            check.wrong(at, f"parse:[{key!r}] and {key}: [ids...] are mutually exclusive.")
        if len(allowed.get(key) or []) > 100:
            check.wrong(below(at, key), "Must be 100 or fewer in length.", "BASE_TYPE_BAD_LENGTH")
