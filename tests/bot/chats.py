"""A member of a chat platform that has modals, in tests: types, presses, sends pages; and reads what comes back."""

import itertools
from typing import TypeVar

import orjson
from sqlalchemy import Connection, select

from bot.conversations import CONVERSATION, Conversation
from bot.core import Bot
from bot.envelopes import ENVELOPE
from bot.events import Action, AnyEvent, FormSubmission, Message, Shortcut
from bot.feedback import Feedback
from bot.ports import Store
from bot.replies import Citation, FormErrors, Outcome, Reply, Secret, ShowForm, Text, Words
from bot.vault import Vault
from storage.database import PostgresStore, SqliteStore
from storage.tables import conversations, envelopes, items
from storage.unit import read_item

NUMBER = itertools.count()
FORM = "ai-at-work"
E = TypeVar("E", Message, Action, FormSubmission, Shortcut)


class Chat:
    """`last`: the outcome of the last act. `modals`: presses open them, and pages follow in them (as on Slack)."""

    def __init__(self, bot: Bot, account: str = "U0BEN", *, modals: bool = True, **more: object) -> None:
        self.bot, self.account, self.modals, self.more = bot, account, modals, more
        self.last: Outcome = None
        self.shown = ""  # the draft of the last page shown

    def event(self, kind: type[E], **values: object) -> E:
        shared = {"id": f"c{next(NUMBER)}", "platform": "test", "account": self.account, "address": self.account}
        return kind(**{**shared, "has_forms": True, **self.more, **values})  # type: ignore[arg-type]

    async def handle(self, event: AnyEvent) -> Outcome:
        self.last = await self.bot.handle(event)
        if isinstance(self.last, ShowForm):
            self.shown = self.last.draft
        return self.last

    async def say(self, *several: str) -> str:
        for words in several:
            await self.handle(self.event(Message, text=words, leaves_history=True))
        return read(self.last)

    async def press(self, action: str, value: str = "") -> str:
        return read(await self.handle(self.event(Action, action=action, value=value, can_show_form=self.modals)))

    async def submit(
        self,
        page: int,
        values: dict[str, str | tuple[str, ...]],
        *,
        form: str = FORM,
        back: bool = False,
        draft: str = "",
    ) -> Outcome:
        """Of the draft that a page was shown for last, or of another one."""
        more = {"draft": draft or self.shown, "can_show_form": self.modals}
        return await self.handle(self.event(FormSubmission, form=form, page=page, values=values, back=back, **more))

    async def draft(self) -> Conversation:
        """The conversation as it is stored."""
        accounts = self.bot.vault.accounts("test", self.account)
        return self.bot.open(await self.bot.store.read(lambda uow: uow.conversations.load(accounts, lock=False)))


def read(outcome: Outcome) -> str:
    """All that is shown."""
    match outcome:
        case Reply():
            buttons = [one.label for one in (*outcome.choices, *outcome.commands)]
            return "\n".join([*map(line, outcome.blocks), *buttons])
        case ShowForm():
            notes = [line(one) for one in outcome.notes]
            asked = [f"{one.ask[outcome.language]}\n{one.hint[outcome.language]}" for one in outcome.questions]
            options = [option.label[outcome.language] for one in outcome.questions for option in one.options]
            return "\n".join([*notes, *asked, *options])
        case FormErrors():
            return "\n".join(f"{name}: {sentence}" for name, sentence in outcome.errors.items())
    return ""


def line(block: Text | Words | Citation | Secret) -> str:
    match block:
        case Words(label=label, words=words):
            return f"{label}: {words}"
        case Secret(words=words):
            return words
        case Text(text=text) | Citation(text=text):
            return text


def form_of(outcome: Outcome) -> ShowForm:
    assert isinstance(outcome, ShowForm), outcome
    return outcome


def errors_of(outcome: Outcome) -> dict[str, str]:
    assert isinstance(outcome, FormErrors), outcome
    return dict(outcome.errors)


def reply_of(outcome: Outcome) -> Reply:
    assert isinstance(outcome, Reply), outcome
    return outcome


async def filed(store: Store) -> list[Feedback]:
    """The items that are in the store."""
    assert isinstance(store, SqliteStore | PostgresStore)
    found: list[Feedback] = []

    def look(connection: Connection) -> None:
        found.extend(read_item(row) for row in connection.execute(select(items)))

    await store.schema(look)
    return found


async def sealed(store: Store, vault: Vault) -> list[dict[str, object]]:
    """What waits in envelopes, opened."""
    assert isinstance(store, SqliteStore | PostgresStore)
    found: list[dict[str, object]] = []

    def look(connection: Connection) -> None:
        for row in connection.execute(select(envelopes.c.sealed)).scalars():
            found.append(orjson.loads(vault.open(row, ENVELOPE)))

    await store.schema(look)
    return found


async def kept(store: Store, vault: Vault) -> str:
    """Every conversation there is, opened, as one text."""
    assert isinstance(store, SqliteStore | PostgresStore)
    found: list[bytes] = []

    def look(connection: Connection) -> None:
        found.extend(
            vault.open(row, CONVERSATION) for row in connection.execute(select(conversations.c.sealed)).scalars()
        )

    await store.schema(look)
    return b"\n".join(found).decode()
