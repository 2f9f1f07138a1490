"""What goes out: a closed union of plain frozen data that every adapter renders; `match` on it ends in assert_never."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.forms import Answer, Question


@dataclass(frozen=True, slots=True)
class Text:
    """Approved words: paragraphs, `- ` lists and **bold** of Markdown, nothing else."""

    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """Words that a member (or staff) wrote, under an approved label: shown as they are, never as formatting."""

    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A source, with a link where members may follow one."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Secret:
    """A receipt: shown once, erased from the screen or the chat where that can be done."""

    words: str


Block = Text | Words | Citation | Secret


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press; typing its number or its label does the same."""

    action: str
    label: str
    value: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A file for staff. `content` is in memory: what makes it bounds it."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """One message.

    `choices` are numbered, typing the number presses them (`several`: more than one may be chosen); `commands` are
    typed by their label. `private`: to be seen by this member alone. `clear`: the conversation is over.
    `letters`: ids of what the blocks say for staff, which leaves the outbox once this was delivered.
    `file`: for staff. `language`: the one it speaks, "" where nobody knows.
    """

    blocks: tuple[Block, ...]
    choices: tuple[Button, ...] = ()
    commands: tuple[Button, ...] = ()
    several: bool = False
    private: bool = True
    clear: bool = False
    letters: tuple[str, ...] = ()
    file: File | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class ShowForm:
    """A page of a form, for an event that can open a modal (`page` of `pages`, from 1).

    `questions` as they are to be asked here; `answers` fill them in; `notes` stand above them. A FormSubmission of
    this `form`, `page` and `draft` (a random id) answers it.
    """

    form: str
    page: int
    pages: int
    title: str
    questions: tuple[Question, ...]
    answers: Mapping[str, Answer]
    language: str
    notes: tuple[Block, ...] = ()
    draft: str = ""


@dataclass(frozen=True, slots=True)
class FormErrors:
    """A page that was not accepted: question id -> what to write instead; "" the whole page. Nothing was stored."""

    errors: Mapping[str, str]


Outcome = Reply | ShowForm | FormErrors | None
