"""What the report needs from the store: the months it fixed before, and what there is to count since."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from bot.forms import Answers


@dataclass(frozen=True)
class Filed:
    """An item as far as the report looks at it. `week` is the one it was filed in."""

    week: str
    language: str
    status: str
    answers: Answers


@dataclass(frozen=True)
class Sent:
    """A question that a member sent to staff. `text` is only looked at to find its topic."""

    week: str
    language: str
    text: str
    answered: bool


class Reports(Protocol):
    """Weeks are ISO weeks, first and last included; "" as the first: from the beginning."""

    def made(self) -> dict[str, str]: ...  # month -> what `fix` was given
    def fix(self, month: str, tables: str) -> None: ...  # raises Changed where the month was fixed before
    def items(self, form: str, first: str, last: str) -> Iterator[Filed]: ...
    def questions(self, first: str, last: str) -> Iterator[Sent]: ...
