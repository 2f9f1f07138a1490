"""The command line of the benchmarks: figures on standard output, what is being done on standard error."""

import asyncio
import dataclasses
import functools
import json
import pathlib
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bench.chat import Opens
    from bench.startup import House


def build(house: "House") -> typer.Typer:
    """The commands of `./run bench`, on this house."""
    app = typer.Typer(no_args_is_help=True, help="Measure it.")

    @app.callback()
    def bench() -> None:
        """Measure it.

        \b
        Examples:
          ./run bench answers
          ./run bench answers --questions my-questions
        """

    @app.command()
    def answers(
        questions: Annotated[
            pathlib.Path | None,
            typer.Option(exists=True, file_okay=False, help="A folder of .jsonl files of labelled questions."),
        ] = None,
        misses: Annotated[int, typer.Option(min=0, help="How many of the worst misses to print.")] = 10,
        as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
    ) -> None:
        """How often the right answer is chosen, beside other techniques; without questions, leave-one-out.

        \b
        A row of a .jsonl file is one of:
          {"q": "...", "ok": ["topic-id"], "style": "plain"}   in scope; "ok" empty: out of scope
          {"q": "...", "kind": "grievance"}                    to be handed over; "none": not to be
        With entries.jsonl, {"id": "...", "phrasings": ["..."]}, these entries are asked instead of ours
        (talk.txt beside it: off-topic lines).

        \b
        Examples:
          ./run bench answers
          ./run bench answers --questions my-questions --misses 20
          ./run bench answers --questions my-questions --json > figures.json
        """
        from bench.answers import measure  # only here: the other commands start without what measures
        from bench.report import plain

        report = measure(house, questions, misses, functools.partial(typer.echo, err=True))
        typer.echo(json.dumps(dataclasses.asdict(report), ensure_ascii=False) if as_json else plain(report))

    @app.command()
    def exports(
        items: Annotated[int, typer.Option(min=1, help="How many items to export.")] = 1_000_000,
    ) -> None:
        """How fast each format is beside a bare cursor loop, and how much memory it takes.

        \b
        Examples:
          ./run bench exports
          ./run bench exports --items 100000
        """
        from bench.exports import measure

        typer.echo(measure(items, functools.partial(typer.echo, err=True)))

    @app.command()
    def store(
        seconds: Annotated[float, typer.Option(min=0.1, help="Seconds of each measurement; there are about 40.")] = 3.0,
        as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
    ) -> None:
        """How fast answers are recorded, beside a bare driver on the same database; start-up and memory.

        \b
        Examples:
          ./run bench store
          ./run bench store --seconds 10 --json > figures.json
        """
        from bench.store import measure, plain

        report = measure(house, seconds, functools.partial(typer.echo, err=True))
        typer.echo(json.dumps(dataclasses.asdict(report)) if as_json else plain(report))

    @app.command()
    def slack(
        seconds: Annotated[float, typer.Option(min=0.1, help="Seconds of each measurement; there are 36.")] = 3.0,
        members: Annotated[int, typer.Option(min=1, help="How many give feedback at once.")] = 1000,
        as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
    ) -> None:
        """How fast members in Slack are answered, beside bolt's bare client; a crowd in feedback; memory.

        \b
        Examples:
          ./run bench slack
          ./run bench slack --seconds 10 --json > figures.json
        """
        from bench.slack import BARE, pair

        chat(house, pair, "Slack", BARE, seconds, members, as_json)

    @app.command()
    def discord(
        seconds: Annotated[float, typer.Option(min=0.1, help="Seconds of each measurement; there are 36.")] = 3.0,
        members: Annotated[int, typer.Option(min=1, help="How many give feedback at once.")] = 1000,
        as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
    ) -> None:
        """How fast members in Discord are answered, beside discord.py's bare client; a crowd in feedback; memory.

        \b
        Examples:
          ./run bench discord
          ./run bench discord --seconds 10 --json > figures.json
        """
        from bench.discord import BARE, pair

        chat(house, pair, "Discord", BARE, seconds, members, as_json)

    return app


def chat(house: "House", opens: "Opens", name: str, bare: str, seconds: float, members: int, as_json: bool) -> None:
    """Measure a chat platform, and tell."""
    from bench.chat import measure, plain

    report = asyncio.run(measure(house, opens, functools.partial(typer.echo, err=True), name, seconds, crowded=members))
    typer.echo(json.dumps(dataclasses.asdict(report)) if as_json else plain(report, bare))
