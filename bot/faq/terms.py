"""Words that stand for one topic ("grievance", "neutrality"): enough for a question of a single such word."""

from collections import Counter
from collections.abc import Iterable

from bot.faq.features import words
from bot.faq.spelling import Vocabulary

SHARE = 0.5  # of the texts that have the word are the topic's
FEWEST = 3  # of its texts


class Terms:
    """Learns from stored texts, each with the number of its topic, -1 for talk."""

    def __init__(self, vocabulary: Vocabulary, texts: Iterable[str], labels: Iterable[int]) -> None:
        self._vocabulary = vocabulary
        self._topics: dict[str, Counter[int]] = {}
        for text, label in zip(texts, labels, strict=True):
            for word in set(words(text)):
                self._topics.setdefault(word, Counter())[label] += 1

    def topic(self, text: str) -> int | None:
        """The topic whose term is the only telling word of this text, where every other word is known too."""
        telling = self._vocabulary.telling(text)
        if len(telling) != 1 or any(word not in self._vocabulary.found for word in words(text)):
            return None
        topics = self._topics[telling.pop()]
        topic, times = topics.most_common(1)[0]
        return topic if topic >= 0 and times >= FEWEST and times >= SHARE * topics.total() else None
