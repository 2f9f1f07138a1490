"""The command line: a thin shell over the core's use cases. Data on standard output, messages on standard error."""

import asyncio
import datetime as dt
import functools
import json
import pathlib
import sys
from dataclasses import replace
from typing import Annotated

import typer

from adapters.cli.content import add_content
from adapters.cli.house import House
from adapters.cli.progress import counter
from adapters.cli.report import add_report
from adapters.cli.staff import add_staff
from bot.asking import told
from bot.core import Bot
from bot.errors import Refused
from bot.export.package import FORMATS
from bot.exporting import export_feedback
from bot.faq.language import Languages
from bot.filling import FORM
from bot.ports import Adapter
from bot.serving import respond

PROFILES = ("union",)


def build(house: House) -> typer.Typer:
    """All commands, on this house."""
    app = typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        help="Worker Voice: ask about the Microsoft / AFL-CIO partnership on AI, and be heard.",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    add_chat(app, house)
    add_ask(app, house)
    export = typer.Typer(no_args_is_help=True)
    add_export(export, house)
    app.add_typer(export, name="export")
    add_upkeep(app, house)
    add_content(app, house)
    add_report(app, house)
    add_staff(app, house)
    return app


def add_chat(app: typer.Typer, house: House) -> None:
    @app.command()
    def chat(
        member: Annotated[
            str, typer.Option("--as", help="Who is writing: any name, to keep two members apart.")
        ] = "me",
        shared: Annotated[
            bool, typer.Option("--shared", help="For a hall's computer: forget the member at the end.")
        ] = False,
        language: Annotated[str, typer.Option(help="Language to begin in: en or es.")] = "",
    ) -> None:
        """Talk to the bot here, line by line. Ends with "done" or the end of input.

        \b
        Examples:
          ./run chat
          ./run chat --as maria --language es
        """
        asyncio.run(talk(house, member, shared, language))


async def talk(house: House, member: str, shared: bool, language: str) -> None:
    async with house.bot(example=True) as bot:
        adapter = house.terminal(bot, member=member, shared=shared, locale=language)
        await adapter.connect()
        if sys.stdin.isatty():
            typer.echo(banner(bot), err=True)
        await serve(bot, adapter)


async def serve(bot: Bot, adapter: Adapter) -> None:
    await bot.chores()
    await adapter.listen(functools.partial(respond, bot, adapter))


def banner(bot: Bot) -> str:
    invented = bot.content.union.example
    return 'Worker Voice. Ask a question, or type "help". Ayuda: escribe "ayuda".' + (
        "\nTrial: the union and its contacts are invented." if invented else ""
    )


def add_ask(app: typer.Typer, house: House) -> None:
    @app.command()
    def ask(
        text: Annotated[str, typer.Argument(help="The question.")] = "",
        as_json: Annotated[
            bool,
            typer.Option("--json", help="Questions from standard input, a line each; a JSON line for each."),
        ] = False,
    ) -> None:
        """Ask one question; opens no database.

        \b
        Examples:
          ./run ask "Did Microsoft pay the AFL-CIO?"
          ./run ask --json < questions.txt
        """
        if as_json == bool(text):
            raise typer.BadParameter('give a question, or --json and questions on standard input: ./run ask "..."')
        content = house.content(example=True)
        matcher = house.matcher(content)
        languages = Languages(content)
        if not as_json:
            language = languages.of(text) or content.languages[0]
            reply = told(content, language, matcher.match(text), dt.date.today())
            typer.echo("\n".join(house.lines(replace(reply, choices=(), commands=()))))
            return
        for line in sys.stdin:
            question = line.rstrip("\r\n")
            match = matcher.match(question)
            found = {
                "question": question,
                "outcome": match.outcome,
                "topic": match.topic,
                "suggestions": list(match.suggestions),
                "confidence": round(match.confidence, 4),
                "language": languages.of(question) or content.languages[0],
                "handover": match.handover,
            }
            typer.echo(json.dumps(found, ensure_ascii=False))


def add_export(app: typer.Typer, house: House) -> None:
    @app.callback()
    def export() -> None:
        """Take data out, safe to hand on.

        \b
        Examples:
          ./run export feedback --purpose "monthly meeting" -o november
          ./run export feedback --format csv --profile union --purpose "archive" -o archive
        """

    @app.command()
    def feedback(
        purpose: Annotated[str, typer.Option(help="What it is for; kept in the audit trail.")],
        output: Annotated[pathlib.Path, typer.Option("-o", "--output", help="An empty or new folder.")],
        kind: Annotated[str, typer.Option("--format", help=f"One of: {', '.join(FORMATS)}.")] = "csv",
        profile: Annotated[str, typer.Option(help="union: everything, for staff.")] = "union",
        language: Annotated[str, typer.Option(help="Language of labels in the data.")] = "en",
    ) -> None:
        """Write feedback into a folder, with a data package that says what it is.

        \b
        Examples:
          ./run export feedback --purpose "monthly meeting" -o november
          ./run export feedback --format csv --profile union --purpose "archive" -o archive
        """
        if kind not in FORMATS:
            raise typer.BadParameter(f"{kind} is not a format; use {', '.join(FORMATS)}.")
        if profile not in PROFILES:
            raise typer.BadParameter(f"{profile} is not a profile; use {', '.join(PROFILES)}.")
        if not purpose.strip():
            raise typer.BadParameter('say what the export is for: --purpose "monthly meeting"')
        count = asyncio.run(write_export(house, output, kind, profile, purpose.strip(), language))
        typer.echo(f"{count} items in {output}", err=True)


async def write_export(house: House, output: pathlib.Path, kind: str, profile: str, purpose: str, language: str) -> int:
    content = house.content(example=True)
    if language not in content.languages:
        raise Refused(f"{language} is not a language of the content; use {', '.join(content.languages)}.")
    async with house.bot(example=True) as bot, counter("items") as progress:
        await bot.chores()
        return await export_feedback(
            bot.store,
            content,
            bot.vault,
            kind=kind,
            profile=profile,
            purpose=purpose,
            form=FORM,
            language=language,
            folder=output,
            now=dt.datetime.now(dt.UTC),
            progress=progress,
        )


def add_upkeep(app: typer.Typer, house: House) -> None:
    @app.command()
    def where() -> None:
        """Say where this installation keeps its data.

        \b
        Examples:
          ./run where
          ls "$(./run where)"
        """
        typer.echo(house.data_dir())
