"""One turn of a conversation while it is being answered: what was said, what is known, what changes."""

import dataclasses
import datetime as dt
from dataclasses import dataclass

from bot.content import Content
from bot.conversations import Conversation, Draft, Offer
from bot.events import AnyEvent, Message
from bot.faq.features import normalize
from bot.faq.matcher import Match
from bot.feedback import week_of
from bot.ports import UnitOfWork
from bot.replies import Block, Button, Reply, Text
from bot.texts import Texts
from bot.vault import Vault

TOPIC_MINUTES = 30


@dataclass(frozen=True)
class Thought:
    """What was computed before the transaction: the language to answer in, and what the words match."""

    language: str
    match: Match


@dataclass
class Turn:
    """Reads and changes `conversation`; the core saves it when the turn is over."""

    event: AnyEvent
    content: Content
    vault: Vault
    uow: UnitOfWork
    accounts: tuple[str, ...]  # the account's hashes, newest key first
    now: dt.datetime
    thought: Thought
    conversation: Conversation
    note: str = ""  # what the claim remembers, for a redelivery
    again: bool = False  # this event was handled before, its reply not delivered
    took_back: bool = False  # something for the deletion list, after the commit

    @property
    def language(self) -> str:
        return self.thought.language

    @property
    def account(self) -> str:
        return self.accounts[0]

    @property
    def texts(self) -> Texts:
        return self.content.texts[self.language]

    @property
    def text(self) -> str:
        return self.event.text if isinstance(self.event, Message) else ""

    @property
    def week(self) -> str:
        return week_of(self.now.date())

    def change(self, **changes: object) -> None:
        self.conversation = dataclasses.replace(self.conversation, **changes)  # type: ignore[arg-type]

    def draft(self, **changes: object) -> Draft:
        """The open draft, with changes made to it; there must be one."""
        draft = self.conversation.draft
        assert draft is not None
        if changes:
            draft = dataclasses.replace(draft, **changes)  # type: ignore[arg-type]
            self.change(draft=draft)
        return draft

    def count(self, outcome: str, topic: str = "") -> None:
        """Add one to this week's counter; nothing of the message is kept."""
        if not self.again:
            self.uow.counters.add(self.week, outcome, topic, self.language)

    def button(self, action: str, value: str = "") -> Button:
        """A button named in the texts."""
        return Button(action, self.texts(f"button.{action if not value else f'{action}_{value}'}"), value)

    def reply(
        self,
        *blocks: Block | str,
        choices: tuple[Button, ...] = (),
        commands: tuple[Button, ...] = (),
        several: bool = False,
    ) -> Reply:
        """A reply with numbered choices and named commands; both can be typed until the next reply."""
        offers = tuple(Offer(b.action, b.value, b.label, True) for b in choices)
        offers += tuple(Offer(b.action, b.value, b.label, False) for b in commands)
        self.change(offers=offers)
        said = tuple(Text(block) if isinstance(block, str) else block for block in blocks if block)
        return Reply(said, choices, commands, several)

    def tell(self, key: str, *more: str) -> Reply:
        """An approved text that an undelivered event gets again, and what belongs to it."""
        self.note = key
        return self.reply(self.say(key), *more)

    def say(self, key: str, **values: object) -> str:
        return self.texts(key, **values)


def pressed(conversation: Conversation, said: str) -> Offer | None:
    """The offer that these words press: its number or its label."""
    plain = normalize(said).strip(" .!¡)")
    if plain.isdecimal() and len(plain) <= 2:
        numbered = [offer for offer in conversation.offers if offer.numbered]
        return numbered[int(plain) - 1] if 1 <= int(plain) <= len(numbered) else None
    plain = normalize(said).strip(" .!¡¿?")
    return next((one for one in conversation.offers if normalize(one.label).strip(" .!¡¿?") == plain), None)


def command(content: Content, said: str) -> tuple[str, str]:
    """The command these words are, in any language, and what follows it ("edit 3": edit, 3); ("", "") if none."""
    plain = normalize(said).strip(" .!¡¿?") or normalize(said)
    for texts in content.texts.values():
        if plain in texts.commands:
            return texts.commands[plain], ""
    head, _, tail = plain.partition(" ")
    if (
        tail.isdecimal()
        and len(tail) <= 3
        and any(texts.commands.get(head) == "edit" for texts in content.texts.values())
    ):
        return "edit", tail
    return "", ""


def command_language(content: Content, said: str) -> str:
    """The only language in which these words are a command; "" where they are one in several, or none."""
    plain = normalize(said).strip(" .!¡¿?")
    found = [language for language, texts in content.texts.items() if plain in texts.commands]
    return found[0] if len(found) == 1 else ""
