"""A union's weeks: members write at each level in two languages, come back by receipt and chat, a few at once.

What a test knows and the attacker does not: who wrote which words, and who opened them.
"""

import asyncio
import datetime as dt
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from bot.content import Content
from bot.core import Bot
from bot.events import Message, Role
from bot.filling import FORM
from bot.ports import UnitOfWork
from bot.replies import Outcome, Reply, Secret
from bot.staffing import Desk, ask
from tests.conftest import Clock

MONDAY = dt.datetime(2026, 11, 30, 8, 0, tzinfo=dt.UTC)
PLATFORM = "life"
AT_ONCE = 3  # members
EVERY = 8  # events; so often the attacker looks at least
LEVELS = ("anonymous",) * 6 + ("confidential",) * 2 + ("named",) * 2  # one in ten each
SPANISH = 5  # one in
LEVEL_NUMBERS = {"named": "1", "confidential": "2", "anonymous": "3"}
STARTS = {"en": ("feedback",), "es": ("español", "opinar")}
SAID = {
    "en": {"skip": "skip", "send": "send", "receipt": "receipt", "done": "done"},
    "es": {"skip": "saltar", "send": "enviar", "receipt": "recibo", "done": "listo"},
}
Look = Callable[["Life", str], Awaitable[None]]  # told what moment it is: "note", "batch" or "week"


@dataclass
class Written:
    """An anonymous item's author, by account hashes: theirs, and where they opened it. `week`: 0, 1, 2..."""

    accounts: set[str]
    account: str = field(repr=False)
    language: str
    receipt: str = field(repr=False)
    week: int


class Life:
    """`written`: anonymous items by their words."""

    def __init__(self, bot: Bot, clock: Clock, dice: random.Random, look: Look, levels: Sequence[str] = LEVELS) -> None:
        self.bot, self.clock, self.dice, self.look, self.levels = bot, clock, dice, look, levels
        self.content: Content = bot.content
        self.written: dict[str, Written] = {}
        self.members = 0
        self.locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.known: list[str] = []
        self.event = 0
        self.often = False

    async def live(self, writers: list[int], *, to_batch: bool = False) -> None:
        """So many members write in each week; in the weeks after, their items are opened, and the attacker looks.

        `to_batch`: all is over when the last batch is filed; the chores are done after every few members meanwhile.
        """
        self.often = to_batch
        for week, count in enumerate([*writers, *[0] * (not to_batch)]):
            await self.one_week(week, count, last=week == len(writers))
        if to_batch:
            self.clock.now = MONDAY + dt.timedelta(weeks=len(writers))
            await self.bot.chores()
            await self.look(self, "batch")

    async def one_week(self, week: int, count: int, *, last: bool) -> None:
        plan: list[list[Callable[[], Awaitable[object]]]] = [[] for _ in range(7)]
        accounts = [self.new_account() for _ in range(count)]
        for place, account in enumerate(accounts):
            level, language = self.levels[(place + place // 10) % 10], "es" if place % SPANISH == 0 else "en"
            plan[self.dice.randrange(7)].append(partial(self.write, account, level, language, week))
        earlier = [one for one in self.written.values() if one.week == week - 1]
        for place, one in enumerate(self.dice.sample(earlier, len(earlier) // 3)):
            plan[self.dice.randrange(7)].append(partial(self.come_back, one, place, answers=not last))
        for account in self.dice.sample(self.known, len(self.known) // 3):
            plan[self.dice.randrange(7)].append(partial(self.say, account, "is it free"))
        self.known += accounts
        for day, sessions in enumerate(plan):
            self.clock.now = MONDAY + dt.timedelta(weeks=week, days=day)
            await self.bot.chores()
            if day == 0:
                await self.ask_some()
                await self.look(self, "batch")
            self.dice.shuffle(sessions)
            for start in range(0, len(sessions), AT_ONCE):
                self.clock.now += dt.timedelta(minutes=self.dice.randrange(5, 40))
                await asyncio.gather(*(session() for session in sessions[start : start + AT_ONCE]))
                if self.often:
                    await self.bot.chores()
                await self.look(self, "note")
            self.clock.now = MONDAY + dt.timedelta(weeks=week, days=day, hours=15, minutes=50)
            await self.bot.chores()
        await self.look(self, "week")

    def new_account(self) -> str:
        self.members += 1
        return f"account{self.members}"

    def hashed(self, account: str) -> str:
        return self.bot.vault.accounts(PLATFORM, account)[0]

    async def say(self, account: str, *several: str) -> Outcome:
        outcome: Outcome = None
        async with self.locks[account]:
            for text in several:
                self.event += 1
                number = f"{self.event:x}{self.dice.getrandbits(64):x}"
                event = Message(id=number, platform=PLATFORM, account=account, address=account, text=text)
                outcome = await self.bot.handle(event)
                await self.bot.delivered(event, outcome)
                self.clock.now += dt.timedelta(seconds=self.dice.randrange(4, 12))
                if self.event % EVERY == 0:
                    await self.look(self, "note")
        return outcome

    async def write(self, account: str, level: str, language: str, week: int) -> None:
        """The form from its first word to its sending."""
        said = SAID[language]
        words = "".join(self.dice.choices("bdfgklmnprst", k=12)) + " slow" * self.dice.randrange(1, 9)
        await self.say(account, *STARTS[language])
        shown: Outcome = None
        for question in self.content.forms[FORM].questions:
            if question.when is None or level in question.when[1]:
                chosen = str(self.dice.randrange(1, 1 + len(question.options))) if question.options else said["skip"]
                fixed = {"level": LEVEL_NUMBERS.get(level, ""), "words": words, "name": "Ana"}
                shown = await self.say(account, fixed.get(question.id, chosen))
        assert isinstance(shown, Reply)
        receipt = next(block.words for block in shown.blocks if isinstance(block, Secret))
        await self.say(account, said["send"])
        if level == "anonymous":
            self.written[words] = Written({self.hashed(account)}, account, language, receipt, week)

    async def come_back(self, one: Written, place: int, *, answers: bool) -> None:
        """By receipt, from the same or another account; some leave without a word."""
        account = one.account if place % 2 else self.new_account()
        one.accounts.add(self.hashed(account))
        texts, said = self.content.texts[one.language], SAID[one.language]
        await self.say(account, *(STARTS[one.language][:-1] or ("english",)), said["receipt"], one.receipt)
        if answers and place % 3:
            await self.say(account, texts("owned.do_reply"), "It was the slow one")
        elif answers:
            await self.say(account, texts("owned.do_unshare"))
        if place % 4:
            await self.say(account, said["done"])

    async def ask_some(self) -> None:
        """Staff ask about every other item; the answers wait behind the receipts."""

        def work(uow: UnitOfWork) -> None:
            desk = Desk(Role.STAFF, uow, self.content, self.bot.vault, self.clock.now.date())
            for item in [*uow.items.all(FORM)][::2]:
                ask(desk, item.id, "Which one was it")

        await self.bot.store.write(work)
