"""A store as a union has it after some months: items and questions, unevenly spread, the same each time."""

import random
from collections.abc import Iterator, Sequence

from bot.feedback import Feedback, Level
from bot.forms import Answer, Answers, Form
from bot.ports import Store, UnitOfWork
from bot.report.counting import NONE, tally_items
from bot.report.making import Material, Plan, make
from bot.report.months import closes, span, weeks_of
from bot.report.source import Filed, Sent
from bot.report.tables import Month
from bot.report.withholding import Draw, by_chance
from bot.vault import new_id

STATUSES = ("new", "read", "passed-on", "answered", "declined")
TOPICS = {  # a question and its topic
    "Did Microsoft pay the AFL-CIO?": "is-money-involved",
    "Will AI take my job?": "already-being-replaced",
    "When is the next learning session?": "next-session-near-me",
    "What about the parking lot on Elm Street?": NONE,
    "¿Me va a vigilar la IA?": "ai-monitoring-at-work",
}
ASKED = tuple(TOPICS)


def item(week: str, answers: Answers | None = None, *, language: str = "en", status: str = "new") -> Feedback:
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


def counted(
    form: Form, first: str, last: str, count: int = 400, questions: int = 160, draw: Draw = by_chance
) -> list[Month]:
    """The months that a report makes of what `seed` puts into a store, without a store."""
    weeks = [week for month in span(first, last) for week in weeks_of(month)]
    chance = random.Random(2)
    filed = [Filed(one.week, one.language, one.status, one.answers) for one in items(form, count, weeks)]
    sent = [Sent(chance.choice(weeks), "en", chance.choice(ASKED), chance.random() < 0.3) for _ in range(questions)]
    plan = Plan(form, ("en", "es"), last, closes(last), TOPICS.__getitem__, draw)
    return make(Material((), tally_items(form, plan.languages, filed), tuple(sent)), plan)
