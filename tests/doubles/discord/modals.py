"""What a modal may hold: at most five texts, labelled inputs, or (of old) rows of one text input."""

from __future__ import annotations

from .components import SELECTS, check_options, check_select, check_whole
from .limits import Check, below
from .refusals import Problem
from .world import JSON

ROW, INPUT, TEXT, LABEL, UPLOAD, RADIO, BOXES, BOX = 1, 4, 10, 18, 19, 21, 22, 23


def check_modal(data: JSON) -> list[Problem]:
    check = Check()
    check.text("data.title", data.get("title"), 1, 45)
    check.text("data.custom_id", data.get("custom_id"), 1, 100)
    tops = check.count("data.components", data.get("components"), 1, 5)
    for place, one in enumerate(tops):
        here = f"data.components.{place}"
        if one.get("type") == LABEL:
            check.text(below(here, "label"), one.get("label"), 1, 45)
            check.text(below(here, "description"), one.get("description"), 0, 100, needed=False)
            check_input(check, below(here, "component"), one.get("component") or {})
        elif one.get("type") == TEXT:
            check.text(below(here, "content"), one.get("content"), 1, 4000)
        elif one.get("type") == ROW:
            for number, part in enumerate(check.count(below(here, "components"), one.get("components"), 1, 1)):
                inside = below(here, f"components.{number}")
                check.text(below(inside, "label"), part.get("label"), 1, 45)
                if part.get("type") != INPUT:
                    check.wrong(
                        below(inside, "type"), 'Value of field "type" must be one of (4,).', "UNION_TYPE_CHOICES"
                    )
                check_text_input(check, inside, part)
        else:
            check.wrong(below(here, "type"), 'Value of field "type" must be one of (1, 10, 18).', "UNION_TYPE_CHOICES")
    check_whole(check, "data.components", tops, v2=True)
    return check.problems


def check_input(check: Check, at: str, one: JSON) -> None:
    kind = one.get("type")
    if kind not in {INPUT, UPLOAD, RADIO, BOXES, BOX} | SELECTS:
        check.wrong(below(at, "type"), "This component cannot stand in a label.", "UNION_TYPE_CHOICES")
        return
    if kind in SELECTS:
        check_select(check, at, one, in_modal=True)
        return
    check.text(below(at, "custom_id"), one.get("custom_id"), 1, 100)
    if kind == INPUT:
        if one.get("label") is not None:
            check.wrong(below(at, "label"), "A text input in a label has no label of its own.")
        check_text_input(check, at, one)
    elif kind == RADIO:
        check_options(check, at, one, 2, 10)
    elif kind == BOXES:
        check.number(below(at, "min_values"), one.get("min_values"), 0, 10)
        check.number(below(at, "max_values"), one.get("max_values"), 1, 10)
        check_options(check, at, one, 1, 10, many=len(one.get("options") or []))
        if one.get("required", True) and one.get("min_values") == 0:
            check.wrong(below(at, "min_values"), "A required checkbox group wants at least one value.")
    elif kind == UPLOAD:
        check.number(below(at, "min_values"), one.get("min_values"), 0, 10)
        check.number(below(at, "max_values"), one.get("max_values"), 1, 10)


def check_text_input(check: Check, at: str, one: JSON) -> None:
    check.text(below(at, "custom_id"), one.get("custom_id"), 1, 100)
    check.text(below(at, "placeholder"), one.get("placeholder"), 0, 100, needed=False)
    check.number(below(at, "min_length"), one.get("min_length"), 0, 4000)
    check.number(below(at, "max_length"), one.get("max_length"), 1, 4000)
    if one.get("style") not in (1, 2):
        check.wrong(below(at, "style"), "Value must be one of (1, 2).", "BASE_TYPE_CHOICES")
    least, most = one.get("min_length") or 0, one.get("max_length") or 4000
    if least > most:
        check.wrong(below(at, "min_length"), "More than max_length.")
    if one.get("value"):
        check.text(below(at, "value"), one["value"], least, most)
