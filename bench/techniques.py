"""Ours and the baselines side by side: which topic each puts first, and how well its score tells when to be silent."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from bench.baselines import Ranked, Scores, baselines, best
from bench.figures import OFF_TOPIC
from bench.samples import Question
from bot.content import Content
from bot.faq.calibration import features
from bot.faq.matcher import Matcher

SLIP = 0.05  # share of the out-of-scope questions that may be answered
OURS = "Worker Voice"

Ranker = Callable[[str], Ranked]


@dataclass(frozen=True)
class Compared:
    """Of `asked` questions: how many had a right topic first, among three, and first with a score that only SLIP of
    the out-of-scope questions pass (None where there are none)."""

    technique: str
    file: str
    asked: int
    top_1: int
    top_3: int
    right_at_5: int | None


def compare(questions: Sequence[Question], matcher: Matcher, content: Content) -> list[Compared]:
    """Every technique on every file of in-scope questions, then on all of them."""
    asked = [one for one in questions if one.group == "in_scope"]
    outside = [one for one in questions if one.group == "out_of_scope"]
    files = list(dict.fromkeys(one.file for one in asked))
    found = []
    with rankers(matcher, content) as techniques:
        for name, rank in techniques.items():
            ranked = [(one, rank(one.text)) for one in asked]
            least = threshold([rank(one.text) for one in outside])
            for file in files if len(files) < 2 else [*files, "all"]:
                found.append(row(name, file, [both for both in ranked if file in ("all", both[0].file)], least))
    return found


def row(name: str, file: str, ranked: list[tuple[Question, Ranked]], least: float | None) -> Compared:
    first = [(bool(set(found.topics[:1]) & set(one.ok)), found.score) for one, found in ranked]
    third = sum(bool(set(found.topics) & set(one.ok)) for one, found in ranked)
    passing = None if least is None else sum(right and score > least for right, score in first)
    return Compared(name, file, len(ranked), sum(right for right, _ in first), third, passing)


def threshold(outside: Sequence[Ranked]) -> float | None:
    """The score above which at most SLIP of these are answered; OFF_TOPIC is no answer."""
    if not outside:
        return None
    scores = sorted((-math.inf if OFF_TOPIC in one.topics[:1] else one.score for one in outside), reverse=True)
    return scores[int(SLIP * len(scores))]


@contextmanager
def rankers(matcher: Matcher, content: Content) -> Iterator[dict[str, Ranker]]:
    """All techniques by name, ours first."""
    with baselines(matcher, content) as scorers:
        labels = matcher.index.labels[matcher.index.labels >= 0]

        def of(scores: Scores) -> Ranker:
            return lambda text: best(scores(text), labels, matcher.index.topics)

        yield {OURS: ours(matcher), **{name: of(scores) for name, scores in scorers.items()}}


def ours(matcher: Matcher) -> Ranker:
    """The product's ranking and calibrated confidence, before hand-over and thresholds."""
    index = matcher.index

    def rank(text: str) -> Ranked:
        parts = matcher.parts(text)
        similarity = index.space.similarity(parts, matcher.encoder.encode(parts))
        scores = index.model.scores(similarity)
        probability = index.calibration.probability(features(scores, similarity, index.labels)[0])
        at = int(probability.argmax())
        topics = [index.topics[int(i)] for i in np.argsort(-scores[at, :-1])[:3]]
        if exact := matcher.exact.get(parts[0]):
            return Ranked(tuple(dict.fromkeys((exact, *topics)))[:3], max(float(probability[at]), 0.99))
        return Ranked(tuple(topics), float(probability[at]))

    return rank
