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
    similarity = model.space.similarity(texts, model.space.vectors)
    _, held_out = ridge.fit(similarity, np.array(numbers, np.int64), len(HANDOVER_KINDS) + 1, None)
    told = kinds(held_out.one, model.threshold)
    figures = {}
    for number, kind in enumerate(HANDOVER_KINDS):
        given = [one for one, label in zip(told, numbers, strict=True) if label == number]
        figures[kind] = tally(("caught" if caught(kind, one) else "missed" for one in given), ("caught", "missed"))
    counter = [one for one, label in zip(told, numbers, strict=True) if label == len(HANDOVER_KINDS)]
    figures["counter-examples"] = alarms(counter)
    figures["other phrasings"] = alarms(unseen(matcher, content, set(texts)))
    return figures


def kinds(scores: ridge.Floats, threshold: float) -> list[str]:
    """The kind each row of scores is handed over as, "" where it is not."""
    over = scores[:, :-1].sum(axis=1) - scores[:, -1] >= threshold
    likeliest = scores[:, :-1].argmax(axis=1)
    return [HANDOVER_KINDS[int(kind)] if yes else "" for kind, yes in zip(likeliest, over, strict=True)]


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
    near = model.space.similarity([texts[row] for row in rows], matcher.index.space.vectors[rows])
    return kinds(model.model.scores(near), model.threshold)


def alarms(told: Sequence[str]) -> Counts:
    return tally(("false_alarm" if one else "quiet" for one in told), ("false_alarm", "quiet"))
