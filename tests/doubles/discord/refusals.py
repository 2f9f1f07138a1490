"""What the double refuses: the status, code and body that Discord gives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .world import JSON


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a request's body: where ("data.components.0.label"), the code, the sentence."""

    where: str
    code: str
    says: str


class Refused(Exception):
    """An answer that is an error. `fair`: it can happen to an app that keeps to the contract."""

    def __init__(self, status: int, code: int, message: str, *, fair: bool = False, errors: JSON | None = None) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status, self.code, self.message, self.fair, self.errors = status, code, message, fair, errors

    def body(self) -> JSON:
        return {"message": self.message, "code": self.code, **({"errors": self.errors} if self.errors else {})}


def invalid(problems: Iterable[Problem]) -> None:
    """Raise 50035 with every problem at its place; nothing if there is none."""
    errors: JSON = {}
    told = []
    for problem in problems:
        at = errors
        for key in problem.where.split("."):
            at = at.setdefault(key, {})
        at.setdefault("_errors", []).append({"code": problem.code, "message": problem.says})
        told.append(f"{problem.where}: {problem.says}")
    if told:
        raise Refused(400, 50035, "Invalid Form Body: " + "; ".join(told), errors=errors)


def unknown(code: int, what: str, *, fair: bool = False) -> Refused:
    return Refused(404, code, f"Unknown {what}", fair=fair)


def missing_access() -> Refused:
    return Refused(403, 50001, "Missing Access", fair=True)


def missing_permissions() -> Refused:
    return Refused(403, 50013, "Missing Permissions", fair=True)
