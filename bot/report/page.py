"""The report as one HTML page: no script, nothing from outside, every text escaped."""

import base64
import hashlib
import pathlib
from collections.abc import Iterator, Sequence

from bot.report.figures import number
from bot.report.markup import Html, element, raw
from bot.report.sections import Section, sections_of
from bot.report.tables import ITEMS, QUESTIONS, Month, sums
from bot.report.words import Words

STYLE = (pathlib.Path(__file__).parent / "style.css").read_text(encoding="utf-8")


def page(months: Sequence[Month], words: Words) -> str:
    """The report of the last of these months, with what all of them showed."""
    sections = sections_of(months, words)
    title = words("title", form=words.form.title[words.language])
    union = words.content.union.get("name", words.language)
    head = element(
        "head",
        *metadata(),
        element("title", f"{title} – {words.month(months[-1].month)}"),
        element("style", raw(STYLE)),
    )
    body = element(
        "body",
        element("a", words("skip"), class_="skip", href="#main"),
        header(title, union, months, words),
        contents(sections, words),
        element("main", *(framed(section) for section in sections), id="main", tabindex="-1"),
        element("footer", element("p", words("footer", union=union or words("our_union")))),
    )
    return f"<!doctype html>\n{element('html', head, body, lang=words.language)}\n"


def metadata() -> Iterator[Html]:
    """The policy holds a browser to it: only this page's own style, nothing else is run or loaded."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    yield element("meta", charset="utf-8")
    yield element("meta", http_equiv="Content-Security-Policy", content=policy)
    yield element("meta", name="viewport", content="width=device-width, initial-scale=1")
    yield element("meta", name="color-scheme", content="light dark")
    yield element("meta", name="referrer", content="no-referrer")


def header(title: str, union: str, months: Sequence[Month], words: Words) -> Html:
    month = months[-1]
    parts = [element("p", union, class_="union")] if union else []
    parts += [element("h1", title), element("p", words("about", month=words.month(month.month)), class_="about")]
    if words.content.union.example:
        parts.append(element("p", words("example"), class_="example"))
    found = [total(month, ITEMS, words("key_items"), words), total(month, QUESTIONS, words("key_questions"), words)]
    if len(months) > 1:
        since = words("key_since", month=words.month(months[0].month))
        found.insert(1, (words("key_items"), number(sums(months, ITEMS).total), since))
    pairs = [
        element("div", element("dt", element("span", name), " ", element("span", when)), element("dd", count))
        for name, count, when in found
    ]
    parts += [element("dl", *pairs), element("p", words("items_not_people"), class_="lede")]
    return element("header", *parts)


def total(month: Month, sheet: str, name: str, words: Words) -> tuple[str, str, str]:
    """Name, count in words or figures, and of which months."""
    found = month.sheets.get(sheet)
    if found is None:
        return name, words("few"), words.month(month.month)
    return name, number(found.total), words.period(found.since, found.until)


def contents(sections: Sequence[Section], words: Words) -> Html:
    links = [element("li", element("a", section.heading, href=f"#{section.id}")) for section in sections]
    return element("nav", element("ul", *links), aria_label=words("contents"))


def framed(section: Section) -> Html:
    title = f"{section.id}-title"
    heading = element("h2", section.heading, id=title)
    return element("section", heading, section.content, id=section.id, aria_labelledby=title)
