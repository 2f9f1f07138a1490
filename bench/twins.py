"""Which questions the content all but holds already: such a question tests memory, not understanding.

The rule: the same text once normalized, or at least SAME of all runs of three characters (words joined by one space,
punctuation left out) in common: Jaccard index.
"""

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from bot.content import Content
from bot.faq.features import normalize, words
from bot.faq.matcher import stored_texts
from bot.handover import sentences

SAME = 0.7
RULE = f"the same normalized text, or {100 * SAME:.0f} % of the three-character runs in common (Jaccard)"


def near_identical(texts: Sequence[str], content: Content) -> set[str]:
    """Those of `texts` that have a twin among the content's phrasings, talk and hand-over sentences."""
    stored = sorted({*stored_texts(content)[0], *sentences(content)[0]})
    columns: dict[str, int] = {}
    theirs, ours = matrix(stored, columns, grow=True), matrix(texts, columns, grow=False)
    sizes = np.array([len(runs(text)) for text in texts], np.float32)
    common = (ours @ theirs.T).toarray()
    either = sizes[:, None] + np.asarray(theirs.sum(axis=1)).T - common
    jaccard = (common / np.maximum(either, 1)).max(axis=1)
    known = set(stored)
    return {text for text, share in zip(texts, jaccard, strict=True) if share >= SAME or normalize(text) in known}


def runs(text: str) -> set[str]:
    joined = f" {' '.join(words(normalize(text)))} "
    return {joined[i : i + 3] for i in range(len(joined) - 2)}


def matrix(texts: Sequence[str], columns: dict[str, int], *, grow: bool) -> sparse.csr_matrix:
    """Ones, [texts, runs]; `grow` gives new runs a column, else they are passed over."""
    found = [
        [columns.setdefault(run, len(columns)) if grow else columns.get(run, -1) for run in runs(t)] for t in texts
    ]
    kept = [[column for column in row if column >= 0] for row in found]
    starts = np.cumsum([0, *(len(row) for row in kept)])
    indices = np.array([column for row in kept for column in row], np.int64)
    return sparse.csr_matrix((np.ones(len(indices), np.float32), indices, starts), (len(texts), len(columns)))
