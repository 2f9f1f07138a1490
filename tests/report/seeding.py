"""A store as a union has it after some months: items and questions, unevenly spread, the same each time."""

import random
from collections.abc import Iterator, Sequence

from bot.feedback import Feedback, Level
from bot.forms import Answer, Form
from bot.ports import Store, UnitOfWork
from bot.report.months import span, weeks_of
from bot.vault import new_id

STATUSES = ("new", "read", "passed-on", "answered", "declined")
ASKED = (
    "Did Microsoft pay the AFL-CIO?",
    "Will AI take my job?",
    "When is the next learning session?",
    "What about the parking lot on Elm Street?",
    "¿Me va a vigilar la IA?",
)


def item(week: str, answers: dict[str, Answer] | None = None, *, language: str = "en", status: str = "new") -> Feedback:
    return Feedback(
        id=new_id(),
        form="ai-at-work",
        form_version=1,
        level=Level.ANONYMOUS,
        language=language,
        week=week,
        answers=answers or {"kind": "concern", "words": "w"},
        sharing=True,
        contact=False,
        receipt=new_id(),
        status=status,
    )


def items(form: Form, count: int, weeks: Sequence[str], seed: int = 1) -> Iterator[Feedback]:
    """So uneven that some groups of each month are small."""
    chance = random.Random(seed)
    for _ in range(count):
        answers: dict[str, Answer] = {"words": "w"}
        for question in form.questions:
            codes = [option.code for option in question.options]
            weights = [3.0 ** -(place * 0.6) for place in range(len(codes))]
            if question.kind == "choices":
                answers[question.id] = question.codes(chance.choices(codes, weights, k=chance.randint(1, 3))) or None
            elif codes and (question.required or chance.random() < 0.85):
                (answers[question.id],) = chance.choices(codes, weights)
        language = "es" if chance.random() < 0.2 else "en"
        (status,) = chance.choices(STATUSES, (2, 5, 3, 2, 1))
        yield item(chance.choice(weeks), answers, language=language, status=status)


async def seed(store: Store, form: Form, first: str, last: str, count: int = 400, questions: int = 60) -> None:
    weeks = [week for month in span(first, last) for week in weeks_of(month)]
    chance = random.Random(2)

    def fill(uow: UnitOfWork) -> None:
        for one in items(form, count, weeks):
            uow.items.add(one)
        for _ in range(questions):
            (text,) = chance.choices(ASKED, (9, 7, 5, 3, 1))
            uow.questions.add(text, "es" if text.startswith("¿") else "en", chance.choice(weeks))
        for asked in uow.inquiries.page(questions)[0]:
            if asked.text == ASKED[0]:
                uow.inquiries.answer(asked.id, "Nobody has said.")

    await store.write(fill)
