"""Members who give feedback through the whole core, as many at once as are asked for, and how long each step took."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.content import Content
from bot.core import Bot
from bot.events import Message
from bot.faq.matcher import NOTHING, Match, Matcher
from bot.filling import FORM
from bot.forms import Form
from bot.ports import Store
from bot.vault import Vault, new_id, new_key

WORDS = "It is slow, and nobody asked us."
WARM_UP = 2  # conversations a member


class NoMatching(Matcher):
    """Matches nothing, at no cost: what is measured here is the core and the store, not the sentence encoder."""

    def __init__(self) -> None:
        pass

    def match(self, text: str, previous: str = "") -> Match:
        return NOTHING


@dataclass(frozen=True)
class Steps:
    """`took`: seconds, one a step, sorted; `elapsed`: of all of them together."""

    took: list[float]
    elapsed: float

    @property
    def per_second(self) -> float:
        return len(self.took) / self.elapsed

    def ms(self, share: float) -> float:
        return 1000 * self.took[int(share * (len(self.took) - 1))]


def conversation(form: Form) -> list[str]:
    """What one member says from the first word to the summary, and then takes back, so as to begin again."""
    said = ["feedback"]
    for question in form.questions:
        if question.when is None or "confidential" in question.when[1]:
            said.append("2" if question.options else WORDS if question.required else "skip")
    return [*said, "cancel"]


def make_bot(content: Content, store: Store) -> Bot:
    return Bot(content, NoMatching(), store, Vault([new_key()]))


async def converse(bot: Bot, members: int, seconds: float, ready: Callable[[], object] = lambda: None) -> Steps:
    """So many members at once, each with one step under way at a time; `ready` is called after the warm-up."""
    said = conversation(bot.content.forms[FORM])
    names = [new_id() for _ in range(members)]
    for name in names:
        for _ in range(WARM_UP):
            for text in said:
                await bot.handle(event(name, text))
    ready()
    took: list[float] = []
    start = time.perf_counter()
    await asyncio.gather(*(one_member(bot, name, said, start + seconds, took) for name in names))
    return Steps(sorted(took), time.perf_counter() - start)


async def one_member(bot: Bot, name: str, said: list[str], end: float, took: list[float]) -> None:
    while True:
        for text in said:
            before = time.perf_counter()
            if before >= end:
                return
            await bot.handle(event(name, text))
            took.append(time.perf_counter() - before)


def event(name: str, text: str) -> Message:
    """As from a platform where staff's letters come by themselves, so that no reply has to look for them."""
    return Message(id=new_id(), platform="bench", account=name, address=name, text=text, can_push=True)
