"""Which language a message is in: naive Bayes over the words and word pieces of the content itself."""

import math
from collections import Counter

from bot.content import Content
from bot.faq.features import normalize, words

FEWEST = 3  # words, from which pieces of words may tell
CLEAR = 2.5  # how much likelier (natural logarithm) one language must be than every other
CLEAR_WORDS = 1.4  # the same, where only whole words tell
SHORT = 5  # words, below which one word of the language spoken so far keeps it
KEEPING = 2.0  # how much likelier in that language such a word is


class Languages:
    """Learns from phrasings, answers and the bot's own texts; knows only languages that have content."""

    def __init__(self, content: Content) -> None:
        self._counts: dict[str, Counter[str]] = {language: Counter() for language in content.texts}
        for found in content.entries.values():
            for language, entry in found.items():
                for text in (entry.question, entry.body, *entry.phrasings):
                    self._counts[language].update(pieces(text))
        for language, texts in content.texts.items():
            for section in texts.sections.values():
                for text in section.values():
                    self._counts[language].update(pieces(text))
        self._sizes = {language: sum(counts.values()) + 1 for language, counts in self._counts.items()}

    def of(self, text: str, spoken: str = "") -> str:
        """The language, or "" where it is not clear. `spoken` so far: it takes more to leave it than to begin."""
        found = words(normalize(text))
        evidence, clear = (found, CLEAR_WORDS) if len(found) < FEWEST else (pieces(text), CLEAR)
        score = self._score(evidence)
        ranked = sorted(score.values(), reverse=True)
        if len(ranked) < 2 or ranked[0] - ranked[1] < (CLEAR if spoken else clear):
            return ""
        told = max(score, key=lambda language: score[language])
        kept = spoken in score and told != spoken and len(found) < SHORT and self._keeps(found, spoken, told)
        return "" if kept else told

    def _score(self, evidence: list[str]) -> dict[str, float]:
        """The logarithm of how likely each language says this."""
        score = dict.fromkeys(self._counts, 0.0)
        for piece in evidence:
            if any(piece in counts for counts in self._counts.values()):
                for language, counts in self._counts.items():
                    score[language] += math.log((counts[piece] + 0.5) / self._sizes[language])
        return score

    def _keeps(self, found: list[str], spoken: str, told: str) -> bool:
        """Whether a word is clearly the spoken language's: a job or a product is often named in another one."""
        scores = [self._score([word]) for word in found]
        return any(one[spoken] - one[told] >= KEEPING for one in scores)


def pieces(text: str) -> list[str]:
    """Whole words, and runs of three letters with the words' ends marked."""
    found = words(normalize(text))
    runs = [padded[i : i + 3] for word in found for padded in [f" {word} "] for i in range(len(padded) - 2)]
    return found + runs
