"""The page as markup: what is on it, that it hides what is withheld, and that no label can break out of its place."""

import dataclasses
import itertools
from html.parser import HTMLParser

import pytest

from bot.content import Content
from bot.forms import Form
from bot.report.figures import Bar, Figure, message, share
from bot.report.markup import element
from bot.report.page import page
from bot.report.tables import ITEMS, OUTCOMES, QUESTIONS, Month, Sheet, Table
from bot.report.words import Words
from tests.report.seeding import counted

HOSTILE = """</style></title><script>alert(1)</script><img src=x onerror=alert(1)> "' onload=x {word} &lt; </td>"""
VOID = {"meta", "img", "link", "br", "input", "source", "base", "embed"}
KNOWN = {
    *("html", "head", "meta", "title", "style", "body", "header", "nav", "main", "footer", "section", "div", "p", "a"),
    *("h1", "h2", "h3", "ul", "li", "dl", "dt", "dd", "span", "table", "caption", "thead", "tbody", "tr", "th", "td"),
    *("svg", "text", "rect", "line"),
}


class Read(HTMLParser):
    """Elements with their attributes, texts with the element they stand in; fails where tags do not match."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(markup)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self.open[-1], data))

    def all(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag in tags]

    def said(self, *tags: str) -> list[str]:
        return [text for tag, text in self.texts if tag in tags]


@pytest.fixture(scope="module")
def form(content: Content) -> Form:
    return content.forms["ai-at-work"]


@pytest.fixture(scope="module")
def months(form: Form) -> list[Month]:
    return counted(form, "2026-06", "2026-10")


def drawn(content: Content, form: Form, months: list[Month], language: str = "en") -> Read:
    return Read(page(months, Words(content, form, language)))


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_is_one_of_its_own_in_either_language(
    language: str, content: Content, form: Form, months: list[Month]
) -> None:
    read = drawn(content, form, months, language)
    assert {tag for tag, _ in read.elements} == KNOWN
    assert read.all("html") == [{"lang": language}]
    names = {name for _, attributes in read.elements for name in attributes}
    assert not names & {"src", "srcset", "style", "action", "data", "xlink:href"}
    ids = [str(attributes["id"]) for _, attributes in read.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {str(link["href"]) for link in read.all("a")} <= {f"#{one}" for one in ids}
    assert {str(attributes["aria-labelledby"]) for attributes in read.all("section")} <= set(ids)
    assert not [text for _, text in read.texts if "{" in text and "color-scheme" not in text]


def test_headings_are_in_order_and_every_chart_has_its_table(content: Content, form: Form, months: list[Month]) -> None:
    read = drawn(content, form, months)
    levels = [int(tag[1]) for tag, _ in read.elements if tag in ("h1", "h2", "h3")]
    assert levels[:3] == [1, 2, 3]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    inside = [tag for tag, _ in read.elements if tag in ("svg", "table", "caption")]
    assert "svg" in inside
    assert all(inside[place + 1] == "table" for place, tag in enumerate(inside) if tag == "svg")
    assert inside.count("table") == inside.count("caption")
    assert {attributes.get("aria-hidden") for attributes in read.all("svg")} == {"true"}
    assert {attributes.get("scope") for attributes in read.all("th")} == {"col", "row"}


def test_all_that_was_asked_for_is_there(content: Content, form: Form, months: list[Month]) -> None:
    said = " ".join(drawn(content, form, months).said("h1", "h2", "h3", "p", "li"))
    for heading in ("Week by week", "What is it?", "What it affects", "AI's part in this task", "By language"):
        assert heading in said
    for heading in ("Open or answered", "Topics of the questions", "What became of the feedback: September 2026"):
        assert heading in said
    for told in ("items, not people", "closed months only", "were fixed on November 3, 2026", "fewer than five"):
        assert told in said


def hostile(content: Content, form: Form) -> tuple[Content, Form]:
    """All that a union can write, hostile."""
    languages = dict.fromkeys(content.languages, HOSTILE)
    questions = tuple(
        dataclasses.replace(
            one,
            label=languages,
            options=tuple(dataclasses.replace(option, label=languages) for option in one.options),
        )
        for one in form.exported
    )
    entries = {
        topic: {language: dataclasses.replace(entry, question=HOSTILE) for language, entry in found.items()}
        for topic, found in content.entries.items()
    }
    union = dataclasses.replace(content.union, values={"name": languages})
    texts = {
        language: dataclasses.replace(
            one, sections={**one.sections, "language": {"name": HOSTILE.replace("{word}", "")}}
        )
        for language, one in content.texts.items()
    }
    return (
        dataclasses.replace(content, entries=entries, union=union, texts=texts),
        dataclasses.replace(form, title=languages, exported=questions),
    )


def test_no_label_breaks_out_of_its_place(content: Content, form: Form, months: list[Month]) -> None:
    tame = drawn(content, form, months)
    read = drawn(*hostile(content, form), months)
    tags = [tag for tag, _ in read.elements if tag != "text"]  # the chart's labels are longer: more lines
    assert tags == [tag for tag, _ in tame.elements if tag != "text"]
    whole = [text for _, text in read.texts if HOSTILE in text]
    assert len(whole) > 60
    assert {tag for tag, text in read.texts if HOSTILE in text} == {"title", "p", "h1", "h3", "caption", "th"}


def test_labels_of_what_there_is_no_more_are_their_codes(content: Content, form: Form) -> None:
    tables = {"gone_question": Table(False, {"<b>": 12}), "kind": Table(False, {"gone": 12})}
    month = Month("2026-10", "2026-11-04", {ITEMS: Sheet("2026-10", "2026-10", 12, tables)})
    read = drawn(content, form, [month])
    assert {"gone_question", "<b>", "gone"} <= set(read.said("h3", "th"))


def test_what_is_withheld_is_said_in_words(content: Content, form: Form) -> None:
    cells = {"knowledge": 40, "concern": None, "idea": None, "experience": 0}
    sheet = Sheet("2026-10", "2026-10", 52, {"kind": Table(False, cells)})
    read = drawn(content, form, [Month("2026-10", "2026-11-04", {ITEMS: sheet})])
    assert read.said("td") == ["40", "77%", "not shown", "not shown", "0", "0%"]
    assert read.said("text").count("not shown") == 2
    said = read.said("p")
    assert "Not shown: fewer than five, or a group that would give away another of fewer than five." in said
    assert "Largest group: “What I know about this work”, 40 of 52." in said
    assert "There were fewer than five questions, so nothing is shown. They are counted with a later month." in said


def test_a_sum_with_a_withheld_month_is_a_least(content: Content, form: Form) -> None:
    def month(name: str, cells: dict[str, int | None], total: int) -> Month:
        return Month(name, "2026-11-04", {ITEMS: Sheet(name, name, total, {"kind": Table(False, cells)})})

    first = month("2026-09", {"knowledge": 40, "concern": None, "idea": None}, 52)
    last = month("2026-10", {"knowledge": 10, "concern": 30, "idea": None}, 60)
    said = drawn(content, form, [first, last]).said("td")
    assert said[-5:] == ["50", "45%", "at least 30", "at least 27%", "not shown"]


@pytest.mark.parametrize(
    ("cells", "several", "said"),
    [
        ({"a": 30, "b": None, "c": None}, False, "Largest group: “a”, 30 of 50."),
        ({"a": 20, "b": None, "c": None}, False, ""),  # b can be 29
        ({"a": 25, "b": None, "c": None}, False, ""),  # as large
        ({"a": 30, "b": 12, "c": None}, True, ""),  # c can be nearly all
        ({"a": 30, "b": 12, "c": 0}, True, "Largest group: “a”, 30 of 50."),
        ({"a": None, "b": None}, False, "No group can be shown here."),
    ],
)
def test_only_what_is_certainly_the_largest_is_called_so(
    cells: dict[str, int | None], several: bool, said: str, content: Content, form: Form
) -> None:
    bars = [Bar(code, count) for code, count in cells.items()]
    figure = Figure("", "", "", bars, 50, several=several)
    assert message(figure, Words(content, form, "en")) == said


@pytest.mark.parametrize(
    ("bars", "total", "said"),
    [
        ([Bar("a", 29), Bar("b", 28, least=True), Bar("c", 27)], 101, ""),  # b can be 45
        ([Bar("a", 29), Bar("b", 28, least=True), Bar("c", 30, least=True)], 89, ""),  # b or c
        ([Bar("a", 29), Bar("b", 50, least=True), Bar("c", 10)], 99, "Largest group: “b”, at least 50 of 99."),
        ([Bar("a", 50), Bar("b", 28, least=True), Bar("c", 10)], 99, "Largest group: “a”, 50 of 99."),
    ],
)
def test_a_least_is_taken_for_the_most_it_can_be(
    bars: list[Bar], total: int, said: str, content: Content, form: Form
) -> None:
    assert message(Figure("", "", "", bars, total), Words(content, form, "en")) == said


def test_months_of_few_and_months_together_are_told_in_words(content: Content, form: Form) -> None:
    none = Month("2026-08", "2026-09-08", {})
    few = " ".join(drawn(content, form, [none]).said("p", "dd"))
    assert few.count("fewer than five") == 2
    assert few.count("fewer than 5") == 2
    sheet = Sheet("2026-08", "2026-09", 9, {"kind": Table(False, {"idea": 9})})
    both = drawn(content, form, [none, Month("2026-09", "2026-10-06", {ITEMS: sheet})])
    assert "Feedback: August 2026 to September 2026" in both.said("h2")
    assert "August 2026 to September 2026" in both.said("th")
    assert OUTCOMES not in both.said("h2")
    assert QUESTIONS not in both.said("h2")


@pytest.mark.parametrize(
    ("count", "total", "text"),
    [(0, 9, "0%"), (1, 1000, "<1%"), (5, 1000, "0%"), (999, 1000, ">99%"), (9, 9, "100%"), (1, 3, "33%"), (0, 0, "")],
)
def test_a_share_never_hides_some_or_claims_all(count: int, total: int, text: str) -> None:
    assert share(count, total) == text


def test_attributes_and_texts_are_escaped_and_markup_is_not() -> None:
    assert element("p", "<&>", element("b", '"'), title='"<') == '<p title="&quot;&lt;">&lt;&amp;&gt;<b>&quot;</b></p>'
    assert element("rect", width="5%", class_="bar", aria_label=None) == '<rect width="5%" class="bar"/>'
