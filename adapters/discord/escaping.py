"""A member's words as Discord shows them unchanged: no formatting, no mention, no link, no invite."""

import re

from bot.cleaning import printable

MARKS = re.compile(r"[\\*_~`|\[\]<@]")
NUMBERED = re.compile(r"^(\s*\d+)([.)])", re.MULTILINE)
LINE_START = re.compile(r"^(\s*)([#>+-])", re.MULTILINE)
LINK = re.compile(r"(?<=\w)[.:](?=[\w/])|/")
ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")


def escape(words: str) -> str:
    """Backslashes before what Discord would read as marks; it shows any other punctuation with a backslash alike."""
    text = MARKS.sub(r"\\\g<0>", printable(words))
    text = LINE_START.sub(r"\1\\\2", NUMBERED.sub(r"\1\\\2", text))
    return LINK.sub(r"\\\g<0>", text)


def unescape(text: str) -> str:
    """What a member sees of it."""
    return ESCAPED.sub(r"\1", text)
