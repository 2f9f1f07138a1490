"""What the bot remembers of one member between two messages, and the pure steps through a form."""

import dataclasses
import datetime as dt
from dataclasses import dataclass, field

import orjson
from pydantic import TypeAdapter

from bot.forms import Answer, Answers, Form, Question
from bot.vault import LARGE, padded

CONVERSATION = "conversation"  # what it is sealed for


@dataclass(frozen=True)
class Draft:
    """A form being filled in. `editing`: the question asked again; otherwise the first open one is asked.

    `paused`: it waits; how to go on is said once more, with the next answer.
    `receipt`: the hash of the receipt shown with the summary as it stands.
    """

    form: str
    started: str  # ISO date
    answers: dict[str, Answer] = field(default_factory=dict)
    editing: str = ""
    receipt: str = ""
    shown: str = ""  # the hash of the last receipt shown, also after an edit
    reviewed: tuple[str, ...] = ()  # questions whose personal data the member has decided on
    handover: tuple[str, ...] = ()  # questions whose words looked like a matter for a person
    urgent: tuple[str, ...] = ()  # of these, once danger or a crisis
    paused: bool = False
    modal: bool = False  # filled in page by page, not question by question
    id: str = ""  # random: a page of another draft is told by it


@dataclass(frozen=True)
class Offer:
    """A button that was shown: typing its number (`numbered`) or its label presses it."""

    action: str
    value: str
    label: str
    numbered: bool


@dataclass(frozen=True)
class Direct:
    """Direct messages that are read again after a restart, from the day on (ISO) when something was last heard."""

    platform: str
    address: str = field(repr=False)
    day: str


@dataclass(frozen=True)
class Conversation:
    """One member's conversation. `waiting`: what the next words are for ("" for a question to the bot)."""

    language: str = ""  # chosen by the member
    spoken: str = ""  # of the last message where it was clear
    welcomed: bool = False
    stopped: bool = False
    waiting: str = ""
    topic: str = ""
    topic_until: str = ""  # ISO time, minutes
    offers: tuple[Offer, ...] = ()
    draft: Draft | None = None
    pending: str = ""  # a question for staff, until it is sent
    hear_back: bool = False  # whether its asker wants the answer here
    held: str = ""  # a reply or a corrected line, until its author has chosen what to leave out; what may be a command
    opened: str = ""  # the item looked at with `my data` or a receipt
    opened_until: str = ""  # end of a receipt's session, ISO
    sure_until: str = ""  # until when a yes to what cannot be undone counts, ISO
    direct: Direct | None = None
    servers: tuple[str, ...] = ()  # keyed hashes of those it was used in (bot/servers.py)

    def to_json(self) -> bytes:
        """Words of a member are filled up to large blocks, as they are once they wait for their batch."""
        data = orjson.dumps(self)
        return padded(data, LARGE) if self.draft or self.pending or self.held else data

    @classmethod
    def from_json(cls, data: bytes) -> "Conversation":
        """Reads what this or an earlier version wrote; fields that are gone are passed over."""
        return READER.validate_json(data)

    def recent_topic(self, now: dt.datetime) -> str:
        """The last answer's topic, for 30 minutes."""
        return self.topic if self.topic and now.isoformat(timespec="minutes") <= self.topic_until else ""


READER = TypeAdapter(Conversation)


def current(form: Form, draft: Draft) -> Question | None:
    """The question to ask now; None when it is time for the summary."""
    if draft.editing and draft.editing in {one.id for one in form.asked(draft.answers)}:
        return form[draft.editing]
    return form.open(draft.answers)


def answered(form: Form, draft: Draft, question: Question, answer: Answer) -> Draft:
    """The draft with that answer; answers that no longer apply go, a receipt that was shown no longer holds."""
    answers = form.kept({**draft.answers, question.id: answer})
    handover = tuple(one for one in draft.handover if one != question.id)
    reviewed = tuple(one for one in draft.reviewed if one != question.id)
    return dataclasses.replace(draft, answers=answers, editing="", receipt="", handover=handover, reviewed=reviewed)


def page_answered(form: Form, draft: Draft, answers: Answers) -> Draft:
    """The draft with the answers of a page; those that are as before keep what was decided about them."""
    changed = {name for name, answer in answers.items() if draft.answers.get(name) != answer}
    return dataclasses.replace(
        draft,
        answers=form.kept({**draft.answers, **answers}),
        editing="",
        receipt="",
        handover=tuple(one for one in draft.handover if one not in changed),
        reviewed=tuple(one for one in draft.reviewed if one not in changed),
    )


def back(form: Form, draft: Draft, *, by_page: bool = False) -> Draft | None:
    """Ask the question before the current one, or before its page; None at the first. Nothing is lost."""
    asked = form.asked(draft.answers)
    question = current(form, draft)
    before = asked[: asked.index(question)] if question else asked
    if by_page and question:
        before = tuple(one for one in before if one.page < question.page)
    return dataclasses.replace(draft, editing=before[-1].id, receipt="") if before else None


def skipped(form: Form, draft: Draft) -> Draft | None:
    """Leave the current question open, or its earlier answer as it is; None where an answer is required."""
    question = current(form, draft)
    if question is None:
        return draft
    if question.id in draft.answers:
        return dataclasses.replace(draft, editing="")
    return None if question.required else answered(form, draft, question, None)


def edit(form: Form, draft: Draft, number: int) -> Draft | None:
    """Ask line `number` of the summary again; None where there is no such line."""
    asked = form.asked(draft.answers)
    if not 1 <= number <= len(asked):
        return None
    return dataclasses.replace(draft, editing=asked[number - 1].id, receipt="")
