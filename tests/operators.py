"""Operators in tests: real processes of the program, on a database, keys and a deletion list of their own."""

import asyncio
import contextlib
import os
import pathlib
import subprocess
import sys
from collections.abc import AsyncIterator

from bot import backups
from bot.backups import Restored
from bot.content import Content
from bot.core import Bot
from bot.faq.matcher import Matcher
from bot.vault import Vault
from storage.database import open_store
from storage.deletions import DeletionFile
from storage.keys import Keys
from storage.operating import open_database
from tests.conftest import NOW, Clock

ROOT = pathlib.Path(__file__).parent.parent
Done = subprocess.CompletedProcess[str]


class Installation:
    """A data folder and a database; `await run("backup", ...)` is `./run backup ...`."""

    def __init__(self, folder: pathlib.Path, url: str = "") -> None:
        self.folder, self.url = folder, url
        folder.mkdir(mode=0o700, exist_ok=True)
        self.list = DeletionFile(folder / "deletions")
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "DATA_DIR": str(folder),
            "DATABASE_URL": url,
        }

    @property
    def store_url(self) -> str:
        return self.url or f"sqlite:///{self.folder / 'worker-voice.sqlite3'}"

    @property
    def vault(self) -> Vault:
        keys = Keys("", self.folder / "keys")
        keys.create()
        return Vault(keys.read())

    def start(self, *words: str, **settings: str) -> subprocess.Popen[str]:
        call = [sys.executable, str(ROOT / "app.py"), *words]
        pipe = subprocess.PIPE
        return subprocess.Popen(call, env=self.environment | settings, stdout=pipe, stderr=pipe, text=True)

    async def run(self, *words: str, **settings: str) -> Done:
        def wait() -> Done:
            with self.start(*words, **settings) as process:
                out, err = process.communicate()
            return Done(words, process.returncode, out, err)

        return await asyncio.to_thread(wait)

    async def init(self) -> None:
        """As `./run init`, without a process."""
        Keys("", self.folder / "keys").create()
        self.list.create()
        async with open_database(self.store_url) as database:
            await database.migrate()

    async def backup(self, folder: pathlib.Path) -> None:
        async with open_database(self.store_url) as database:
            await backups.back_up(database, self.list, folder, NOW)

    async def restore(self, folder: pathlib.Path, *, replace: bool = True, without_deletions: bool = False) -> Restored:
        keys = Keys("", self.folder / "keys").read()
        async with open_database(self.store_url) as database:
            return await backups.restore(
                database, self.list, keys, folder, replace=replace, without_deletions=without_deletions
            )

    @contextlib.asynccontextmanager
    async def bot(self, content: Content, answers: Matcher, clock: Clock) -> AsyncIterator[Bot]:
        """A bot on this database with its keys and list, as a long-running process has one."""
        async with open_store(self.store_url, migrate=True) as store:
            yield Bot(content, answers, store, self.vault, clock, listed=self.list)
