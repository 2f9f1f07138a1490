"""How the terminal chat was asked for."""

from dataclasses import dataclass

PLATFORM = "terminal"
IDLE_SECONDS = 300


@dataclass(frozen=True)
class TerminalSettings:
    """`member`: who is writing. `shared`: a hall's computer; nothing of the member stays but what was sent."""

    member: str = "me"
    shared: bool = False
    locale: str = ""
    idle_seconds: float = IDLE_SECONDS
