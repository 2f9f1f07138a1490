"""Letters on platforms where the bot can write first: one after the other, each removed once it arrived.

Several processes may do it at once: a letter is claimed before it is sent, and its claim notes from when on somebody
may try it again. A process that dies in between doubles a letter at most.
"""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import structlog

from bot import outbox
from bot.core import Bot
from bot.desk import Parcel
from bot.ports import UnitOfWork
from bot.replies import Reply
from bot.serving import where

SOON, LATER = dt.timedelta(minutes=10), dt.timedelta(days=1)
Push = Callable[[tuple[str, ...], Reply], Awaitable[bool]]
log = structlog.get_logger("worker_voice")


async def mail(bot: Bot, platform: str, push: Push) -> None:
    """Send what waits. A letter that cannot arrive (a closed door) is tried again a day later, until it is purged."""
    waiting = await bot.store.read(lambda uow: outbox.to_push(uow, bot.vault, platform, bot.open))
    for parcel, letter in waiting:
        keys = bot.vault.event(platform, f"letter {parcel.id}")
        if not await bot.store.write(partial(taken, parcel=parcel, keys=keys, now=bot.clock())):
            continue
        try:
            arrived = await push(letter.to, Reply(letter.blocks))
        except Exception as problem:
            log.warning("letter_waits", error=type(problem).__name__, at=where(problem))
            continue
        await bot.store.write(partial(done, parcel=parcel, keys=keys, now=bot.clock(), arrived=arrived))


def taken(uow: UnitOfWork, parcel: Parcel, keys: Sequence[str], now: dt.datetime) -> bool:
    """Whether this process may send it now: nobody else does, and it was not taken back meanwhile."""
    claim = uow.claims.claim(keys, now.date().isoformat())
    if claim.note > now.isoformat(timespec="seconds"):
        return False
    uow.claims.note(keys, (now + SOON).isoformat(timespec="seconds"))
    return any(one.id == parcel.id for one in uow.outbox.waiting([parcel.account]))


def done(uow: UnitOfWork, parcel: Parcel, keys: Sequence[str], now: dt.datetime, arrived: bool) -> None:
    if arrived:
        uow.outbox.remove(parcel.id)
    else:
        uow.claims.note(keys, (now + LATER).isoformat(timespec="seconds"))
