"""What every adapter does with an event: handle, deliver, mark; and what a member is told when something fails."""

import asyncio
import contextlib
from functools import partial

import structlog

from bot.core import Bot
from bot.errors import StoreAway
from bot.events import AnyEvent
from bot.flood import Flood
from bot.ports import Adapter
from bot.promises import Files, Promise
from bot.replies import Outcome, Reply, Text
from bot.vault import new_id

log = structlog.get_logger("worker_voice")
HOUR = 3600.0  # seconds


async def serve(bot: Bot, adapter: Adapter, *, hour: float = HOUR) -> None:
    """Listen until the platform ends; the bot's chores at once, and then every hour."""
    await do_chores(bot)
    hourly = asyncio.create_task(keep_up(bot, hour))
    try:
        await adapter.listen(partial(respond, bot, adapter))
    finally:
        hourly.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await hourly


async def keep_up(bot: Bot, hour: float) -> None:
    while True:
        await asyncio.sleep(hour)
        await do_chores(bot)


async def do_chores(bot: Bot) -> None:
    """What cannot be done now is done an hour later: members are answered in any case."""
    try:
        await bot.chores()
    except Exception as problem:
        log.error("chores_failed", error=type(problem).__name__, at=where(problem))


async def respond(
    bot: Bot, adapter: Adapter, event: AnyEvent, *, flood: Flood | None = None, files: Files | None = None
) -> None:
    """Answer one event on the adapter it came from. A member never sees a traceback; the log never sees their words.

    Raises nothing: what was not delivered, or not marked, is answered again when the event comes again. `flood`: for
    adapters that face a network, where anyone can write as fast as they like; `files`: where staff may write.
    """
    number = new_id()
    outcome: Outcome
    handled = False
    try:
        match flood.judge(bot.vault.accounts(event.platform, event.account)[0]) if flood else "answer":
            case "ignore":
                return
            case "warn":
                outcome = notice(bot, event, "reply.flood")
            case "answer":
                outcome = await bot.handle(event)
                handled = True
    except StoreAway:
        log.warning("store_away", number=number)
        outcome = notice(bot, event, "reply.away")
    except Exception as problem:  # the last resort: one sentence and a number for staff
        log.error("failed", number=number, error=type(problem).__name__, at=where(problem))
        outcome = notice(bot, event, "reply.broken", number=number)
    if outcome is None:
        return
    try:
        await adapter.deliver(event, outcome)
        if files and isinstance(outcome, Promise):
            await adapter.deliver(event, await files.fulfil(outcome.wanted, bot.clock()))
        if handled:
            await bot.delivered(event, outcome)
    except Exception as problem:
        log.error("not_delivered", number=number, error=type(problem).__name__, at=where(problem))


def notice(bot: Bot, event: AnyEvent, key: str, **values: object) -> Reply:
    language = event.locale[:2] if event.locale[:2] in bot.content.texts else bot.content.languages[0]
    return Reply((Text(bot.content.texts[language](key, **values)),), language=language)


def where(problem: BaseException) -> str:
    """File and line the error was raised at; never its text, which may hold a member's words."""
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else ""
