"""The adapter's own words: what only Slack needs said (texts/<language>.toml)."""

import functools
import pathlib

from bot.texts import Texts, read_all

FOLDER = pathlib.Path(__file__).parent / "texts"


@functools.cache
def load_words() -> dict[str, Texts]:
    """Language -> texts; ContentError where a language lacks something."""
    return read_all(FOLDER)


def words_in(locale: str) -> Texts:
    """The texts in the language of a locale ("es-ES"), else in English."""
    texts = load_words()
    return texts.get(locale[:2].lower(), texts["en"])
