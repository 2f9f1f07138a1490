"""The bot: one event in, one outcome out. Start reading here.

    event -> snapshot -> think (no transaction) -> one transaction: claim, lock, answer, save -> outcome

Where nothing has to be matched there is no snapshot: it is thought about within the transaction.
The adapter delivers the outcome and then calls `delivered`. Nothing is held in the process between two events.
"""

import asyncio
import dataclasses
import datetime as dt
from collections.abc import Callable
from functools import partial

from bot import filling, modals, outbox, routing, workspace
from bot.chores import chores, list_deletions
from bot.cleaning import clean
from bot.content import Content
from bot.conversations import CONVERSATION as CONVERSATION
from bot.conversations import Conversation, Direct
from bot.deletions import DeletionList
from bot.errors import Changed
from bot.events import Action, AnyEvent, FormSubmission, Message, Shortcut, as_message
from bot.faq.language import SHORT, Languages
from bot.faq.matcher import NOTHING, Matcher
from bot.modals import Unaccepted
from bot.ports import Store, Stored, UnitOfWork
from bot.receipts import beside, possible
from bot.replies import FormErrors, Outcome, Reply, Text
from bot.servers import joined
from bot.turn import Thought, Turn, command, command_language, pressed
from bot.upkeep import Retention
from bot.vault import Vault

TRIES = 5
NUMBER = 2  # digits of a choice's number, at most
Clock = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Bot:
    """Answers events. Holds content, matcher, keys and the store; no state of any member.

    Without a deletion list, what members take back waits, sealed in the store, for a bot that has one.
    """

    def __init__(
        self,
        content: Content,
        matcher: Matcher,
        store: Store,
        vault: Vault,
        clock: Clock = utc_now,
        *,
        listed: DeletionList | None = None,
        retention: Retention | None = None,
    ) -> None:
        self.content, self.matcher, self.store, self.vault, self.clock = content, matcher, store, vault, clock
        self.listed, self.retention = listed, retention or Retention()
        self.languages = Languages(content)

    async def handle(self, event: AnyEvent) -> Outcome:
        """Answer one event, once.

        The same event again is answered again while its reply was not marked delivered, and changes nothing; after
        that it gets None. Raises StoreAway when the database does not answer: nothing was stored then.
        """
        event = cleaned(event)
        accounts = self.vault.accounts(event.platform, event.account)
        for attempt in range(TRIES):
            known = None
            if not self._at_once(event):
                stored = await self.store.read(lambda uow: uow.conversations.load(accounts, lock=False))
                conversation = self.open(stored)
                known = stored, conversation, await asyncio.to_thread(self._think, event, conversation)
            try:
                outcome, took_back = await self.store.write(
                    partial(self._answer, event=event, accounts=accounts, known=known)
                )
            except Changed:
                if attempt == TRIES - 1:
                    raise
            except Unaccepted as problem:
                return FormErrors(problem.errors)
            else:
                if took_back:
                    await list_deletions(self.store, self.vault, self.listed)
                return outcome
        raise AssertionError("unreachable")

    async def delivered(self, event: AnyEvent, outcome: Outcome) -> None:
        """The adapter has delivered the reply to this event, and with it the letters that it held."""
        keys = self.vault.event(event.platform, event.id)
        letters = outcome.letters if isinstance(outcome, Reply) else ()

        def work(uow: UnitOfWork) -> None:
            uow.claims.delivered(keys)
            for letter in letters:
                uow.outbox.remove(letter)

        await self.store.write(work)

    async def forget(self, platform: str, account: str) -> None:
        """Forget draft, language and all else of a conversation; what was sent stays."""
        accounts = self.vault.accounts(platform, account)
        await self.store.write(lambda uow: uow.conversations.forget(accounts))

    async def chores(self) -> int:
        """What is due by the calendar (bot/chores.py). Returns how many anonymous items were filed."""
        return await chores(self.store, self.vault, self.listed, self.retention, self.clock())

    def open(self, stored: Stored | None) -> Conversation:
        if stored is None:
            return Conversation()
        return Conversation.from_json(self.vault.open(stored.sealed, CONVERSATION))

    def _at_once(self, event: AnyEvent) -> bool:
        """Whether nothing has to be matched: presses, and messages that are a command or a number."""
        if isinstance(event, Message):
            return is_number(event.text) or bool(command(self.content, event.text)[0])
        return isinstance(event, Action)

    def _think(self, event: AnyEvent, conversation: Conversation) -> Thought:
        """What only computes: language and matching. Needs no transaction and takes none."""
        text = event.text if isinstance(event, Message | Shortcut) else ""
        said = command(self.content, text)
        answers = bool(conversation.spoken and conversation.waiting)  # a job, a name: in any language
        if said[0]:
            spoken = "" if answers else command_language(self.content, text)
        else:
            random = conversation.waiting == "receipt" or possible(self.content, text)  # words drawn by chance
            least = (SHORT if answers else 2) if conversation.spoken else 0
            untold = random or len(text.split()) < least
            spoken = "" if untold else self.languages.of(text, conversation.spoken)
        locale = event.locale[:2].lower()
        known = [
            one for one in (conversation.language, spoken, conversation.spoken, locale) if one in self.content.texts
        ]
        language = known[0] if known else self.content.languages[0]
        if isinstance(event, FormSubmission):
            return Thought(language, NOTHING, self._handovers(event))
        words = beside(self.content, text)
        settled = not words or said[0] or is_number(text)
        if settled or (pressed(self.content, conversation, text) and not conversation.draft):
            return Thought(language, NOTHING, command=said)
        return Thought(language, self.matcher.match(words, conversation.recent_topic(self.clock())), command=said)

    def _handovers(self, page: FormSubmission) -> dict[str, str]:
        """The questions of a page whose answers sound like a matter for a person, and its kind."""
        form = self.content.forms.get(page.form)
        texts = {one.id for one in form.questions if one.kind == "text"} if form else set()
        found = {name: str(value) for name, value in page.values.items() if name in texts and value}
        kinds = {name: self.matcher.match(beside(self.content, words), "").handover for name, words in found.items()}
        return {name: kind for name, kind in kinds.items() if kind}

    def _answer(
        self,
        uow: UnitOfWork,
        event: AnyEvent,
        accounts: tuple[str, ...],
        known: tuple[Stored | None, Conversation, Thought] | None,
    ) -> tuple[Outcome, bool]:
        """The transaction; and whether it took something back. `known`: a snapshot and what was thought about it.

        Raises Changed when the conversation is not that one any more.
        """
        now = self.clock()
        day = now.date().isoformat()
        claim = uow.claims.claim(self.vault.event(event.platform, event.id), day)
        stored = uow.conversations.load(accounts, lock=True)
        if not claim.first and claim.delivered:
            return None, False
        if known is None:
            conversation = self.open(stored)
            known = stored, conversation, self._think(event, conversation)
        before, conversation, thought = known
        if (stored and (stored.key, stored.version)) != (before and (before.key, before.version)):
            raise Changed("the conversation moved on")
        turn = Turn(
            event,
            self.content,
            self.vault,
            uow,
            accounts,
            now,
            thought,
            conversation,
            self.languages,
            again=not claim.first,
        )
        if event.server:
            server = self.vault.servers(event.platform, event.server)
            turn.change(servers=joined(turn.conversation.servers, server))
        outcome = self._with_letters(turn, self._again(turn, claim.note) if turn.again else self._first(turn))
        if event.catches_up:
            turn.change(direct=Direct(event.platform, event.address, day))
        sealed = self.vault.seal(turn.conversation.to_json(), CONVERSATION)
        uow.conversations.save(accounts[0], sealed, stored, day)
        if turn.note:
            uow.claims.note(self.vault.event(event.platform, event.id), turn.note)
        return outcome, turn.took_back

    def _first(self, turn: Turn) -> Outcome:
        match turn.event:
            case Message():
                outcome = routing.message(turn)
            case Action(action=action, value=value):
                outcome = routing.act(turn, action, value)
            case Shortcut():
                outcome = filling.start_with(turn)
            case FormSubmission() as sent:
                outcome = filling.page_sent(turn, sent)
        if turn.conversation.spoken != turn.language:
            turn.change(spoken=turn.language)
        return self._welcomed(turn, outcome)

    def _again(self, turn: Turn, note: str) -> Outcome:
        """The reply to an event that was handled, but perhaps not delivered: what was sent, else where we are.

        Nothing moves: of what the reply changes only a receipt that was drawn anew is kept.
        """
        before = turn.conversation
        outcome = turn.reply(turn.say(note)) if note else routing.again(turn)
        turn.conversation = dataclasses.replace(before, draft=turn.conversation.draft)
        return outcome

    def _with_letters(self, turn: Turn, outcome: Outcome) -> Outcome:
        """What staff wrote to this member, said before the reply: a platform that cannot push has no other moment."""
        if not isinstance(outcome, Reply) or turn.event.can_push or not turn.event.private:
            return outcome
        letters = outbox.waiting_for(turn.uow, self.vault, turn.accounts, stopped=turn.conversation.stopped)
        if not letters:
            return outcome
        said = [block for _, letter in letters for block in letter.blocks]
        blocks = (Text(turn.say("owned.letters")), *said, *outcome.blocks)
        return dataclasses.replace(outcome, blocks=blocks, letters=tuple(parcel for parcel, _ in letters))

    def _welcomed(self, turn: Turn, outcome: Outcome) -> Outcome:
        """The first reply to a member begins with who is speaking."""
        if turn.conversation.welcomed or not isinstance(outcome, Reply) or not turn.event.private:
            return outcome
        if turn.thought.match.handover:  # contacts first: nothing stands before them
            return outcome
        turn.change(welcomed=True)
        greeting = [Text(one) for one in (turn.say("reply.welcome"), *workspace.warning(turn))]
        if turn.content.union.example:
            greeting.append(Text(turn.say("reply.example_union")))
        said = tuple(block for block in outcome.blocks if block != Text(turn.say("reply.hello")))
        return dataclasses.replace(outcome, blocks=(*greeting, *said))


def is_number(text: str) -> bool:
    """Of a choice, and nothing else."""
    return text.strip().isdecimal() and len(text.strip()) <= NUMBER


def cleaned(event: AnyEvent) -> AnyEvent:
    """The event with a member's words cleaned; the form of one text becomes the message it stands for."""
    match event:
        case Message() | Shortcut():
            return dataclasses.replace(event, text=clean(event.text))
        case FormSubmission(form=modals.SAY, values=values):
            return as_message(event, clean(str(values.get(modals.WORDS) or "")))
        case FormSubmission(values=values):
            return dataclasses.replace(
                event, values={name: clean(one) if isinstance(one, str) else one for name, one in values.items()}
            )
        case _:
            return event
