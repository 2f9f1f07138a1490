"""The chat platforms: one, or all that are configured, in one process until it is told to stop."""

import asyncio
from collections.abc import Sequence
from functools import partial

import typer

from adapters.cli.house import House
from bot.errors import SettingsError
from bot.running import is_ready, run

NAMES = {"slack": "Slack", "discord": "Discord"}


def add_platforms(app: typer.Typer, house: House) -> None:
    @app.command()
    def slack() -> None:
        """Serve members in Slack.

        Settings: SLACK_BOT_TOKEN and SLACK_APP_TOKEN, see .env.example. Ends when told to (Ctrl-C, SIGTERM), after
        what is under way.

        \b
        Examples:
          ./run slack
          ./run doctor slack
        """
        asyncio.run(serve(house, ["slack"]))

    @app.command()
    def discord() -> None:
        """Serve members in Discord.

        Setting: DISCORD_TOKEN, see .env.example. Ends when told to (Ctrl-C, SIGTERM), after what is under way.

        \b
        Examples:
          ./run discord
          ./run doctor discord
        """
        asyncio.run(serve(house, ["discord"]))

    @app.command("serve")
    def serve_all() -> None:
        """Serve all chat platforms that have a token, in one process.

        \b
        Examples:
          ./run serve
          HEALTH_PORT=8080 ./run serve
        """
        names = house.configured()
        if not names:
            raise SettingsError("Set SLACK_BOT_TOKEN or DISCORD_TOKEN first, in .env or the environment.")
        asyncio.run(serve(house, names))


async def serve(house: House, names: Sequence[str]) -> None:
    async with house.bot(example=False) as bot:
        served = [house.service(bot, name) for name in names]
        told = " and ".join(NAMES[name] for name in names)
        async with house.health(partial(is_ready, bot, served), served):
            await run(bot, house.files(bot), served, lambda: typer.echo(f"Serving members in {told}.", err=True))
