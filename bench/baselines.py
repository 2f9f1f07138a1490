"""Other techniques on the same content: each gives every stored phrasing a score, a topic the best of its own."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import NamedTuple

import numpy as np

from bot.content import Content
from bot.faq.encoder import MINILM_FOLDER, Encoder, Vectors
from bot.faq.features import normalize, words
from bot.faq.matcher import Matcher, stored_texts
from bot.faq.ridge import Floats, Ints

Scores = Callable[[str], Floats]  # text -> one score a stored phrasing, 0 or less where nothing speaks for it


class Ranked(NamedTuple):
    """Up to three topics, best first, and how much speaks for the first."""

    topics: tuple[str, ...]
    score: float


def best(scores: Floats, labels: Ints, topics: Sequence[str]) -> Ranked:
    """The three topics with the highest score of a phrasing; phrasings that score 0 or less speak for none."""
    found = np.full(len(topics), -np.inf)
    np.maximum.at(found, labels, scores)
    order = [int(i) for i in np.argsort(-found, kind="stable")[:3] if found[i] > 0]
    return Ranked(tuple(topics[i] for i in order), float(found[order[0]]) if order else 0.0)


@contextmanager
def baselines(matcher: Matcher, content: Content) -> Iterator[dict[str, Scores]]:
    """Scores of the stored phrasings, talk left out, in the order of `stored_texts`."""
    texts, labels, _ = stored_texts(content)
    size = sum(label >= 0 for label in labels)
    phrasings, encoder = texts[:size], Encoder(MINILM_FOLDER)
    with closing(sqlite3.connect(":memory:")) as database:
        yield {
            "MiniLM, nearest phrasing": nearest(encoder, encoder.encode(phrasings)),
            "SQLite FTS5": fts5(database, phrasings),
            "BM25 (bm25s)": bm25(phrasings),
        }


def nearest(encoder: Encoder, vectors: Vectors) -> Scores:
    return lambda text: np.asarray(vectors @ encoder.encode([normalize(text)])[0], np.float32)


def fts5(database: sqlite3.Connection, phrasings: Sequence[str]) -> Scores:
    database.execute("CREATE VIRTUAL TABLE stored USING fts5(text)")
    database.executemany("INSERT INTO stored (rowid, text) VALUES (?, ?)", enumerate(phrasings))

    def scores(text: str) -> Floats:
        found = np.zeros(len(phrasings), np.float32)
        query = " OR ".join(f'"{word}"' for word in dict.fromkeys(words(normalize(text))))
        if query:
            for at, rank in database.execute("SELECT rowid, bm25(stored) FROM stored WHERE stored MATCH ?", (query,)):
                found[at] = -rank
        return found

    return scores


def bm25(phrasings: Sequence[str]) -> Scores:
    import bm25s

    index = bm25s.BM25()
    index.index([words(text) for text in phrasings], show_progress=False)

    def scores(text: str) -> Floats:
        known = index.get_tokens_ids(words(normalize(text)))
        return np.asarray(index.get_scores_from_ids(known) if known else np.zeros(len(phrasings)), np.float32)

    return scores
