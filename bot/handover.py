"""Messages about the member's own trouble, which a person must handle: told from sentences kept as content."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bot.content import HANDOVER_KINDS, Content
from bot.faq import ridge
from bot.faq.encoder import Encoder, Vectors
from bot.faq.features import normalize

EVERY = 3  # of the answers' phrasings, as further counter-examples
FALSE_ALARMS = 0.05  # of the counter-examples, each told without itself
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
    """Scores six kinds and "not one of them"; above `threshold` the likeliest kind is told."""

    space: ridge.Space
    model: ridge.Ridge
    threshold: float

    def margin(self, similarity: ridge.Floats) -> tuple[float, str]:
        """How far the six kinds together are above "not", less the threshold, and the likeliest kind."""
        scores = self.model.scores(similarity)
        sums = scores[:, :-1].sum(axis=1) - scores[:, -1]
        row = int(sums.argmax())
        return float(sums[row]) - self.threshold, HANDOVER_KINDS[int(scores[row, :-1].argmax())]


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
        for phrasing in entry.phrasings[::EVERY]
    ]
    others += content.talk
    return [normalize(text) for text in texts + others], labels + [len(HANDOVER_KINDS)] * len(others)


def build(content: Content, encoder: Encoder, known: Mapping[str, Vectors]) -> HandoverModel | None:
    """None where the content has no such sentences. `known`: texts that have been encoded already."""
    texts, numbers = sentences(content)
    labels = np.array(numbers, np.int64)
    if not content.handover:
        return None
    new = [text for text in dict.fromkeys(texts) if text not in known]
    found = {**known, **dict(zip(new, encoder.encode(new), strict=True))}
    vectors = np.stack([found[text] for text in texts])
    space = ridge.Space.of(texts, vectors)
    similarity = space.similarity(texts, vectors)
    model, held_out = ridge.fit(similarity, labels, len(HANDOVER_KINDS) + 1, None)
    sums = held_out.one[:, :-1].sum(axis=1) - held_out.one[:, -1]
    threshold = float(np.quantile(sums[labels == len(HANDOVER_KINDS)], 1 - FALSE_ALARMS))
    return HandoverModel(space, model, threshold)
