"""What the options of `./run export` mean: where to write, which format, which weeks. Wrong use is exit status 2."""

import pathlib
import re
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
OF_A_FILE = re.compile("[a-z]{2,5}")  # how a file's name ends; a folder may be called out.2026-11


def place_of(output: str, kind: str, data_dir: Callable[[], pathlib.Path]) -> Output:
    """`data_dir`: where what goes to standard output waits until it is whole."""
    path = pathlib.Path(output)
    if not output.strip():
        raise typer.BadParameter("-o names no place: name a folder or a file, or - for standard output.")
    if output != STDOUT and (path.suffix.lower() != f".{kind}" or path.is_dir()):
        return Folder(path)
    if output == STDOUT and kind in BINARY and sys.stdout.isatty():
        raise Refused(f"{kind} is nothing to read on a screen: name a file or a folder with -o.")
    return file_or_stream(output, data_dir())


def file_or_stream(output: str, data_dir: pathlib.Path) -> Output:
    return Stream(sys.stdout.buffer, data_dir) if output == STDOUT else File(pathlib.Path(output))


def format_of(name: str, output: str) -> str:
    """What was asked for, else what the file's name says; a new folder is not called as files of other kinds are."""
    path = pathlib.Path(output)
    ending = path.suffix.lower().removeprefix(".")
    if ending not in FORMATS and OF_A_FILE.fullmatch(ending) and not path.is_dir():
        raise typer.BadParameter(f"{output} would be a file of no format here; these are: {', '.join(FORMATS)}.")
    if name:
        name = one_of(name, FORMATS, "format")
        if ending in FORMATS and ending != name:
            raise typer.BadParameter(f"{output} ends as {ending} does, but --format says {name}.")
        return name
    return ending if ending in FORMATS else "csv"


def csv_file(output: str) -> str:
    if output != STDOUT and pathlib.Path(output).suffix.lower() != ".csv":
        raise typer.BadParameter("questions come as CSV; name a file that ends as .csv, or - for standard output.")
    return output


def one_of(code: str, known: Iterable[str], what: str, *, empty: bool = False) -> str:
    """The code as it is known, in whatever case it was typed."""
    names = {name.lower(): name for name in known}
    if empty and not code:
        return ""
    if code.lower() in names:
        return names[code.lower()]
    raise typer.BadParameter(f"{code} is not a {what}; use {', '.join(names.values())}.")


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
