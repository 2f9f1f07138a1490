"""Drives an adapter as a member would: says something, gets what the bot shows. One harness a platform."""

import asyncio
import io
import queue
from functools import partial
from typing import Protocol

from adapters.terminal.adapter import TerminalAdapter
from adapters.terminal.settings import IDLE_SECONDS, PLATFORM, TerminalSettings
from bot.core import Bot
from bot.serving import respond
from tests.contracts.discord_harness import DiscordHarness
from tests.contracts.slack_harness import SlackHarness


class Harness(Protocol):
    """A member at one adapter."""

    async def say(self, words: str) -> str: ...
    async def leave(self) -> None: ...


class Keyboard(io.StringIO):
    """A keyboard whose lines come one by one; asking for the next one means that the last was answered."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: queue.Queue[str] = queue.Queue()
        self.waiting: queue.Queue[bool] = queue.Queue()

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
        self.waiting.put(True)
        return self.lines.get()


class TerminalHarness:
    """The real terminal adapter on its own task, its keyboard and screen in memory."""

    def __init__(
        self, bot: Bot, member: str = "me", *, shared: bool = False, idle_seconds: float = IDLE_SECONDS
    ) -> None:
        self.keyboard, self.screen = Keyboard(), io.StringIO()
        settings = TerminalSettings(member, shared, idle_seconds=idle_seconds)
        forget = partial(bot.forget, PLATFORM)
        self.adapter = TerminalAdapter(settings, forget, bot.content.texts, self.keyboard, self.screen)
        self.task = asyncio.ensure_future(self._run(bot))
        self.started = False

    async def say(self, words: str) -> str:
        if not self.started:
            await self._ready()
            self.started = True
        before = len(self.screen.getvalue())
        self.keyboard.lines.put(words + "\n")
        await self._ready()
        return self.screen.getvalue()[before:]

    async def leave(self) -> None:
        self.keyboard.lines.put("")
        await self.task

    async def _run(self, bot: Bot) -> None:
        await self.adapter.connect()
        await self.adapter.listen(partial(respond, bot, self.adapter))

    async def _ready(self) -> None:
        ready = asyncio.ensure_future(asyncio.to_thread(self.keyboard.waiting.get))
        await asyncio.wait({ready, self.task}, return_when=asyncio.FIRST_COMPLETED)
        if self.task.done():
            self.keyboard.waiting.put(True)
            await ready
            self.task.result()


ADAPTERS = {  # <- ADD A PLATFORM: its harness, and every dialog runs on it
    "terminal": TerminalHarness,
    "slack": SlackHarness,
    "discord": DiscordHarness,
}
