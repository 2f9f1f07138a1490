"""How easy a text is to read: Flesch-Kincaid grade in English, Fernández-Huerta in Spanish."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.syllables import english, spanish

PLACEHOLDER = re.compile(r"\{\{\w*\}\}")
BULLET = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+")
MARKUP = re.compile(r"[*_`#>]+")
WORD = re.compile(r"[^\W_]+(?:[-'’.,][^\W_]+)*")
STOP = re.compile(r"(?:(?<=[.!?…])|(?<=[.!?…][\"'”’»)\]]))\s+(?![a-z])")
# A full stop here ends no sentence: D.C., Mr. Smith, No. 5.
SHORT = re.compile(r"\b(?:[A-Z]\.){2,}|\b(?:Mr|Mrs|Ms|Dr|St|Inc|Sr|Sra|Dra|EE|UU|Ud|Uds)\.|\b(?:No|núm|art)\.(?=\s*\d)")


@dataclass(frozen=True)
class Scale:
    """One language's formula, over words per sentence and syllables per word."""

    name: str
    syllables: Callable[[str], int]
    formula: Callable[[float, float], float]
    bound: float
    higher_is_easier: bool

    @property
    def wanted(self) -> str:
        return f"{self.bound:g} or {'more' if self.higher_is_easier else 'less'}"

    def passes(self, score: float) -> bool:
        return score >= self.bound if self.higher_is_easier else score <= self.bound


SCALES = {
    "en": Scale("Flesch-Kincaid grade", english, lambda w, s: 0.39 * w + 11.8 * s - 15.59, 8, False),
    # With words per sentence, as G. Law corrected it in 2011: the paper of 1959 has sentences per 100 words there.
    "es": Scale("Fernández-Huerta", spanish, lambda w, s: 206.84 - 60 * s - 1.02 * w, 60, True),
}


def reading_ease(text: str, language: str) -> float | None:
    """The score with one decimal; None where the language has no formula here, or the text no word."""
    scale, found = SCALES.get(language), sentences(text)
    if scale is None or not found:
        return None
    words = [word for sentence in found for word in sentence]
    spoken = sum(spoken_length(word, scale.syllables) for word in words)
    return round(scale.formula(len(words) / len(found), spoken / len(words)), 1)


def sentences(text: str) -> list[list[str]]:
    """The words of each sentence. A bullet and a paragraph end a sentence too; placeholders are left out."""
    blocks = [""]
    for line in PLACEHOLDER.sub("", text).splitlines():
        bullet = BULLET.match(line)
        if bullet or not line.strip():
            blocks.append("")
        blocks[-1] += " " + (line[bullet.end() :] if bullet else line)
    plain = (SHORT.sub(lambda found: found[0].replace(".", ""), MARKUP.sub("", block)) for block in blocks)
    found = (WORD.findall(sentence) for block in plain for sentence in STOP.split(block))
    return [words for words in found if words]


def spoken_length(word: str, syllables: Callable[[str], int]) -> int:
    """Syllables, part by part of a hyphenated word. Figures and abbreviations in capitals are known by sight, and one
    syllable a part (2023, AFL-CIO): an answer is not hard to read for the dates and names that it has to give."""
    return sum(1 if known_by_sight(part) else syllables(part) for part in word.split("-"))


def known_by_sight(part: str) -> bool:
    capitals = len(part) > 1 and part.removesuffix("s").isupper()
    return capitals or any(character.isdigit() for character in part)
