"""One turn of a conversation while it is being answered: what was said, what is known, what changes."""

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import orjson

from bot.content import Content
from bot.conversations import Conversation, Draft, Offer
from bot.events import AnyEvent, Message, Shortcut
from bot.faq.features import normalize
from bot.faq.language import Languages
from bot.faq.matcher import Match
from bot.feedback import week_of
from bot.forms import Answer, Question
from bot.outbox import ADDRESS
from bot.ports import Count, UnitOfWork
from bot.replies import Block, Button, Reply, Text
from bot.texts import Texts
from bot.vault import Vault

TOPIC_MINUTES = 30
SHORT_YES = 2  # words: "no, thanks"
BEGUN = ("own", "hear_back")  # offers that are pressed by the beginning of their label, too


@dataclass(frozen=True)
class Thought:
    """What was computed before the transaction: the language to answer in, and what the words match.

    `command`: which they are, and what follows it. `handovers`: of a form's page, the questions whose answers sound
    like a matter for a person, and its kind.
    """

    language: str
    match: Match
    handovers: Mapping[str, str] = field(default_factory=dict)
    command: tuple[str, str] = ("", "")


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
    languages: Languages
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
    def address(self) -> bytes:
        """Where to write to the member, sealed; with the servers that the address came of (bot/servers.py)."""
        found = [self.event.platform, self.event.address, *self.conversation.servers]
        return self.vault.seal(orjson.dumps(found), ADDRESS)

    @property
    def texts(self) -> Texts:
        return self.content.texts[self.language]

    @property
    def text(self) -> str:
        return self.event.text if isinstance(self.event, Message | Shortcut) else ""

    @property
    def week(self) -> str:
        return week_of(self.now.date())

    def change(self, **changes: object) -> None:
        """Words that are held or pending go with what they were waited for."""
        if changes.get("waiting", self.conversation.waiting) != self.conversation.waiting:
            changes.setdefault("held", "")
            changes.setdefault("pending", "")
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
            self.uow.counters.add(Count(self.week, outcome, topic, self.language))

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
        return Reply(said, choices, commands, several, language=self.language)

    def offer_again(self, *blocks: Block | str) -> Reply:
        """A reply that repeats what was offered last."""
        offers = [(Button(one.action, one.label, one.value), one.numbered) for one in self.conversation.offers]
        choices = tuple(button for button, is_numbered in offers if is_numbered)
        return self.reply(*blocks, choices=choices, commands=tuple(b for b, is_numbered in offers if not is_numbered))

    def tell(self, key: str, *more: str) -> Reply:
        """An approved text that an undelivered event gets again, and what belongs to it."""
        self.note = key
        return self.reply(self.say(key), *more)

    def say(self, key: str, **values: object) -> str:
        """A text; on a computer that forgets its members the one for there, if there is one."""
        here = f"{key}_passing"
        return self.texts(here if self.event.passing and self.texts.has(here) else key, **values)


def pressed(content: Content, conversation: Conversation, said: str) -> Offer | None:
    """The offer that these words press: its number or its label, said in any of the usual ways."""
    number = numbered(content, said)
    if number.isdecimal() and len(number) <= 2:
        shown = [offer for offer in conversation.offers if offer.numbered]
        return shown[int(number) - 1] if 1 <= int(number) <= len(shown) else None
    plain = bare(content, said)
    name, _ = command(content, said)
    for one in conversation.offers:
        if bare(content, one.label) == plain or (one.action == "helped" and name == f"helped_{one.value}"):
            return one
    whether = any(one.action == "words" for one in conversation.offers)  # a command was meant
    begun = [one for one in conversation.offers if one.action in BEGUN or (whether and one.numbered)]
    if whether and len(plain.split()) <= SHORT_YES:
        name = first_word(content, plain)
    if name in ("helped_yes", "helped_no"):  # "yep", "nope": the offer whose label begins with a yes, or a no
        begun = [one for one in begun if first_word(content, one.label) == name]
    elif not name:
        begun = [one for one in begun if begins(content, one.label, plain)]
    else:
        return None
    return begun[0] if len(begun) == 1 else None


def first_word(content: Content, label: str) -> str:
    """The command that a label's first word is: "helped_yes" for "Yes, delete it"."""
    return command(content, bare(content, label).partition(" ")[0])[0]


def begins(content: Content, label: str, plain: str) -> bool:
    """Whether a label, or its part after a colon, begins with these words: "reply" for "Reply to staff"."""
    parts = (label, *label.split(":"))
    return bool(plain) and any(f"{bare(content, part)} ".startswith(f"{plain} ") for part in parts)


def numbered(content: Content, said: str) -> str:
    """ "#2", "option 2", "the second one" as "2"; other words as they are."""
    plain = normalize(said).strip(" .!¡¿?)(#")
    if plain.isdecimal():
        return plain
    for texts in content.texts.values():
        left = [word.strip("#.,") for word in plain.split() if word.strip("#.,") not in texts.around]
        if len(left) == 1 and left[0].isdecimal():
            return left[0]
        for number, ways in enumerate(texts.ordinals, 1):
            if " ".join(left) in ways:
                return str(number)
    return said


def pointed(content: Content, said: str) -> str:
    """The words without those that stand around a choice: "the concern, please" as "concern"."""
    polite = frozenset().union(*(texts.polite for texts in content.texts.values()))
    around = polite.union(*(texts.around for texts in content.texts.values()))
    left = said.split()
    while left and normalize(left[-1]).strip(" .,!¡") in polite:
        left.pop()
    while left and normalize(left[0]).strip(" .,!¡") in around:
        left.pop(0)
    return " ".join(left)


def parsed(content: Content, question: Question, said: str) -> Answer:
    """The answer that these words are ("option 2", to a choice). Raises ValueError with a text key where none."""
    if question.kind == "text":
        return question.parse(said)
    said = numbered(content, said)
    try:
        return question.parse(said)
    except ValueError:
        return question.parse(pointed(content, said))


def bare(content: Content, said: str) -> str:
    """The words without marks around them, in small letters, and without a "please" in any language."""
    plain = normalize(said).strip(" .!¡¿?") or normalize(said)
    polite = [texts.polite for texts in content.texts.values()]
    return " ".join(word for word in plain.replace(",", " ").split() if not any(word in one for one in polite)) or plain


def command(content: Content, said: str) -> tuple[str, str]:
    """The command these words are, in any language, and what follows it ("edit line 3": edit, 3); ("", "") if none."""
    said = said.lstrip().removeprefix("/")
    for plain in (normalize(said).strip(" .!¡¿?") or normalize(said), bare(content, said)):
        for texts in content.texts.values():
            if plain in texts.commands:
                return texts.commands[plain], ""
        head, _, tail = plain.partition(" ")
        if tail and "edit" in (texts.commands.get(head) for texts in content.texts.values()):
            tail = numbered(content, tail)
            if tail.isdecimal() and len(tail) <= 3:
                return "edit", tail
    return "", ""


def urges_to_send(content: Content, said: str) -> bool:
    """Whether these words say "send" and nothing else ("yes, send it now"): no doubt, no question, no "not yet"."""
    urging = frozenset().union(*(texts.urging for texts in content.texts.values()))
    left = " ".join(word for word in bare(content, said).split() if word not in urging)
    return "?" not in said and any(texts.commands.get(left) == "send" for texts in content.texts.values())


def following(said: str, ways: Iterable[str], least: int) -> str:
    """What follows one of these ways ("ask staff: when is the class"), in `least` words or more; "" where nothing."""
    for way in ways:
        found = re.match(rf"{re.escape(way)}\b[\s:,.-]*(.+)", said.strip(), re.IGNORECASE | re.DOTALL)
        if found and len(found[1].split()) >= least:
            return found[1]
    return ""


def command_language(content: Content, said: str) -> str:
    """The only language in which these words are a command; "" where they are one in several, or none."""
    plain = normalize(said).strip(" .!¡¿?")
    found = [language for language, texts in content.texts.items() if plain in texts.commands]
    return found[0] if len(found) == 1 else ""
