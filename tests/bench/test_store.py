"""The benchmark of the store, for a moment: every line is there; how fast it was is nobody's business here."""

from bench.store import PROCESSES, measure, plain
from bot.content import Content
from bot.faq.matcher import Matcher
from tests.bench.test_answers import House


def test_every_line_of_the_table(content: Content, answers: Matcher) -> None:
    said: list[str] = []
    report = measure(House(content, answers), 0.2, said.append, members=(1, 8), rounds=1, with_start=False)
    places = [("sqlite", 1), ("sqlite", 8), ("postgresql", 1), ("postgresql", 8)]
    assert [(line.what, line.members) for line in report.lines] == places
    assert all(line.bare > 0 and line.ours > 0 and len(line.ratios) == 1 for line in report.lines)
    assert "synchronous 2" in report.durability["sqlite"]
    assert "fsync on, synchronous_commit on" in report.durability["postgresql"]
    assert len(report.together.steps) == PROCESSES
    assert all(report.together.steps)
    rows = [line for line in plain(report).splitlines() if line.startswith(("| sqlite", "| postgresql"))]
    assert [tuple(cell.strip() for cell in row.split("|")[1:3]) for row in rows] == [(a, str(b)) for a, b in places]
    assert "matching left out" in plain(report)
