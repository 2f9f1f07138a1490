"""The columns and rows of an export. Columns come from the form, never from the rows at hand."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.feedback import Feedback
from bot.forms import Form, Question

LEVEL_CODES = ("named", "confidential", "anonymous")
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


def columns(form: Form, language: str) -> list[Column]:
    """For the `union` profile: about the item, then two columns (code and label) a choice and one a text."""
    label = {one.id: one.label[language] for one in form.questions}
    found = [
        Column("id", "Item", "Random id of the item"),
        Column("form", "Form", "Which form, with its version"),
        Column("week", "Week", "ISO week in which it was filed"),
        Column("language", "Language", "Language it was given in"),
        Column("level", label["level"], "Who may know who wrote", codes(form["level"], language)),
        Column("name", label["name"], "Name that the member gave to be shown; named items only"),
        Column("status", "Status", "What became of it", dict(zip(STATUS_CODES, STATUS_CODES, strict=True))),
        Column("sharing", label["sharing"], "Whether the member agreed to sharing with the AI developers", YES_NO),
        Column("contact", label["contact"], "Whether staff may write to the member through the bot", YES_NO),
    ]
    for question in (one for one in form.questions if one.id not in ASIDE):
        if question.kind == "text":
            found.append(Column(question.id, label[question.id], question.ask[language]))
        else:
            known = codes(question, language)
            several = question.kind == "choices"
            found.append(Column(question.id, label[question.id], question.ask[language], known, several))
            found.append(Column(f"{question.id}_label", label[question.id], f"Labels of {question.id}"))
    return found


YES_NO = {"yes": "yes", "no": "no"}


def codes(question: Question, language: str) -> dict[str, str]:
    return {option.code: option.label[language] for option in question.options}


def rows(form: Form, language: str, items: Iterable[Feedback], name_of: Callable[[Feedback], str]) -> Iterator[Row]:
    """One row an item, in the columns' order. `name_of` opens a named item's name."""
    for item in items:
        row = [
            item.id,
            f"{item.form} {item.form_version}",
            item.week,
            item.language,
            item.level.value,
            name_of(item),
            item.status,
            "yes" if item.sharing else "no",
            "yes" if item.contact else "no",
        ]
        for question in (one for one in form.questions if one.id not in ASIDE):
            answer = item.answers.get(question.id)
            if question.kind == "text":
                row.append(answer if isinstance(answer, str) else "")
            else:
                chosen = (answer,) if isinstance(answer, str) else answer or ()
                row.append(SEPARATOR.join(chosen))
                row.append(SEPARATOR.join(codes(question, language).get(code, code) for code in chosen))
        yield tuple(row)
