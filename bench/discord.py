"""How fast members in Discord are answered: ./run bench discord. The program and discord.py's bare client.

Each has a Discord-shaped server of its own on loopback (tests/doubles/discord), in the process that measures. A
question or a command is an interaction, measured to its first response; feedback is given in direct messages.
"""

import asyncio
import pathlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.bare_discord import READY
from bench.chat import COMMAND, Pair
from bench.serving import process, program
from bench.startup import House
from tests.doubles.discord import DiscordDouble, Member, Message
from tests.doubles.discord.gateway import Gateway

PATIENCE = 300.0  # seconds for one reply
PLACE = "general"
BARE = "discord.py's bare client that answers a constant"


class Telling(Gateway):
    """Tells the community, too, what is posted."""

    async def tell(self, event: str, message: Message) -> None:
        told = getattr(self.double, "told", {}).get(message.channel.id)
        if told is not None and message.author is self.double.bot:
            told.put_nowait(message)
        await super().tell(event, message)


class Community(DiscordDouble):
    """A Discord-shaped server that tells what the bot wrote to a member at once, so that nobody has to look."""

    def __init__(self) -> None:
        super().__init__()
        self.guild = self.add_guild("Local 12", channels=(PLACE,))
        self.told: dict[int, asyncio.Queue[Message]] = {}
        self.ws = Telling(self)

    def driver(self, name: str) -> Member:
        return self.members.get(name) or self.add_user(name)

    async def say(self, member: str, words: str, *, buttons: bool = False) -> str:
        """bench.serving.App: a direct message, in which nothing else is under way."""
        writer = self.driver(member)
        place = self.dm_channel(writer.user)
        told = self.told[place.id] = asyncio.Queue()
        shown: list[Message] = []
        await writer.dm(words)
        async with asyncio.timeout(PATIENCE):
            while not shown or (buttons and not of_the_core(shown[-1])):
                shown.append(await told.get())
        return "\n".join(one.text for one in shown)

    async def ask(self, member: str, words: str) -> None:
        """bench.serving.App: an interaction, until its answer; a placeholder is none."""
        writer = self.driver(member)
        if [words] == COMMAND:
            told = await writer.slash("union help", PLACE)
        else:
            told = await writer.slash("union ask", PLACE, question=words)
        async with asyncio.timeout(PATIENCE):
            await told.settled.wait()
        for one in told.shown:
            told.channel.messages.pop(one.id, None)
        writer.interactions.clear()

    @property
    def settings(self) -> dict[str, str]:
        return {"DISCORD_TOKEN": self.token, "DISCORD_API_URL": self.url, "DISCORD_GATEWAY_URL": self.gateway}


def of_the_core(message: Message) -> bool:
    """Whether it has a button or a menu that goes on with the conversation."""
    return any(one.startswith("w1:") for one in message.buttons.values()) or bool(message.selects)


@asynccontextmanager
async def pair(house: House, folder: pathlib.Path) -> AsyncIterator[Pair]:
    """bench.chat.Opens."""
    async with (
        Community() as beside,
        Community() as own,
        process(["-m", "bench.bare_discord"], beside.settings, READY),
        program(house, folder, "discord", own.settings) as running,
    ):
        for one in (beside, own):
            await one.ready(PATIENCE)
            await one.until(lambda one=one: one.commands[None], PATIENCE)  # type: ignore[misc]
        yield Pair(beside, own, running)
