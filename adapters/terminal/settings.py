"""How the terminal chat was asked for."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.texts import Texts

PLATFORM = "terminal"
IDLE_SECONDS = 300


@dataclass(frozen=True)
class TerminalSettings:
    """`member`: who is writing. `shared`: a hall's computer; nothing of the member stays but what was sent."""

    member: str = "me"
    shared: bool = False
    locale: str = ""
    idle_seconds: float = IDLE_SECONDS


def words(texts: Mapping[str, Texts], locale: str, key: str) -> str:
    """What the terminal itself says: in the language it was asked for in, else in every language there is."""
    spoken = [texts[locale[:2]]] if locale[:2] in texts else texts.values()
    return " / ".join(one(f"terminal.{key}") for one in spoken)
