"""A figure: its message in a sentence, a bar chart for the eye, and the table that says it all."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from bot.report.markup import Html, element
from bot.report.words import Words

WRAP = 31  # characters in a line of the chart, the count among them: what fits on the narrowest phone
LINE, BAR, GAP = 1.35, 0.8, 0.85  # heights in em


@dataclass(frozen=True)
class Bar:
    """One row. `count` None: not shown. `least`: some months are missing. `rest`: no group of its own."""

    label: str
    count: int | None
    least: bool = False
    rest: bool = False


@dataclass(frozen=True)
class Figure:
    """Bars of `total` items or questions. `several`: one of them can be in more bars than one."""

    heading: str
    caption: str
    unit: str  # the column's heading
    bars: Sequence[Bar]
    total: int
    notes: Sequence[str] = ()
    several: bool = False


def draw(figure: Figure, words: Words) -> Html:
    said = message(figure, words)
    parts = [element("h3", figure.heading)]
    if said:
        parts.append(element("p", said, class_="message"))
    if any(bar.count is not None for bar in figure.bars):
        parts.append(element("div", chart(figure, words), table(figure, words), class_="pair"))
    else:
        parts.append(element("div", table(figure, words), class_="pair alone"))
    parts += [element("p", note, class_="note") for note in notes(figure, words)]
    return element("div", *parts, class_="figure")


def message(figure: Figure, words: Words) -> str:
    """What a reader takes away: the largest group, where it is that whatever the cells not shown may be."""
    shown = [bar for bar in figure.bars if bar.count is not None]
    if not shown:
        return words("none_shown")
    first = max(shown, key=lambda bar: bar.count or 0)
    count, others = first.count or 0, [bar for bar in figure.bars if bar is not first]
    if first.rest or not others or any(most(bar, figure) >= count for bar in others):
        return ""
    told = words("least", count=number(count)) if first.least else number(count)
    return words("largest", label=first.label, count=told, total=number(figure.total))


def most(bar: Bar, figure: Figure) -> int:
    """What the bar's true count can be: where parts add up to the total, what the other bars leave of it."""
    if bar.count is not None and not bar.least:
        return bar.count
    return figure.total - (0 if figure.several else sum(one.count or 0 for one in figure.bars if one is not bar))


def notes(figure: Figure, words: Words) -> list[str]:
    found = [*figure.notes]
    if any(bar.least for bar in figure.bars):
        found.append(words("least_note"))
    if any(bar.count is None for bar in figure.bars):
        found.append(words("withheld_note"))
    return found


def number(count: int) -> str:
    return f"{count:,}"


def share(count: int, total: int) -> str:
    """In whole percent; what is not none, or not all, never reads as if it were."""
    if 0 < count * 200 < total:
        return "<1%"
    if 0 < (total - count) * 200 < total:
        return ">99%"
    return f"{round(100 * count / total)}%" if total else ""


def table(figure: Figure, words: Words) -> Html:
    head = element(
        "tr",
        element("th", words("group"), scope="col"),
        element("th", figure.unit, scope="col", class_="n"),
        element("th", words("share"), scope="col", class_="n"),
    )
    rows = [
        element("tr", element("th", bar.label, scope="row"), *cells(bar, figure.total, words)) for bar in figure.bars
    ]
    return element(
        "table",
        element("caption", figure.caption),
        element("thead", head),
        element("tbody", *rows),
    )


def cells(bar: Bar, total: int, words: Words) -> list[Html]:
    if bar.count is None:
        return [element("td", words("withheld"), class_="n withheld", colspan=2)]
    found = number(bar.count), share(bar.count, total)
    return [element("td", words("least", count=one) if bar.least else one, class_="n") for one in found]


def chart(figure: Figure, words: Words) -> Html:
    """Hidden from screen readers, which have the message and the table. All heights in em: it grows with the text."""
    longest = max(bar.count or 0 for bar in figure.bars)
    drawn: list[Html] = []
    top = 0.0
    for bar in figure.bars:
        value = "" if bar.count is None else ("≥ " if bar.least else "") + number(bar.count)
        for line in textwrap.wrap(bar.label, WRAP - len(value), break_on_hyphens=False) or [""]:
            drawn.append(element("text", line, x=0, y=em(top + 1)))
            top += LINE
        if bar.count is None:
            drawn.append(element("text", words("withheld"), class_="withheld", x=0, y=em(top + BAR)))
        else:
            drawn.append(element("text", value, class_="value", x="100%", y=em(top - LINE + 1)))
            drawn += bars(bar, longest, top)
        top += BAR + GAP
    return element(
        "svg", *drawn, class_="chart", aria_hidden="true", focusable="false", width="100%", height=em(top - GAP + 0.4)
    )


def bars(bar: Bar, longest: int, top: float) -> list[Html]:
    """From zero to the count; a dashed end where it may be more."""
    percent = 94 * (bar.count or 0) / max(longest, 1)
    middle = em(top + 0.25 + BAR / 2)
    found = [
        element("line", class_="zero", x1=0, x2=0, y1=em(top + 0.1), y2=em(top + BAR + 0.4)),
        element("rect", class_="bar", x=0, y=em(top + 0.25), width=f"{percent:.2f}%", height=em(BAR)),
    ]
    if bar.least:
        end = f"{percent + 6:.2f}%"
        found.append(element("line", class_="more", x1=f"{percent:.2f}%", x2=end, y1=middle, y2=middle))
    return found


def em(value: float) -> str:
    return f"{value:.2f}em"
