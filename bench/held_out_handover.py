"""Hand-over, leave-one-out: each example and counter-example told without itself, by all the product's own gates."""

from collections.abc import Sequence

import numpy as np

from bench.figures import Counts, caught, tally
from bot import handover
from bot.content import HANDOVER_KINDS, Content
from bot.faq import ridge
from bot.faq.features import normalize
from bot.faq.matcher import Matcher

Told = tuple[float, str]  # how likely a text is to be handed over, and the likeliest kind


def told(matcher: Matcher, content: Content, others: Sequence[str]) -> dict[str, Told]:
    """Of each normalized text that hand-over learned from, without itself, and of the others as they are."""
    model = matcher.index.trouble
    if model is None:
        return {}
    texts, numbers = handover.sentences(content)
    similarity = model.space.among()
    _, held_out = ridge.fit(similarity, np.array(numbers, np.int64), len(HANDOVER_KINDS) + 1, None)
    np.fill_diagonal(similarity, -1)
    found = {
        text: model.told(held_out.one[[row]], similarity[[row]], matcher.telling(text))
        for row, text in enumerate(texts)
    }
    new = [text for text in dict.fromkeys(others) if text not in found]
    vectors = matcher.encoder.encode(new)
    return found | {text: model.tell([text], vectors[[row]], matcher.telling(text)) for row, text in enumerate(new)}


def trouble(matcher: Matcher, content: Content, heard: dict[str, Told]) -> dict[str, Counts]:
    """A kind, all kinds, and the counter-examples; sentences that are stored phrasings too are not counted."""
    if not heard:
        return {}
    wanted: dict[str, list[str]] = {}
    for kind, found in content.handover.items():
        for both in found.values():
            wanted.setdefault(kind, []).extend(both.examples)
            wanted.setdefault("", []).extend(both.counter)
    given = {kind: [handed(matcher, one, heard) for one in asked(matcher, texts)] for kind, texts in wanted.items()}
    figures = {
        kind: tally(("caught" if caught(kind, one) else "missed" for one in given[kind]), ("caught", "missed"))
        for kind in HANDOVER_KINDS
        if kind in given
    }
    verdicts = ("asked", "caught", "missed")
    figures["all"] = {verdict: sum(counts[verdict] for counts in figures.values()) for verdict in verdicts}
    alarms = ("false_alarm" if one else "quiet" for one in given.get("", ()))
    return {**figures, "counter-examples": tally(alarms, ("false_alarm", "quiet"))}


def asked(matcher: Matcher, texts: Sequence[str]) -> list[str]:
    return [text for text in texts if normalize(text) not in matcher.exact]


def handed(matcher: Matcher, text: str, heard: dict[str, Told]) -> str:
    """The kind this sentence is handed over as, "" where it is not."""
    plain = normalize(text)
    found = matcher.rank([plain], matcher.encoder.encode([plain]))
    return matcher.handed(text, found, *heard[plain])
