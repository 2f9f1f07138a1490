"""Chooses the approved answer for a message, or a few to choose from, or nothing, or a person."""

import pathlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bot import handover
from bot.content import Content
from bot.faq import cache, ridge
from bot.faq.calibration import Calibration, calibrate, features
from bot.faq.encoder import Encoder, Vectors
from bot.faq.features import READ, normalize, sentences, words
from bot.faq.spelling import Speller, Vocabulary
from bot.faq.terms import Terms

ANSWER = 0.45  # calibrated probability from which the answer is given
SUGGEST = 0.17  # from which up to three are offered
SUGGESTIONS = 3
SENTENCES = 3  # at most, are all looked at
STORY_PART = 120  # characters of each part of a longer message
SURE = 0.8  # from which what came before does not matter
FOLLOW_WORDS = 9
SAID = 0.1  # off the score of the answer just given, in a question that follows it
RELATED = 0.1  # onto that of the answers it names as related
URGENT_TOPIC = "urgent-harm-or-threat"  # its phrasings may be somebody's own trouble, to be handed over
RUNS = re.compile(r"[^\w¿¡]{20,}")  # rules, rows of emoji: the words are behind them
FEWEST_KNOWN = 2  # content words below which an answer is only offered, unless the one word is the topic's own

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
        self.vocabulary = Vocabulary(texts)
        self.speller = Speller(self.vocabulary, encoder.knows)
        self.terms = Terms(self.vocabulary, texts, index.labels.tolist())
        self.alarm = handover.Alarm(content)
        self.asked = {
            topic: [normalize(entry.question) for entry in found.values()] for topic, found in content.entries.items()
        }
        self.related = {
            topic: {one for entry in found.values() for one in entry.related}
            for topic, found in content.entries.items()
        }
        self.leaning, self.referring = phrases(content, "matching.leaning"), phrases(content, "matching.referring")

    def match(self, text: str, previous: str = "") -> Match:
        """What `text` matches; `previous` is the topic of the answer just before, if any."""
        text = RUNS.sub(" ", text)
        parts = self.parts(text)
        plain = parts[0]
        if not any(character.isalnum() for character in plain):
            return NOTHING
        vectors = self.encoder.encode(parts)
        found = self.rank(parts, vectors)
        if plain in self.exact and found.topic != URGENT_TOPIC:
            return found
        if previous in self.asked and not (found.topic and found.confidence >= SURE) and self._leans(plain):
            found = self._after(plain, found, self._follow(plain, vectors[0], previous), previous)
        if self.index.trouble:
            likely, kind = self.index.trouble.tell(parts, vectors, self.telling(plain))
            if handed := self.handed(text, found, likely, kind):
                return Match("handover", None, (), found.confidence, handed)
        return found

    def telling(self, plain: str) -> int:
        """How many words of a normalized text say something, of what is asked or of trouble."""
        return max(len(self.vocabulary.telling(plain)), self.alarm.telling(plain))

    def handed(self, text: str, found: Match, likely: float, kind: str) -> str:
        """The kind to hand over as, "" where `found` stands; danger and crisis outweigh any other answer."""
        said = self.alarm.said(text[:READ], likely)
        general = kind not in handover.URGENT and found.topic not in handover.PERSONAL and found.confidence > likely
        if likely < handover.LIKELY or general or said == "crisis":
            return said
        return said if said in handover.URGENT and kind not in handover.URGENT else kind

    def parts(self, text: str) -> list[str]:
        """What is compared, normalized: the message, and each of its sentences where it has several.

        Of a long story only the beginning, its first question, and the sentence that sounds most like trouble.
        """
        several = sentences(text)
        if len(several) > SENTENCES:
            question = next((part for part in several if part.endswith("?")), several[-1])
            several = [part[:STORY_PART] for part in (text, question, max(several, key=self.alarm.of))]
        else:
            several = [text, *several]
        return [self.speller.repair(normalize(part)) for part in several]

    def _leans(self, plain: str) -> bool:
        """Whether a short message makes sense only after the answer before it ("who pays for it?")."""
        count = len(words(plain))
        return count <= FOLLOW_WORDS and (count <= 3 or holds(plain, self.leaning))

    def _after(self, plain: str, alone: Match, followed: Match, previous: str) -> Match:
        """What counts of a message that may follow an answer.

        That answer is given again only for words that refer to it ("is that true"), and words that are answered alone
        are not left without. A single word is enough for an answer that the one before names as related.
        """
        first = next(iter(followed.suggestions), "")
        if not alone.topic and first in self.related[previous] and followed.confidence >= SURE:
            return Match("answer", first, (), followed.confidence)
        again = followed.topic == previous != alone.topic and not holds(plain, self.referring)
        less = not followed.topic and (alone.topic or followed.outcome == "none")
        return alone if again or less else followed

    def _follow(self, plain: str, vector: ridge.Floats, previous: str) -> Match:
        """The words together with the question they follow, and alone, each counting half."""
        both = [f"{question} {plain}" for question in self.asked[previous]]
        parts = [plain, *both]
        vectors = np.concatenate([vector[None, :], self.encoder.encode(both)])
        similarity = self.index.space.similarity(parts, vectors)
        scores = self.index.model.scores(similarity)
        similarity, scores = (np.asarray((one[:1] + one[1:]) / 2, np.float32) for one in (similarity, scores))
        scores[:, self.index.topics.index(previous)] -= SAID
        near = [self.index.topics.index(topic) for topic in self.related[previous] if topic in self.asked]
        scores[:, near] += RELATED
        return self._choose(plain, similarity, scores)

    def rank(self, parts: list[str], vectors: ridge.Floats) -> Match:
        """What the normalized parts and their vectors match, hand-over and what came before aside."""
        similarity = self.index.space.similarity(parts, vectors)
        return self._choose(parts[0], similarity, self.index.model.scores(similarity))

    def _choose(self, plain: str, similarity: ridge.Floats, scores: ridge.Floats) -> Match:
        """By the likeliest row of the message and its sentences."""
        rows, best = features(scores, similarity, self.index.labels)
        probability = self.index.calibration.probability(rows)
        row = int(probability.argmax())
        topic, confidence = self.index.topics[int(best[row])], float(probability[row])
        if plain in self.exact:
            return Match("answer", self.exact[plain], (), max(confidence, 0.99))
        order = np.argsort(-scores[row, :-1])[:SUGGESTIONS]
        return self.outcome(plain, topic, confidence, tuple(self.index.topics[int(i)] for i in order))

    def outcome(self, plain: str, topic: str, confidence: float, nearest: tuple[str, ...]) -> Match:
        """Whether `topic` is answered with, or the nearest offered, at this calibrated probability."""
        telling = len(self.vocabulary.telling(plain))
        named = self.terms.topic(plain)
        own = None if named is None else self.index.topics[named]
        if (telling >= FEWEST_KNOWN and confidence >= ANSWER) or (own == topic and confidence >= SURE):
            return Match("answer", topic, (), confidence)
        if own:
            nearest = (own, *(one for one in nearest if one != own))[:SUGGESTIONS]
        if own or (telling and confidence >= SUGGEST):
            return Match("suggest", None, nearest, confidence)
        return Match("none", None, (), confidence)


def phrases(content: Content, key: str) -> set[str]:
    """The words of a text in all languages, normalized; "_" stands for a space."""
    return {one.replace("_", " ") for texts in content.texts.values() for one in normalize(texts(key)).split()}


def holds(plain: str, several: set[str]) -> bool:
    """Whether a normalized message has one of these phrases."""
    said = f" {' '.join(words(plain))} "
    return any(f" {one} " in said for one in several)


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


def build(content: Content, encoder: Encoder, told: Callable[[int, int], None] = lambda done, count: None) -> Index:
    """Fit everything from the content: encode (most of the time; `told` how many of how many), factor, calibrate."""
    texts, numbers, topics = stored_texts(content)
    labels = np.array(numbers, np.int64)
    different = list(dict.fromkeys(texts + handover.sentences(content)[0]))
    vectors: dict[str, Vectors] = {}
    for text, vector in zip(different, encoder.encode_many(different), strict=True):
        told(len(vectors), len(different))
        vectors[text] = vector
    space = ridge.Space.of(texts, np.stack([vectors[text] for text in texts]))
    similarity = space.among()
    classes = np.where(labels >= 0, labels, len(topics))
    model, held_out = ridge.fit(similarity, classes, len(topics) + 1, classes)
    calibration = calibrate(similarity, labels, held_out.one, held_out.whole)
    return Index(topics, labels, space, model, calibration, handover.build(content, vectors))


def load(
    content: Content,
    encoder: Encoder,
    folder: pathlib.Path | None,
    say: Callable[[str], None],
    told: Callable[[int, int], None] = lambda done, count: None,
) -> Matcher:
    """The matcher for this content: from the cache in `folder` where it fits, else built and cached there.

    Only where it is built, `say` hears so first, and `told` how many sentences of how many are read.
    """
    name = cache.name(content.fingerprint(), encoder.folder)
    index = cache.read(folder, name, Index) if folder else None
    if index is None:
        say("Preparing the answers, once for this content: a minute or two...")
        index = build(content, encoder, told)
        if folder:
            cache.write(folder, name, index)
    return Matcher(content, encoder, index)
