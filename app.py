"""The composition root: settings, content, keys, database, bot, adapters. Only this file imports everything.

The chat platforms' part of it is platforms.py, imported where one is served or looked at: its libraries are not
installed for the terminal.
"""

import datetime as dt
import functools
import logging
import os
import pathlib
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import structlog
from dotenv import load_dotenv

from adapters.cli.commands import build
from adapters.cli.progress import bar, say
from adapters.terminal.adapter import TerminalAdapter
from adapters.terminal.render import plain, render
from adapters.terminal.settings import PLATFORM, TerminalSettings
from bench.commands import build as build_bench
from bot.content import Content, load
from bot.core import Bot
from bot.doctor import Finding, Installation
from bot.errors import ContentError, SchemaError, SettingsError, WorkerVoiceError
from bot.faq import matcher
from bot.faq.encoder import DEFAULT_FOLDER, Encoder
from bot.ports import Adapter, Store
from bot.promises import Files
from bot.replies import Reply
from bot.rotation import holds_sealed, reads_nothing
from bot.running import Served
from bot.serving import where
from bot.staff_files import StaffFiles
from bot.upkeep import Retention
from bot.vault import Vault
from settings import Settings, read_settings
from storage.database import open_store
from storage.deletions import DeletionFile
from storage.keys import Keys
from storage.operating import Database, open_database

FAILED, USAGE, CONFIGURATION = 1, 2, 3
DATABASE_FILE = "worker-voice.sqlite3"
QUIET = ("slack_sdk", "slack_bolt", "discord", "aiohttp.access", "aiosqlite", "sqlalchemy", "asyncio")


class House:
    """adapters.cli.house.House on real settings; each part is built once, when it is first needed."""

    @functools.cached_property
    def settings(self) -> Settings:
        return read_settings()

    def data_dir(self) -> pathlib.Path:
        folder = self.settings.data_dir
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.chmod(0o700)
        except OSError as problem:
            raise SettingsError(
                f"DATA_DIR {folder} cannot be used ({problem.strerror}); name another folder."
            ) from None
        return folder

    def content(self, *, example: bool) -> Content:
        return load(self.settings.content_dir, example=example)

    def content_dir(self) -> pathlib.Path | None:
        return self.settings.content_dir

    def encoder(self) -> Encoder:
        return Encoder(self.settings.encoder_dir) if self.settings.encoder_dir else Encoder()

    def matcher(self, content: Content) -> matcher.Matcher:
        with bar("sentences") as told:
            return matcher.load(content, self.encoder(), self.data_dir() / "cache", say, told)

    def keys(self) -> Keys:
        return Keys(self.settings.keys, self.settings.data_dir / "keys")

    def vault(self) -> Vault:
        return Vault(self.keys().read())

    def deletions(self) -> DeletionFile:
        return DeletionFile(self.settings.deletions_file or self.settings.data_dir / "deletions")

    def retention(self) -> Retention:
        own = self.settings
        return Retention(own.claim_days, own.item_months, own.audit_months, own.discord_left_days)

    def terminal(self, bot: Bot, *, member: str, shared: bool, locale: str) -> Adapter:
        settings = TerminalSettings(member, shared, locale)
        return TerminalAdapter(settings, functools.partial(bot.forget, PLATFORM), bot.content.texts)

    def configured(self) -> list[str]:
        """Platforms that have a token."""
        tokens = {"slack": self.settings.slack_bot_token, "discord": self.settings.discord_token}
        return [name for name, token in tokens.items() if token]

    def service(self, bot: Bot, name: str) -> Served:
        import platforms

        return platforms.served(self.settings, bot, name, self.data_dir())

    async def examine(self, name: str) -> list[Finding]:
        import platforms

        return await platforms.examine(self.settings, self.content(example=True), name, self.settings.data_dir)

    def health(
        self, ready: Callable[[], Awaitable[bool]], served: Sequence[Served]
    ) -> AbstractAsyncContextManager[None]:
        import platforms

        return platforms.health(self.settings, ready, served)

    def files(self, bot: Bot) -> Files:
        return StaffFiles(bot.store, bot.content, bot.vault, bot.matcher, self.data_dir())

    def lines(self, reply: Reply) -> list[str]:
        return plain(render(reply))

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Store]:
        """With the keys to it: a database that holds nothing sealed gets its first one."""
        self.data_dir()
        keys = self.keys()
        async with open_store(self.database_url(), migrate=not self.settings.database_url) as store:
            if not keys.exist():
                if await store.read(holds_sealed):
                    raise SettingsError(
                        f"There is no {keys.path}, and the database holds what its keys sealed: put your copy of it "
                        "back. If it is lost for good, ./run init makes a new one; what is sealed then stays unread."
                    )
                keys.create()
            yield store

    def opens(self) -> Callable[[str], AbstractAsyncContextManager[Store]]:
        return functools.partial(open_store, migrate=True)

    def database(self) -> AbstractAsyncContextManager[Database]:
        self.data_dir()
        return open_database(self.database_url())

    def database_url(self) -> str:
        return self.settings.database_url or f"sqlite:///{self.settings.data_dir / DATABASE_FILE}"

    @asynccontextmanager
    async def installation(self) -> AsyncIterator[Installation]:
        """As it is: no folder is made, and no mode changed."""
        keys, folder = self.keys(), self.settings.data_dir
        async with open_database(self.database_url()) as database:
            yield Installation(
                today=dt.datetime.now(dt.UTC).date(),
                content=functools.partial(self.content, example=True),
                data_dir=folder,
                model_dir=self.settings.encoder_dir or DEFAULT_FOLDER,
                database=database,
                database_file=None if self.settings.database_url else folder / DATABASE_FILE,
                keys=keys,
                keys_file=None if keys.in_settings else keys.path,
                listed=self.deletions(),
                deletions_file=self.deletions().path,
            )

    @asynccontextmanager
    async def bot(self, *, example: bool) -> AsyncIterator[Bot]:
        content = self.content(example=example)
        async with self.store() as store:
            keys = self.keys().read()
            if await store.read(lambda uow: reads_nothing(uow, keys)):
                say("The keys here read nothing of what the database holds. Bring the right ones back: ./run doctor")
            matcher = self.matcher(content)
            yield Bot(content, matcher, store, self.vault(), listed=self.deletions(), retention=self.retention())


def main() -> int:
    """Run one command; its exit status."""
    load_dotenv(pathlib.Path(__file__).parent / ".env")
    os.umask(0o077)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper("iso"),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # the launcher holds Ctrl-C back until here
        house = House()
        commands = build(house)
        commands.add_typer(build_bench(house), name="bench")
        commands(prog_name="./run")
    except SystemExit as end:  # how the command line library ends: 0, or 2 for wrong use
        return end.code if isinstance(end.code, int) else FAILED
    except KeyboardInterrupt:
        return FAILED
    except (SettingsError, SchemaError, ContentError) as problem:
        say(str(problem))
        return CONFIGURATION
    except WorkerVoiceError as problem:
        say(str(problem))
        return FAILED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as problem:  # a fault of ours: its place helps to mend it, its text may hold a member's words
        say(f"Something in the program failed ({type(problem).__name__} at {where(problem)}). What was sent is kept.")
        return FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main())
