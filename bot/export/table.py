"""The columns and rows of an export. Columns come from the form, never from the rows at hand.

`union`: everything. `developers`: only what may be handed on; bot/releasing.py decides which rows and which codes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from bot.forms import Answer, Form, Question
from bot.texts import Texts

STATUS_CODES = ("new", "read", "passed-on", "answered", "declined")
ASIDE = ("level", "name", "sharing", "contact")  # questions with a column of their own among the first
SEPARATOR = "; "  # between the codes of one cell


@dataclass(frozen=True)
class Column:
    """One column: a stable machine name, what it holds, and the codes it may hold with their labels."""

    name: str
    title: str
    description: str
    codes: Mapping[str, str] | None = None
    several: bool = False


Row = tuple[str, ...]


class Exported(NamedTuple):
    """An item as exports read it: light, as there may be a million.

    `answers`: as they are stored, so several codes may be a list. `name`: sealed, of named items only.
    """

    id: str
    form: str
    form_version: int
    level: str
    language: str
    week: str
    answers: Mapping[str, Answer | list[str]]
    sharing: bool
    contact: bool
    status: str
    revision: int
    name: bytes | None


def columns(form: Form, texts: Texts) -> list[Column]:
    """For the `union` profile: about the item, then two columns (code and label) a choice and one a text."""
    label = {one.id: one.label[texts.language] for one in form.exported}
    yes_no = {code: texts(f"export.{code}") for code in ("yes", "no")}
    return [
        Column("id", texts("export.item"), texts("export.item_what")),
        Column("form", texts("export.form"), texts("export.form_what")),
        Column("week", texts("export.week"), texts("export.week_what")),
        Column("language", texts("export.language"), texts("export.language_what")),
        Column("level", label["level"], texts("export.level_what"), codes(form["level"], texts.language)),
        Column("name", label["name"], texts("export.name_what")),
        status_column(texts),
        Column("sharing", label["sharing"], texts("export.sharing_what"), yes_no),
        Column("contact", label["contact"], texts("export.contact_what"), yes_no),
        *answer_columns(asked(form), texts),
    ]


def status_column(texts: Texts) -> Column:
    """Its codes as members read them."""
    told = {code: texts(f"status.{code.replace('-', '_')}") for code in STATUS_CODES}
    return Column("status", texts("export.status"), texts("export.status_what"), told)


def rows(form: Form, language: str, items: Iterable[Exported], name_of: Callable[[bytes], str]) -> Iterator[Row]:
    """One row an item, in the columns' order. `name_of` opens a named item's name."""
    cells = answer_cells(asked(form), language)
    for item in items:
        yield (
            item.id,
            f"{item.form} {item.form_version}",
            item.week,
            item.language,
            item.level,
            name_of(item.name) if item.name else "",
            item.status,
            "yes" if item.sharing else "no",
            "yes" if item.contact else "no",
            *cells(item.answers),
        )


def developers_columns(form: Form, texts: Texts) -> list[Column]:
    """For the `developers` profile. A text that identifies (a job in a member's own words) has no column at all."""
    questions = handed_on(form)
    found = answer_columns(questions, texts)
    identifying = {one.id for one in questions if one.identifying}
    return [
        Column("id", texts("export.item"), texts("export.item_same")),
        Column("month", texts("export.month"), texts("export.month_what")),
        Column("language", texts("export.language"), texts("export.language_what")),
        status_column(texts),
        *(
            replace(one, description=f"{one.description} {texts('export.blank')}") if one.name in identifying else one
            for one in found
        ),
    ]


def developers_rows(
    form: Form,
    language: str,
    released: Iterable[tuple[Exported, str, Mapping[str, str]]],
    redacted: Callable[[Exported, str], str],
) -> Iterator[Row]:
    """`released`: an item, its month, and the codes it may show, by question id ("language" among them).

    A question that identifies, or did when the item was released, shows those and never the answer itself.
    """
    questions = handed_on(form)
    texts = [one.id for one in questions if one.kind == "text"]
    guarded = [one for one in questions if one.kind != "text"]
    cells = answer_cells(questions, language)
    for item, month, values in released:
        answers = dict(item.answers)
        for question in guarded:
            if question.identifying or question.id in values:
                answers[question.id] = read_shown(question, values.get(question.id, ""))
        for text in texts:
            words = answers.get(text)
            answers[text] = redacted(item, words) if isinstance(words, str) else None
        yield (item.id, month, values["language"], item.status, *cells(answers))


def asked(form: Form) -> list[Question]:
    """The questions whose answers are columns, in the form's order."""
    return [one for one in form.exported if one.id not in ASIDE]


def handed_on(form: Form) -> list[Question]:
    """Those that the `developers` profile has."""
    return [one for one in asked(form) if not (one.identifying and one.kind == "text")]


def shown(answer: Answer | list[str]) -> str:
    """A choice's answer as one cell, "" where there is none."""
    return answer if isinstance(answer, str) else SEPARATOR.join(answer or ())


def read_shown(question: Question, cell: str) -> Answer:
    return tuple(cell.split(SEPARATOR)) if cell and question.kind == "choices" else cell or None


def codes(question: Question, language: str) -> dict[str, str]:
    """Code and label of every option that an answer may hold, retired ones among them."""
    return {option.code: option.label[language] for option in question.known}


def answer_columns(questions: Iterable[Question], texts: Texts) -> list[Column]:
    found, language = [], texts.language
    for question in questions:
        label, ask = question.label[language], question.ask[language]
        if question.kind == "text":
            found.append(Column(question.id, label, ask))
        else:
            found.append(Column(question.id, label, ask, codes(question, language), question.kind == "choices"))
            found.append(Column(f"{question.id}_label", label, texts("export.labels", question=question.id)))
    return found


class Cells(dict[Answer, tuple[str, str]]):
    """The two cells of each answer to a choice, put together the first time it is met."""

    def __init__(self, labels: Mapping[str, str]) -> None:
        super().__init__()
        self.labels = labels

    def __missing__(self, answer: Answer) -> tuple[str, str]:
        chosen = (answer,) if isinstance(answer, str) else answer or ()
        found = SEPARATOR.join(chosen), SEPARATOR.join([self.labels.get(code, code) for code in chosen])
        self[answer] = found
        return found


def answer_cells(
    questions: Iterable[Question], language: str
) -> Callable[[Mapping[str, Answer | list[str]]], list[str]]:
    """A function from answers to cells, in the order of answer_columns."""
    plan = [(one.id, None if one.kind == "text" else Cells(codes(one, language))) for one in questions]

    def cells(answers: Mapping[str, Answer | list[str]]) -> list[str]:
        found: list[str] = []
        for name, choice in plan:
            answer = answers.get(name)
            if choice is not None:
                found += choice[tuple(answer) if isinstance(answer, list) else answer]
            else:
                found.append(answer if isinstance(answer, str) else "")
        return found

    return cells
