"""The offer to leave out what may show who somebody is: a version without it, and the choice between the two."""

from bot.redaction import KINDS, find, redact
from bot.replies import Button, Words
from bot.turn import Turn

USE, KEEP = "use", "keep"


def identifies(words: str) -> bool:
    """Whether something in these words may show who somebody is."""
    return bool(find(words))


def without(turn: Turn, words: str) -> str:
    """The words with a label in place of each finding, in the member's language."""
    return redact(words, find(words), {kind: turn.say(f"redaction.{kind}") for kind in KINDS})


def version(turn: Turn, words: str) -> Words:
    return Words(turn.say("redaction.version"), without(turn, words))


def choices(turn: Turn, action: str, name: str = "") -> tuple[Button, ...]:
    """Buttons of that action, whose values are "use" and "keep", and `name` after a colon where there is one."""
    values = {one: f"{one}:{name}" if name else one for one in (USE, KEEP)}
    return tuple(Button(action, turn.say(f"redaction.{one}"), value) for one, value in values.items())


def chosen(turn: Turn, words: str, choice: str) -> str:
    """What stays of the words after that choice."""
    return without(turn, words) if choice == USE else words
