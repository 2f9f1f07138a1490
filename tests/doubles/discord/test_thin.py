import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.doubles.discord import DiscordDouble
from tests.doubles.discord.client import discord, pointed_at


class Bot(discord.AutoShardedClient):
    def __init__(self, **more: Any) -> None:
        super().__init__(intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True), **more)
        self.tree = discord.app_commands.CommandTree(self)
        self.heard: list[discord.Message] = []

    async def on_message(self, message: discord.Message) -> None:
        self.heard.append(message)
        if message.author.bot:
            return
        await message.channel.send("heard: " + message.content)


@pytest.fixture
async def double() -> AsyncIterator[DiscordDouble]:
    async with DiscordDouble() as one:
        with pointed_at(one):
            yield one


async def test_thin(double: DiscordDouble) -> None:
    guild = double.add_guild("Local 12")
    ana = double.add_user("ana", locale="es-ES")
    bot = Bot()

    @bot.tree.command(name="ask", description="Ask")
    async def ask(it: discord.Interaction, question: str) -> None:
        await it.response.send_message("asked " + question, ephemeral=True)
        await it.followup.send("and more", ephemeral=True)

    task = asyncio.create_task(bot.start(double.token))
    await double.ready()
    await bot.wait_until_ready()
    await bot.tree.sync()
    await ana.dm("hello")
    await double.until(lambda: ana.inbox)
    assert ana.inbox[0].text == "heard: hello"
    it = await (await ana.slash("ask", guild, question="why")).answered()
    await double.until(lambda: len(ana.ephemerals) == 2)
    assert it.reply is not None
    assert it.reply.text == "asked why"
    assert double.violations == []
    await bot.close()
    await asyncio.wait([task])
