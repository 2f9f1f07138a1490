"""With whom a platform has to catch up after a restart: their direct messages are read again."""

import datetime as dt

from bot.conversations import CONVERSATION, Conversation, Direct
from bot.core import Bot
from bot.ports import UnitOfWork
from bot.rotation import CONVERSATIONS
from bot.vault import Unreadable

DAYS = 6  # an event is remembered for seven


async def directs(bot: Bot, platform: str) -> list[Direct]:
    """Of the last six days."""
    since = (bot.clock().date() - dt.timedelta(days=DAYS)).isoformat()

    def work(uow: UnitOfWork) -> list[Direct]:
        found = []
        for _, sealed in uow.seals.each(CONVERSATIONS, since):
            try:
                direct = Conversation.from_json(bot.vault.open(sealed, CONVERSATION)).direct
            except (Unreadable, ValueError):
                continue
            if direct and direct.platform == platform:
                found.append(direct)
        return found

    return await bot.store.read(work)
