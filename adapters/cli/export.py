"""`./run export`: feedback and unanswered questions, safe to hand on. Who may use the shell has the role of staff."""

import asyncio
import datetime as dt
import signal
import threading
from typing import Annotated

import typer

from adapters.cli.export_options import (
    STDOUT,
    csv_file,
    file_or_stream,
    format_of,
    in_order,
    kinds,
    meant,
    one_of,
    place_of,
    week,
)
from adapters.cli.house import House
from adapters.cli.progress import bar
from bot import redaction
from bot.content import Content
from bot.errors import Refused
from bot.events import Role
from bot.export.developers import Developers, Labels
from bot.export.output import Output
from bot.export.package import FORMATS
from bot.export.questions import Questions, unrelated
from bot.export.table import STATUS_CODES
from bot.export.union import Union
from bot.exporting import Filters, Job, Order, export
from bot.filing import file_due
from bot.filling import FORM
from bot.ports import Store
from bot.report.months import closes, is_month, newest_closed
from bot.vault import Vault

PROFILES = ("union", "developers")
Purpose = Annotated[str, typer.Option(help="What it is for; kept in the audit trail and in the package.")]


def add_export(app: typer.Typer, house: House) -> None:
    group = typer.Typer(no_args_is_help=True)

    @group.callback()
    def about() -> None:
        """Take data out, safe to hand on.

        \b
        Examples:
          ./run export feedback --purpose "monthly meeting" -o november
          ./run export questions --purpose "new answers" -o questions.csv
        """

    add_feedback(group, house)
    add_questions(group, house)
    app.add_typer(group, name="export")


def add_feedback(app: typer.Typer, house: House) -> None:
    @app.command()
    def feedback(
        purpose: Purpose,
        output: Annotated[
            str,
            typer.Option(
                "-o",
                "--output",
                metavar="FOLDER|FILE|-",
                help="An empty or new folder: the data and a package that describes it. A new file whose name ends "
                "as the format does, or - for standard output: the data only.",
            ),
        ],
        format_: Annotated[str, typer.Option("--format", help=f"One of: {', '.join(FORMATS)}.")] = "",
        profile: Annotated[
            str,
            typer.Option(help="union: everything, for staff. developers: what may go to the people who build the AI."),
        ] = "union",
        since: Annotated[
            str, typer.Option(help="From this week on: 2026-11-02, 2026-W45 or 2026-11. Developers: months only.")
        ] = "",
        until: Annotated[str, typer.Option(help="To this week, itself included; the same forms.")] = "",
        kind: Annotated[str, typer.Option(help="Only this kind, by its code, such as idea.")] = "",
        status: Annotated[str, typer.Option(help=f"Only one of: {', '.join(STATUS_CODES)}.")] = "",
        form: Annotated[str, typer.Option(help=f"Which form, if not {FORM}.")] = "",
        language: Annotated[str, typer.Option(help="Only items given in this language: en or es.")] = "",
        labels: Annotated[str, typer.Option(help="Language of the labels in the data: en or es.")] = "",
    ) -> None:
        """Write feedback, each item a row. Anonymous items that still wait for their batch are counted, not shown.

        \b
        Examples:
          ./run export feedback --purpose "monthly meeting" -o november
          ./run export feedback --purpose "for the developers" --profile developers --until 2026-10 -o october
          ./run export feedback --purpose "ideas of autumn" --kind idea --since 2026-09 -o ideas.xlsx
        """
        profile = one_of(profile, PROFILES, "profile")
        content = house.content(example=True)
        name = one_of(form or FORM, content.forms, "form")
        shown_in = one_of(labels or content.languages[0], content.languages, "language of the content")
        chosen = format_of(format_, output)
        order = Order(content.forms[name], chosen, meant(purpose), content.texts[shown_in], dt.datetime.now(dt.UTC))
        place = place_of(output, chosen, house.data_dir)
        if profile == "developers":
            if kind or status or form or language:
                raise typer.BadParameter(
                    "developers takes whole months and no other filter: what a filter leaves out could be subtracted."
                )
            asyncio.run(for_developers(house, content, order, place, since, until))
            return
        filters = Filters(
            name,
            week(since, "--since", last=False),
            week(until, "--until", last=True),
            one_of(kind, kinds(order.form), "kind", empty=True),
            one_of(status, STATUS_CODES, "status", empty=True),
            one_of(language, content.languages, "language of the content", empty=True),
        )
        in_order(filters.since, filters.until)
        asyncio.run(for_union(house, order, place, filters))


async def for_union(house: House, order: Order, place: Output, filters: Filters) -> None:
    with bar("items") as progress:
        async with house.store() as store:
            vault = house.vault()
            job = Union(order, filters, vault, progress)
            count = await carry_out(store, vault, order.now, job, place)
    say(f"{several(count, 'item')} {written(order, place)}. {waits(job.waiting)}")
    if job.unreadable:
        say(f"Left out: {several(job.unreadable, 'name')} that cannot be read with the keys that are set.")


async def for_developers(house: House, content: Content, order: Order, place: Output, since: str, until: str) -> None:
    until = until or newest_closed(order.now.date())
    for month, option in ((since, "--since"), (until, "--until")):
        if month and not is_month(month):
            raise typer.BadParameter(f"{option} takes a whole month for developers, such as 2026-10.")
    in_order(since, until)
    if closes(until) > order.now.date():
        newest = newest_closed(order.now.date())
        raise Refused(f"{until} is not closed yet: it can go out from {closes(until)} on. Newest is {newest}.")
    labels: Labels = {
        language: {kind: texts(f"redaction.{kind}") for kind in redaction.KINDS}
        for language, texts in content.texts.items()
    }
    with bar("items") as progress:
        async with house.store() as store:
            vault = house.vault()
            job = Developers(order, since, until, vault, labels, progress)
            count = await carry_out(store, vault, order.now, job, place)
    months = until if job.months[0] == until else f"{job.months[0]} to {until}"
    say(f"{several(count, 'item')} of {months} {written(order, place)}. {waits(job.waiting)}")
    if job.alone:
        say(f"Waiting for a later month: {several(job.alone, 'shared item')}, as fewer than five would show the same.")
    if job.torn:
        say(f"Left out, as items of it were purged since it was first shown: {', '.join(job.torn)}.")
    if not place.packaged:
        say("The data only: the terms, the corrections and the list of what was withdrawn go with a folder.")


def add_questions(app: typer.Typer, house: House) -> None:
    @app.command()
    def questions(
        purpose: Purpose,
        output: Annotated[
            str, typer.Option("-o", "--output", metavar="FILE|-", help="A new file, or - for standard output.")
        ] = STDOUT,
    ) -> None:
        """Write the questions that members sent in and nobody answered as CSV, those alike together.

        \b
        Examples:
          ./run export questions --purpose "new answers" -o questions.csv
          ./run export questions --purpose "new answers" | head
        """
        place = file_or_stream(csv_file(output), house.data_dir())
        asyncio.run(open_questions(house, meant(purpose), place))


async def open_questions(house: House, purpose: str, place: Output) -> None:
    end_as_by_ctrl_c()
    with bar("questions") as progress:
        content = house.content(example=True)
        job = Questions(
            purpose, unrelated(content), house.encoder().encode, progress, content.texts[content.languages[0]]
        )
        async with house.store() as store:
            count = await export(store, job, place, Role.STAFF)
    say(f"{several(count, 'question')} in {several(job.groups, 'group')} written to {place}.")


async def carry_out(store: Store, vault: Vault, now: dt.datetime, job: Job, place: Output) -> int:
    """File the anonymous items that are due, then export; how many items."""
    end_as_by_ctrl_c()
    await file_due(store, vault, now.date())
    return await export(store, job, place, Role.STAFF)


def end_as_by_ctrl_c() -> None:
    """A signal to end takes away again what is half written; not where nohup has it ignored."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():  # Python lets no other take signals
        return
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, interrupt)


def written(order: Order, place: Output) -> str:
    return f"written to {place} as {order.kind}"


def waits(count: int) -> str:
    return f"Waiting for their batch: {several(count, 'anonymous item')}." if count else ""


def several(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def say(message: str) -> None:
    typer.echo(message.strip(), err=True)
