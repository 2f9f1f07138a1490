"""An outcome becomes lines of text. `Line.style` is for a real terminal; a pipe gets the words alone."""

import re
from dataclasses import dataclass
from typing import assert_never

from bot.cleaning import printable
from bot.replies import Citation, FormErrors, Outcome, Reply, Secret, ShowForm, Text, Words

MARKS = re.compile(r"\*\*(.+?)\*\*|(?<!\*)\*([^*\s][^*]*)\*")
HIDDEN = "* * * * * *"


@dataclass(frozen=True)
class Line:
    """One line to print: approved text may hold **bold**, a member's words are shown as they are."""

    text: str
    style: str = "text"  # text | words | choice | source | secret | commands | blank


def render(outcome: Outcome, *, hide_secret: bool = False) -> list[Line]:
    match outcome:
        case None:
            return []
        case FormErrors(errors=errors):
            return [Line(error) for error in errors.values()]
        case ShowForm():
            return []  # the terminal never says that it can show a form
        case Reply():
            return render_reply(outcome, hide_secret)
        case _:
            assert_never(outcome)


def render_reply(reply: Reply, hide_secret: bool) -> list[Line]:
    lines: list[Line] = []
    before: type | None = None
    for block in reply.blocks:
        if before is not None and not (type(block) is before and before in (Citation, Words)):
            lines.append(Line("", "blank"))
        before = type(block)
        match block:
            case Text(text=text):
                lines += [Line(one) for one in text.split("\n")]
            case Words(label=label, words=words):
                first, *rest = printable(words).split("\n")
                lines.append(Line(f"{label} {first}" if label.endswith("?") else f"{label}: {first}", "words"))
                lines += [Line(f"   {one}", "words") for one in rest]
            case Citation(text=text, url=url):
                lines.append(Line(f"{text} {url}".rstrip(), "source"))
            case Secret(words=words):
                lines.append(Line(f"    {HIDDEN if hide_secret else words}", "secret"))
            case _:
                assert_never(block)
    for number, button in enumerate(reply.choices, 1):
        lines.append(Line(f"  {number}. {button.label}" + (f" - {button.hint}" if button.hint else ""), "choice"))
    if reply.commands:
        lines.append(Line("[" + " | ".join(button.label.lower() for button in reply.commands) + "]", "commands"))
    return lines


def plain(lines: list[Line]) -> list[str]:
    """For a pipe: approved text without its marks, a member's words untouched."""
    return [line.text if line.style == "words" else MARKS.sub(r"\1\2", line.text) for line in lines]
