"""The program, and a bare client, as processes that serve members on a platform's double."""

import asyncio
import os
import pathlib
import shutil
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from bench.startup import ROOT, House
from bot.errors import Refused
from bot.vault import new_key

START_SECONDS = 300.0


class App(Protocol):
    """Members of an app on a platform's double. `say` answers what they were shown then; TimeoutError if nothing."""

    async def say(self, member: str, words: str, *, buttons: bool = False) -> str:
        """Until the reply is posted; `buttons`: its last message, which has the buttons."""

    async def ask(self, member: str, words: str) -> None:
        """A question or a command, as the platform's members ask it first of all, until it is answered."""


@dataclass(frozen=True)
class Program:
    """The program as a process; `key`: of what it stores at `url`."""

    pid: int
    key: str
    url: str


@asynccontextmanager
async def program(house: House, folder: pathlib.Path, name: str, settings: dict[str, str]) -> AsyncIterator[Program]:
    """`./run NAME` on a new SQLite file in the folder, with this installation's index."""
    house.matcher(house.content(example=True))
    shutil.copytree(house.data_dir() / "cache", folder / "cache")
    key = new_key()
    own = {"DATA_DIR": str(folder), "DATABASE_URL": "", "WORKER_VOICE_KEYS": key}
    async with process([str(ROOT / "app.py"), name], own | settings, "Serving members") as pid:
        yield Program(pid, key, f"sqlite:///{folder / 'worker-voice.sqlite3'}")


@asynccontextmanager
async def process(words: Sequence[str], settings: dict[str, str], ready: str) -> AsyncIterator[int]:
    """A Python process, from the line that says it is ready; its id. Raises Refused where it ends before."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | settings
    pipe = asyncio.subprocess.PIPE
    started = await asyncio.create_subprocess_exec(sys.executable, *words, env=environment, stderr=pipe)
    assert started.stderr is not None
    reading = None
    try:
        said = ""
        async with asyncio.timeout(START_SECONDS):
            while ready not in said:
                before, said = said, (await started.stderr.readline()).decode()
                if not said:
                    raise Refused(f"What is to be measured ended: {before.strip() or 'no reason given'}")
        reading = asyncio.ensure_future(started.stderr.read())  # a full pipe would stop it
        yield started.pid
    finally:
        if started.returncode is None:
            started.terminate()
        await started.wait()
        if reading:
            await reading
