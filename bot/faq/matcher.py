"""Chooses the approved answer for a message, or a few to choose from, or nothing, or a person."""

import pathlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bot import handover
from bot.content import Content
from bot.faq import cache, ridge
from bot.faq.calibration import Calibration, calibrate, features
from bot.faq.encoder import Encoder
from bot.faq.features import normalize, sentences
from bot.faq.spelling import Speller

ANSWER = 0.40  # calibrated probability from which the answer is given
SUGGEST = 0.15  # from which up to three are offered
SUGGESTIONS = 3
FEWEST_KNOWN = 2  # content words below which an answer is only offered

Kind = Literal["answer", "suggest", "none", "handover"]


@dataclass(frozen=True)
class Match:
    """What a message matches. `confidence`: calibrated probability that `topic`, or the first suggestion, is right.

    `handover` is the kind for a person to handle, or None; with it the outcome is "handover".
    """

    outcome: Kind
    topic: str | None = None
    suggestions: tuple[str, ...] = ()
    confidence: float = 0.0
    handover: str | None = None


NOTHING = Match("none")


@dataclass(frozen=True)
class Index:
    """The fitted part of a matcher: what a cache keeps."""

    topics: tuple[str, ...]
    labels: ridge.Ints  # of each stored text; -1 for talk
    space: ridge.Space
    model: ridge.Ridge
    calibration: Calibration
    trouble: handover.HandoverModel | None


class Matcher:
    """`match` computes and holds no state of any member."""

    def __init__(self, content: Content, encoder: Encoder, index: Index) -> None:
        self.encoder, self.index = encoder, index
        texts, _, _ = stored_texts(content)
        self.exact = {text: index.topics[label] for text, label in zip(texts, index.labels, strict=True) if label >= 0}
        self.speller = Speller(texts, encoder.knows)
        self.related = {topic: next(iter(found.values())).related for topic, found in content.entries.items()}

    def match(self, text: str, previous: str = "") -> Match:
        """What `text` matches; `previous` is the topic of the answer just before, if any."""
        plain = self.speller.repair(normalize(text))
        if not any(character.isalnum() for character in plain):
            return NOTHING
        parts = [plain, *(self.speller.repair(normalize(part)) for part in sentences(text)[1:])]
        vectors = self.encoder.encode(parts)
        found = self._rank(parts, vectors)
        if self.index.trouble:
            likely, kind = self.index.trouble.tell(parts, vectors)
            general = found.topic not in handover.PERSONAL and found.confidence > likely
            if likely >= handover.LIKELY and not general and plain not in self.exact:
                return Match("handover", None, (), found.confidence, kind)
        return found

    def _rank(self, parts: list[str], vectors: ridge.Floats) -> Match:
        similarity = self.index.space.similarity(parts, vectors)
        scores = self.index.model.scores(similarity)
        rows, best = features(scores, similarity, self.index.labels)
        probability = self.index.calibration.probability(rows)
        row = int(probability.argmax())
        topic, confidence = self.index.topics[int(best[row])], float(probability[row])
        if parts[0] in self.exact:
            return Match("answer", self.exact[parts[0]], (), max(confidence, 0.99))
        if confidence >= ANSWER and self.speller.known(parts[0]) >= FEWEST_KNOWN:
            return Match("answer", topic, (), confidence)
        if confidence >= SUGGEST:
            order = np.argsort(-scores[row, :-1])[:SUGGESTIONS]
            return Match("suggest", None, tuple(self.index.topics[int(i)] for i in order), confidence)
        return Match("none", None, (), confidence)


def stored_texts(content: Content) -> tuple[list[str], list[int], tuple[str, ...]]:
    """Normalized phrasings of all languages with the number of their topic, then talk with -1; and the topics."""
    topics = tuple(content.entries)
    texts: list[str] = []
    labels: list[int] = []
    for number, found in enumerate(content.entries.values()):
        for entry in found.values():
            own = dict.fromkeys(normalize(text) for text in (entry.question, *entry.phrasings))
            texts += own
            labels += [number] * len(own)
    talk = [normalize(line) for line in content.talk]
    return texts + talk, labels + [-1] * len(talk), topics


def build(content: Content, encoder: Encoder) -> Index:
    """Fit everything from the content: encode, factor, calibrate."""
    texts, numbers, topics = stored_texts(content)
    labels = np.array(numbers, np.int64)
    vectors = encoder.encode(texts)
    known = dict(zip(texts, vectors, strict=True))
    space = ridge.Space.of(texts, vectors)
    similarity = space.similarity(texts, vectors)
    classes = np.where(labels >= 0, labels, len(topics))
    model, held_out = ridge.fit(similarity, classes, len(topics) + 1, classes)
    calibration = calibrate(similarity, labels, held_out.one, held_out.whole)
    return Index(topics, labels, space, model, calibration, handover.build(content, encoder, known))


def load(content: Content, encoder: Encoder, folder: pathlib.Path | None, progress: Callable[[str], None]) -> Matcher:
    """The matcher for this content: from the cache in `folder` where it fits, else built and cached there."""
    name = cache.name(content.fingerprint(), encoder.folder)
    index = cache.read(folder, name, Index) if folder else None
    if index is None:
        progress("Preparing the answers (once for this content, about half a minute)...")
        index = build(content, encoder)
        if folder:
            cache.write(folder, name, index)
    return Matcher(content, encoder, index)
