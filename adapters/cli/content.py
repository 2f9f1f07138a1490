"""Staff's commands for the answers: what to mend in them, and a file for a new one."""

import datetime as dt
import os
import pathlib
import statistics
from collections.abc import Callable
from typing import Annotated

import typer

from adapters.cli.house import House
from bot.checking import check_content, check_files, ease_by_language
from bot.content import FOLDER, Content
from bot.errors import ContentError, Refused
from bot.findings import Finding
from bot.new_entry import known_languages, new_entry
from bot.reading_ease import SCALES

WORST = 5


def add_content(app: typer.Typer, house: House, today: Callable[[], dt.date] = dt.date.today) -> None:
    content = typer.Typer(no_args_is_help=True)

    @content.callback()
    def about() -> None:
        """Look after the answers.

        \b
        Examples:
          ./run content check
          ./run content new strike-kitchen
        """

    add_check(content, house, today)
    add_new(content, house)
    app.add_typer(content, name="content")


def add_check(app: typer.Typer, house: House, today: Callable[[], dt.date]) -> None:
    @app.command()
    def check(
        notes: Annotated[
            bool, typer.Option("--notes/--no-notes", help="Also list what to know, beside what to mend.")
        ] = True,
    ) -> None:
        """List what to mend in the answers, by file and line; status 1 where there is a problem.

        \b
        Examples:
          ./run content check
          ./run content check --no-notes
        """
        try:
            content = house.content(example=False)
        except ContentError as problem:
            found = check_files(problem, house.content_dir())
            list_findings(found, notes=notes)
            raise Refused(f"{len(found)} to mend before the bot can start, and be checked further.") from None
        found = check_content(content, today())
        list_findings(found, notes=notes)
        typer.echo(ease_table(content))
        problems = sum(finding.level == "problem" for finding in found)
        answers = sum(len(entries) for entries in content.entries.values())
        typer.echo(f"{answers} answers: {problems} problems, {len(found) - problems} notes")
        if problems:
            raise Refused(f"{problems} to mend in the content.")


def list_findings(found: list[Finding], *, notes: bool) -> None:
    for one in found:
        if notes or one.level == "problem":
            mark = "" if one.level == "problem" else "note: "
            typer.echo(f"{one.path}:{one.line}: {mark}{one.message}".replace(f"{pathlib.Path.cwd()}{os.sep}", ""))


def ease_table(content: Content) -> str:
    """Median and hardest answers of each language, on its scale."""
    lines = ["", "Reading ease, the hardest answers first"]
    for language, scores in ease_by_language(content).items():
        scale, median = SCALES[language], statistics.median(score for score, _ in scores)
        lines.append(f"  {language}  {scale.name}, {scale.wanted} wanted; median {median:.1f}")
        lines += [f"  {score:8.1f}  {topic}" for score, topic in scores[:WORST]]
    return "\n".join([*lines, ""])


def add_new(app: typer.Typer, house: House) -> None:
    @app.command()
    def new(
        topic: Annotated[str, typer.Argument(metavar="ID", help="Small letters, digits and hyphens.")],
        language: Annotated[str, typer.Option(help="Only this language, such as es.")] = "",
    ) -> None:
        """Write a file to fill in with a new answer, one for each language; prints where it is.

        \b
        Examples:
          ./run content new strike-kitchen
          ./run content new strike-kitchen --language es
        """
        own = house.content_dir()
        languages = known_languages(own)
        if language and language not in languages:
            raise typer.BadParameter(f"{language} is not a language of the content; use {', '.join(languages)}.")
        paths = new_entry(own or FOLDER, topic, [language] if language else languages)
        for path in paths:
            typer.echo(path)
            if own and (FOLDER / path.relative_to(own)).exists():
                typer.echo(f"{path.name} will be said instead of the built-in answer {topic}.", err=True)
        typer.echo("Fill in each file as its comments say, then: ./run content check", err=True)
