"""The benchmark of Discord, for a moment: every line is there and true; how fast it was is nobody's business here."""

import pathlib

import pytest

from bench.chat import measure, plain
from bench.crowd import typed
from bench.discord import BARE, pair
from bot.content import Content
from bot.faq.matcher import Matcher
from tests.bench.test_slack import CROWD, WithIndex


async def test_every_line_of_the_table(
    content: Content, answers: Matcher, tmp_path: pathlib.Path, request: pytest.FixtureRequest
) -> None:
    (tmp_path / "cache").symlink_to(request.config.cache.mkdir("matcher"))
    house, told = WithIndex(content, answers, tmp_path), list[str]()
    report = await measure(house, pair, told.append, "Discord", 0.3, members=(4,), rounds=1, people=8, crowded=CROWD)
    assert [(one.what, one.members) for one in report.lines] == [("question", 4), ("command", 4)]
    assert all(one.ours > 0 < one.bare for one in report.lines), report.lines
    assert all(0 < one.ours_p50 <= one.ours_p99 for one in report.lines), report.lines
    assert report.crowd.whole, report.crowd
    assert report.crowd.steps == sum(len(typed(content, number, "")) + 1 for number in range(CROWD))
    said = plain(report, BARE)
    assert f"{CROWD} receipts, {CROWD} items stored once, 0 lost, 0 doubled, 0 that nobody sent" in said
    assert "Discord" in said
    assert BARE in said
