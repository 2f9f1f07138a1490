"""Messages about the member's own trouble, which a person must handle: told from sentences kept as content."""

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bot.content import HANDOVER_KINDS, Content
from bot.faq import ridge
from bot.faq.calibration import Calibration
from bot.faq.calibration import fit as fit_logistic
from bot.faq.encoder import Vectors
from bot.faq.features import fold, normalize, words
from bot.faq.spelling import Vocabulary

LIKELY = 0.65  # calibrated probability from which a message is handed over
UNLIKELY = 0.1  # below which a question is a general one, whatever it hints at
NOT_TOLD = 0.0  # the probability where too few words say something
FEWEST_TELLING = 2
URGENT = ("safety", "crisis")  # a false alarm costs less than a miss; they pause a form
FIRST = {"crisis": 2, "safety": 1}  # whose words count where several kinds are said
NEAR_COPY = 0.8  # similarity
PART = 0.7  # what a single sentence of a longer message counts
STORY_WORDS = 9  # phrasings this long are told like trouble of one's own: all of them are counter-examples
EVERY = 4  # of the shorter ones
CLAUSE = re.compile(r"[,.;:!\n]|(?=¿)|(?<=\?)")
PERSONAL = (  # answers whose phrasings are such messages themselves, or come close
    "already-being-replaced",
    "automated-decisions-and-bias",
    "feedback-versus-grievance",
    "find-my-steward-or-local",
    "talk-to-a-person",
    "urgent-harm-or-threat",
    "weingarten-rights",
)


@dataclass(frozen=True)
class HandoverModel:
    """Scores the six kinds and "none of them", and how likely it is that a person must help."""

    space: ridge.Space
    model: ridge.Ridge
    own: ridge.Ints  # rows of `space` that are examples
    calibration: Calibration

    def tell(self, parts: list[str], vectors: Vectors, telling: int) -> tuple[float, str]:
        """The probability that one of these sentences is to be handed over (NOT_TOLD: no idea), and the likeliest kind.

        `telling`: how many words of the message say something; where few do, only near copies of an example count.
        """
        similarity = self.space.similarity(parts, vectors)
        return self.told(self.model.scores(similarity), similarity, telling)

    def told(self, scores: ridge.Floats, similarity: ridge.Floats, telling: int) -> tuple[float, str]:
        """The same of the parts' scores [rows, kinds + 1] and similarities [rows, stored]."""
        likely = self.calibration.probability(features(scores, similarity, self.own))
        likely[1:] *= PART  # a sentence out of its message says less
        row = int(likely.argmax())
        kind = HANDOVER_KINDS[int(scores[row, :-1].argmax())]
        few = telling < FEWEST_TELLING and similarity[0, self.own].max() < NEAR_COPY
        return NOT_TOLD if few else float(likely[row]), kind


class Alarm:
    """What words alone tell of trouble: the few that are enough, and how alarming each of the others is."""

    def __init__(self, content: Content) -> None:
        texts, labels = sentences(content)
        trouble, other = Counter[str](), Counter[str]()
        for text, label in zip(texts, labels, strict=True):
            (trouble if label < len(HANDOVER_KINDS) else other).update(set(words(text)))
        self._vocabulary = Vocabulary(texts)
        ratio = (other.total() + 1) / (trouble.total() + 1)
        kinds = sorted(content.handover.items(), key=lambda one: -FIRST.get(one[0], 0))
        self._enough = {kind: [phrase(one) for both in found.values() for one in both.words] for kind, found in kinds}
        self._hints = {kind: [phrase(one) for both in found.values() for one in both.hints] for kind, found in kinds}
        self._asking = {word for texts in content.texts.values() for word in texts.asking}
        self._own = {word for texts in content.texts.values() for word in words(normalize(texts("matching.own")))}
        self._weight = {word: math.log(count * ratio / (other[word] + 1)) for word, count in trouble.items()}

    def said(self, text: str, likely: float) -> str:
        """The kind whose own words are said in this text, whatever else it is about: a crisis before danger before all
        others; "" where there are none. Hints count unless they stand in a general question, where trouble is unlikely.
        """
        clauses = CLAUSE.split(text)
        told = spoken(text) + clausal(clauses)
        general = NOT_TOLD < likely < UNLIKELY
        hinting = [told] if not general else [clausal([one]) for one in clauses if not self._generally(one)]
        for kind, several in self._enough.items():
            hints = self._hints[kind]
            if any(one in told for one in several) or any(one in part for one in hints for part in hinting):
                return kind
        return ""

    def _generally(self, clause: str) -> bool:
        """Whether it is a question, and not about the asker."""
        said = spoken(clause).split()
        asks = "?" in clause or "¿" in clause or not self._asking.isdisjoint(said[:1])
        return asks and self._own.isdisjoint(said)

    def telling(self, text: str) -> int:
        """How many words of a normalized text the sentences have, those left out that stand in every other one."""
        return len(self._vocabulary.telling(text))

    def of(self, sentence: str) -> float:
        """The sum of its three most alarming words."""
        found = sorted((self._weight.get(word, 0.0) for word in set(words(sentence.casefold()))), reverse=True)
        return sum(found[:3])


def spoken(text: str) -> str:
    """Its words, folded, with a space before and after each."""
    return f" {' '.join(words(fold(text)))} "


def clausal(clauses: list[str]) -> str:
    """The words of each clause as `spoken`, and a full stop."""
    return "".join(f"{spoken(one)}. " for one in clauses)


def phrase(text: str) -> str:
    """What is looked for; a full stop at its end is looked for too, so that it stands only where a clause ends."""
    return spoken(text) + (". " if text.endswith(".") else "")


def features(scores: ridge.Floats, similarity: ridge.Floats, own: ridge.Ints) -> ridge.Floats:
    """What tells them apart [rows, 3]: all kinds together against none, the likeliest kind, the nearest sentences."""
    others = np.ones(similarity.shape[1], bool)
    others[own] = False
    nearest = similarity[:, own].max(axis=1) - similarity[:, others].max(axis=1)
    kinds = scores[:, :-1]
    return np.stack([kinds.sum(axis=1) - scores[:, -1], kinds.max(axis=1), nearest], axis=1).astype(np.float32)


def sentences(content: Content) -> tuple[list[str], list[int]]:
    """All examples with the number of their kind, and counter-examples with the number after the last kind."""
    texts: list[str] = []
    labels: list[int] = []
    for kind, found in content.handover.items():
        for both in found.values():
            texts += both.examples + both.counter
            labels += [HANDOVER_KINDS.index(kind)] * len(both.examples) + [len(HANDOVER_KINDS)] * len(both.counter)
    others = [
        phrasing
        for topic, found in content.entries.items()
        if topic not in PERSONAL
        for entry in found.values()
        for number, phrasing in enumerate(entry.phrasings)
        if number % EVERY == 0 or len(phrasing.split()) >= STORY_WORDS
    ]
    others += content.talk
    return [normalize(text) for text in texts + others], labels + [len(HANDOVER_KINDS)] * len(others)


def build(content: Content, vectors: Mapping[str, Vectors]) -> HandoverModel | None:
    """None where the content has no such sentences. `vectors`: of each of `sentences`."""
    texts, numbers = sentences(content)
    labels = np.array(numbers, np.int64)
    if not content.handover:
        return None
    space = ridge.Space.of(texts, np.stack([vectors[text] for text in texts]))
    similarity = space.among()
    model, held_out = ridge.fit(similarity, labels, len(HANDOVER_KINDS) + 1, None)
    own = np.flatnonzero(labels < len(HANDOVER_KINDS))
    written = sum(
        len(both.examples) + len(both.counter) for found in content.handover.values() for both in found.values()
    )
    np.fill_diagonal(similarity, -1)  # each is told without itself
    rows = features(held_out.one, similarity, own)[:written].astype(np.float64)
    hand = (labels[:written] < len(HANDOVER_KINDS)).astype(np.float64)
    return HandoverModel(space, model, own, fit_logistic(rows, hand, np.ones(written)))
