"""The benchmark of Slack, for a moment: every line is there and true; how fast it was is nobody's business here."""

import asyncio
import dataclasses
import pathlib
from collections import Counter

import pytest

from bench.chat import asked, measure, plain
from bench.crowd import compare, receipt_in, typed
from bench.slack import BARE, pair
from bot.content import Content
from bot.faq.matcher import Matcher
from tests.bench.test_answers import House

CROWD = 12


class WithIndex(House):
    """Its data folder holds the index that pytest's cache has."""

    def __init__(self, content: Content, answers: Matcher, folder: pathlib.Path) -> None:
        super().__init__(content, answers)
        self.folder = folder

    def data_dir(self) -> pathlib.Path:
        return self.folder


async def test_every_line_of_the_table(
    content: Content, answers: Matcher, tmp_path: pathlib.Path, request: pytest.FixtureRequest
) -> None:
    (tmp_path / "cache").symlink_to(request.config.cache.mkdir("matcher"))
    house, told = WithIndex(content, answers, tmp_path), list[str]()
    report = await measure(house, pair, told.append, "Slack", 0.3, members=(4,), rounds=1, people=8, crowded=CROWD)
    assert [(one.what, one.members) for one in report.lines] == [("question", 4), ("command", 4)]
    assert all(one.ours > 0 < one.bare for one in report.lines), report.lines
    assert all(0 < one.ours_p50 <= one.ours_p99 for one in report.lines), report.lines
    assert report.crowd.whole, report.crowd
    assert report.crowd.steps == sum(len(typed(content, number, "")) + 1 for number in range(CROWD))
    assert report.memory.crowded is None or report.memory.crowded > 50, report.memory
    said = plain(report, BARE)
    assert f"{CROWD} receipts, {CROWD} items stored once, 0 lost, 0 doubled, 0 that nobody sent" in said
    assert len([line for line in said.splitlines() if line.startswith(("| question", "| command"))]) == 2
    for wrong in ({"lost": 1}, {"doubled": 1}, {"strange": 1}, {"kept": CROWD - 1}, {"receipts": CROWD - 1}):
        assert not dataclasses.replace(report.crowd, **wrong).whole


class Counting:
    """An app that answers at once, and remembers who spoke."""

    def __init__(self) -> None:
        self.spoke: list[str] = []

    async def say(self, member: str, words: str, *, buttons: bool = False) -> str:
        raise AssertionError("it is asked")

    async def ask(self, member: str, words: str) -> None:
        self.spoke.append(member)
        await asyncio.sleep(0)


async def test_each_answer_is_counted_and_nobody_asks_twice_in_a_row() -> None:
    app = Counting()
    steps = await asked(app, ["a", "b", "c", "d"], ["?"], 2, 0.02)
    assert len(steps.took) == len(app.spoke) > 8
    assert set(app.spoke) == {"a", "b", "c", "d"}
    assert all(len(set(app.spoke[start : start + 4])) == 4 for start in range(0, len(app.spoke) - 4, 4))
    assert steps.elapsed >= 0.02


def test_what_is_lost_doubled_or_strange_is_told() -> None:
    sent = Counter(("once", "twice", "never"))
    assert compare(sent, Counter({"once": 1, "twice": 2, "else": 3})) == (1, 1, 1, 3)


def test_a_receipt_is_six_words_of_the_list(content: Content) -> None:
    words = " ".join(content.receipts["en"][:6])
    assert receipt_in(f"Write it down:\n\n    {words}\n", content) == words
    assert receipt_in(f"**`{words}`**", content) == words
    assert receipt_in("none of these six is one", content) == ""
