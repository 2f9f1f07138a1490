"""The bot: one event in, one outcome out. Start reading here.

    event -> snapshot -> think (no transaction) -> one transaction: claim, lock, answer, save -> outcome

The adapter delivers the outcome and then calls `delivered`. Nothing is held in the process between two events.
"""

import asyncio
import dataclasses
import datetime as dt
from collections.abc import Callable
from functools import partial

from bot import asking, filling
from bot.cleaning import clean
from bot.content import Content
from bot.conversations import Conversation, current
from bot.errors import Changed
from bot.events import Action, AnyEvent, FormSubmission, Message
from bot.faq.language import Languages
from bot.faq.matcher import NOTHING, Match, Matcher
from bot.filing import file_due
from bot.ports import Store, Stored, UnitOfWork
from bot.replies import Outcome, Reply, Text
from bot.turn import Thought, Turn, command, command_language, pressed
from bot.vault import Vault

TRIES = 5
CONVERSATION = "conversation"
Clock = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Bot:
    """Answers events. Holds content, matcher, keys and the store; no state of any member."""

    def __init__(self, content: Content, matcher: Matcher, store: Store, vault: Vault, clock: Clock = utc_now) -> None:
        self.content, self.matcher, self.store, self.vault, self.clock = content, matcher, store, vault, clock
        self.languages = Languages(content)

    async def handle(self, event: AnyEvent) -> Outcome:
        """Answer one event, once.

        The same event again is answered again while its reply was not marked delivered, and changes nothing; after
        that it gets None. Raises StoreAway when the database does not answer: nothing was stored then.
        """
        if isinstance(event, Message):
            event = dataclasses.replace(event, text=clean(event.text))
        accounts = self.vault.accounts(event.platform, event.account)
        for attempt in range(TRIES):
            stored = await self.store.read(lambda uow: uow.conversations.load(accounts, lock=False))
            conversation = self._open(stored)
            thought = await asyncio.to_thread(self._think, event, conversation)
            try:
                return await self.store.write(partial(self._answer, event=event, before=stored, thought=thought))
            except Changed:
                if attempt == TRIES - 1:
                    raise
        raise AssertionError("unreachable")

    async def delivered(self, event: AnyEvent) -> None:
        """The adapter has delivered the reply to this event."""
        keys = self.vault.event(event.platform, event.id)
        await self.store.write(lambda uow: uow.claims.delivered(keys))

    async def forget(self, platform: str, account: str) -> None:
        """Forget draft, language and all else of a conversation; what was sent stays."""
        accounts = self.vault.accounts(platform, account)
        await self.store.write(lambda uow: uow.conversations.forget(accounts))

    async def chores(self) -> int:
        """What is due by the calendar: file the anonymous items that have waited. Returns how many were filed."""
        return await self.store.write(lambda uow: file_due(uow, self.vault, self.clock().date()))

    def _open(self, stored: Stored | None) -> Conversation:
        if stored is None:
            return Conversation()
        return Conversation.from_json(self.vault.open(stored.sealed, CONVERSATION))

    def _think(self, event: AnyEvent, conversation: Conversation) -> Thought:
        """What only computes: language and matching. Needs no transaction and takes none."""
        text = event.text if isinstance(event, Message) else ""
        name, _ = command(self.content, text)
        if name:  # one word tells a language only where nothing else has
            spoken = "" if conversation.spoken else command_language(self.content, text)
        else:
            settled = conversation.spoken and len(text.split()) < 2
            spoken = "" if settled else self.languages.of(text)
        locale = event.locale[:2].lower()
        known = [
            one for one in (conversation.language, spoken, conversation.spoken, locale) if one in self.content.texts
        ]
        language = known[0] if known else self.content.languages[0]
        if not text or name or (pressed(conversation, text) and not conversation.draft):
            return Thought(language, NOTHING)
        return Thought(language, self.matcher.match(text, conversation.recent_topic(self.clock())))

    def _answer(self, uow: UnitOfWork, event: AnyEvent, before: Stored | None, thought: Thought) -> Outcome:
        """The transaction. Raises Changed when the conversation is not the one that was thought about."""
        now = self.clock()
        day = now.date().isoformat()
        claim = uow.claims.claim(self.vault.event(event.platform, event.id), day)
        accounts = self.vault.accounts(event.platform, event.account)
        stored = uow.conversations.load(accounts, lock=True)
        if not claim.first and claim.delivered:
            return None
        if (stored and (stored.key, stored.version)) != (before and (before.key, before.version)):
            raise Changed("the conversation moved on")
        turn = Turn(
            event,
            self.content,
            self.vault,
            uow,
            accounts[0],
            now,
            thought,
            self._open(stored),
            again=not claim.first,
        )
        outcome = self._again(turn, claim.note) if turn.again else self._first(turn)
        sealed = self.vault.seal(turn.conversation.to_json(), CONVERSATION)
        uow.conversations.save(accounts[0], sealed, stored, day)
        if turn.note:
            uow.claims.note(self.vault.event(event.platform, event.id)[0], turn.note)
        return outcome

    def _first(self, turn: Turn) -> Outcome:
        match turn.event:
            case Message():
                outcome = self._message(turn)
            case Action(action=action, value=value):
                outcome = self._act(turn, action, value)
            case FormSubmission():
                outcome = filling.ask(turn) if turn.conversation.draft else turn.reply(turn.say("reply.nothing_open"))
        if turn.conversation.spoken != turn.language:
            turn.change(spoken=turn.language)
        return self._welcomed(turn, outcome)

    def _again(self, turn: Turn, note: str) -> Outcome:
        """The reply to an event that was handled, but perhaps not delivered: what was sent, else where we are."""
        if note:
            return turn.reply(turn.say(note))
        if turn.conversation.draft and turn.conversation.waiting == "form":
            return filling.ask(turn)
        return asking.answer_question(turn) if turn.text else turn.reply(turn.say("reply.help"))

    def _welcomed(self, turn: Turn, outcome: Outcome) -> Outcome:
        """The first reply to a member begins with who is speaking."""
        if turn.conversation.welcomed or not isinstance(outcome, Reply):
            return outcome
        turn.change(welcomed=True)
        greeting = [Text(turn.say("reply.welcome"))]
        if turn.content.union.example:
            greeting.append(Text(turn.say("reply.example_union")))
        if turn.thought.match.handover:  # contacts first: nothing stands before them
            return outcome
        return dataclasses.replace(outcome, blocks=(*greeting, *outcome.blocks))

    def _message(self, turn: Turn) -> Outcome:
        assert isinstance(turn.event, Message)
        if turn.event.attachments and not turn.text.strip():
            return turn.reply(turn.say("reply.no_files"))
        if turn.conversation.waiting == "form" and turn.conversation.draft:
            return self._in_form(turn)
        name, number = command(self.content, turn.text)
        offer = pressed(turn.conversation, turn.text)
        if offer:
            return self._act(turn, offer.action, offer.value)
        if turn.conversation.waiting == "ask_staff" and not name and turn.text.strip():
            return self._question_to_staff(turn)
        if name:
            return self._command(turn, name, number)
        if not turn.text.strip():
            return turn.reply(turn.say("reply.nothing_here"))
        return asking.answer_question(turn)

    def _in_form(self, turn: Turn) -> Outcome:
        form = filling.the_form(turn)
        question = current(form, turn.draft())
        name, number = command(self.content, turn.text)
        answers_it = question is not None and question.kind != "text" and question.pick(turn.text) is not None
        if name and not answers_it:
            return self._command(turn, name, number)
        if not turn.text.strip():
            return filling.ask(turn, turn.say("reply.nothing_here"))
        if question is None or filling.is_question(turn, question):
            return filling.answer_then_ask(turn, asking.answer_question(turn))
        return filling.said(turn)

    def _command(self, turn: Turn, name: str, number: str) -> Outcome:
        in_form = turn.conversation.draft is not None and turn.conversation.waiting == "form"
        if in_form and name in ("back", "skip", "later", "cancel", "edit"):
            return filling.step(turn, name, int(number or 0))
        match name:
            case "help":
                return filling.ask(turn, turn.say("reply.help_form")) if in_form else turn.reply(turn.say("reply.help"))
            case "feedback":
                return filling.start(turn)
            case "resume":
                return filling.resume(turn)
            case "send":
                if turn.conversation.draft is None:
                    return turn.reply(turn.say("reply.nothing_to_send"))
                return filling.send(turn) if in_form else filling.resume(turn)
            case "cancel" if turn.conversation.waiting == "ask_staff" or turn.conversation.draft is None:
                turn.change(waiting="")
                return turn.reply(turn.say("form.cancelled"))
            case "cancel" | "later" | "edit" | "back" | "skip":
                return filling.resume(turn)
            case "ask_staff":
                turn.change(waiting="ask_staff")
                return turn.reply(turn.say("reply.ask_staff"))
            case "language":
                others = [one for one in self.content.languages if one != turn.language]
                return self._speak(turn, others[0] if others else turn.language)
            case "english" | "spanish":
                return self._speak(turn, "en" if name == "english" else "es")
            case "thanks" | "hello":
                greeting = turn.say("reply.you_are_welcome" if name == "thanks" else "reply.hello")
                return filling.ask(turn, greeting) if in_form else turn.reply(greeting)
            case "stop":
                turn.change(stopped=True)
                return turn.reply(turn.say("reply.stopped"))
            case "done":
                return dataclasses.replace(turn.reply(turn.say("reply.bye")), clear=True)
            case _:
                return asking.answer_question(turn)

    def _act(self, turn: Turn, action: str, value: str) -> Outcome:
        """A button, pressed or typed."""
        in_form = turn.conversation.draft is not None and turn.conversation.waiting == "form"
        match action:
            case "topic" if value in self.content.entries:
                return asking.answer(turn, value)
            case "helped":
                turn.count(f"helped_{value}", turn.conversation.topic)
                return turn.reply(turn.say("reply.thanks_helped" if value == "yes" else "reply.sorry_not_helped"))
            case "choose" if in_form:
                form = filling.the_form(turn)
                question = current(form, turn.draft())
                if question and value in {option.code for option in question.options}:
                    turn.event = as_message(turn.event, value)
                    return filling.said(turn)
            case "choose" | "topic":
                pass
            case _:
                return self._command(turn, action, value)
        return filling.ask(turn, turn.say("reply.stale_button")) if in_form else turn.reply(turn.say("reply.help"))

    def _speak(self, turn: Turn, language: str) -> Outcome:
        """Change the language; the last answer, or the form's question, is said again in it."""
        turn.thought = Thought(language, NOTHING)
        turn.change(language=language, spoken=language)
        now = turn.say("reply.language_now")
        if turn.conversation.waiting == "form" and turn.conversation.draft:
            return filling.ask(turn, now)
        topic = turn.conversation.recent_topic(turn.now)
        if topic in self.content.entries:
            reply = asking.answer(turn, topic)
            return dataclasses.replace(reply, blocks=(Text(now), *reply.blocks))
        return turn.reply(now)

    def _question_to_staff(self, turn: Turn) -> Outcome:
        turn.change(waiting="")
        match: Match = turn.thought.match
        if match.handover:
            return asking.hand_over(turn, match.handover)
        turn.uow.questions.add(turn.text, turn.language, turn.week)
        turn.note = "reply.question_sent"
        return turn.reply(turn.say("reply.question_sent"))


def as_message(event: AnyEvent, text: str) -> Message:
    """The same act, as if its words had been typed."""
    shared = {one.name: getattr(event, one.name) for one in dataclasses.fields(event) if one.name in BASE_FIELDS}
    return Message(**shared, text=text)


BASE_FIELDS = {one.name for one in dataclasses.fields(Message)} - {"text", "attachments"}
