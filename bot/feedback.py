"""Feedback: a form completely answered; its identity level; its receipt."""

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.forms import Answer

RECEIPT_WORDS = 6
FEWEST_WORDS = 1024


class Level(StrEnum):
    """Who may know who wrote."""

    NAMED = "named"
    CONFIDENTIAL = "confidential"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True)
class Author:
    """The account side of a named or confidential item: a keyed hash, and two sealed texts."""

    account: str
    address: bytes | None  # None: of a server that is forgotten (bot/servers.py)
    name: bytes | None


@dataclass(frozen=True)
class Feedback:
    """One item as it is kept. `author` is None for an anonymous one, always."""

    id: str
    form: str
    form_version: int
    level: Level
    language: str
    week: str
    answers: Mapping[str, Answer]
    sharing: bool
    contact: bool
    receipt: str
    status: str = "new"
    revision: int = 1
    author: Author | None = field(default=None, repr=False)


def week_of(day: dt.date) -> str:
    """ISO week, as 2026-W48."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def draw_receipt(words: Sequence[str]) -> str:
    """Six words by chance: with 1,024 words or more, 60 bits or more."""
    return " ".join(secrets.choice(words) for _ in range(RECEIPT_WORDS))


def answers_of(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Answers read from JSON: several choices are a tuple again."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in stored.items()}
