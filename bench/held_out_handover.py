"""Hand-over, leave-one-out: each example and counter-example told without itself."""

from collections.abc import Sequence

import numpy as np

from bench.figures import Counts, caught, tally
from bot import handover
from bot.content import HANDOVER_KINDS, Content
from bot.faq import ridge
from bot.faq.matcher import Matcher, stored_texts


def trouble(matcher: Matcher, content: Content) -> dict[str, Counts]:
    """Hand-over: each example and counter-example without itself, and phrasings it has not learned from."""
    model = matcher.index.trouble
    if model is None:
        return {}
    texts, numbers = handover.sentences(content)
    similarity = model.space.among()
    _, held_out = ridge.fit(similarity, np.array(numbers, np.int64), len(HANDOVER_KINDS) + 1, None)
    np.fill_diagonal(similarity, -1)
    told = kinds(model, held_out.one, similarity)
    figures = {}
    for number, kind in enumerate(HANDOVER_KINDS):
        given = [one for one, label in zip(told, numbers, strict=True) if label == number]
        figures[kind] = tally(("caught" if caught(kind, one) else "missed" for one in given), ("caught", "missed"))
    counter = [one for one, label in zip(told, numbers, strict=True) if label == len(HANDOVER_KINDS)]
    figures["counter-examples"] = alarms(counter)
    figures["other phrasings"] = alarms(unseen(matcher, content, set(texts)))
    return figures


def kinds(model: handover.HandoverModel, scores: ridge.Floats, similarity: ridge.Floats) -> list[str]:
    """The kind each row of scores is handed over as, "" where it is not."""
    likely = model.calibration.probability(handover.features(scores, similarity, model.own))
    likeliest = scores[:, :-1].argmax(axis=1)
    return [HANDOVER_KINDS[int(k)] if p >= handover.LIKELY else "" for k, p in zip(likeliest, likely, strict=True)]


def unseen(matcher: Matcher, content: Content, seen: set[str]) -> list[str]:
    """What the hand-over model makes of phrasings that are not personal trouble and that it never saw."""
    assert matcher.index.trouble
    texts, labels, topics = stored_texts(content)
    rows = [
        row
        for row, (text, label) in enumerate(zip(texts, labels, strict=True))
        if label >= 0 and topics[label] not in handover.PERSONAL and text not in seen
    ]
    model = matcher.index.trouble
    own = [texts[row] for row in rows]
    near = model.space.similarity(own, matcher.encoder.encode(own))
    return kinds(model, model.model.scores(near), near)


def alarms(told: Sequence[str]) -> Counts:
    return tally(("false_alarm" if one else "quiet" for one in told), ("false_alarm", "quiet"))
