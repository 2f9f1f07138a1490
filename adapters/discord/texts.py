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
    """The language that the reply speaks, else the member's locale, else the first."""
    locale = event.locale[:2].lower()
    return reply.language or (locale if locale in content.texts else content.languages[0])
