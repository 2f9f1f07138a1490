"""A member who writes to the Slack adapter: the real bolt client on Socket Mode, a Slack-shaped server on loopback."""

import asyncio
import contextlib
import html
from functools import partial

from adapters.slack.adapter import SlackAdapter
from adapters.slack.settings import SlackSettings
from bot.core import Bot
from bot.serving import respond
from tests.doubles.slack import Member, Message, SlackDouble


class SlackHarness:
    """A direct message; what is shown is the messages' full plain text."""

    def __init__(self, bot: Bot, member: str = "me") -> None:
        self.bot, self.name = bot, f"U{member.upper()}"
        self.world = contextlib.AsyncExitStack()
        self.member: Member | None = None
        self.shown: list[Message] = []

    async def say(self, words: str) -> str:
        member = self.member or await self._connect()
        await member.dm(words)
        await self.adapter.idle()
        new = [message for message in member.received if message not in self.shown]
        self.shown += new
        assert self.slack.violations == [], self.slack.violations
        return "".join(html.unescape(message.text) + "\n\n" for message in new)

    async def leave(self) -> None:
        if self.member is not None:
            self.adapter.stop()
            await self.task
        await self.world.aclose()

    async def _connect(self) -> Member:
        self.slack = await self.world.enter_async_context(SlackDouble())
        settings = SlackSettings(
            bot_token=self.slack.bot_token, app_token=self.slack.app_token, api_url=self.slack.url, check_seconds=0.2
        )
        self.adapter = SlackAdapter(settings, self.bot.content)
        await self.adapter.connect()
        self.task = asyncio.create_task(self.adapter.listen(partial(respond, self.bot, self.adapter)))
        await self.slack.until(lambda: self.adapter.health.connected)
        self.member = self.slack.member(self.name)
        return self.member
