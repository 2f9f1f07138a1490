"""The chat as a process: through a pipe, and on a real terminal with its keys and colours."""

import asyncio
import contextlib
import os
import pathlib
import pty
import re
import select
import sqlite3
import subprocess
import sys
import time

import pytest

from adapters.terminal.adapter import ERASE, ERASE_ALL
from bot.content import Content
from bot.core import Bot
from bot.faq.matcher import Matcher
from bot.vault import Vault
from storage.database import open_store
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


async def test_a_line_in_is_an_answer_out_and_the_end_of_input_ends_it(
    home: dict[str, str], content: Content, answers: Matcher, vault: Vault, tmp_path: pathlib.Path
) -> None:
    """Each reply is looked at by itself, in memory; a pipe gives the same ones in the same order and nothing else."""
    async with open_store(f"sqlite:///{tmp_path / 'beside.sqlite3'}", migrate=True) as store:
        member = TerminalHarness(Bot(content, answers, store, vault))
        replies = [await member.say(said) for said, _ in ENGLISH]
        await member.leave()
    for (said, wanted), reply in zip(ENGLISH, replies, strict=True):
        for fragment in (wanted,) if isinstance(wanted, str) else wanted:
            assert fragment in reply, f"after {said!r}"
    result = await asyncio.to_thread(pipe, home, [said for said, _ in ENGLISH])
    assert (result.returncode, result.stderr) == (0, "")
    assert "\x1b" not in result.stdout
    assert RECEIPT.sub("    (receipt)", result.stdout) == RECEIPT.sub("    (receipt)", "".join(replies))


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
    shown = result.stdout.decode()
    greeting, *replies = re.split(r"^(?=There were no words|I have no approved answer)", shown, flags=re.MULTILINE)
    assert greeting.startswith("Hello. I am a computer program")
    openings = [reply.split(".")[0] for reply in replies]
    empty, unknown = "There were no words in that", "I have no approved answer to that"
    assert openings == [empty, empty, *[unknown] * 4]


@pytest.mark.parametrize("words", [("chat",), ("ask", "who pays for this")])
def test_a_language_there_is_not_is_wrong_use_and_those_there_are_are_named(
    home: dict[str, str], words: tuple[str, ...]
) -> None:
    result = subprocess.run(
        [sys.executable, str(ROOT / "app.py"), *words, "--language", "fr"],
        env=home,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert (result.returncode, result.stdout) == (2, "")
    assert "fr is not a language here; these are: en, es" in result.stderr


def test_a_question_is_answered_in_the_language_asked_for(home: dict[str, str]) -> None:
    asked = [sys.executable, str(ROOT / "app.py"), "ask", "did microsoft pay the afl-cio for this"]
    plain = subprocess.run(asked, env=home, capture_output=True, text=True)
    spanish = subprocess.run([*asked, "--language", "es"], env=home, capture_output=True, text=True)
    assert "No source we read" in plain.stdout
    assert "No lo sabemos" in spanish.stdout


def test_a_pipe_that_nobody_reads_any_more_ends_it_and_leaves_the_reply_undelivered(home: dict[str, str]) -> None:
    process = subprocess.Popen(
        command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=home, cwd="/"
    )
    assert process.stdin
    assert process.stdout
    assert process.stderr
    process.stdin.write(b"help\n")
    process.stdin.flush()
    assert process.stdout.readline().startswith(b"Hello. I am a computer program")
    process.stdout.close()
    process.stdin.write(b"feedback\n")
    process.stdin.flush()  # and it stays open: not the end of input ends it
    assert process.wait(PATIENCE) == 1
    process.stdin.close()
    with process.stderr:
        said = process.stderr.read()
    assert b"Traceback" not in said
    assert b"Exception ignored" not in said
    with contextlib.closing(sqlite3.connect(f"{home['DATA_DIR']}/worker-voice.sqlite3")) as database:
        delivered = database.execute("SELECT delivered FROM claims ORDER BY delivered").fetchall()
    assert delivered == [(0,), (1,)]


HEAVY = ("scipy.linalg", "pyarrow", "asyncpg", "slack_sdk", "slack_bolt", "discord", "aiohttp", "prometheus_client")


def test_a_chat_loads_no_library_that_it_does_not_need(home: dict[str, str]) -> None:
    run = [sys.executable, "-X", "importtime", *command()[1:]]
    result = subprocess.run(run, input="who pays for this\n", env=home, capture_output=True, text=True, cwd="/")
    loaded = set(re.findall(r"^import time:.*\| +([\w.]+)$", result.stderr, re.MULTILINE))
    assert result.returncode == 0
    assert {"onnxruntime", "scipy.sparse._base"} <= loaded
    assert [name for name in loaded if name.startswith(HEAVY)] == []


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


def test_a_member_at_home_keeps_what_was_scrolled_away_and_a_line_typed_at_the_receipt_counts(
    home: dict[str, str],
) -> None:
    screen = Screen(home, "--language", "en")
    assert "ayuda" not in screen.until(READY)  # the banner is in the language asked for
    fill(screen)
    screen.type("send")
    after = screen.until("Sent")
    assert ERASE in after
    assert "\x1b[3J" not in after
    assert "* * * * * *" in after[after.index(ERASE) :]
    screen.type("done")
    assert screen.close() == 0


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
    assert ERASE_ALL in after
    assert "* * * * * *" in after
    shared.type("send")
    shared.until("Sent")
    shared.type("done")
    shared.until(ERASE_ALL)
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


async def test_a_hall_computer_promises_no_answer(bot: Bot) -> None:
    member = TerminalHarness(bot, shared=True)
    try:
        assert "Write your question" in await member.say("ask staff")
        assert "without your account" in await member.say("When is lunch?")
        assert "later" not in await member.say("feedback")
    finally:
        await member.leave()


@pytest.mark.parametrize("meanwhile", [(), ("feedback", "2", "an idea")])
async def test_done_on_a_hall_computer_forgets_an_open_receipt_and_a_draft(
    bot: Bot, meanwhile: tuple[str, ...]
) -> None:
    member = TerminalHarness(bot, shared=True)
    try:
        for said in ("feedback", "3", "idea", *["skip"] * 3, "Ask us first.", *["skip"] * 4, "no"):
            shown = await member.say(said)
        found = RECEIPT.search(shown)
        assert found
        await member.say("send")
        assert "Ask us first." in await member.say(f"receipt {found[1]}")
        for said in meanwhile:
            await member.say(said)
        first = member.adapter.account
        accounts = bot.vault.accounts("terminal", first)
        conversation = bot.open(await bot.store.read(lambda uow: uow.conversations.load(accounts, lock=False)))
        assert conversation.opened
        assert bool(conversation.draft) == bool(meanwhile)
        assert "Goodbye." in await member.say("done")
        assert member.adapter.account != first
        assert await bot.store.read(lambda uow: uow.conversations.load(accounts, lock=False)) is None
    finally:
        await member.leave()
