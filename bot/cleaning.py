"""Texts as databases and files can hold them, cleaned once, before keys and hashes."""

import re

DROPPED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """Lone surrogates become U+FFFD, CR LF becomes LF, control characters but TAB and LF go; nothing else changes."""
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return DROPPED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def printable(text: str) -> str:
    """A member's words without what could move a terminal's cursor, colour its screen or turn the writing round."""
    return UNPRINTABLE.sub("", text)
