"""Kernel ridge regression on labelled texts, with exact leave-one-out and leave-one-class-out scores.

After one factorization of K + lambda I, both follow without fitting again: for a held-out block B,
f(B) = y_B - (inverse_BB)^-1 alpha_B (Rasmussen and Williams 2006, section 5.4.2, for one row; a block is the same).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from bot.faq.encoder import Vectors
from bot.faq.features import Tfidf, character_grams, word_grams

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
WEIGHTS = (0.5, 1.0, 2.5)  # words, pieces of words, sentence vectors: measured, see the benchmark
SHARPNESS = 2.0
LAMBDA = 0.1


@dataclass(frozen=True)
class Space:
    """Where texts are compared: how like a text is to each stored one."""

    words: Tfidf
    pieces: Tfidf
    word_columns: sparse.csr_matrix  # [grams, stored]
    piece_columns: sparse.csr_matrix
    center: Vectors  # the mean of the stored vectors: what all texts have in common says nothing
    vectors: Vectors  # unit length around it

    @classmethod
    def of(cls, texts: list[str], vectors: Vectors) -> "Space":
        """The space of normalized texts and their vectors [n, width]."""
        words = Tfidf([list(word_grams(text)) for text in texts])
        pieces = Tfidf([list(character_grams(text)) for text in texts])
        return cls(
            words,
            pieces,
            words.matrix([word_grams(text) for text in texts]).T.tocsr(),
            pieces.matrix([character_grams(text) for text in texts]).T.tocsr(),
            vectors.mean(axis=0),
            around(vectors, vectors.mean(axis=0)),
        )

    def similarity(self, texts: list[str], vectors: Vectors) -> Floats:
        """[len(texts), stored] weighted mean of the three cosines, -1 to 1."""
        by_word = self.words.matrix([word_grams(text) for text in texts]) @ self.word_columns
        by_piece = self.pieces.matrix([character_grams(text) for text in texts]) @ self.piece_columns
        return weighted(by_word, by_piece, around(vectors, self.center) @ self.vectors.T)

    def among(self) -> Floats:
        """[stored, stored]: the stored texts with each other."""
        by_word = self.word_columns.T @ self.word_columns
        by_piece = self.piece_columns.T @ self.piece_columns
        return weighted(by_word, by_piece, self.vectors @ self.vectors.T)


def weighted(by_word: sparse.csr_matrix, by_piece: sparse.csr_matrix, by_vector: Floats) -> Floats:
    a, b, c = WEIGHTS
    found = by_piece.toarray() * np.float32(b)
    found += by_word.toarray() * np.float32(a)
    found += by_vector * np.float32(c)
    found /= np.float32(a + b + c)
    return np.asarray(found, np.float32)


def around(vectors: Vectors, center: Vectors) -> Vectors:
    """The vectors seen from `center`, unit length again."""
    moved = vectors - center
    return np.asarray(moved / (np.linalg.norm(moved, axis=1, keepdims=True) + 1e-9), np.float32)


def kernel(similarity: Floats) -> Floats:
    """Positive definite, because each cosine is (nothing is clipped) and so is the exponential of their sum."""
    return np.asarray(np.exp(-SHARPNESS * (1 - similarity)), np.float32)


@dataclass(frozen=True)
class Ridge:
    """One score a class for a text: alpha has a row a stored text and a column a class."""

    alpha: Floats

    def scores(self, similarity: Floats) -> Floats:
        return np.asarray(kernel(similarity) @ self.alpha, np.float32)


@dataclass(frozen=True)
class HeldOut:
    """Scores each stored text would have got: without itself, and without its whole class."""

    one: Floats
    whole: Floats


def fit(similarity: Floats, labels: Ints, classes: int, groups: Ints | None) -> tuple[Ridge, HeldOut]:
    """Fit on [n, n] similarities; a label is a class's number. `groups`: what `HeldOut.whole` leaves out together."""
    from scipy import linalg  # takes a tenth of a second to load; who reads a fitted one does not need it

    size = len(labels)
    target = np.zeros((size, classes), np.float32)
    target[np.arange(size), labels] = 1
    regularized = kernel(similarity)
    regularized[np.diag_indices(size)] += LAMBDA
    factor = linalg.cholesky(regularized, lower=True, overwrite_a=True, check_finite=False)
    inverse, problem = linalg.lapack.spotri(factor, lower=1, overwrite_c=1)
    if problem:
        raise ArithmeticError("the kernel matrix cannot be inverted")
    inverse = np.tril(inverse) + np.tril(inverse, -1).T
    alpha = (inverse @ target).astype(np.float32)
    one = target - alpha / np.diag(inverse)[:, None]
    whole = one.copy()
    for group in np.unique(groups) if groups is not None else ():
        rows = np.flatnonzero(groups == group)
        whole[rows] = target[rows] - np.linalg.solve(inverse[np.ix_(rows, rows)], alpha[rows])
    return Ridge(alpha), HeldOut(one, whole)
