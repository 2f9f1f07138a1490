"""Items as staff see them: a heading in the inbox, or the whole. Of authors only the names of named items are in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.desk import Note
from bot.feedback import Feedback
from bot.forms import Answer, Form
from bot.replies import Words

FIRST_WORDS = 60


class Reach(StrEnum):
    """How words of staff get to a member."""

    BOT = "bot"  # the bot says them to the member
    RECEIPT = "receipt"  # they wait until the author comes back
    NOBODY = "nobody"  # the member did not ask to hear back


@dataclass(frozen=True)
class Heading:
    """An item in the inbox. `name`: of a named item, else ""; the other levels are not told apart."""

    id: str
    week: str
    kind: str
    language: str
    name: str
    status: str
    replied: bool
    first_words: str


@dataclass(frozen=True)
class Shown:
    """A whole item. `answers`: codes and texts by question id; `lines`: the same with labels, to be read."""

    id: str
    form: str
    week: str
    language: str
    name: str
    status: str
    sharing: bool
    reach: Reach
    answers: Mapping[str, Answer]
    lines: tuple[Words, ...]
    notes: tuple[Note, ...]


def heading(item: Feedback, form: Form | None, name: str, language: str, *, replied: bool) -> Heading:
    """`form`: None where it is no longer there."""
    kind = shown(form, "kind", item.answers.get("kind"), language).words
    words = first_words(form, item.answers)
    return Heading(item.id, item.week, kind, item.language, name, item.status, replied, words)


def whole(item: Feedback, form: Form | None, name: str, language: str, notes: tuple[Note, ...]) -> Shown:
    return Shown(
        id=item.id,
        form=item.form,
        week=item.week,
        language=item.language,
        name=name,
        status=item.status,
        sharing=item.sharing,
        reach=reach(item),
        answers=item.answers,
        lines=lines(form, item.answers, language),
        notes=notes,
    )


def reach(item: Feedback) -> Reach:
    """How staff can ask the author: through the bot only where there is an address, whose owner agreed to it."""
    reachable = item.author is not None and item.author.address is not None
    return Reach.BOT if reachable and item.contact else Reach.RECEIPT


def lines(form: Form | None, answers: Mapping[str, Answer], language: str) -> tuple[Words, ...]:
    """Each answer in the form's order; then those to questions that are no longer in the form."""
    known = [one.id for one in form.questions] if form else []
    order = [one for one in known if one in answers] + [one for one in answers if one not in known]
    found = (shown(form, one, answers[one], language) for one in order)
    return tuple(line for line in found if line.words)


def shown(form: Form | None, question: str, answer: Answer, language: str) -> Words:
    """An answer under its question's label; as it is, under the id, where the form has no such question."""
    asked = next((one for one in form.questions if one.id == question), None) if form else None
    if asked is None:
        return Words(question, answer if isinstance(answer, str) else ", ".join(answer or ()))
    return Words(asked.label[language], asked.show(answer, language))


def first_words(form: Form | None, answers: Mapping[str, Answer]) -> str:
    """The beginning of what the member wrote: of the text that the form requires, else of any."""
    texts = [one for one in form.questions if one.kind == "text"] if form else []
    order = [one.id for one in sorted(texts, key=lambda one: not one.required)] if form else list(answers)
    said = next((answer for one in order if isinstance(answer := answers.get(one), str)), "")
    line = " ".join(said.split())
    return line if len(line) <= FIRST_WORDS else line[: FIRST_WORDS - 1].rstrip() + "…"
