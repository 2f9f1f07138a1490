"""What union staff type in chat, as a command: `staff ask 7kq2mfw9xd Which shift is it?`, in any of the languages."""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.content import Content
from bot.export.table import STATUS_CODES
from bot.faq.features import normalize
from bot.vault import ID_ALPHABET

NAMES = ("inbox", "show", "ask", "status", "questions", "answer", "export", "report", "help")
FORMATS = ("csv", "xlsx", "jsonl")
FEW, MOST = 10, 30  # listed at once
ID = re.compile(f"[{ID_ALPHABET}]{{10}}")
AROUND = " \t\n`*_\"'.,:;!?¡¿()<>#"  # what may stand around a word that was pasted
QUOTES = {'"': '"', "“": "”", "«": "»"}


@dataclass(frozen=True)
class Command:
    """`name`: "" where the words after `staff` are none. `whole`: nothing is missing, and nothing is too much.

    `code`: a status, or feedback or questions of an export. `language`: in which it was typed, "" where that is open.
    """

    name: str
    language: str = ""
    item: str = ""
    code: str = ""
    kind: str = ""
    limit: int = FEW
    words: str = ""
    whole: bool = False


def read(content: Content, said: str) -> Command | None:
    """The command; None where the words do not begin with `staff`."""
    staff, rest, language = leading(content, ["staff"], said)
    if not staff:
        return None
    if not rest.strip(AROUND):
        return Command("help", language, whole=True)
    name, rest, spoken = leading(content, NAMES, rest)
    language = spoken or language
    match name:
        case "inbox" | "questions":
            limit = how_many(content, rest)
            return Command(name, language, limit=limit or FEW, whole=limit > 0)
        case "show" | "ask" | "answer":
            item, words = an_id(rest)
            return Command(name, language, item, words=words, whole=bool(item) and bool(words) == (name != "show"))
        case "status":
            item, rest = an_id(rest)
            status, rest, _ = leading(content, [code.replace("-", "_") for code in STATUS_CODES], rest)
            code = status.replace("_", "-")
            return Command(name, language, item, code, words=unquoted(rest), whole=bool(item and code))
        case "export":
            code, rest, _ = leading(content, ["feedback", "questions"], rest)
            kind, after = first_word(rest)
            known = kind.lower() in FORMATS
            purpose = unquoted(after if known else rest)
            kind = kind.lower() if known else FORMATS[0]
            return Command(name, language, code=code, kind=kind, words=purpose, whole=bool(code and purpose))
    return Command(name, language, whole=bool(name) and not rest.strip(AROUND))


def leading(content: Content, names: Sequence[str], said: str) -> tuple[str, str, str]:
    """Which of these the words begin with, what follows it, and its language where it is a word of only one."""
    for name in names:
        ways = [
            (way, language) for language, texts in content.texts.items() for way in ways_of(texts(f"desk.word_{name}"))
        ]
        for way, _ in ways:
            count = len(way.split())
            parts = said.split(maxsplit=count)
            if normalize(" ".join(parts[:count])).strip(AROUND) == way:
                languages = {language for one, language in ways if one == way}
                return name, "".join(parts[count:]), languages.pop() if len(languages) == 1 else ""
    return "", said, ""


@functools.cache
def ways_of(listed: str) -> tuple[str, ...]:
    """Of a text of the content."""
    return tuple(normalize(way) for way in listed.split(","))


def an_id(said: str) -> tuple[str, str]:
    """The id and what follows it; ("", ...) where it has not the shape of one."""
    first, rest = first_word(said)
    found = first.strip(AROUND).lower()
    return (found if ID.fullmatch(found) else ""), unquoted(rest)


def first_word(said: str) -> tuple[str, str]:
    first, *rest = said.split(maxsplit=1) or [""]
    return first, "".join(rest)


def how_many(content: Content, said: str) -> int:
    """0 where it is no number and not `all`; a list never has more than MOST."""
    word = said.strip(AROUND)
    if not word:
        return FEW
    if word.isdecimal():
        return min(int(word[:4]), MOST)
    everything, rest, _ = leading(content, ["all"], word)
    return MOST if everything and not rest.strip(AROUND) else 0


def unquoted(words: str) -> str:
    """As in the shell, the words may stand in quotes."""
    words = words.strip()
    end = QUOTES.get(words[:1], "")
    inner = words[1:-1]
    return inner.strip() if end and len(words) > 1 and words.endswith(end) and end not in inner else words
