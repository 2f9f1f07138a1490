"""A member in tests, who talks to the bot itself: sends feedback, opens it, takes it back."""

import itertools

from bot.content import FOLDER
from bot.core import Bot
from bot.events import Message
from bot.replies import Citation, Reply, Secret, Text, Words
from bot.texts import read_texts

EN = read_texts(FOLDER / "texts" / "en.toml")  # EN("owned.deleted") is what the bot says

NUMBER = itertools.count()
SKIPPED = ("skip", "skip", "skip", "skip")
LEVELS = {"named": ("1", "Canary Ana"), "confidential": ("2",), "anonymous": ("3",)}


class Member:
    """`say` answers with all that is shown; the last receipt shown is kept. `server`: where it is said."""

    def __init__(self, bot: Bot, account: str, platform: str = "test") -> None:
        self.server = ""
        self.bot, self.account, self.platform = bot, account, platform
        self.receipt = ""

    async def say(self, *several: str) -> str:
        shown = ""
        for words in several:
            event = Message(
                id=f"e{next(NUMBER)}",
                platform=self.platform,
                account=self.account,
                address=self.account,
                text=words,
                server=self.server,
            )
            shown = self.read(await self.bot.handle(event))
        return shown

    def read(self, outcome: object) -> str:
        assert isinstance(outcome, Reply)
        lines = []
        for block in outcome.blocks:
            match block:
                case Secret():
                    self.receipt = block.words
                case Words():
                    lines.append(f"{block.label}: {block.words}")
                case Text() | Citation():
                    lines.append(block.text)
        return "\n".join([*lines, *(button.label for button in outcome.choices)])

    async def fill(self, level: str, words: str) -> str:
        """A form up to its summary, shared with the AI developers; returns the receipt."""
        await self.say("feedback", *LEVELS[level], "idea", "skip", "skip", "skip", words, *SKIPPED, "yes")
        if level != "anonymous":
            await self.say("no")
        return self.receipt

    async def send(self, level: str, words: str) -> str:
        """Feedback, sent; returns its receipt."""
        receipt = await self.fill(level, words)
        await self.say("send")
        return receipt

    async def open(self, receipt: str) -> str:
        return await self.say("receipt", receipt)

    async def delete(self, receipt: str) -> str:
        await self.open(receipt)
        return await self.say(EN("owned.do_delete"), EN("owned.yes_delete"))
