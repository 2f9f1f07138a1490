"""What two texts have in common: words, pieces of words, and the sentence vector."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from scipy import sparse

LONGEST = 280  # characters compared of a message or sentence: more costs time and says little new
READ = 20_000  # characters of a message in which sentences are looked for
SENTENCE_WORDS = 25  # where nobody ended a sentence
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
SENTENCE = re.compile(r"(?<=[.!?\n])\s+|\n+")


def normalize(text: str) -> str:
    """Lower case, no accents, one space, at most LONGEST characters: how texts are compared."""
    return fold(text[: 2 * LONGEST])[:LONGEST]


def fold(text: str) -> str:
    """Lower case, no accents, one space."""
    if text.isascii():
        return " ".join(text.lower().split())
    text = unicodedata.normalize("NFKD", text).casefold().replace("\u2019", "'")
    text = "".join(character for character in text if not unicodedata.combining(character))
    return " ".join(text.split())


def words(text: str) -> list[str]:
    """The words of a normalized text."""
    return WORD.findall(text)


def sentences(text: str) -> list[str]:
    """The message's sentences of three words or more, where it is more than one; endless ones are cut."""
    found = []
    for part in SENTENCE.split(text[:READ].strip()):
        said = part.split()
        cut = [said[i : i + SENTENCE_WORDS] for i in range(0, len(said), SENTENCE_WORDS)]
        found += [" ".join(one) for one in (cut if len(said) > 2 * SENTENCE_WORDS else [said]) if len(one) >= 3]
    return found if len(found) > 1 else []


def word_grams(text: str) -> Iterable[str]:
    found = words(text)
    yield from found
    yield from (f"{a} {b}" for a, b in pairwise(found))


def character_grams(text: str) -> Iterable[str]:
    """Runs of 2 to 5 characters inside each word, its ends marked by spaces."""
    for word in words(text):
        padded = f" {word} "
        for size in range(2, 6):
            yield from (padded[i : i + size] for i in range(len(padded) - size + 1))


class Tfidf:
    """TF-IDF with unit rows (sublinear term frequency, smoothed document frequency)."""

    def __init__(self, documents: Sequence[Iterable[str]]) -> None:
        counted = [Counter(document) for document in documents]
        frequency = Counter(gram for document in counted for gram in document)
        self.column = {gram: i for i, gram in enumerate(sorted(frequency))}
        found = np.array([frequency[gram] for gram in self.column], np.float32)
        self.weight = np.log((1 + len(counted)) / (1 + found)).astype(np.float32) + np.float32(1)

    def matrix(self, documents: Sequence[Iterable[str]]) -> sparse.csr_matrix:
        """Unit rows, sparse float32 [len(documents), grams]; grams never seen are passed over."""
        data: list[float] = []
        columns: list[int] = []
        starts = [0]
        for document in documents:
            counts = Counter(self.column[gram] for gram in document if gram in self.column)
            indices = np.fromiter(counts, np.int64, len(counts))
            values = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.weight[indices]
            norm = float(np.linalg.norm(values)) or 1.0
            data.extend(values / norm)
            columns.extend(indices)
            starts.append(len(columns))
        shape = (len(documents), len(self.column))
        return sparse.csr_matrix(
            (np.array(data, np.float32), np.array(columns, np.int32), np.array(starts, np.int32)), shape
        )
