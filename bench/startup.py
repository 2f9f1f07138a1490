"""How long real commands take to start, and how much memory a bot holds after many questions."""

import os
import pathlib
import pty
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from bench.probe import resident
from bot.content import Content
from bot.faq.matcher import Matcher
from bot.ports import Store
from bot.turn import command as command_of

ROOT = pathlib.Path(__file__).parent.parent
TIMES = 5
QUESTIONS = 200
ASK = "Did Microsoft pay the AFL-CIO?"
PROMPT = b"\x1b[?2004h"  # the line editor turns pasting on: now it waits
CHUNK = 4096


class House(Protocol):
    """What the benchmarks need from the composition root."""

    def content(self, *, example: bool) -> Content: ...
    def matcher(self, content: Content) -> Matcher: ...
    def data_dir(self) -> pathlib.Path: ...
    def opens(self) -> Callable[[str], AbstractAsyncContextManager[Store]]: ...


@dataclass(frozen=True)
class Start:
    """Seconds, medians of TIMES, the index being cached; megabytes resident after QUESTIONS (None: no /proc here)."""

    ask_s: float
    prompt_s: float
    questions: int
    resident_mb: float | None


def measure(house: House, say: Callable[[str], None]) -> Start:
    """Runs ./run as a person does, on a new folder of data with a copy of this installation's index."""
    content = house.content(example=True)
    house.matcher(content)  # builds and keeps the index where there is none yet
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        shutil.copytree(house.data_dir() / "cache", folder / "cache")
        environment = os.environ | {"DATA_DIR": str(folder), "DATABASE_URL": "", "TERM": "xterm"}
        say("Starting ./run ask and ./run chat...")
        until_prompt(environment)  # makes the database
        asks = [until_answer(environment) for _ in range(TIMES)]
        prompts = [until_prompt(environment) for _ in range(TIMES)]
        say(f"{QUESTIONS} questions to one bot...")
        held = after_questions(environment, content)
    return Start(statistics.median(asks), statistics.median(prompts), QUESTIONS, held)


def command(*words: str) -> list[str]:
    return [sys.executable, str(ROOT / "run"), *words]


def until_answer(environment: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(command("ask", ASK), env=environment, check=True, capture_output=True)  # noqa: S603
    return time.perf_counter() - start


def until_prompt(environment: dict[str, str]) -> float:
    """./run chat on a terminal of its own, until it waits for the first line."""
    ours, theirs = pty.openpty()
    start = time.perf_counter()
    with subprocess.Popen(  # noqa: S603
        command("chat"), env=environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as process:
        os.close(theirs)
        said = b""
        while PROMPT not in said:
            said += os.read(ours, CHUNK)
        took = time.perf_counter() - start
        process.kill()
    os.close(ours)
    return took


def after_questions(environment: dict[str, str], content: Content) -> float | None:
    """Megabytes of ./run chat once it has answered them all, each another one of the content's own."""
    phrasings = [one.replace("\n", " ") for found in content.entries.values() for one in found["en"].phrasings]
    asked = [one for one in phrasings if not command_of(content, one)[0]]  # "in Spanish" is one, and changes the rest
    every = max(1, len(asked) // QUESTIONS)
    lines = [*asked[::every][:QUESTIONS], "cancel", "cancel", "english", "hello"]  # out of what a question began
    last = content.texts["en"]("reply.hello").replace("**", "")
    with chat(environment) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for line in lines:
            process.stdin.write(line + "\n")
        process.stdin.flush()
        for said in process.stdout:
            if said.strip() == last:
                break
        return resident(process.pid)


@contextmanager
def chat(environment: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    pipe = subprocess.PIPE
    with subprocess.Popen(command("chat"), env=environment, stdin=pipe, stdout=pipe, text=True) as process:  # noqa: S603
        yield process
        process.kill()


def plain(start: Start) -> str:
    held = "unknown here" if start.resident_mb is None else f"{start.resident_mb:.0f} MB"
    return (
        f"Start, the index being cached: ./run ask {start.ask_s:.2f} s from command to answer, ./run chat "
        f"{start.prompt_s:.2f} s to the first prompt. Memory after {start.questions} questions: {held}."
    )
