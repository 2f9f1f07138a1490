"""Leave-one-out on the content itself: each stored text asked of an index that lacks it, and nothing else.

Ours comes exactly from one factorization (`ridge.fit`). The calibration and the hand-over threshold have seen the
texts, so outcomes are a little kind to us; the ranking is not. Texts stored twice are left out of the counting.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bench.baselines import baselines, best
from bench.figures import OFF_TOPIC, Counts, tally
from bench.held_out_handover import trouble
from bench.techniques import OURS, Compared
from bot.content import Content
from bot.faq import ridge
from bot.faq.calibration import features
from bot.faq.features import normalize
from bot.faq.matcher import ANSWER, FEWEST_KNOWN, SUGGEST, SUGGESTIONS, Matcher, stored_texts

SAMPLE, SEED = 600, 11

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class HeldOut:
    """`languages`: asked, top_1, top_3 and outcomes a language. `near_misses`: each phrasing without its whole entry;
    `talk`: each off-topic line without itself. `handover`: a kind, "counter-examples" and, not held out but never
    learned from, "other phrasings". `sample`: the techniques on the same SAMPLE phrasings."""

    languages: dict[str, Counts]
    near_misses: Counts
    talk: Counts
    handover: dict[str, Counts]
    sample: list[Compared]


@dataclass(frozen=True)
class Replay:
    """Held-out rows: the three topics with the highest scores, best first [rows, 3], and the confidence [rows]."""

    top: ridge.Ints
    confidence: ridge.Floats


def leave_one_out(matcher: Matcher, content: Content) -> HeldOut:
    texts, _, topics = stored_texts(content)
    labels = matcher.index.labels
    similarity = matcher.index.space.among()
    classes = np.where(labels >= 0, labels, len(topics))
    _, scores = ridge.fit(similarity, classes, len(topics) + 1, classes)
    np.fill_diagonal(similarity, -1)
    times = Counter(texts)
    once = np.array([times[text] == 1 for text in texts])
    own = np.flatnonzero((labels >= 0) & once)
    talk = np.flatnonzero((labels < 0) & once)
    known = np.array([matcher.speller.telling(text) >= FEWEST_KNOWN for text in texts])
    one = replay(matcher, scores.one[own], similarity[own])
    aside = replay(matcher, scores.one[talk], similarity[talk])
    without = similarity[own]
    without[labels[own][:, None] == labels[None, :]] = -1
    whole = replay(matcher, scores.whole[own], without)
    spoken = np.array(languages(content))[own]
    return HeldOut(
        {
            language: outcomes(one, labels[own], known[own], spoken == language)
            for language in dict.fromkeys(spoken.tolist())
        },
        strangers(whole, known[own], topics),
        strangers(aside, known[talk], topics),
        trouble(matcher, content),
        sample(matcher, content, own, one),
    )


def languages(content: Content) -> list[str]:
    """The language of each stored phrasing, in the order of `stored_texts`."""
    return [
        language
        for found in content.entries.values()
        for language, entry in found.items()
        for _ in dict.fromkeys(normalize(text) for text in (entry.question, *entry.phrasings))
    ]


def replay(matcher: Matcher, scores: ridge.Floats, similarity: ridge.Floats) -> Replay:
    rows, _ = features(scores, similarity, matcher.index.labels)
    order = np.argsort(-scores[:, :-1], axis=1)[:, :SUGGESTIONS]
    return Replay(order, matcher.index.calibration.probability(rows))


def outcomes(rows: Replay, wanted: ridge.Ints, known: Flags, chosen: Flags) -> Counts:
    first, third = rows.top[:, 0] == wanted, (rows.top == wanted[:, None]).any(axis=1)
    said = (rows.confidence >= ANSWER) & known
    offered = (rows.confidence >= SUGGEST) & ~said & third
    verdict = np.select([said & first, said, offered], ["right", "wrong", "offered"], "missed")[chosen]
    counts = tally(verdict.tolist(), ("right", "offered", "wrong", "missed"))
    return {**counts, "top_1": int(first[chosen].sum()), "top_3": int(third[chosen].sum())}


def strangers(rows: Replay, known: Flags, topics: tuple[str, ...]) -> Counts:
    """What happens to questions that no entry answers."""
    harmless = rows.top[:, 0] == (topics.index(OFF_TOPIC) if OFF_TOPIC in topics else -1)
    said = (rows.confidence >= ANSWER) & known
    verdict = np.select(
        [said & harmless, said, rows.confidence >= SUGGEST], ["silent", "answered", "offered"], "silent"
    )
    return tally(verdict.tolist(), ("answered", "offered", "silent"))


def sample(matcher: Matcher, content: Content, own: ridge.Ints, one: Replay) -> list[Compared]:
    """Top 1 and top 3 of every technique on the same seeded sample; the baselines' word statistics know all texts."""
    texts, labels, topics = stored_texts(content)
    stored = matcher.index.labels[matcher.index.labels >= 0]
    places = random.Random(SEED).sample(range(len(own)), min(SAMPLE, len(own)))
    wanted = matcher.index.labels[own[places]]
    top = one.top[places]
    found = [compared(OURS, top[:, 0] == wanted, (top == wanted[:, None]).any(axis=1))]
    with baselines(matcher, content) as scorers:
        for name, score in scorers.items():
            ranked: list[tuple[str, ...]] = []
            for row in own[places]:
                scores = score(texts[row])
                scores[row] = 0
                ranked.append(best(scores, stored, topics).topics)
            names = [topics[labels[row]] for row in own[places]]
            both = list(zip(names, ranked, strict=True))
            found.append(compared(name, [n in r[:1] for n, r in both], [n in r for n, r in both]))
    return found


def compared(name: str, first: Sequence[bool] | Flags, third: Sequence[bool] | Flags) -> Compared:
    return Compared(name, "sample", len(first), int(sum(first)), int(sum(third)), None)
