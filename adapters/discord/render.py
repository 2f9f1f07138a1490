"""A reply becomes one or more messages within Discord's limits: plain data, which views.py turns into payloads."""

from dataclasses import dataclass, field
from itertools import groupby
from typing import assert_never

from adapters.discord import ids
from adapters.discord.escaping import escape
from adapters.discord.splitting import split
from adapters.discord.texts import say
from bot.replies import Block, Button, Citation, File, Reply, Secret, Text, Words

LABEL, OPTION = 80, 100  # characters of a button's label; of a menu's label, value and description
BUTTONS, MENU = 10, 25  # so many choices are buttons; so many options fit a menu
ROWS, ROW = 5, 5


@dataclass(frozen=True)
class Press:
    """A button."""

    custom_id: str
    label: str


@dataclass(frozen=True)
class Menu:
    """A select menu; `options`: label, value, description. `most`: so many may be chosen at once."""

    custom_id: str
    placeholder: str
    options: tuple[tuple[str, str, str], ...]
    most: int = 1


@dataclass(frozen=True)
class Part:
    """One message. `rows`: of buttons, or one menu each."""

    content: str
    rows: tuple[tuple[Press, ...] | Menu, ...] = ()
    secret: bool = False
    file: File | None = field(default=None, repr=False)


def render(reply: Reply, language: str) -> list[Part]:
    """At least one part; what is pressed stands under the last one, a receipt's button under the receipt."""
    chunks: list[tuple[str, bool]] = []
    for kind, together in groupby(reply.blocks, type):
        if kind in (Words, Citation):
            chunks.append(("\n".join(block_text(block) for block in together), False))
        else:
            chunks += [(block_text(block), kind is Secret) for block in together]
    lines = choice_lines(reply)
    if lines:
        chunks.append(("\n".join(lines), False))
    parts = [Part(content, (), any(s and text in content for text, s in chunks)) for content in pack(chunks)]
    rows = rows_of(reply, language)
    parts[-1] = Part(parts[-1].content, rows[: ROWS - parts[-1].secret], parts[-1].secret, reply.file)
    written = (Press(f"w1x:{ids.WRITTEN}", say(language, "discord.written")),)
    return [Part(one.content, (written, *one.rows), True, one.file) if one.secret else one for one in parts]


def pack(chunks: list[tuple[str, bool]]) -> list[str]:
    return split([text for text, _ in chunks if text.strip()]) or ["…"]


def block_text(block: Block) -> str:
    match block:
        case Text(text=text):
            return text
        case Words(label=label, words=words):
            return f"**{escape(label)}{'' if label.endswith('?') else ':'}** {escape(words)}"
        case Citation(text=text, url=url):
            return f"{escape(text)} <{url}>" if url else escape(text)
        case Secret(words=words):
            return f"```\n{words}\n```"
        case _:
            assert_never(block)


def choice_lines(reply: Reply) -> list[str]:
    """The choices in words, where buttons alone would not say them whole."""
    whole = all(not one.hint and len(numbered(n, one)) <= LABEL for n, one in enumerate(reply.choices, 1))
    if whole and not reply.several and len(reply.choices) <= BUTTONS:
        return []
    return [
        f"**{number}.** {escape(one.label)}" + (f" - {escape(one.hint)}" if one.hint else "")
        for number, one in enumerate(reply.choices, 1)
    ]


def numbered(number: int, button: Button) -> str:
    return f"{number}. {button.label}"


def rows_of(reply: Reply, language: str) -> tuple[tuple[Press, ...] | Menu, ...]:
    """Choices as buttons or menus, then the commands. What finds no room can be typed."""
    rows: list[tuple[Press, ...] | Menu] = []
    choices = [
        (numbered(n, one), one)
        for n, one in enumerate(reply.choices, 1)
        if len(ids.menu_value(one.action, one.value)) < ids.LONGEST - 3
    ]
    if reply.several and 0 < len(choices) <= MENU:
        rows.append(Menu("w1m:0", say(language, "discord.pick_several"), options(choices), len(choices)))
    elif reply.several:
        pass  # one menu would hold some of them only
    elif len(choices) > BUTTONS:
        for place in range(0, min(len(choices), 2 * MENU), MENU):
            rows.append(Menu(f"w1m:{place}", say(language, "discord.pick"), options(choices[place : place + MENU])))
    else:
        rows += button_rows([Press(ids.button_id(o.action, o.value), shorten(label, LABEL)) for label, o in choices])
    known = {one.custom_id for row in rows if not isinstance(row, Menu) for one in row}
    commands = {ids.button_id(one.action, one.value): one.label for one in reply.commands}
    rows += button_rows([Press(one, shorten(label, LABEL)) for one, label in commands.items() if one not in known])
    return tuple(rows)


def options(choices: list[tuple[str, Button]]) -> tuple[tuple[str, str, str], ...]:
    """Of a menu: label, value, description."""
    return tuple(
        (shorten(label, OPTION), ids.menu_value(one.action, one.value), shorten(one.hint, OPTION))
        for label, one in choices
    )


def button_rows(buttons: list[Press]) -> list[tuple[Press, ...]]:
    return [tuple(buttons[place : place + ROW]) for place in range(0, len(buttons), ROW)]


def shorten(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def plain(text: str) -> str:
    """The sentence alone, for a menu or a modal."""
    return text.replace("**", "")
