"""Use cases of union staff with feedback: the inbox, an item, asking its author, its status.

Each takes a Desk, which only staff get. Each leaves an audit row, without a word of a member or of staff.
"""

import dataclasses
import datetime as dt
from dataclasses import dataclass

from bot.cleaning import clean
from bot.content import Content
from bot.errors import NotAllowed, Refused
from bot.events import Role
from bot.export.table import STATUS_CODES
from bot.exporting import waiting_items
from bot.feedback import Feedback, Level, week_of
from bot.outbox import Letter, post, recipient
from bot.ports import UnitOfWork
from bot.showing import Heading, Reach, Shown, heading, reach, whole
from bot.texts import Texts
from bot.vault import Unreadable, Vault

NEW, READ, PASSED_ON = STATUS_CODES[:3]
LONGEST = 1500  # characters: fits one message of every platform, with the words around it
NO_NAME = "(cannot be read: are older keys missing?)"


@dataclass(frozen=True)
class Desk:
    """What staff's use cases work with, in one transaction. Raises NotAllowed for anybody but staff."""

    role: Role
    uow: UnitOfWork
    content: Content
    vault: Vault
    today: dt.date

    def __post_init__(self) -> None:
        if self.role is not Role.STAFF:
            raise NotAllowed("Only union staff may do this.")

    def texts(self, language: str) -> Texts:
        """The bot's words in a member's language, or in the first one where that is no longer there."""
        return self.content.texts.get(language) or self.content.texts[self.content.languages[0]]

    def audit(self, action: str, details: str) -> None:
        self.uow.audit.add(f"staff {action}", "", details)


@dataclass(frozen=True)
class Inbox:
    """`count`: of all items; `waiting`: anonymous ones that wait for their batch, of which nothing else is known."""

    items: tuple[Heading, ...]
    count: int
    waiting: int


def inbox(desk: Desk, language: str, limit: int) -> Inbox:
    """At most `limit` items, labels in `language`: new ones and those with an unseen reply first."""
    listed, count = desk.uow.triage.page(limit)
    desk.audit("inbox", f"items={len(listed)}")
    headings = tuple(
        heading(one.item, desk.content.forms.get(one.item.form), name_of(desk, one.item), language, replied=one.replied)
        for one in listed
    )
    return Inbox(headings, count, waiting_items(desk.uow, desk.vault))


def show(desk: Desk, item_id: str, language: str) -> Shown:
    """The item with its notes; it counts as read from now on, and what its author wrote in them as seen."""
    item = the_item(desk, item_id)
    if item.status == NEW:
        item = dataclasses.replace(item, status=READ)
        desk.uow.triage.set_status(item.id, READ)
    notes = tuple(desk.uow.notes.of(item.id))
    desk.uow.notes.see(item.id, from_staff=False)
    desk.audit("show", f"item={item.id}")
    return whole(item, desk.content.forms.get(item.form), name_of(desk, item), language, notes)


def ask(desk: Desk, item_id: str, question: str) -> Reach:
    """Ask the author of an item: through the bot where they agreed to that, else behind the receipt."""
    words = sayable(question)
    item = the_item(desk, item_id)
    desk.uow.notes.add(item.id, words, week_of(desk.today), from_staff=True)
    desk.audit("ask", f"item={item.id}")
    way = reach(item)
    if item.author is not None and item.author.address is not None and way is Reach.BOT:
        texts = desk.texts(item.language)
        said = ((texts("staff.asks", item=item.id), words),)
        letter = Letter(recipient(desk.vault, item.author.address), item.id, said, texts("staff.asks_how"))
        post(desk.uow, desk.vault, item.author.account, letter, desk.today)
    return way


def set_status(desk: Desk, item_id: str, status: str, note: str = "") -> None:
    """Say what became of an item; the author sees it, and the note, when they come back to it.

    `passed-on` says that the people who build the AI have it: only of what its author agreed to share.
    """
    if status not in STATUS_CODES:
        raise Refused(f"That is not a status; use {', '.join(STATUS_CODES)}.")
    words = sayable(note) if note else ""
    item = the_item(desk, item_id)
    if not may_be(item, status):
        raise Refused(
            "Its author did not agree to share this with the people who build the AI, so it cannot be passed on to "
            f"them. What was done with it otherwise fits in a note to the author, with {READ} or answered."
        )
    desk.uow.triage.set_status(item.id, status)
    if words:
        desk.uow.notes.add(item.id, words, week_of(desk.today), from_staff=True)
    desk.audit("status", f"item={item.id} status={status}")


def the_item(desk: Desk, item_id: str) -> Feedback:
    """The item, its row held; Refused where there is none (what was typed is not repeated: it may be anything)."""
    item = desk.uow.triage.item(typed(item_id), lock=True)
    if item is None and is_question(desk, item_id):
        raise Refused("That is the id of a question that was sent in, not of an item of feedback.")
    if item is None:
        raise Refused("There is no item with that id.")
    return item


def is_question(desk: Desk, found: str) -> bool:
    return desk.uow.inquiries.get(typed(found), lock=False) is not None


def may_be(item: Feedback | Shown, status: str) -> bool:
    return status != PASSED_ON or item.sharing


def typed(found: str) -> str:
    """An id as it may be typed or pasted."""
    return found.strip().lower()


def name_of(desk: Desk, item: Feedback) -> str:
    """The name of a named item, "" for any other."""
    if item.level is not Level.NAMED or item.author is None or item.author.name is None:
        return ""
    try:
        return desk.vault.text(item.author.name, "name")
    except Unreadable:
        return NO_NAME


def sayable(text: str) -> str:
    """What staff want to say, cleaned; Refused where it is empty or too long for a message."""
    words = clean(text).strip()
    if not words:
        raise Refused("Write what the member should read.")
    if len(words) > LONGEST:
        raise Refused(f"That is too long: {LONGEST} characters fit.")
    return words
