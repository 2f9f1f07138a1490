"""Puts texts together that mean about the same, by sentence vectors (across languages only where they are close)."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from bot.faq.encoder import Vectors
from bot.faq.features import normalize

Ints = npt.NDArray[np.int64]
Encode = Callable[[Sequence[str]], Vectors]  # unit vectors, [texts, width]
AT_ONCE = 32  # texts between two tellings
ROUNDS = 3


def alike(
    texts: Sequence[str], unrelated: Sequence[str], encode: Encode, progress: Callable[[int, int], None]
) -> list[list[int]]:
    """Places of the texts by group, the largest group first, in each the most typical text first.

    `unrelated`: some texts on different matters. Half the way from their likeness to sameness is alike, whatever the
    scale of the encoder's vectors.
    """
    if not texts:
        return []
    apart = encode([normalize(text) for text in unrelated])
    near = (1 + float(np.median((apart @ apart.T)[np.triu_indices(len(apart), 1)]))) / 2
    vectors = encode_all([normalize(text) for text in texts], encode, progress)
    middles, groups = np.zeros((0, vectors.shape[1]), np.float32), np.zeros(0, np.int64)
    for _ in range(ROUNDS):  # the first finds the groups, the others put right what depended on the order
        groups, middles = assign(vectors, middles, near)
    found: list[list[int]] = []
    for number in range(len(middles)):
        members = np.flatnonzero(groups == number)
        typical = np.argsort(-(vectors[members] @ middles[number]), kind="stable")
        found.append([int(one) for one in members[typical]])
    return sorted((group for group in found if group), key=len, reverse=True)


def encode_all(texts: Sequence[str], encode: Encode, progress: Callable[[int, int], None]) -> Vectors:
    """Each different text once."""
    different = list(dict.fromkeys(texts))
    parts = []
    for start in range(0, len(different), AT_ONCE):
        parts.append(encode(different[start : start + AT_ONCE]))
        progress(min(start + AT_ONCE, len(different)), len(different))
    place = {text: number for number, text in enumerate(different)}
    found: Vectors = np.concatenate(parts)[[place[text] for text in texts]]
    return found


def assign(vectors: Vectors, middles: Vectors, near: float) -> tuple[Ints, Vectors]:
    """Each text to the nearest middle, to a new one where none is near; and the middles of what came together."""
    count, width = middles.shape
    known = np.concatenate([middles, np.zeros((len(vectors), width), np.float32)])
    groups = np.zeros(len(vectors), np.int64)
    for number, vector in enumerate(vectors):
        likeness = known[:count] @ vector
        best = int(likeness.argmax()) if count else 0
        if not count or likeness[best] < near:
            best, count = count, count + 1
            known[best] = vector
        groups[number] = best
    middles = np.zeros((count, width), np.float32)
    np.add.at(middles, groups, vectors)
    return groups, middles / (np.linalg.norm(middles, axis=1, keepdims=True) + 1e-12)
