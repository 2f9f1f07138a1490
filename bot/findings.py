"""A finding of the content check, and where in an entry's file something stands."""

import pathlib
import re
import tomllib
from dataclasses import dataclass
from typing import Literal

from bot.errors import ContentError
from bot.reading import FENCE, Entry, read_text

STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'')
PLACE = re.compile(r"(.+?)(?:, line (\d+))?: (.+)", re.DOTALL)


@dataclass(frozen=True)
class Finding:
    """A problem is to be mended; a note is to be known."""

    path: pathlib.Path
    line: int
    level: Literal["problem", "note"]
    message: str


def finding_of(problem: ContentError) -> Finding:
    """What a loading error says, as a finding."""
    found = PLACE.fullmatch(str(problem))
    if not found:
        return Finding(pathlib.Path(), 1, "problem", str(problem))
    return Finding(pathlib.Path(found[1]), int(found[2] or 1), "problem", found[3])


def line_of(entry: Entry, key: str) -> int:
    """The line of a key of the front matter; 1 where it is not there."""
    lines = read_text(entry.path).splitlines()
    return next((n for n, line in enumerate(lines, 1) if re.match(rf"\s*{re.escape(key)}\b", line)), 1)


def line_of_text(entry: Entry, key: str, text: str, occurrence: int = 0) -> int:
    """The line where that text stands in a list of the front matter, for the first time or a later one."""
    start = line_of(entry, key)
    lines = read_text(entry.path).splitlines()[start - 1 :]
    found = [n for n, line in enumerate(lines, start) for one in STRING.findall(line) if meant(one) == text]
    return found[occurrence] if occurrence < len(found) else start


def meant(literal: str) -> str:
    """What a TOML string says."""
    try:
        return str(tomllib.loads(f"x = {literal}")["x"]).strip()
    except tomllib.TOMLDecodeError:
        return literal


def line_of_body(entry: Entry, pattern: str = r"\S") -> int:
    """The first line of the answer that matches; the answer's first line where none does."""
    lines = read_text(entry.path).splitlines()
    fences = [n for n, line in enumerate(lines, 1) if line.rstrip() == FENCE]
    body = [(n, line) for n, line in enumerate(lines, 1) if n > fences[1] and line.strip()]
    return next((n for n, line in body if re.search(pattern, line)), body[0][0])
