"""Staff's commands: feedback and questions that members sent in. Who may use the shell has the role of staff."""

import asyncio
import dataclasses
import datetime as dt
import json
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import typer
from typer.core import TyperCommand

from adapters.cli.export_options import in_order, one_of, week
from adapters.cli.house import House
from adapters.cli.staff_lines import asked_lines, inbox_lines, shown_lines, topic_lines
from bot import inquiries, staffing
from bot.events import Role
from bot.export.table import STATUS_CODES
from bot.filing import file_due
from bot.showing import Reach
from bot.staffing import Desk
from bot.topics import topics

T = TypeVar("T")
LIMIT, MOST = 50, 1_000_000
REACHED = {
    Reach.BOT: "Stored. The bot will say it to the member, unless they told it to stop.",
    Reach.RECEIPT: "Stored. The bot cannot write to this author: it waits until they come back, by receipt or my data.",
    Reach.NOBODY: "Stored. Who sent this question did not ask to hear back.",
}
Id = Annotated[str, typer.Argument(metavar="ID", help="As the list shows it.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object, for scripts.")]
Labels = Annotated[str, typer.Option("--language", help="Language of labels: en or es.")]
Since = Annotated[str, typer.Option(metavar="WHEN", help="A day, a week such as 2026-W45, or a month.")]
Until = Annotated[str, typer.Option(metavar="WHEN", help="The same; included.")]
Limit = Annotated[int, typer.Option(min=1, max=MOST, help="At most so many.")]


class Saying(TyperCommand):
    """A command with words for a member: what begins with - and has a space in it is no option, but words."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        place = next((n for n, one in enumerate(args) if one.startswith("-") and len(one.split()) > 1), None)
        if place is not None and "--" not in args:
            args = [*args[:place], "--", *args[place:]]
        return super().parse_args(ctx, args)


def add_staff(app: typer.Typer, house: House) -> None:
    staff = typer.Typer(no_args_is_help=True)

    @staff.callback()
    def about() -> None:
        """Read feedback and questions, and answer them.

        \b
        Examples:
          ./run staff inbox
          ./run staff ask 7kq2mfw9xd "Which shift is it?"
        """

    add_reading(staff, house)
    add_writing(staff, house)
    add_questions(staff, house)
    app.add_typer(staff, name="staff")


def at_desk(house: House, work: Callable[[Desk], T]) -> T:
    """Do staff's work in one transaction, after filing the anonymous items that are due."""
    content, today = house.content(example=True), dt.datetime.now(dt.UTC).date()

    async def go() -> T:
        async with house.store() as store:
            vault = house.vault()
            await file_due(store, vault, today)
            return await store.write(lambda uow: work(Desk(Role.STAFF, uow, content, vault, today)))

    return asyncio.run(go())


def labels(house: House, language: str) -> str:
    languages = house.content(example=True).languages
    return one_of(language or languages[0], languages, "language of the content")


def tell(found: Any, lines: list[str], *, as_json: bool) -> None:
    """`found`, a dataclass, as JSON in ASCII (exact, and nothing in it moves a cursor), or the lines."""
    typer.echo(json.dumps(dataclasses.asdict(found)) if as_json else "\n".join(lines))


def add_reading(app: typer.Typer, house: House) -> None:
    @app.command()
    def inbox(language: Labels = "", limit: Limit = LIMIT, as_json: Json = False) -> None:
        """List feedback: new items and those with a new reply of their author first.

        \b
        Examples:
          ./run staff inbox
          ./run staff inbox --json
        """
        shown_in = labels(house, language)
        found = at_desk(house, lambda desk: staffing.inbox(desk, shown_in, limit))
        tell(found, inbox_lines(found), as_json=as_json)

    @app.command()
    def show(item: Id, language: Labels = "", as_json: Json = False) -> None:
        """Show one item with the notes on it; it then counts as read, and its author's replies as seen.

        \b
        Examples:
          ./run staff show 7kq2mfw9xd
          ./run staff show 7kq2mfw9xd --json
        """
        shown_in = labels(house, language)
        found = at_desk(house, lambda desk: staffing.show(desk, item, shown_in))
        tell(found, shown_lines(found), as_json=as_json)


def add_writing(app: typer.Typer, house: House) -> None:
    @app.command(cls=Saying)
    def ask(item: Id, question: Annotated[str, typer.Argument(help="What the author will read.")]) -> None:
        """Ask the author of an item something.

        \b
        Examples:
          ./run staff ask 7kq2mfw9xd "Which shift is it?"
          ./run staff ask 7kq2mfw9xd "May we bring this up at the next meeting?"
        """
        typer.echo(REACHED[at_desk(house, lambda desk: staffing.ask(desk, item, question))], err=True)

    @app.command()
    def status(
        item: Id,
        status: Annotated[str, typer.Argument(metavar="STATUS", help=f"One of: {', '.join(STATUS_CODES)}.")],
        note: Annotated[str, typer.Option(help="A word to the author, who sees it when they come back.")] = "",
    ) -> None:
        """Say what became of an item; passed-on: to the people who build the AI, where its author agreed.

        \b
        Examples:
          ./run staff status 7kq2mfw9xd read --note "The committee has it."
          ./run staff status 7kq2mfw9xd passed-on --note "It went out with November's package."
        """
        status = one_of(status, STATUS_CODES, "status")
        at_desk(house, lambda desk: staffing.set_status(desk, item, status, note))
        typer.echo(f"Stored: {status}.", err=True)


def add_questions(app: typer.Typer, house: House) -> None:
    @app.command()
    def questions(limit: Limit = LIMIT, as_json: Json = False) -> None:
        """List the questions that members sent in, those without an answer first.

        \b
        Examples:
          ./run staff questions
          ./run staff questions --json
        """
        found = at_desk(house, lambda desk: inquiries.questions(desk, limit))
        tell(found, asked_lines(found), as_json=as_json)

    @app.command("topics")
    def asked(language: Labels = "", since: Since = "", until: Until = "", as_json: Json = False) -> None:
        """Show what members ask, by topic. A count under five is not shown.

        \b
        Examples:
          ./run staff topics
          ./run staff topics --since 2026-10 --until 2026-11 --json
        """
        shown_in = labels(house, language)
        first, last = week(since, "--since", last=False), week(until, "--until", last=True)
        in_order(first, last)
        found = at_desk(house, lambda desk: topics(desk, shown_in, first, last))
        tell(found, topic_lines(found), as_json=as_json)

    @app.command(cls=Saying)
    def answer(question: Id, text: Annotated[str, typer.Argument(help="What the asker will read.")]) -> None:
        """Answer a question that a member sent in, once.

        \b
        Examples:
          ./run staff answer c4hyt8pjzn "The session is on Saturday at ten."
          ./run staff answer c4hyt8pjzn "Por favor llama a la oficina."
        """
        typer.echo(REACHED[at_desk(house, lambda desk: inquiries.answer(desk, question, text))], err=True)
