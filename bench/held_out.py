"""Leave-one-out on the content itself: each stored text asked of an index that lacks it, and nothing else.

Ours comes exactly from one factorization (`ridge.fit`); what follows it is the product's own: known words, answer,
offer, hand-over. The calibrations and the known words have seen the texts, so outcomes are a little kind to us; the
ranking is not. Each text is asked whole, not also by sentence. Texts stored twice are left out of the counting.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bench.baselines import baselines, best
from bench.figures import VERDICTS, Counts, judge, tally
from bench.held_out_handover import Told, told, trouble
from bench.samples import Question
from bench.techniques import OURS, Compared
from bot.content import Content
from bot.faq import ridge
from bot.faq.calibration import features
from bot.faq.features import normalize
from bot.faq.matcher import SUGGESTIONS, Match, Matcher, stored_texts

SAMPLE, SEED = 600, 11

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class HeldOut:
    """`languages`: asked, top_1, top_3 and outcomes a language, and "all". `near_misses`: each phrasing without its
    whole entry; `talk`: each off-topic line without itself. `handover`: a kind, "all" kinds and "counter-examples";
    what other phrasings are handed over counts in `languages`. `sample`: the techniques on SAMPLE phrasings."""

    languages: dict[str, Counts]
    near_misses: Counts
    talk: Counts
    handover: dict[str, Counts]
    sample: list[Compared]


@dataclass(frozen=True)
class Replay:
    """Held-out rows: the three topics with the highest scores, best first [rows, 3], and what they lead to."""

    top: ridge.Ints
    matches: list[Match]


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
    heard = told(matcher, content, texts)
    asked, lines = [texts[row] for row in own], [texts[row] for row in talk]
    one = replay(matcher, asked, scores.one[own], similarity[own], heard)
    aside = replay(matcher, lines, scores.one[talk], similarity[talk], heard)
    without = similarity[own]
    without[labels[own][:, None] == labels[None, :]] = -1
    whole = replay(matcher, asked, scores.whole[own], without, heard)
    spoken = np.array(languages(content))[own]
    every = {"all": np.ones(len(own), bool)}
    return HeldOut(
        {
            language: outcomes(one, asked, labels[own], topics, chosen)
            for language, chosen in {**{found: spoken == found for found in dict.fromkeys(spoken)}, **every}.items()
        },
        strangers(whole, asked),
        strangers(aside, lines),
        trouble(matcher, content, heard),
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


def replay(
    matcher: Matcher, texts: list[str], scores: ridge.Floats, similarity: ridge.Floats, heard: dict[str, Told]
) -> Replay:
    """What the product says to normalized texts, whose held-out rows these are."""
    rows, best_topic = features(scores, similarity, matcher.index.labels)
    order = np.argsort(-scores[:, :-1], axis=1)[:, :SUGGESTIONS]
    confidence = matcher.index.calibration.probability(rows)
    names = matcher.index.topics
    matches = []
    for row, text in enumerate(texts):
        nearest = tuple(names[topic] for topic in order[row])
        found = matcher.outcome(text, names[best_topic[row]], float(confidence[row]), nearest)
        kind = matcher.handed(text, found, *heard[text]) if heard else ""
        matches.append(Match("handover", None, (), found.confidence, kind) if kind else found)
    return Replay(order, matches)


def outcomes(rows: Replay, texts: list[str], wanted: ridge.Ints, topics: tuple[str, ...], chosen: Flags) -> Counts:
    first, third = rows.top[:, 0] == wanted, (rows.top == wanted[:, None]).any(axis=1)
    verdicts = [
        judge(Question(texts[row], "", (topics[wanted[row]],)), rows.matches[row]).verdict
        for row in np.flatnonzero(chosen)
    ]
    counts = tally(verdicts, VERDICTS["in_scope"])
    return {**counts, "top_1": int(first[chosen].sum()), "top_3": int(third[chosen].sum())}


def strangers(rows: Replay, texts: list[str]) -> Counts:
    """What happens to questions that no entry answers."""
    verdicts = (judge(Question(text, ""), match).verdict for text, match in zip(texts, rows.matches, strict=True))
    return tally(verdicts, VERDICTS["out_of_scope"])


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
