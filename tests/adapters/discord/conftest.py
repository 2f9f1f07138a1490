"""The adapter on the real bot, connected to the double by the real discord.py, which the double's client imports."""

import asyncio
import contextlib
import pathlib
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Any

import pytest

import tests.doubles.discord.client

# isort: split
from adapters.discord.adapter import DiscordAdapter
from adapters.discord.catching_up import KnownDm
from adapters.discord.settings import PLATFORM, DiscordSettings
from bot.core import Bot
from bot.errors import SettingsError
from bot.events import AnyEvent
from bot.servers import Server, present
from bot.serving import respond
from tests.doubles.discord import DiscordDouble, Interaction, Member, Message

assert tests.doubles.discord.client


def suggest(words: str, language: str) -> list[tuple[str, str]]:
    return [("Is money involved?" if language == "en" else "¿Hay dinero de por medio?", "is-money-involved")]


class World:
    """A server "Local 12" with ana (Spanish) and ben; the adapter can be stopped and started again."""

    def __init__(self, double: DiscordDouble, bot: Bot, data_dir: pathlib.Path) -> None:
        self.double, self.bot, self.data_dir = double, bot, data_dir
        self.guild = double.add_guild("Local 12", channels=("general",), roles=("stewards",))
        self.ana, self.ben = double.add_user("ana", locale="es-ES"), double.add_user("ben")
        self.known: list[KnownDm] = []
        self.told = 0  # so often the core was told which servers there are
        self.seen: list[AnyEvent] = []
        self.settings: dict[str, Any] = {}
        self.task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        role = next(role for role in self.guild.roles.values() if role.name == "stewards")
        values = {"api_url": self.double.url, "staff_roles": frozenset({role.id}), **self.settings}
        settings = DiscordSettings(self.double.token, self.data_dir, **values)
        self.adapter = DiscordAdapter(
            settings, self.bot.content, suggest, self.known_dms, self.servers, first_wait=0.05
        )
        await self.adapter.connect()
        self.task = asyncio.create_task(self.adapter.listen(partial(self.respond, self.adapter)))

    async def respond(self, adapter: DiscordAdapter, event: AnyEvent) -> None:
        self.seen.append(event)
        await respond(self.bot, adapter, event)

    async def stop(self) -> None:
        if self.task is not None:
            self.task.cancel()
            with contextlib.suppress(asyncio.CancelledError, SettingsError):
                await self.task

    async def kill(self) -> None:
        """As if the process died: nothing under way is finished."""
        for task in list(self.adapter.hearing.under_way):
            task.cancel()
        await self.stop()

    async def known_dms(self) -> Sequence[KnownDm]:
        return self.known

    async def servers(self, found: Sequence[str]) -> None:
        self.told += 1
        await present(self.bot.store, self.bot.vault, PLATFORM, found, self.bot.clock().date())

    async def dm(self, member: Member, words: str, count: int = 1, **more: Any) -> Message:
        """Write, and wait for the last of `count` answers."""
        before = len(member.inbox)
        await member.dm(words, **more)
        await self.double.until(lambda: len(member.inbox) >= before + count)
        return member.inbox[-1]

    async def slash(self, member: Member, command: str, place: Any = "general", **options: Any) -> Interaction:
        return await (await member.slash(command, place, **options)).answered()

    async def in_servers(self, holds: Callable[[list[Server]], bool]) -> None:
        """Until the core knows of these."""
        async with asyncio.timeout(10):
            while not holds(await self.bot.store.read(lambda uow: uow.servers.all())):  # noqa: ASYNC110
                await asyncio.sleep(0.02)


@pytest.fixture
def database_url(tmp_path: pathlib.Path) -> str:
    """The adapter does not know which database there is: one will do."""
    return f"sqlite:///{tmp_path / 'store.sqlite3'}"


@pytest.fixture
async def idle(bot: Bot, tmp_path: pathlib.Path) -> AsyncIterator[World]:
    """Not started."""
    async with DiscordDouble() as double:
        one = World(double, bot, tmp_path)
        yield one
        await one.stop()


@pytest.fixture
async def world(idle: World) -> World:
    await idle.start()
    await idle.double.ready()
    await idle.double.until(lambda: idle.double.commands[None])
    return idle
