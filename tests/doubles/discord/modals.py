"""What a modal may hold."""

from __future__ import annotations

from .refusals import Problem
from .world import JSON


def check_modal(data: JSON) -> list[Problem]:
    return []
