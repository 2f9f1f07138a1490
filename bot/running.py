"""A process that serves chat platforms: it answers on each, keeps up the chores, and writes first where it has to.

every hour    chores, and the count of the week for staff's channel
every minute  letters
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

import structlog

from bot import weekly
from bot.core import Bot
from bot.errors import StoreError, WorkerVoiceError
from bot.flood import Flood
from bot.mailing import mail
from bot.ports import ChatPlatform
from bot.promises import Files
from bot.replies import Reply, Text
from bot.serving import HOUR, do_chores, respond, where
from bot.upkeep import PURGED

MINUTE = 60.0  # seconds
log = structlog.get_logger("worker_voice")


@dataclass(frozen=True)
class Served:
    """`name`: as its events say it. `staff_channel`: where the count of the week goes; "" for nowhere."""

    name: str
    adapter: ChatPlatform
    staff_channel: str = ""


async def run(bot: Bot, files: Files, platforms: Sequence[Served], ready: Callable[[], None] = lambda: None) -> None:
    """Until a signal stops it, or all platforms have ended; `ready` is called once all are connected.

    Raises SettingsError where one cannot begin. One that ends later takes no other with it: its reason is logged, and
    raised once all have ended.
    """
    await connect(platforms)
    stop_on_signals(platforms)
    ready()
    tasks = [
        asyncio.create_task(again_and_again(HOUR, partial(hourly, bot, platforms))),
        asyncio.create_task(again_and_again(MINUTE, partial(send_letters, bot, platforms))),
    ]
    try:
        ended = await asyncio.gather(*(listen(bot, files, one) for one in platforms), return_exceptions=True)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for problem in ended:
        if problem is not None:
            raise problem


async def is_ready(bot: Bot, platforms: Sequence[Served]) -> bool:
    """Members are answered on all platforms, and the database answers."""
    return await is_stored(bot) and all([await one.adapter.is_ready() for one in platforms])


async def is_stored(bot: Bot) -> bool:
    """The database answers."""
    try:
        await bot.store.read(lambda uow: uow.marks.get(PURGED))
    except StoreError:
        return False
    return True


async def connect(platforms: Sequence[Served]) -> None:
    """All, or none."""
    for number, one in enumerate(platforms):
        try:
            await one.adapter.connect()
        except BaseException:
            for before in platforms[:number]:
                await before.adapter.close()
            raise


def stop_on_signals(platforms: Sequence[Served]) -> None:
    """What is under way is finished; a second signal ends the process at once."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
        for one in platforms:
            one.adapter.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)


async def listen(bot: Bot, files: Files, one: Served) -> None:
    try:
        await one.adapter.listen(partial(respond, bot, one.adapter, flood=Flood(), files=files))
    except WorkerVoiceError as problem:
        log.error("platform_ended", platform=one.name, reason=str(problem))
        raise
    except Exception as problem:
        log.error("platform_ended", platform=one.name, error=type(problem).__name__, at=where(problem))
        raise


async def again_and_again(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """What fails is done the next time: members are answered in any case."""
    while True:
        try:
            await work()
        except Exception as problem:
            log.error("not_done", error=type(problem).__name__, at=where(problem))
        await asyncio.sleep(seconds)


async def hourly(bot: Bot, platforms: Sequence[Served]) -> None:
    await do_chores(bot)
    for one in platforms:
        if one.staff_channel:
            await tell_week(bot, one)


async def tell_week(bot: Bot, one: Served) -> None:
    """The count of the week, once. A channel that the bot may not write to is tried again every hour."""
    counted = await weekly.due(bot.store, bot.vault, bot.content, bot.clock(), one.name)
    if counted is None:
        return
    language = bot.content.languages[0]
    reply = Reply((Text(weekly.text(counted, bot.content, language)),), language=language)
    try:
        arrived = await one.adapter.announce(one.staff_channel, reply, language)
    except Exception as problem:  # the other platforms' staff are told all the same
        log.warning("week_not_told", platform=one.name, error=type(problem).__name__, at=where(problem))
        return
    if arrived:
        await weekly.said(bot.store, bot.vault, bot.clock(), one.name)
    else:
        log.warning("staff_channel_closed", platform=one.name)


async def send_letters(bot: Bot, platforms: Sequence[Served]) -> None:
    for one in platforms:
        await mail(bot, one.name, one.adapter.push)
