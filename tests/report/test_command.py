"""`./run report` on real settings and databases: the file, what it says, and what stops it."""

import asyncio
import os
import pathlib
from collections.abc import Awaitable, Callable

import pytest
import typer
from typer.testing import CliRunner, Result

from adapters.cli.report import add_report, write_whole
from app import House
from bot.content import Content
from bot.errors import Refused
from bot.faq.matcher import NOTHING, Match
from bot.ports import Store
from bot.report.counting import nearest
from bot.vault import new_key
from tests.report.seeding import seed

Run = Callable[..., Awaitable[Result]]


@pytest.fixture
def report(database_url: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`await report("-o", "report.html")` runs `./run report -o report.html` in the test's folder."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("WORKER_VOICE_KEYS", new_key())
    monkeypatch.chdir(tmp_path)
    app = typer.Typer()
    add_report(app, House())

    async def run(*words: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, list(words))

    return run


async def test_the_page_is_written_in_either_language_and_stays_the_same(
    report: Run, store: Store, content: Content, tmp_path: pathlib.Path
) -> None:
    page = tmp_path / "report.html"
    page.write_text("an older one")
    await seed(store, content.forms["ai-at-work"], "2026-04", "2026-06", count=100, questions=0)
    result = await report("-o", "report.html", "--month", "2026-06")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "Report of 2026-06 in report.html\n")
    english = page.read_text(encoding="utf-8")
    assert english.startswith('<!doctype html>\n<html lang="en">')
    assert "items, not people" in english
    assert (await report("-o", "es.html", "--month", "2026-06", "--language", "es")).exit_code == 0
    assert "opiniones, no personas" in (tmp_path / "es.html").read_text(encoding="utf-8")
    await report("-o", "report.html", "--month", "2026-06")
    assert page.read_text(encoding="utf-8") == english
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".report-")]


async def test_standard_output_is_the_page_and_nothing_else(
    report: Run, store: Store, content: Content, tmp_path: pathlib.Path
) -> None:
    await seed(store, content.forms["ai-at-work"], "2026-04", "2026-06", count=100, questions=0)
    await report("-o", "report.html", "--month", "2026-06")
    result = await report("-o", "-", "--month", "2026-06", "--language", "EN")
    assert result.stdout_bytes == (tmp_path / "report.html").read_bytes()
    assert result.stderr == "Report of 2026-06 on standard output\n"
    assert not (tmp_path / "-").exists()


async def test_nothing_to_report_is_refused_and_leaves_the_older_page(
    report: Run, store: Store, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "report.html").write_text("an older one")
    result = await report("-o", "report.html")
    assert isinstance(result.exception, Refused)
    assert str(result.exception).startswith("There is nothing to report up to 20")
    assert (tmp_path / "report.html").read_text() == "an older one"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-o", "report.html", "--month", "10/2026"], "is not a month"),
        (["-o", "report.html", "--language", "fr"], "fr is not a language"),
        (["-o", "."], "is a folder"),
        (["-o", "nowhere/report.html"], "there is no folder"),
        ([], "Missing option"),
    ],
)
def test_wrong_use_is_status_2(
    words: list[str], said: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    app = typer.Typer()
    add_report(app, House())
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.replace("│", " ").split())


def test_a_page_that_cannot_be_written_leaves_nothing_behind(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Refused, match=r"cannot be written \(File name too long\)"):
        write_whole(tmp_path / ("x" * 300), "page")
    assert list(tmp_path.iterdir()) == []


def test_a_question_counts_under_the_answer_that_comes_nearest() -> None:
    assert nearest(Match("answer", "data-centers")) == "data-centers"
    assert nearest(Match("suggest", None, ("ai-basics", "data-centers"))) == "ai-basics"
    assert nearest(NOTHING) == "(none)"
