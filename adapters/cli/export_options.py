"""What the options of `./run export` mean: where to write, which format, which weeks. Wrong use is exit status 2."""

import pathlib
import sys
from collections.abc import Callable, Iterable

import typer

from bot.cleaning import clean
from bot.errors import Refused
from bot.export.output import File, Folder, Output, Stream
from bot.export.package import FORMATS
from bot.exporting import week_from
from bot.forms import Form

BINARY = ("xlsx", "parquet")
STDOUT = "-"


def place_of(output: str, kind: str, data_dir: Callable[[], pathlib.Path]) -> Output:
    """`data_dir`: where what goes to standard output waits until it is whole."""
    path = pathlib.Path(output)
    if output != STDOUT and (path.suffix.lower() != f".{kind}" or path.is_dir()):
        return Folder(path)
    if output == STDOUT and kind in BINARY and sys.stdout.isatty():
        raise Refused(f"{kind} is nothing to read on a screen: name a file or a folder with -o.")
    return file_or_stream(output, data_dir())


def file_or_stream(output: str, data_dir: pathlib.Path) -> Output:
    return Stream(sys.stdout.buffer, data_dir) if output == STDOUT else File(pathlib.Path(output))


def format_of(name: str, output: str) -> str:
    """What was asked for, else what the file's name says."""
    ending = pathlib.Path(output).suffix.lower().removeprefix(".")
    if name:
        one_of(name, FORMATS, "format")
        if ending in FORMATS and ending != name:
            raise typer.BadParameter(f"{output} ends as {ending} does, but --format says {name}.")
        return name
    return ending if ending in FORMATS else "csv"


def one_of(code: str, known: Iterable[str], what: str, *, empty: bool = False) -> str:
    names = list(known)
    if code in names or (empty and not code):
        return code
    raise typer.BadParameter(f"{code} is not a {what}; use {', '.join(names)}.")


def week(text: str, option: str, *, last: bool) -> str:
    try:
        return week_from(text, last=last) if text else ""
    except ValueError:
        raise typer.BadParameter(f"{option} takes a day, a week or a month: 2026-11-02, 2026-W45, 2026-11.") from None


def in_order(since: str, until: str) -> None:
    if since and until and since > until:
        raise typer.BadParameter("--since is later than --until.")


def meant(purpose: str) -> str:
    words = clean(purpose).strip()
    if not words:
        raise typer.BadParameter('say what the export is for: --purpose "monthly meeting"')
    return words


def kinds(form: Form) -> list[str]:
    return [option.code for question in form.exported if question.id == "kind" for option in question.known]
