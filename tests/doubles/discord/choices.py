"""What an autocomplete may be answered."""

from __future__ import annotations

from .refusals import Problem
from .world import JSON


def check_choices(data: JSON) -> list[Problem]:
    choices = data.get("choices")
    if not isinstance(choices, list) or len(choices) > 25:
        return [Problem("data.choices", "BASE_TYPE_BAD_LENGTH", "Must be 25 or fewer in length.")]
    problems = []
    for place, one in enumerate(choices):
        if not 1 <= len(str(one.get("name", ""))) <= 100:
            where = f"data.choices.{place}.name"
            problems.append(Problem(where, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length."))
        value = one.get("value")
        if value is None or (isinstance(value, str) and not 1 <= len(value) <= 100):
            where = f"data.choices.{place}.value"
            problems.append(Problem(where, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length."))
    return problems
