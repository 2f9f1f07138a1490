"""The count of the week for the staff's channel: how much feedback was filed and how many questions came in, no more.

    counted = await due(store, vault, content, now, platform)     # None: not yet, or said already
    if counted and await say(text(counted, content, language)):
        await said(store, vault, now, platform)

The claim is that of an event, so of several processes one says it. Where that one died before it was said, another
does so an hour later.
"""

import datetime as dt
from dataclasses import dataclass

from bot.asking import day
from bot.content import Content
from bot.exporting import Filters
from bot.feedback import week_of
from bot.ports import Store, UnitOfWork
from bot.report.months import monday
from bot.vault import Vault

FEWEST = 5
HOURS = 14  # after Monday began (UTC): morning in America, and the week is over everywhere
TAKEN_OVER = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Week:
    """Counts of one ISO week; of all identity levels together."""

    week: str
    items: int
    questions: int


def text(counted: Week, content: Content, language: str) -> str:
    """What the channel reads: a count under five is not told, nor anything of what was written."""
    texts = content.texts[language]

    def told(count: int) -> str:
        return f"{count:,}" if count >= FEWEST else texts("desk.few")

    said = texts(
        "desk.weekly",
        day=day(monday(counted.week), language),
        items=told(counted.items),
        questions=told(counted.questions),
    )
    owner = "_employer" if content.union.employer_owned else ""
    return f"{said}\n\n{texts(f'desk.weekly_read{owner}')}"


async def due(store: Store, vault: Vault, content: Content, now: dt.datetime, platform: str) -> Week | None:
    """Last week's counts where they are to be said on this platform, by whoever gets them here."""
    start = dt.datetime.combine(monday(week_of(now.date())), dt.time(HOURS), now.tzinfo)
    if now < start:
        return None
    week = week_of(now.date() - dt.timedelta(weeks=1))
    keys = vault.event(platform, event_of(week))

    def work(uow: UnitOfWork) -> Week | None:
        kept_until = start.date() + dt.timedelta(days=6)  # claims are purged by their day: this one not this week
        claim = uow.claims.claim(keys, kept_until.isoformat())
        if claim.delivered or (claim.note and now - dt.datetime.fromisoformat(claim.note) < TAKEN_OVER):
            return None
        uow.claims.note(keys, now.isoformat(timespec="seconds"))
        filed = sum(uow.exports.count(Filters(form, since=week, until=week)) for form in content.forms)
        return Week(week, filed, sum(1 for _ in uow.reports.questions(week, week)))

    return await store.write(work)


async def said(store: Store, vault: Vault, now: dt.datetime, platform: str) -> None:
    """It was said: nobody says it again."""
    keys = vault.event(platform, event_of(week_of(now.date() - dt.timedelta(weeks=1))))
    await store.write(lambda uow: uow.claims.delivered(keys))


def event_of(week: str) -> str:
    return f"weekly {week}"
