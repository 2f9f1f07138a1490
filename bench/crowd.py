"""A crowd that gives feedback at once through the whole program, and what is in its store afterwards."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from bench.members import Steps
from bench.serving import App, Program
from bench.startup import House
from bot.content import Content
from bot.envelopes import ENVELOPE
from bot.feedback import RECEIPT_WORDS
from bot.filling import FORM
from bot.ports import UnitOfWork
from bot.vault import Vault

LEVELS = ("1", "2", "3")  # named, confidential, anonymous, as they are numbered in the form


@dataclass(frozen=True)
class Crowd:
    """`kept`: items stored once, with the words sent; `lost`, `doubled`, `strange`: the others. Times in seconds."""

    members: int
    steps: int
    seconds: float
    p99: float
    receipts: int
    kept: int
    lost: int
    doubled: int
    strange: int

    @property
    def whole(self) -> bool:
        return (self.kept, self.receipts) == (self.members,) * 2 and not self.lost + self.doubled + self.strange


def typed(content: Content, number: int, words: str) -> list[str]:
    """What a member types from the first word to the summary; a third at each level."""
    level = LEVELS[number % len(LEVELS)]
    fixed = {"level": level, "name": "Ana", "words": words}
    chosen = content.forms[FORM].questions[0].options[int(level) - 1].code
    asked = [one for one in content.forms[FORM].questions if one.when is None or chosen in one.when[1]]
    return ["feedback", *(fixed.get(one.id) or ("2" if one.options else "skip") for one in asked)]


async def crowd(house: House, app: App, running: Program, members: Sequence[str]) -> Crowd:
    """All give feedback at once, each as fast as they are answered; then the store is compared with what they sent."""
    content, dice = house.content(example=True), random.Random(len(members))
    sent_words = content.texts["en"]("form.sent_named").split(".")[0]
    written = {who: "".join(dice.choices("bdfgklmnprst", k=16)) + " is slow" for who in members}
    took: list[float] = []

    async def one(number: int, who: str) -> str:
        shown = ""
        for line in typed(content, number, written[who]):
            before = time.perf_counter()
            shown = await app.say(who, line, buttons=True)
            took.append(time.perf_counter() - before)
        before = time.perf_counter()
        sent = await app.say(who, "send")
        took.append(time.perf_counter() - before)
        return receipt_in(shown, content) if sent_words in sent else ""

    start = time.perf_counter()
    receipts = await asyncio.gather(*(one(number, who) for number, who in enumerate(members)))
    seconds = time.perf_counter() - start
    kept, lost, doubled, strange = compare(Counter(written.values()), await stored(house, running))
    steps = Steps(sorted(took), seconds)
    given = len(set(receipts) - {""})
    return Crowd(len(members), len(took), seconds, steps.ms(0.99) / 1000, given, kept, lost, doubled, strange)


def receipt_in(shown: str, content: Content) -> str:
    """The line of six words from the list that receipts are drawn from; "" where there is none."""
    known = set(content.receipts["en"])
    told = [[word.strip("*`|_> ") for word in line.split()] for line in shown.splitlines()]
    return next((" ".join(line) for line in told if len(line) == RECEIPT_WORDS and known.issuperset(line)), "")


async def stored(house: House, running: Program) -> Counter[str]:
    """The words of all feedback in the program's store: filed, and in envelopes."""
    vault = Vault([running.key])

    def work(uow: UnitOfWork) -> Counter[str]:
        filed = [str(item.answers["words"]) for item in uow.items.all(FORM)]
        sealed = [orjson.loads(vault.open(one.sealed, ENVELOPE))["answers"]["words"] for one in uow.envelopes.waiting()]
        return Counter(filed + sealed)

    async with house.opens()(running.url) as store:
        return await store.read(work)


def compare(sent: Counter[str], found: Counter[str]) -> tuple[int, int, int, int]:
    """How many were kept, lost, doubled, and how many nobody sent."""
    return (
        sum(found[words] == 1 for words in sent),
        sum(found[words] == 0 for words in sent),
        sum(found[words] > 1 for words in sent),
        sum(count for words, count in found.items() if words not in sent),
    )
