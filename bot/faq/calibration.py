"""How likely the first choice is right, learned from the content alone.

Three kinds of question are replayed on the fitted index: each stored phrasing without itself (a question of ours put
in new words), each without its whole entry (a near miss that nobody wrote an answer for), and each off-topic line
without itself. A logistic fit on a few features of the scores tells the first kind, answered right, from the rest.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.faq.ridge import Floats

MIX = (0.6, 0.1, 0.3)  # weight of the three kinds
RIDGE = 0.01

Ints = npt.NDArray[np.int64]


def features(scores: Floats, similarity: Floats, labels: Ints) -> tuple[Floats, Ints]:
    """What the fit looks at [rows, 7], and each row's best topic.

    `scores` [rows, topics + 1], its last column the score of "none of them"; `similarity` [rows, stored], -1 where a
    stored text does not count; `labels` [stored], -1 for off-topic talk.
    """
    topics = scores[:, :-1]
    best = topics.argmax(axis=1)
    two = np.partition(topics, -2, axis=1)[:, -2:] if topics.shape[1] > 1 else np.c_[topics * 0, topics]
    inside = labels >= 0
    nearest = np.where(inside[None, :], similarity, -1)
    nearest_of_best = np.array([row[labels == topic].max() for row, topic in zip(similarity, best, strict=True)])
    talk = similarity[:, ~inside].max(axis=1) if (~inside).any() else np.zeros(len(scores))
    columns = (
        two[:, 1],
        two[:, 1] - two[:, 0],
        scores[:, -1],
        nearest_of_best,
        nearest.max(axis=1) - nearest_of_best,
        talk - nearest_of_best,
        labels[nearest.argmax(axis=1)] == best,
    )
    return np.stack(columns, axis=1).astype(np.float32), best


@dataclass(frozen=True)
class Calibration:
    """A logistic function of standardized features."""

    mean: Floats
    deviation: Floats
    weights: Floats  # the last one is the constant

    def probability(self, rows: Floats) -> Floats:
        score = ((rows - self.mean) / self.deviation) @ self.weights[:-1] + self.weights[-1]
        return np.asarray(1 / (1 + np.exp(-np.clip(score, -30, 30))), np.float32)


def calibrate(similarity: Floats, labels: Ints, one: Floats, whole: Floats) -> Calibration:
    """Fit on the held-out scores of `ridge.fit`; similarity [n, n] is left as it was."""
    own = np.flatnonzero(labels >= 0)
    talk = np.flatnonzero(labels < 0)
    diagonal = similarity.diagonal().copy()
    np.fill_diagonal(similarity, -1)
    rows_one, best = features(one[own], similarity[own], labels)
    rows_talk = features(one[talk], similarity[talk], labels)[0] if len(talk) else rows_one[:0]
    without = similarity[own]
    without[labels[own][:, None] == labels[None, :]] = -1
    rows_whole, _ = features(whole[own], without, labels)
    np.fill_diagonal(similarity, diagonal)
    parts = (rows_one, rows_whole, rows_talk)
    rows = np.concatenate(parts)
    right = np.concatenate([best == labels[own], np.zeros(len(rows) - len(own), bool)])
    weights = np.concatenate(
        [np.full(len(p), share * len(rows) / max(len(p), 1)) for p, share in zip(parts, MIX, strict=True)]
    )
    return fit(rows.astype(np.float64), right.astype(np.float64), weights)


def fit(rows: npt.NDArray[np.float64], right: npt.NDArray[np.float64], weights: npt.NDArray[np.float64]) -> Calibration:
    """Weighted logistic regression by Newton's method."""
    mean, deviation = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    scaled = np.c_[(rows - mean) / deviation, np.ones(len(rows))]
    found = np.zeros(scaled.shape[1])
    for _ in range(25):
        p = 1 / (1 + np.exp(-np.clip(scaled @ found, -30, 30)))
        slope = scaled.T @ (weights * (p - right)) + RIDGE * found
        curve = (scaled * (weights * p * (1 - p))[:, None]).T @ scaled + RIDGE * np.eye(len(found))
        found -= np.linalg.solve(curve, slope)
    return Calibration(mean.astype(np.float32), deviation.astype(np.float32), found.astype(np.float32))
