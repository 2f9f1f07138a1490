"""Use cases of union staff with the questions that members sent in: reading them, and answering each once."""

from dataclasses import dataclass

from bot.desk import Inquiry
from bot.errors import Refused
from bot.outbox import Letter, post, recipient
from bot.showing import Reach
from bot.staffing import Desk, sayable, typed

QUOTED = 300  # characters of a question that are repeated with its answer


@dataclass(frozen=True)
class Asked:
    """A question sent in; `hears_back`: its asker wished to hear the answer."""

    id: str
    week: str
    language: str
    text: str
    answer: str
    hears_back: bool


@dataclass(frozen=True)
class Questions:
    """`count`: of all questions sent in."""

    questions: tuple[Asked, ...]
    count: int


def questions(desk: Desk, limit: int) -> Questions:
    """At most `limit` questions sent in, the unanswered first."""
    found, count = desk.uow.inquiries.page(limit)
    desk.audit("questions", f"questions={len(found)}")
    asked = (Asked(one.id, one.week, one.language, one.text, one.answer, one.address is not None) for one in found)
    return Questions(tuple(asked), count)


def answer(desk: Desk, question_id: str, text: str) -> Reach:
    """Answer a question, once; the asker hears it where they wished to, and who that was is then forgotten."""
    words = sayable(text)
    asked = desk.uow.inquiries.get(typed(question_id), lock=True)
    if asked is None:
        raise Refused("There is no question with that id.")
    if asked.answer:
        raise Refused("That question is answered already.")
    desk.uow.inquiries.answer(asked.id, words)
    desk.audit("answer", f"question={asked.id}")
    if asked.account is None or asked.address is None:
        return Reach.NOBODY
    post(desk.uow, desk.vault, asked.account, answer_letter(desk, asked, asked.address, words), desk.today)
    return Reach.BOT


def answer_letter(desk: Desk, asked: Inquiry, address: bytes, words: str) -> Letter:
    """The asker's own words and the answer, in the language of the question."""
    texts = desk.texts(asked.language)
    quoted = asked.text if len(asked.text) <= QUOTED else asked.text[: QUOTED - 1] + "…"
    said = ((texts("staff.you_asked"), quoted), (texts("staff.answers"), words))
    return Letter(recipient(desk.vault, address), asked.id, said, texts("staff.answers_how"))
