"""How fast members in Slack are answered: ./run bench slack. The program and bolt's bare client, in Socket Mode.

Each has a Slack-shaped server of its own on loopback (tests/doubles/slack), in the process that measures.
"""

import asyncio
import json
import pathlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.bare_slack import READY
from bench.chat import Pair
from bench.serving import process, program
from bench.startup import House
from tests.doubles.slack import Message, SlackDouble

PATIENCE = 300.0  # seconds for one reply
BUTTON = '"act:'  # how the action ids of the core's buttons begin
BARE = "bolt's bare async client that answers a constant"


class Workspace(SlackDouble):
    """A Slack-shaped server that tells what the app wrote to a member at once, so that nobody has to look."""

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[str, asyncio.Queue[Message]] = {}

    def store(self, message: Message) -> Message:
        if message.by_bot and message.channel in self.told:
            self.told[message.channel].put_nowait(message)
        return super().store(message)

    async def say(self, member: str, words: str, *, buttons: bool = False) -> str:
        """bench.serving.App: a direct message, in which nothing else is under way."""
        writer = self.member(member)
        told = self.told[writer.dm_channel] = asyncio.Queue()
        shown: list[Message] = []
        await writer.dm(words, wait=False)
        async with asyncio.timeout(PATIENCE):
            while not shown or (buttons and BUTTON not in json.dumps(shown[-1].blocks)):
                shown.append(await told.get())
        return "\n".join(one.text for one in shown)

    async def ask(self, member: str, words: str) -> None:
        """bench.serving.App: a direct message."""
        await self.say(member, words)

    @property
    def settings(self) -> dict[str, str]:
        return {"SLACK_BOT_TOKEN": self.bot_token, "SLACK_APP_TOKEN": self.app_token, "SLACK_API_URL": self.url}


@asynccontextmanager
async def pair(house: House, folder: pathlib.Path) -> AsyncIterator[Pair]:
    """bench.chat.Opens."""
    async with (
        Workspace() as beside,
        Workspace() as own,
        process(["-m", "bench.bare_slack"], beside.settings, READY),
        program(house, folder, "slack", own.settings) as running,
    ):
        for one in (beside, own):
            await one.until(lambda one=one: one.sockets.connections, PATIENCE)  # type: ignore[misc]
        yield Pair(beside, own, running)
