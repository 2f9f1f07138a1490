"""What application commands may hold: names, texts, options, choices, localisations and their sum."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from .limits import Check, below
from .refusals import Problem
from .world import JSON

COUNTS = {1: 100, 2: 5, 3: 5}  # chat input, user menu, message menu; a scope
SUM, OPTIONS, CHOICES = 8000, 25, 25
SLASH, SUB, GROUP, STRING = 1, 1, 2, 3
NAME = re.compile(r"[-_'\w]{1,32}")
LOCALES = {
    *("id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl", "pt-BR"),
    *("ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja", "zh-TW", "ko"),
}


def check_commands(commands: list[JSON]) -> list[Problem]:
    """The problems of all commands of one scope."""
    check = Check()
    counts = Counter(one.get("type", SLASH) for one in commands)
    for kind, count in counts.items():
        if count > COUNTS.get(kind, 0):
            check.wrong("", f"At most {COUNTS.get(kind, 0)} commands of type {kind}", "APPLICATION_COMMANDS_MAX")
    names = Counter((one.get("type", SLASH), one.get("name")) for one in commands)
    for (_, name), count in names.items():
        if count > 1:
            check.wrong("", f"Application command names must be unique: {name}", "APPLICATION_COMMANDS_DUPLICATE_NAME")
    for place, one in enumerate(commands):
        check_command(check, str(place), one)
    return check.problems


def check_command(check: Check, at: str, one: JSON) -> None:
    kind = one.get("type", SLASH)
    if kind == SLASH:
        check_names(check, at, one)
        check_options(check, at, one.get("options") or [], 0)
    else:
        check.text(below(at, "name"), one.get("name"), 1, 32)
        for locale, name in (one.get("name_localizations") or {}).items():
            check_locale(check, below(at, "name_localizations"), locale)
            check.text(below(at, f"name_localizations.{locale}"), name, 1, 32)
        if one.get("description") or one.get("options"):
            check.wrong(at, "Context menu commands cannot have description or options", "APPLICATION_COMMAND_CONTEXT")
    if size(one) > SUM:
        check.wrong(at, f"Command exceeds maximum size ({SUM})", "APPLICATION_COMMAND_TOO_LARGE")
    if not set(one.get("contexts") or []) <= {0, 1, 2} or not set(one.get("integration_types") or []) <= {0, 1}:
        check.wrong(at, "Unknown context or installation", "BASE_TYPE_CHOICES")
    needed = one.get("default_member_permissions")
    if needed is not None and not str(needed).isdigit():
        check.wrong(below(at, "default_member_permissions"), "A permission integer is wanted.")


def check_locale(check: Check, at: str, locale: str) -> None:
    if locale not in LOCALES:
        check.wrong(at, f"{locale!r} is no locale", "BASE_TYPE_CHOICES")


def check_names(check: Check, at: str, one: JSON) -> None:
    """Name and description of a command or option, localised ones too."""
    names = {"name": one.get("name")}
    for locale, name in (one.get("name_localizations") or {}).items():
        check_locale(check, below(at, "name_localizations"), locale)
        names[f"name_localizations.{locale}"] = name
    for key, name in names.items():
        check.text(below(at, key), name, 1, 32)
        if isinstance(name, str) and (not NAME.fullmatch(name) or name != name.lower()):
            check.wrong(below(at, key), "Command name is invalid", "APPLICATION_COMMAND_INVALID_NAME")
    check.text(below(at, "description"), one.get("description"), 1, 100)
    for locale, text in (one.get("description_localizations") or {}).items():
        check_locale(check, below(at, "description_localizations"), locale)
        check.text(below(at, f"description_localizations.{locale}"), text, 1, 100)


def check_options(check: Check, at: str, options: list[JSON], depth: int) -> None:
    check.count(below(at, "options"), options, 0, OPTIONS)
    names = [one.get("name") for one in options]
    if len(set(names)) != len(names):
        check.wrong(below(at, "options"), "Option names must be unique", "APPLICATION_COMMAND_OPTIONS_NAME_INVALID")
    if len({one.get("type") in (SUB, GROUP) for one in options}) > 1:
        check.wrong(
            below(at, "options"), "Sub-command and option types are exclusive", "APPLICATION_COMMAND_OPTIONS_TYPE"
        )
    required = [bool(one.get("required")) for one in options]
    if required != sorted(required, reverse=True):
        says = "Required options must be placed before non-required options"
        check.wrong(below(at, "options"), says, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID")
    for place, one in enumerate(options):
        here = below(at, f"options.{place}")
        kind = one.get("type")
        check_names(check, here, one)
        if kind not in range(1, 12) or (kind == GROUP and depth > 0) or (kind == SUB and depth > 1):
            check.wrong(below(here, "type"), "This type cannot stand here.", "BASE_TYPE_CHOICES")
        elif kind in (SUB, GROUP):
            check_options(check, here, one.get("options") or [], depth + (2 if kind == SUB else 1))
        else:
            check_value(check, here, one)


def check_value(check: Check, at: str, one: JSON) -> None:
    choices = check.count(below(at, "choices"), one.get("choices") or [], 0, CHOICES)
    if choices and one.get("autocomplete"):
        check.wrong(at, "Choices and autocomplete are exclusive", "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE")
    for place, choice in enumerate(choices):
        here = below(at, f"choices.{place}")
        check.text(below(here, "name"), choice.get("name"), 1, 100)
        for locale, name in (choice.get("name_localizations") or {}).items():
            check_locale(check, below(here, "name_localizations"), locale)
            check.text(below(here, f"name_localizations.{locale}"), name, 1, 100)
        if one.get("type") == STRING:
            check.text(below(here, "value"), choice.get("value"), 1, 100)
    check.number(below(at, "min_length"), one.get("min_length"), 0, 6000)
    check.number(below(at, "max_length"), one.get("max_length"), 1, 6000)


def size(one: Any) -> int:
    """Characters of a command's names, descriptions and values; of localised ones the longest counts."""
    if not isinstance(one, dict):
        return 0
    total = 0
    for key in ("name", "description"):
        texts = [one.get(key) or "", *(one.get(f"{key}_localizations") or {}).values()]
        total += max(len(str(text)) for text in texts)
    if isinstance(one.get("value"), str):
        total += len(one["value"])
    return total + sum(size(each) for key in ("options", "choices") for each in one.get(key) or [])
