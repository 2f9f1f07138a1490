"""Operators' commands: set up, back up, restore, keep in order, look whether all is well."""

import asyncio
import datetime as dt
import pathlib
from typing import Annotated

import typer

from adapters.cli.house import House
from adapters.cli.keys import add_keys
from adapters.cli.platforms import NAMES
from bot import backups, doctor
from bot.chores import Purged, purge_now
from bot.deletions import Kind
from bot.doctor import Finding, State
from bot.errors import Refused
from bot.upkeep import purge as purge_rows

Folder = Annotated[pathlib.Path, typer.Argument(metavar="FOLDER", help="A backup's folder.")]


def add_upkeep(app: typer.Typer, house: House) -> None:
    add_setting_up(app, house)
    add_backing_up(app, house)
    add_keeping(app, house)
    add_keys(app, house)


def add_setting_up(app: typer.Typer, house: House) -> None:
    @app.command()
    def init() -> None:
        """Set up data folder, keys and tables.

        Done again, it changes nothing that is there.

        \b
        Examples:
          ./run init
          DATABASE_URL=postgresql://voice@db/voice ./run init
        """
        asyncio.run(set_up(house))

    @app.command()
    def migrate() -> None:
        """Bring the tables to this version.

        Back up before. An SQLite database is brought up by any command; PostgreSQL by this one.

        \b
        Examples:
          ./run migrate
          ./run backup before-update && ./run migrate
        """
        asyncio.run(bring_up(house))

    @app.command()
    def where() -> None:
        """Say where this installation keeps its data.

        \b
        Examples:
          ./run where
          ls "$(./run where)"
        """
        typer.echo(house.data_dir())


async def set_up(house: House) -> None:
    house.data_dir()
    house.keys().create()
    house.vault()
    house.deletions().create()
    await bring_up(house)
    async with house.store() as store:
        today = dt.datetime.now(dt.UTC).date()
        await store.write(lambda uow: purge_rows(uow, today, house.retention()))
    typer.echo(
        f"Ready in {house.data_dir()}. Keep a copy of the keys apart from it; ./run doctor looks at all.", err=True
    )


async def bring_up(house: House) -> None:
    async with house.database() as database:
        before = await database.version()
        await database.migrate()
        if before == database.newest:
            typer.echo(f"The database is of this version already ({before}).", err=True)
        else:
            typer.echo(f"The database is of version {database.newest} now (was: {before or 'none'}).", err=True)


def add_backing_up(app: typer.Typer, house: House) -> None:
    @app.command()
    def backup(folder: Annotated[pathlib.Path, typer.Argument(metavar="FOLDER", help="New or empty.")]) -> None:
        """Write a backup; the bot may run.

        It holds no keys: keep a copy of them elsewhere, and the deletion list apart from both.

        \b
        Examples:
          ./run backup /mnt/backup/2026-11-25
          ./run backup "backup-$(date +%F)"
        """
        asyncio.run(back_up(house, folder))

    @app.command()
    def restore(
        folder: Folder,
        replace: Annotated[bool, typer.Option("--replace", help="Remove what the database holds now.")] = False,
        without_deletions: Annotated[
            bool, typer.Option("--without-deletions", help="The deletion list is lost: what it named comes back.")
        ] = False,
    ) -> None:
        """Put a backup in the database's place.

        What members had deleted since is deleted again, by the deletion list. Stop the bot before.

        \b
        Examples:
          ./run restore /mnt/backup/2026-11-25
          ./run restore --replace /mnt/backup/2026-11-25
        """
        asyncio.run(put_back(house, folder, replace=replace, without_deletions=without_deletions))


async def back_up(house: House, folder: pathlib.Path) -> None:
    async with house.database() as database:
        manifest = await backups.back_up(database, house.deletions(), folder, dt.datetime.now(dt.UTC))
    rows = sum(table.rows for table in manifest.tables.values())
    typer.echo(f"{rows} rows in {folder}, without keys.", err=True)


async def put_back(house: House, folder: pathlib.Path, *, replace: bool, without_deletions: bool) -> None:
    keys = house.keys().read()
    async with house.database() as database:
        done = await backups.restore(
            database, house.deletions(), keys, folder, replace=replace, without_deletions=without_deletions
        )
    found = done.applied
    told = [f"{done.rows} rows restored."]
    if without_deletions:
        told.append("The deletion list was left out: what members had deleted since the backup is back.")
    else:
        told.append(
            f"Of the deletion list: {found.deleted} deleted, {found.withdrawn} {Kind.WITHDRAWN}, "
            f"{found.lowered} made more private, {found.drafts} drafts dropped."
        )
    told.append("Reports and developers' packages made since the backup are forgotten: see PRIVACY.md before the next.")
    if done.unlisted:
        told.append("What members had just deleted in the replaced database could not all be read, and may be back.")
    if not done.swept:
        told.append("The raw files are in use and not swept yet: a running bot tries every hour, or ./run purge.")
    if done.unreadable:
        told.append("These keys do not read all of it; ./run doctor says more.")
    typer.echo("\n".join(told), err=True)


def add_keeping(app: typer.Typer, house: House) -> None:
    @app.command()
    def purge() -> None:
        """Delete what is past its time.

        Also from the raw files. A running bot does it every day.

        \b
        Examples:
          ./run purge
          ITEM_MONTHS=24 ./run purge
        """
        done = asyncio.run(clear(house))
        deleted = ", ".join(f"{count} {table}" for table, count in done.rows.items() if count) or "nothing"
        typer.echo(f"Deleted: {deleted}. Filed: {done.filed}. Added to the deletion list: {done.listed}.", err=True)
        if not done.swept:
            raise Refused(
                "The raw files are in use and not swept yet: a running bot tries every hour, or run it again."
            )

    @app.command("doctor")
    def look(
        platform: Annotated[str, typer.Argument(help="slack or discord: look at it too.", metavar="[PLATFORM]")] = "",
    ) -> None:
        """Look whether all is well.

        A line a check, with how to mend it; status 1 where one failed. Changes nothing.

        \b
        Examples:
          ./run doctor
          ./run doctor slack
        """
        if platform not in ("", *NAMES):
            raise typer.BadParameter(f"{platform} is no platform here; these are: {', '.join(NAMES)}")
        found = asyncio.run(examine(house, platform))
        typer.echo("\n".join(line(one) for one in found))
        ill = sum(one.state is State.ILL for one in found)
        if ill:
            raise Refused(f"{ill} of {len(found)} checks failed.")


async def clear(house: House) -> Purged:
    async with house.store() as store:
        now = dt.datetime.now(dt.UTC)
        return await purge_now(store, house.vault(), house.deletions(), house.retention(), now)


async def examine(house: House, platform: str) -> list[Finding]:
    async with house.installation() as here:
        found = await doctor.examine(here)
    return [*found, *(await house.examine(platform) if platform else ())]


def line(one: Finding) -> str:
    told = f"{one.state:<4}  {one.name:<15}  {one.told}"
    return f"{told.rstrip('.')}. {one.fix}" if one.fix else told
