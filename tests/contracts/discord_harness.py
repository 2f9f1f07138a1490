"""A member who types direct messages in Discord: the real adapter and discord.py against the double, over sockets."""

import asyncio
import contextlib
import pathlib
import re
import tempfile
from functools import partial

import tests.doubles.discord.client  # discord.py's first import warns; this one keeps it quiet

# isort: split
from adapters.discord.adapter import DiscordAdapter
from adapters.discord.escaping import unescape
from adapters.discord.settings import DiscordSettings
from bot.core import Bot
from bot.events import AnyEvent
from bot.serving import respond
from tests.doubles.discord import DiscordDouble, Member, Message

assert tests.doubles.discord.client
BLOCK = re.compile(r"```\n(.*?)\n```")
BOLD = re.compile(r"\*\*(.+?)\*\*|(?<!\*)\*([^*\s][^*]*)\*")
ANSWER_SECONDS = 20.0


class DiscordHarness:
    """`bot`: whose adapter it is. The double, the adapter and its connection begin with the first words."""

    def __init__(self, bot: Bot, member: str = "me") -> None:
        self.bot, self.name = bot, member
        self.stack = contextlib.AsyncExitStack()
        self.member: Member | None = None
        self.answered: asyncio.Queue[None] = asyncio.Queue()

    async def say(self, words: str) -> str:
        member = self.member or await self._start()
        before = len(member.inbox)
        await member.dm(words)
        await asyncio.wait_for(self.answered.get(), ANSWER_SECONDS)
        return "\n".join(plain(message) for message in member.inbox[before:])

    async def leave(self) -> None:
        await self.stack.aclose()

    async def _start(self) -> Member:
        double = await self.stack.enter_async_context(DiscordDouble())
        double.add_guild("Local 12")
        self.member = double.add_user(self.name)
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        settings = DiscordSettings(double.token, pathlib.Path(folder), double.url)
        adapter = DiscordAdapter(settings, self.bot.content, lambda words, language: [])
        await adapter.connect()
        task = asyncio.create_task(adapter.listen(partial(self._respond, adapter)))
        self.stack.push_async_callback(stop, task)
        await double.ready()
        return self.member

    async def _respond(self, adapter: DiscordAdapter, event: AnyEvent) -> None:
        await respond(self.bot, adapter, event)
        self.answered.put_nowait(None)


async def stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def plain(message: Message) -> str:
    """What the member reads: the words without marks, then the buttons' labels."""
    text = BLOCK.sub(r"    \1", message.content)
    text = unescape(BOLD.sub(lambda found: found[1] or found[2], text))
    return "\n".join([text, *message.buttons])
