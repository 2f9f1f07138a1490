"""What only Discord needs said (texts/*.toml), and which language a reply speaks."""

import functools
import pathlib

from bot.content import Content
from bot.events import AnyEvent
from bot.replies import Reply
from bot.texts import Texts, read_all

FOLDER = pathlib.Path(__file__).parent / "texts"
FIRST = "en"


@functools.cache
def own_texts() -> dict[str, Texts]:
    """Language -> texts. Raises ContentError where the languages do not say the same."""
    return read_all(FOLDER)


def say(language: str, key: str) -> str:
    texts = own_texts()
    return (texts.get(language[:2]) or texts[FIRST])(key)


def language_of(reply: Reply, event: AnyEvent, content: Content) -> str:
    """The language that the reply's buttons are labelled in, else the member's locale, else the first."""
    for button in (*reply.commands, *reply.choices):
        key = f"button.{button.action}_{button.value}" if button.value else f"button.{button.action}"
        spoken = [one for one, texts in content.texts.items() if texts.has(key) and texts(key) == button.label]
        if len(spoken) == 1:
            return spoken[0]
    locale = event.locale[:2].lower()
    return locale if locale in content.texts else content.languages[0]
