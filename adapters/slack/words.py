"""The adapter's own words: what only Slack needs said (texts/<language>.toml)."""

import functools
import pathlib

from bot.texts import Texts, check_same, read_texts

FOLDER = pathlib.Path(__file__).parent / "texts"


@functools.cache
def load_words() -> dict[str, Texts]:
    """Language -> texts; ContentError where a language lacks something."""
    paths = {path.stem: path for path in sorted(FOLDER.glob("*.toml"))}
    texts = {language: read_texts(path) for language, path in paths.items()}
    check_same(texts, paths)
    return texts


def words_in(locale: str) -> Texts:
    """The texts in the language of a locale ("es-ES"), else in English."""
    texts = load_words()
    return texts.get(locale[:2].lower(), texts["en"])
