"""A typed line becomes an event."""

from adapters.terminal.settings import PLATFORM
from bot.events import Message


def parse(line: str, *, number: int, session: str, account: str, locale: str, passing: bool = False) -> Message:
    """Every line is an act of its own: its id is the session's random id and the line's number."""
    return Message(
        id=f"{session}-{number}",
        platform=PLATFORM,
        account=account,
        address=account,
        locale=locale,
        in_house=True,
        passing=passing,
        text=line.rstrip("\r\n"),
    )
