"""The benchmark's figures, on a folder small enough to count by hand."""

import dataclasses
import functools
import json
import pathlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest
from typer.testing import CliRunner

from bench.answers import measure
from bench.baselines import Ranked, baselines, best
from bench.commands import build as commands
from bench.figures import count, judge, worst
from bench.held_out import HeldOut, leave_one_out
from bench.samples import Question, read_content, read_questions
from bench.tables import table
from bench.techniques import ours, row, threshold
from bench.twins import near_identical
from bot.content import Content, Examples
from bot.errors import Refused
from bot.faq import matcher
from bot.faq.encoder import Encoder
from bot.faq.matcher import Match, Matcher
from bot.ports import Store
from storage.database import open_store

PHRASINGS = {
    "card-lost": ["I lost my card", "my card is gone", "where is my card, I cannot find it", "card lost help"],
    "opening-hours": ["When are you open?", "what are the opening hours", "hours on sunday", "do you close for lunch"],
    "change-address": ["How do I change my address?", "I moved house", "new address please", "update where I live"],
    "pay-bill": ["How can I pay my bill?", "pay the invoice", "settle my bill by bank", "invoice payment"],
}
TALK = ["tell me a joke", "what is the weather", "sing a song", "who won the game"]
ROWS = {
    "en.jsonl": [
        {"q": "i lost my card!", "ok": ["card-lost"], "style": "plain"},
        {"q": "opening hours", "ok": ["opening-hours"], "style": "short"},
        {"q": "I moved house last week", "ok": ["change-address"], "style": "plain"},
    ],
    "none.jsonl": [{"q": "purple elephants dance", "ok": [], "style": "far"}],
}


class House:
    """Hands out one small content, and says which contents it was asked to keep a matcher for."""

    def __init__(self, small: Content, answers: Matcher) -> None:
        self.small, self.answers = small, answers
        self.asked: list[Content] = []

    def content(self, *, example: bool) -> Content:
        return self.small

    def matcher(self, content: Content) -> Matcher:
        self.asked.append(content)
        return self.answers

    def data_dir(self) -> pathlib.Path:
        raise AssertionError("no command is started here")

    def opens(self) -> Callable[[str], AbstractAsyncContextManager[Store]]:
        return functools.partial(open_store, migrate=True)


def write(folder: pathlib.Path, name: str, rows: list[dict[str, object]]) -> None:
    (folder / name).write_text("".join(json.dumps(one) + "\n" for one in rows), "utf-8")


def write_entries(folder: pathlib.Path) -> None:
    write(folder, "entries.jsonl", [{"id": topic, "phrasings": texts} for topic, texts in PHRASINGS.items()])
    (folder / "talk.txt").write_text("\n".join(TALK), "utf-8")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Content:
    folder = tmp_path_factory.mktemp("entries")
    write_entries(folder)
    content = read_content(folder)
    assert content
    grievance = Examples(("they skipped me for overtime", "I was written up today"), ("what is a grievance",))
    crisis = Examples(("I do not want to live any more", "I want to end it all"), ("the game nearly killed me",))
    return dataclasses.replace(content, handover={"grievance": {"en": grievance}, "crisis": {"en": crisis}})


@pytest.fixture(scope="module")
def answers(small: Content) -> Matcher:
    return matcher.load(small, Encoder(), None, lambda _: None)


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    for name, rows in ROWS.items():
        write(tmp_path, name, [dict(one) for one in rows])
    return tmp_path


@pytest.mark.parametrize(
    ("ok", "match", "verdict"),
    [
        (("a", "b"), Match("answer", "b"), "right"),
        (("a",), Match("answer", "b"), "wrong"),
        (("weingarten-rights",), Match("handover", handover="grievance"), "right"),
        (("a",), Match("handover", handover="grievance"), "wrong"),
        (("a",), Match("suggest", None, ("b", "a")), "offered"),
        (("a",), Match("suggest", None, ("b", "c")), "missed"),
        (("a",), Match("none"), "missed"),
        ((), Match("answer", "a"), "answered"),
        ((), Match("answer", "off-topic-or-abuse"), "silent"),
        ((), Match("suggest", None, ("a",)), "offered"),
        ((), Match("handover", handover="legal"), "handed_over"),
        ((), Match("none"), "silent"),
    ],
)
def test_what_an_outcome_is_worth(ok: tuple[str, ...], match: Match, verdict: str) -> None:
    assert judge(Question("?", "en.jsonl", ok), match).verdict == verdict


@pytest.mark.parametrize(
    ("kind", "told", "verdict"),
    [
        ("grievance", "grievance", "caught"),
        ("grievance", "legal", "caught"),
        ("crisis", "crisis", "caught"),
        ("crisis", "safety", "missed"),
        ("safety", "grievance", "missed"),
        ("legal", None, "missed"),
        ("none", "legal", "false_alarm"),
        ("none", None, "quiet"),
    ],
)
def test_danger_taken_for_something_else_is_missed(kind: str, told: str | None, verdict: str) -> None:
    match = Match("handover", handover=told) if told else Match("answer", "a")
    assert judge(Question("?", "detour.jsonl", kind=kind), match).verdict == verdict


def test_counts_by_file_and_style() -> None:
    judged = [
        judge(Question("1", "en.jsonl", ("a",), "plain"), Match("answer", "a", (), 0.9)),
        judge(Question("2", "en.jsonl", ("a",), "slang"), Match("answer", "b", (), 0.5)),
        judge(Question("3", "en.jsonl", ("a",), "slang"), Match("none", None, (), 0.1)),
        judge(Question("4", "none.jsonl"), Match("answer", "b", (), 0.8)),
        judge(Question("5", "detour.jsonl", kind="crisis"), Match("none")),
    ]
    figures = count(judged)
    assert figures["in_scope"]["en.jsonl"] == {
        "all": {"asked": 3, "right": 1, "offered": 0, "wrong": 1, "missed": 1},
        "plain": {"asked": 1, "right": 1, "offered": 0, "wrong": 0, "missed": 0},
        "slang": {"asked": 2, "right": 0, "offered": 0, "wrong": 1, "missed": 1},
    }
    assert figures["out_of_scope"]["none.jsonl"]["all"]["answered"] == 1
    assert figures["handover"]["detour.jsonl"]["crisis"]["missed"] == 1
    assert [one.question.text for one in worst(judged, 10)] == ["4", "2", "3"]
    assert [one.question.text for one in worst(judged, 1)] == ["4"]


def test_five_percent_may_slip_through() -> None:
    outside = [Ranked(("a",), score / 100) for score in range(20)]
    assert threshold(outside) == 0.18  # 0.19 alone passes: 1 of 20
    assert threshold(outside[:19]) == 0.18  # none of 19 may pass
    assert threshold([Ranked(("off-topic-or-abuse",), 0.99), *outside[:3]]) == 0.02
    assert threshold([]) is None
    questions = [
        Question("1", "en.jsonl", ("a",)),
        Question("2", "en.jsonl", ("b", "a")),
        Question("3", "en.jsonl", ("c",)),
    ]
    ranked = [Ranked(("a",), 0.9), Ranked(("a", "b"), 0.1), Ranked(("a", "b", "c"), 0.9)]
    found = row("x", "en.jsonl", list(zip(questions, ranked, strict=True)), 0.18)
    assert (found.asked, found.top_1, found.top_3, found.right_at_5) == (3, 2, 3, 1)
    assert row("x", "en.jsonl", list(zip(questions, ranked, strict=True)), None).right_at_5 is None


def test_twins_of_stored_texts_are_found(small: Content) -> None:
    twins = {"I LOST my card?!", "what're the opening hours", "I was written up today."}
    assert near_identical([*twins, "my wallet was stolen on the train", "???"], small) == twins


def test_our_ranking_is_the_products(answers: Matcher) -> None:
    rank = ours(answers)
    for text in (
        "I lost my card",
        "the card has gone missing",
        "sunday hours",
        "I moved. My address is new now, is it?",
    ):
        match, ranked = answers.match(text), rank(text)
        assert ranked.score == pytest.approx(match.confidence)
        assert ranked.topics[0] == (match.topic or ranked.topics[0])
        assert not match.suggestions or match.suggestions == ranked.topics


def test_each_technique_finds_what_is_stored(small: Content, answers: Matcher) -> None:
    labels = answers.index.labels[answers.index.labels >= 0]
    with baselines(answers, small) as scorers:
        assert len(scorers) == 3
        for scores in scorers.values():
            assert best(scores("Settle my bill by bank!"), labels, answers.index.topics).topics[0] == "pay-bill"
        for name in ("SQLite FTS5", "BM25 (bm25s)"):
            for text in ("zebra", "...", ""):
                assert best(scorers[name](text), labels, answers.index.topics) == ((), 0.0)


def test_leave_one_out_counts_every_text_once(small: Content, answers: Matcher) -> None:
    found = leave_one_out(answers, small)
    english = found.languages["en"]
    assert english["asked"] == found.near_misses["asked"] == sum(map(len, PHRASINGS.values()))
    assert english["right"] + english["offered"] + english["wrong"] + english["missed"] == english["asked"]
    assert english["top_1"] <= english["top_3"] <= english["asked"]
    assert found.talk["asked"] == len(TALK)
    assert found.handover["crisis"]["asked"] == found.handover["grievance"]["asked"] == 2
    assert [one.asked for one in found.sample] == [english["asked"]] * 4
    assert found.sample[0].top_1 == english["top_1"]


def test_a_folder_of_questions(small: Content, answers: Matcher, folder: pathlib.Path) -> None:
    write(folder, "detour.jsonl", [{"q": "they skipped me for overtime", "kind": "grievance", "lang": "en"}])
    said: list[str] = []
    report = measure(House(small, answers), folder, 10, said.append)
    asked = report.asked
    assert asked
    assert said
    assert report.held_out is None
    assert (report.topics, report.phrasings, report.talk) == (4, 16, 4)
    assert asked.figures["in_scope"]["en.jsonl"]["plain"]["asked"] == 2
    assert asked.figures["handover"]["detour.jsonl"]["grievance"]["caught"] == 1
    assert asked.twins == {"detour.jsonl": 1, "en.jsonl": 1, "none.jsonl": 0}
    assert asked.without_twins["in_scope"]["en.jsonl"]["all"]["asked"] == 2
    assert "handover" not in asked.without_twins
    assert asked.unknown_topics == []
    assert all(one.top_1 == 3 for one in asked.techniques)
    assert report.speed.asked == 5
    assert report.speed.start_s > 0


def test_entries_of_the_folder_replace_ours(small: Content, answers: Matcher, folder: pathlib.Path) -> None:
    write_entries(folder)
    house = House(small, answers)
    report = measure(house, folder, 10, lambda _: None)
    assert report.asked
    assert report.topics == len(PHRASINGS)
    assert house.asked == [small]  # the house keeps one index: never one of other people's entries


def test_the_command_prints_tables_or_one_json_object(small: Content, answers: Matcher, folder: pathlib.Path) -> None:
    command = commands(House(small, answers))
    words = ["answers", "--questions", str(folder)]
    shown = CliRunner().invoke(command, words)
    assert shown.exit_code == 0, shown.output
    assert "| en.jsonl | all   |     3 |" in shown.stdout
    assert "Measuring" in shown.stderr
    assert "Measuring" not in shown.stdout
    found = json.loads(CliRunner().invoke(command, [*words, "--json"]).stdout)
    assert found["asked"]["figures"]["in_scope"]["en.jsonl"]["all"]["asked"] == 3
    without = CliRunner().invoke(command, ["answers"])
    assert "Leave-one-out: hand-over" in without.stdout
    fields = {field.name for field in dataclasses.fields(HeldOut)}
    assert set(json.loads(CliRunner().invoke(command, ["answers", "--json"]).stdout)["held_out"]) == fields


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("{", "line 2: not JSON"),
        ("[]", "line 2: write one JSON object"),
        ('{"ok": []}', 'line 2: write "q"'),
        ('{"q": "x"}', 'line 2: write "ok"'),
        ('{"q": "x", "kind": "sad"}', 'line 2: write as "kind" one of'),
    ],
)
def test_a_wrong_row_is_named(tmp_path: pathlib.Path, line: str, advice: str) -> None:
    (tmp_path / "en.jsonl").write_text('{"q": "x", "ok": []}\n' + line + "\n")
    with pytest.raises(Refused, match=advice):
        read_questions(tmp_path)


def test_an_empty_folder_is_refused(small: Content, answers: Matcher, tmp_path: pathlib.Path) -> None:
    with pytest.raises(Refused, match="no questions here"):
        measure(House(small, answers), tmp_path, 10, lambda _: None)


def test_tables_are_aligned() -> None:
    assert table(["file", "n"], [["a", "1"], ["long", "10"]]).splitlines() == [
        "| file |  n |",
        "|------|---:|",
        "| a    |  1 |",
        "| long | 10 |",
    ]
