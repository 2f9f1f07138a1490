"""What a message may hold: Discord's documented limits, each broken one told at its place."""

from __future__ import annotations

from .refusals import Problem
from .world import JSON, Message


def check_message(data: JSON, *, files: int = 0, where: str = "", old: Message | None = None) -> list[Problem]:
    return []
