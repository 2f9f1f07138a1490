"""Operators' commands for the keys. None of them prints a key."""

import asyncio
from typing import Annotated

import typer

from adapters.cli.house import House
from bot import rotation
from bot.errors import Refused

LOST = "Receipts and accounts from before the last ./run keys rotate lead to nothing without it"


def add_keys(app: typer.Typer, house: House) -> None:
    keys = typer.Typer(no_args_is_help=True)

    @keys.callback()
    def about() -> None:
        """Change the keys that protect what members write.

        \b
        Examples:
          ./run keys list
          ./run keys rotate
        """

    @keys.command("list")
    def show() -> None:
        """List the keys by a short name that tells nothing of them, newest first; the first one writes.

        \b
        Examples:
          ./run keys list
          ./run keys list | wc -l
        """
        found = rotation.fingerprints(house.keys().read())
        typer.echo("\n".join(f"{name}  {'reads' if place else 'writes and reads'}" for place, name in enumerate(found)))

    @keys.command()
    def rotate() -> None:
        """Make a new key, which writes from now on; the older ones still read. Then restart the bot.

        Keys in WORKER_VOICE_KEYS change there: put the new one first, then run this.

        \b
        Examples:
          ./run keys rotate
          ./run backup before-rotating && ./run keys rotate
        """
        asyncio.run(change(house))

    @keys.command()
    def prune(
        yes: Annotated[bool, typer.Option("--yes", help="Drop it, and what only it can read.")] = False,
    ) -> None:
        """Drop the oldest key. Without --yes, only say what would be lost.

        \b
        Examples:
          ./run keys prune
          ./run keys prune --yes
        """
        asyncio.run(drop(house, yes=yes))

    app.add_typer(keys, name="keys")


async def change(house: House) -> None:
    async with house.store() as store:
        keys = house.keys()
        with keys.alone():
            again = sum((await rotation.rotate(store, keys)).values())
    typer.echo(
        f"{again} values sealed again under the first key. Restart every running bot, and copy the keys.", err=True
    )


async def drop(house: House, *, yes: bool) -> None:
    async with house.store() as store:
        keys = house.keys()
        with keys.alone():
            lost = await rotation.at_stake(store, keys)
            told = rotation.by_table(lost) or "nothing sealed"
            if not yes:
                raise Refused(f"Only the oldest key reads: {told}. {LOST}. With --yes it is dropped.")
            await rotation.prune(store, keys)
    typer.echo(f"Dropped. Nobody can read any more: {told}. {LOST}. Restart every running bot.", err=True)
