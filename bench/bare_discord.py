"""The yardstick: discord.py's own client, as its documentation shows it, which answers everything with one sentence.

A process: python -m bench.bare_discord, with DISCORD_TOKEN, DISCORD_API_URL and DISCORD_GATEWAY_URL.
"""

import asyncio
import os
import sys
import warnings

import yarl

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord
    from discord import app_commands
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

READY = "The bare client listens."
CONSTANT = "A constant."
Slash = discord.Interaction[discord.Client]


class Bare(discord.Client):
    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True))
        self.tree = app_commands.CommandTree(self)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def on_ready(self) -> None:
        sys.stderr.write(READY + "\n")
        sys.stderr.flush()

    async def on_message(self, message: discord.Message) -> None:
        if not message.author.bot:
            await message.channel.send(CONSTANT)


def build(client: Bare) -> None:
    union: app_commands.Group = app_commands.Group(name="union", description="The union's bot")

    @union.command(description="Ask")
    async def ask(interaction: Slash, question: str) -> None:
        await interaction.response.send_message(CONSTANT, ephemeral=True)

    @union.command(description="Help")
    async def help(interaction: Slash) -> None:
        await interaction.response.send_message(CONSTANT, ephemeral=True)

    client.tree.add_command(union)


async def main() -> None:
    Route.BASE = os.environ["DISCORD_API_URL"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
    client = Bare()
    build(client)
    async with client:
        await client.start(os.environ["DISCORD_TOKEN"])


if __name__ == "__main__":
    asyncio.run(main())
