"""What comes in: plain frozen data, the same from every platform."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """Who is asking; adapters decide it on the server's side, the core checks it."""

    MEMBER = "member"
    STAFF = "staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An act of one member.

    `id` names the act, the same at each redelivery. `account` is the member's id on the platform, `address` where a
    message reaches them: both appear in no log and no table as they are. `private`: nobody else sees the reply.
    `leaves_history`: the platform keeps what is said here, for whoever owns it. `can_show_form`: the adapter holds an
    interaction that can open a modal, or replace the one that is open. `has_forms`: a button would open one.
    `can_push`: the adapter can write to the member first. `catches_up`: once it is back, it reads here what was missed.
    `server`: where it was said, of those that the bot was added to; "" in direct messages and elsewhere.
    `in_house`: said at a computer of the union's own, in no workspace that somebody owns.
    `passing`: the account is forgotten when the member leaves, so that nothing can reach them afterwards.
    """

    id: str
    platform: str
    account: str
    address: str
    name: str = ""
    locale: str = ""
    private: bool = True
    leaves_history: bool = False
    can_show_form: bool = False
    has_forms: bool = False
    can_push: bool = False
    catches_up: bool = False
    in_house: bool = False
    passing: bool = False
    server: str = field(default="", repr=False)
    role: Role = Role.MEMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(Event):
    """Something written. `attachments`: there was a file, a voice message or a sticker, which nobody reads.

    `question`: the words are a question to the bot, whatever is being filled in or waited for.
    """

    text: str
    attachments: bool = False
    question: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut(Event):
    """A message of the member's own, chosen to be sent as feedback; `text` is "" where somebody else wrote it."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Action(Event):
    """A button pressed: its name, and the value it carried; of several choices, their values with commas between."""

    action: str
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSubmission(Event):
    """A page of a form sent from a modal: question id -> what was typed, or the chosen codes.

    What was left empty is "" or (); a question that is not there was not on the page. `back`: the member goes a page
    back; what is valid is kept, nothing is refused.
    """

    form: str
    page: int
    values: Mapping[str, str | tuple[str, ...]]
    back: bool = False
    draft: str = ""  # that it was shown for


AnyEvent = Message | Shortcut | Action | FormSubmission


def as_message(event: AnyEvent, text: str) -> Message:
    """The same act, as if its words had been typed."""
    shared = {one.name: getattr(event, one.name) for one in dataclasses.fields(Event)}
    return Message(**shared, text=text)
