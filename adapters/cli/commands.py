"""The command line: a thin shell over the core's use cases. Data on standard output, messages on standard error."""

import asyncio
import datetime as dt
import json
import sys
from typing import Annotated

import typer

from adapters.cli.content import add_content
from adapters.cli.export import add_export
from adapters.cli.house import House
from adapters.cli.platforms import add_platforms
from adapters.cli.progress import say
from adapters.cli.report import add_report
from adapters.cli.staff import add_staff
from adapters.cli.upkeep import add_upkeep
from bot.asking import told, without_buttons
from bot.cleaning import clean
from bot.content import Content
from bot.faq.language import Languages
from bot.replies import Reply
from bot.serving import serve


def build(house: House) -> typer.Typer:
    """All commands, on this house."""
    app = typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        help="""Worker Voice: ask about the Microsoft / AFL-CIO partnership on AI, and be heard.

        \b
        Examples:
          ./run chat
          ./run ask "Did Microsoft pay the AFL-CIO?"
        """,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    add_chat(app, house)
    add_ask(app, house)
    add_platforms(app, house)
    add_export(app, house)
    add_upkeep(app, house)
    add_content(app, house)
    add_staff(app, house)
    add_report(app, house)
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
        if language:
            speaks(house.content(example=True), language)
        asyncio.run(talk(house, member, shared, language))


async def talk(house: House, member: str, shared: bool, language: str) -> None:
    async with house.bot(example=True) as bot:
        adapter = house.terminal(bot, member=member, shared=shared, locale=language)
        await adapter.connect()
        if sys.stdin.isatty():
            say(banner(bot.content, language))
        await serve(bot, adapter)


def banner(content: Content, language: str) -> str:
    """In the language that was asked for, else in every one there is."""
    keys = ["terminal.banner", *(["terminal.trial"] if content.union.example else [])]
    spoken = [content.texts[language]] if language else content.texts.values()
    return "\n".join(" ".join(texts(key) for key in keys) for texts in spoken)


def speaks(content: Content, language: str) -> None:
    """Raises BadParameter, naming the languages there are, where that one is not among them."""
    if language not in content.texts:
        known = ", ".join(content.texts)
        raise typer.BadParameter(f"{language} is not a language here; these are: {known}", param_hint="--language")


def add_ask(app: typer.Typer, house: House) -> None:
    @app.command()
    def ask(
        text: Annotated[str, typer.Argument(help="The question.")] = "",
        as_json: Annotated[
            bool,
            typer.Option("--json", help="Questions from standard input, a line each; a JSON line for each."),
        ] = False,
        language: Annotated[str, typer.Option(help="Language to answer in: en or es; else the question's own.")] = "",
    ) -> None:
        """Ask one question; opens no database.

        \b
        Examples:
          ./run ask "Did Microsoft pay the AFL-CIO?"
          ./run ask --json < questions.txt
        """
        if as_json == bool(text):
            raise typer.BadParameter('give a question, or --json and questions on standard input: ./run ask "..."')
        text = clean(text)
        content = house.content(example=True)
        if language:
            speaks(content, language)
        matcher = house.matcher(content)
        languages = Languages(content)
        if not as_json:
            spoken = language or languages.of(text) or content.languages[0]
            reply = told(content, spoken, matcher.match(text), dt.date.today())
            typer.echo("\n".join(house.lines(Reply(without_buttons(content.texts[spoken], reply)))))
            return
        for line in sys.stdin:
            question = clean(line.rstrip("\r\n"))
            match = matcher.match(question)
            found = {
                "question": question,
                "outcome": match.outcome,
                "topic": match.topic,
                "suggestions": list(match.suggestions),
                "confidence": round(match.confidence, 4),
                "language": language or languages.of(question) or content.languages[0],
                "handover": match.handover,
            }
            typer.echo(json.dumps(found, ensure_ascii=False))
