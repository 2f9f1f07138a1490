"""Which words a content has: how telling they are, and mending those that nobody knows (one edit away)."""

from collections import Counter
from collections.abc import Callable, Iterable

from bot.faq.features import WORD, words

SHORTEST = 4
COMMON = 0.006  # share of all words from which a word tells nothing (the, of, to, que, de...)


class Vocabulary:
    """The words of normalized texts, and how often each stands in them."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.found = Counter(word for text in texts for word in words(text))
        self._common = COMMON * self.found.total()

    def telling(self, text: str) -> set[str]:
        """The text's different words that these texts have, those left out that stand in every other sentence."""
        return {word for word in words(text) if 0 < self.found[word] <= self._common}


class Speller:
    """`repair` changes only words that neither the vocabulary nor the encoder's tokenizer knows."""

    def __init__(self, vocabulary: Vocabulary, knows: Callable[[str], bool]) -> None:
        self._found = vocabulary.found
        self._knows = knows
        self._holes: dict[str, list[str]] = {}  # a word with one letter taken out -> the words it came from
        for word, times in self._found.items():
            if len(word) >= SHORTEST and times >= 2 and not word.isdigit():
                for hole in holes(word):
                    self._holes.setdefault(hole, []).append(word)

    def repair(self, text: str) -> str:
        """The normalized text with such words mended."""
        return WORD.sub(lambda found: self._mend(found[0]), text)

    def _mend(self, word: str) -> str:
        if len(word) < SHORTEST or word in self._found or self._knows(word) or not word.isalpha():
            return word
        near = {
            one for hole in (word, *holes(word)) for one in self._holes.get(hole, ()) if abs(len(one) - len(word)) <= 1
        }
        near |= {one for hole in holes(word) if (one := hole) in self._found and len(one) >= SHORTEST}
        return max(near, key=lambda one: (self._found[one], one)) if near else word


def holes(word: str) -> list[str]:
    return [word[:i] + word[i + 1 :] for i in range(len(word))]


def slip(said: str, meant: str) -> bool:
    """Whether a letter is too many or missing, or two are swapped."""
    if abs(len(said) - len(meant)) == 1:
        return said in holes(meant) or meant in holes(said)
    apart = [i for i, (one, other) in enumerate(zip(said, meant, strict=False)) if one != other]
    same = len(said) == len(meant) and len(apart) == 2 and apart[1] == apart[0] + 1
    return same and said[apart[0]] == meant[apart[1]] and said[apart[1]] == meant[apart[0]]


def other_letter(said: str, meant: str) -> bool:
    """Whether one letter is another."""
    return len(said) == len(meant) and sum(one != other for one, other in zip(said, meant, strict=True)) == 1
