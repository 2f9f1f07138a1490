"""The chat as a process: through a pipe, and on a real terminal with its keys and colours."""

import asyncio
import contextlib
import os
import pathlib
import pty
import re
import select
import subprocess
import sys
import time

import pytest

from adapters.terminal.adapter import ERASE
from bot.core import Bot
from bot.faq.matcher import Matcher
from tests.contracts.harness import TerminalHarness

ROOT = pathlib.Path(__file__).parent.parent.parent
READY = "\x1b[?2004h"  # a prompt is on the screen
PATIENCE = 30  # seconds until a screen that does not come is a failure
RECEIPT = re.compile(r"^ {4}(\w+(?: \w+){5})$", re.MULTILINE)
ENGLISH = [
    ("law", ("I am not sure what you mean", "1.")),
    ("did microsoft pay the afl-cio for this", "No source we read"),
    ("how do i get my cat to sleep at night", "no approved answer"),
    ("feedback", "who may know"),
    ("2", "tell"),
    ("concern", "sector"),
    ("skip", "job"),
    ("skip", "task"),
    ("the robot picks the route", "What happens"),
    ("It sends us through the flooded road.", "affect"),
    ("1, 2", "part"),
    ("back", "affect"),
    ("1", "part"),
    ("leave it to people", "last word"),
    ("skip", "better"),
    ("skip", "share"),
    ("yes", "write to you"),
    ("no", "six words"),
    ("send", "Sent"),
]


@pytest.fixture
def home(tmp_path: pathlib.Path, answers: Matcher, request: pytest.FixtureRequest) -> dict[str, str]:
    """The environment of a member at home: an empty data folder, the matcher built already."""
    assert answers
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "cache").symlink_to(request.config.cache.mkdir("matcher"))
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "DATA_DIR": str(tmp_path / "data"), "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"}


def command(*words: str) -> list[str]:
    return [sys.executable, str(ROOT / "app.py"), "chat", *words]


def pipe(home: dict[str, str], said: list[str], *words: str) -> subprocess.CompletedProcess[str]:
    lines = "".join(line + "\n" for line in said)
    return subprocess.run(command(*words), input=lines, env=home, capture_output=True, text=True, cwd="/")


def test_a_line_in_is_an_answer_out_and_the_end_of_input_ends_it(home: dict[str, str]) -> None:
    result = pipe(home, [said for said, _ in ENGLISH])
    assert (result.returncode, result.stderr) == (0, "")
    assert "\x1b" not in result.stdout
    place = 0
    for said, wanted in ENGLISH:
        for fragment in (wanted,) if isinstance(wanted, str) else wanted:
            place = result.stdout.find(fragment, place)
            assert place >= 0, f"after {said!r} there is no {fragment!r}"


def test_a_draft_is_there_after_a_restart_and_its_receipt_opens_what_was_sent(home: dict[str, str]) -> None:
    first = pipe(home, ["opinar", "2", "una idea", "saltar"], "--language", "es")
    assert "puesto" in first.stdout
    rest = ["opinar", "saltar", "saltar", "Que nos pregunten antes.", *["saltar"] * 4, "no", "no", "enviar"]
    second = pipe(home, rest, "--language", "es")
    found = RECEIPT.search(second.stdout)
    assert found, second.stdout
    assert "Enviad" in second.stdout
    third = pipe(home, ["recibo", found[1]], "--as", "otra", "--language", "es")
    assert "Que nos pregunten antes." in third.stdout


def test_done_ends_it(home: dict[str, str]) -> None:
    assert pipe(home, ["done", "feedback"]).stdout.endswith("Goodbye.\n\n")


def test_bad_bytes_and_empty_lines_are_answered(home: dict[str, str]) -> None:
    said = b"\n \n\xff\xfe\x00\n" + "\u202e".encode() + b"\n" + "🙂".encode() * 9 + b"\n" + b"w" * 40_000 + b"\n"
    result = subprocess.run(command(), input=said, env=home, capture_output=True, cwd="/")
    assert (result.returncode, result.stderr) == (0, b"")
    assert result.stdout.count(b"\n\n") >= 6


class Screen:
    """A member's real terminal: keys go in, what is painted comes out."""

    def __init__(self, home: dict[str, str], *words: str) -> None:
        self.keys, theirs = pty.openpty()
        self.process = subprocess.Popen(
            command(*words), stdin=theirs, stdout=theirs, stderr=theirs, env=home, cwd="/", start_new_session=True
        )
        os.close(theirs)
        self.painted = ""

    def until(self, wanted: str) -> str:
        """What was painted since the last call, once `wanted` is in it."""
        end = time.monotonic() + PATIENCE
        while wanted not in self.painted:
            assert time.monotonic() < end, f"{wanted!r} is not in {self.painted[-9000:]!r}"
            if select.select([self.keys], [], [], 0.2)[0]:
                with contextlib.suppress(OSError):
                    self.painted += os.read(self.keys, 65536).decode(errors="replace")
        shown, self.painted = self.painted, ""
        return shown

    def type(self, words: str) -> None:
        os.write(self.keys, words.encode() + b"\r")

    def close(self) -> int:
        """Hang up once everything was painted; the exit status."""
        if self.process.poll() is None:
            with contextlib.suppress(OSError):
                while select.select([self.keys], [], [], PATIENCE)[0]:
                    os.read(self.keys, 65536)
        os.close(self.keys)
        return self.process.wait(PATIENCE)


@pytest.fixture
def shared(home: dict[str, str]) -> Screen:
    return Screen(home, "--shared")


def fill(screen: Screen) -> None:
    for said, wanted in [
        ("feedback", "who may know"),
        ("3", "tell"),
        ("idea", "sector"),
        ("skip", "job"),
        ("skip", "task"),
    ]:
        screen.type(said)
        screen.until(wanted)
    screen.type("skip")
    screen.until("What happens")
    screen.type("Ask us first.")
    for _ in range(4):
        screen.until("leave it out")
        screen.type("skip")
    screen.until("share")
    screen.type("no")
    screen.until("Written down?")


def test_on_a_terminal_there_are_colours_choices_and_a_prompt(home: dict[str, str]) -> None:
    screen = Screen(home)
    screen.until(READY)
    screen.type("feedback")
    shown = screen.until("cancel]")
    assert "\x1b[1m" in shown
    assert "  1. " in shown
    screen.type("done")
    assert screen.close() == 0


def test_the_receipt_leaves_the_screen_and_the_next_member_finds_nothing(shared: Screen) -> None:
    shared.until(READY)
    fill(shared)
    shared.type("")
    after = shared.until("send | ")
    assert ERASE in after
    assert "* * * * * *" in after
    shared.type("send")
    shared.until("Sent")
    shared.type("done")
    shared.until(ERASE)
    shared.type("my data")
    assert "Ask us first." not in shared.until("receipt")
    shared.process.kill()
    shared.close()


async def test_a_hall_computer_forgets_who_stopped_typing(bot: Bot) -> None:
    member = TerminalHarness(bot, shared=True, idle_seconds=0.5)
    try:
        assert "who may know" in await member.say("feedback")
        first = member.adapter.account
        for _ in range(100):
            if member.adapter.account != first:
                break
            await asyncio.sleep(0.1)
        assert member.adapter.account != first
        accounts = bot.vault.accounts("terminal", first)
        assert await bot.store.read(lambda uow: uow.conversations.load(accounts, lock=False)) is None
        assert "There is nothing to send" in await member.say("send")
    finally:
        await member.leave()
