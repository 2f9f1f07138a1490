"""What the components of a message may be: action rows, or the layout of Components V2."""

from __future__ import annotations

from typing import Any

from .limits import Check, below
from .world import JSON, flat

ROW, BUTTON, STRING_SELECT, SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = (
    1,
    2,
    3,
    9,
    10,
    11,
    12,
    13,
    14,
    17,
)
SELECTS = {3, 5, 6, 7, 8}
IN_CONTAINER = {ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR}
ROWS, BUTTONS, V2_PARTS, V2_TEXT = 5, 5, 40, 4000
LINK, PREMIUM = 5, 6


def check_components(check: Check, at: str, components: Any, *, v2: bool) -> None:
    tops = check.count(at, components, 0, V2_PARTS if v2 else ROWS)
    for place, one in enumerate(tops):
        here = below(at, place)
        if one.get("type") == ROW:
            check_row(check, here, one)
        elif not v2:
            check.wrong(below(here, "type"), 'Value of field "type" must be one of (1,).', "UNION_TYPE_CHOICES")
        elif one.get("type") == CONTAINER:
            for number, part in enumerate(check.count(below(here, "components"), one.get("components"), 1, V2_PARTS)):
                inside = below(here, f"components.{number}")
                if part.get("type") not in IN_CONTAINER:
                    check.wrong(
                        below(inside, "type"), "This component cannot stand in a container.", "UNION_TYPE_CHOICES"
                    )
                elif part["type"] == ROW:
                    check_row(check, inside, part)
                else:
                    check_layout(check, inside, part)
        elif one.get("type") in IN_CONTAINER:
            check_layout(check, here, one)
        else:
            check.wrong(below(here, "type"), "This component cannot stand in a message.", "UNION_TYPE_CHOICES")
    check_whole(check, at, tops, v2=v2)


def check_whole(check: Check, at: str, tops: list[JSON], *, v2: bool) -> None:
    """What holds over all components: unique custom ids, and the sums of Components V2."""
    parts = flat(tops)
    ids = [one["custom_id"] for one in parts if isinstance(one.get("custom_id"), str)]
    if len(set(ids)) != len(ids):
        check.wrong(at, "Component custom id cannot be duplicated", "COMPONENT_CUSTOM_ID_DUPLICATED")
    numbers = [one["id"] for one in parts if one.get("id")]
    if len(set(numbers)) != len(numbers):
        check.wrong(at, "Component id cannot be duplicated", "COMPONENT_ID_DUPLICATED")
    if v2 and len(parts) > V2_PARTS:
        check.wrong(at, f"The total number of components cannot exceed {V2_PARTS}", "COMPONENT_MAX_TOTAL")
    if v2 and sum(len(one.get("content") or "") for one in parts if one.get("type") == TEXT) > V2_TEXT:
        check.wrong(
            at, f"The total text cannot exceed {V2_TEXT} characters", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"
        )


def check_row(check: Check, at: str, row: JSON) -> None:
    parts = check.count(below(at, "components"), row.get("components"), 1, BUTTONS)
    if any(one.get("type") in SELECTS for one in parts) and len(parts) > 1:
        check.wrong(at, "A select menu fills its row.", "COMPONENT_LAYOUT_WIDTH_EXCEEDED")
    for place, one in enumerate(parts):
        here = below(at, f"components.{place}")
        if one.get("type") == BUTTON:
            check_button(check, here, one)
        elif one.get("type") in SELECTS:
            check_select(check, here, one)
        else:
            check.wrong(
                below(here, "type"), 'Value of field "type" must be one of (2, 3, 5, 6, 7, 8).', "UNION_TYPE_CHOICES"
            )


def check_button(check: Check, at: str, one: JSON) -> None:
    style = one.get("style")
    if style not in range(1, 7):
        check.wrong(below(at, "style"), "Value must be one of (1, 2, 3, 4, 5, 6).", "BASE_TYPE_CHOICES")
    check.text(below(at, "label"), one.get("label"), 0, 80, needed=False)
    if style == LINK:
        check.text(below(at, "url"), one.get("url"), 1, 512)
        if not str(one.get("url", "")).startswith(("http://", "https://", "discord://")):
            check.wrong(
                below(at, "url"), "Scheme must be one of ('http', 'https', 'discord').", "URL_TYPE_INVALID_SCHEME"
            )
    if style in (LINK, PREMIUM):
        if one.get("custom_id") is not None:
            check.wrong(
                at, "A custom id and url cannot both be specified", "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE"
            )
    else:
        check.text(below(at, "custom_id"), one.get("custom_id"), 1, 100)
        if one.get("url") is not None:
            check.wrong(
                at, "A custom id and url cannot both be specified", "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE"
            )
    if not one.get("label") and not one.get("emoji") and style != PREMIUM:
        check.wrong(at, "A label or emoji is required", "BUTTON_COMPONENT_LABEL_REQUIRED")


def check_select(check: Check, at: str, one: JSON, *, in_modal: bool = False) -> None:
    check.text(below(at, "custom_id"), one.get("custom_id"), 1, 100)
    check.text(below(at, "placeholder"), one.get("placeholder"), 0, 150, needed=False)
    check.number(below(at, "min_values"), one.get("min_values"), 0, 25)
    check.number(below(at, "max_values"), one.get("max_values"), 1, 25)
    if in_modal and one.get("disabled"):
        check.wrong(
            below(at, "disabled"), "A select menu in a modal cannot be disabled.", "COMPONENT_DISABLED_IN_MODAL"
        )
    if one.get("type") == STRING_SELECT:
        check_options(check, at, one, 1, 25)
    if one.get("required", in_modal) and in_modal and one.get("min_values") == 0:
        check.wrong(below(at, "min_values"), "A required select menu wants at least one value.")


def check_options(check: Check, at: str, one: JSON, low: int, high: int, *, many: int | None = None) -> None:
    """Options of a select menu, radio group or checkbox group; `many`: how many may be chosen where not told."""
    options = check.count(below(at, "options"), one.get("options"), low, high)
    for place, option in enumerate(options):
        here = below(at, f"options.{place}")
        check.text(below(here, "label"), option.get("label"), 1, 100)
        check.text(below(here, "value"), option.get("value"), 1, 100)
        check.text(below(here, "description"), option.get("description"), 0, 100, needed=False)
    values = [option.get("value") for option in options]
    if len(set(values)) != len(values):
        check.wrong(
            below(at, "options"),
            "The specified option value is already used",
            "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
        )
    least = 1 if one.get("min_values") is None else one["min_values"]
    most = one.get("max_values") or many or 1
    if isinstance(least, int) and isinstance(most, int):
        if least > most or most > max(len(options), 1):
            check.wrong(below(at, "max_values"), "More values than options, or fewer than min_values.")
        if sum(bool(option.get("default")) for option in options) > most:
            check.wrong(below(at, "options"), "More defaults than max_values.", "SELECT_COMPONENT_TOO_MANY_DEFAULTS")


def check_layout(check: Check, at: str, one: JSON) -> None:
    """Sections, texts, galleries, files and separators."""
    kind = one["type"]
    if kind == TEXT:
        check.text(below(at, "content"), one.get("content"), 1, V2_TEXT)
    elif kind == SECTION:
        for place, text in enumerate(check.count(below(at, "components"), one.get("components"), 1, 3)):
            check.text(below(at, f"components.{place}.content"), text.get("content"), 1, V2_TEXT)
        accessory = one.get("accessory") or {}
        if accessory.get("type") == BUTTON:
            check_button(check, below(at, "accessory"), accessory)
        elif accessory.get("type") != THUMBNAIL:
            check.wrong(below(at, "accessory"), "This field is required", "BASE_TYPE_REQUIRED")
    elif kind == GALLERY:
        check.count(below(at, "items"), one.get("items"), 1, 10)
    elif kind == FILE and not str((one.get("file") or {}).get("url", "")).startswith("attachment://"):
        check.wrong(below(at, "file"), "Only attachment:// is possible.", "URL_TYPE_INVALID_SCHEME")
