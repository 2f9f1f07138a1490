"""What application commands may hold."""

from __future__ import annotations

from .refusals import Problem
from .world import JSON


def check_commands(commands: list[JSON], *, in_guild: bool) -> list[Problem]:
    return []
