"""`./run report`: the closed months as one page to read, print and hand on."""

import asyncio
import datetime as dt
import functools
import os
import pathlib
import tempfile
from typing import Annotated

import typer

from adapters.cli.export_options import STDOUT, one_of
from adapters.cli.house import House
from bot.errors import Refused
from bot.filing import file_due
from bot.filling import FORM
from bot.report.counting import nearest
from bot.report.making import Plan, make_report
from bot.report.months import is_month, newest_closed
from bot.report.page import page
from bot.report.words import Words


def add_report(app: typer.Typer, house: House) -> None:
    @app.command()
    def report(
        output: Annotated[
            pathlib.Path,
            typer.Option(
                "-o", "--output", metavar="FILE|-", help="The page, such as report.html; - is standard output."
            ),
        ],
        month: Annotated[str, typer.Option(help="Up to which month: YYYY-MM; else the newest closed one.")] = "",
        language: Annotated[str, typer.Option(help="Language of the page: en or es.")] = "en",
    ) -> None:
        """Make the monthly report: one page with figures, for browser and printer.

        It counts items, not people, and shows no group of fewer than five. A month's figures are fixed when its
        report is first made.

        \b
        Examples:
          ./run report -o report.html
          ./run report --month 2026-10 --language es -o informe.html
        """
        if month and not is_month(month):
            raise typer.BadParameter(f'"{month}" is not a month; write it as 2026-10.')
        language = one_of(language, house.content(example=True).languages, "language of the content")
        if output.is_dir():
            raise typer.BadParameter(f"{output} is a folder; name a file in it: {output / 'report.html'}")
        if not output.parent.is_dir():
            raise typer.BadParameter(f"there is no folder {output.parent}; make it first, or name another.")
        shown = asyncio.run(write_report(house, output, month, language))
        place = "on standard output" if str(output) == STDOUT else f"in {output}"
        typer.echo(f"Report of {shown} {place}", err=True)


async def write_report(house: House, output: pathlib.Path, month: str, language: str) -> str:
    """Make the page; the month it is of."""
    content, today = house.content(example=True), dt.datetime.now(dt.UTC).date()
    matcher = functools.cache(lambda: house.matcher(content))  # prepared only where there are questions to sort

    def topic_of(text: str) -> str:
        return nearest(matcher().match(text))

    plan = Plan(content.forms[FORM], content.languages, month or newest_closed(today), today, topic_of)
    async with house.store() as store:
        await file_due(store, house.vault(), today)
        months = await make_report(store, plan)
    text = page(months, Words(content, plan.form, language))
    if str(output) == STDOUT:
        typer.echo(text.encode(), nl=False)
    else:
        write_whole(output, text)
    return months[-1].month


def write_whole(path: pathlib.Path, text: str) -> None:
    """All of it or nothing: an older file stays until the new one is on the disk."""
    new = ""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".report-", delete=False) as file:
            new = file.name
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
    except OSError as problem:
        if new:
            pathlib.Path(new).unlink(missing_ok=True)
        raise Refused(f"{path} cannot be written ({problem.strerror}).") from None
