"""Use case: make the report. Each closed month's tables are fixed when they are first made, and never change again."""

import asyncio
import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bot.errors import Changed, Refused
from bot.forms import Form
from bot.ports import Store, UnitOfWork
from bot.report.counting import (
    LANGUAGE,
    STATE,
    TOPIC,
    Tally,
    item_sheet,
    outcome_sheet,
    question_sheet,
    tally_items,
)
from bot.report.disclosure import leaks
from bot.report.months import after, closes, month_of, newest_closed, span, weeks_of
from bot.report.source import Sent
from bot.report.tables import ITEMS, OUTCOMES, QUESTIONS, SHEETS, Month, Sheet, Sums, Table, sums
from bot.report.withholding import Draw, by_chance

TRIES = 5
TopicOf = Callable[[str], str]  # a question's topic, "(none)" where no answer comes near


@dataclass(frozen=True)
class Plan:
    """What to make: for which form, in which languages, up to which month, on which day."""

    form: Form
    languages: tuple[str, ...]
    month: str
    today: dt.date
    topic_of: TopicOf
    draw: Draw = by_chance


@dataclass(frozen=True)
class Material:
    """What the store holds: months made before, true counts of items by month, and the questions."""

    before: tuple[Month, ...]
    items: Mapping[str, Tally]
    questions: tuple[Sent, ...]


async def make_report(store: Store, plan: Plan) -> list[Month]:
    """All months up to the plan's, those not made before fixed now; an audit row. Refused where it is not time."""
    newest = newest_closed(plan.today)
    if plan.month > newest:
        day = closes(plan.month).isoformat()
        raise Refused(f"{plan.month} is not closed yet: its report can be made from {day}. Newest is {newest}.")
    for _ in range(TRIES):
        material = await store.read(lambda uow: gather(uow, plan))
        fresh = await asyncio.to_thread(make, material, plan)  # in no transaction: topics are matched here
        months = [month for month in (*material.before, *fresh) if month.month <= plan.month]
        if not months:
            raise Refused(f"There is nothing to report up to {plan.month}: no feedback was filed, no question sent in.")
        try:
            await store.write(partial(keep, plan=plan, before=material.before, fresh=fresh))
        except Changed:  # somebody made one meanwhile: theirs is the one that counts
            continue
        return months
    raise Changed("reports are being made all the time")


def gather(uow: UnitOfWork, plan: Plan) -> Material:
    before = tuple(Month.from_json(text) for text in uow.reports.made().values())
    if before and before[-1].month >= plan.month:
        return Material(before, {}, ())
    first, last = weeks_of(since(before, ITEMS))[0] if before else "", weeks_of(plan.month)[-1]
    if before and ITEMS in before[-1].sheets:  # what became of these is counted now
        first = weeks_of(before[-1].sheets[ITEMS].since)[0]
    items = tally_items(plan.form, plan.languages, uow.reports.items(plan.form.id, first, last))
    first = weeks_of(since(before, QUESTIONS))[0] if before else ""
    return Material(before, items, tuple(uow.reports.questions(first, last)))


def since(before: Sequence[Month], sheet: str) -> str:
    """The month from which on that sheet's items are not counted yet."""
    shown = [month.sheets[sheet].until for month in before if sheet in month.sheets]
    return after(shown[-1]) if shown else before[0].month


def make(material: Material, plan: Plan) -> list[Month]:
    """The months that are not made yet, up to the plan's. Computes only."""
    made = list(material.before)
    if made and made[-1].month >= plan.month:
        return []
    questions = tally_questions(plan, material.questions)
    known = sorted({*material.items, *questions})
    start = after(made[-1].month) if made else known[0] if known else after(plan.month)
    for month in span(start, plan.month):
        first_month = Month(month, "", {})
        sheets: dict[str, Sheet | None] = {
            ITEMS: item_sheet(
                plan.form,
                plan.languages,
                material.items,
                since(made or [first_month], ITEMS),
                month,
                plan.draw,
            ),
            OUTCOMES: None,
            QUESTIONS: question_sheet(
                plan.languages, questions, since(made or [first_month], QUESTIONS), month, plan.draw
            ),
        }
        if made and ITEMS in made[-1].sheets:
            sheets[OUTCOMES] = outcome_sheet(made[-1].sheets[ITEMS], material.items, plan.draw)
        shown = {name: sheet for name, sheet in sheets.items() if sheet is not None}
        made.append(checked(Month(month, plan.today.isoformat(), shown), made))
    return made[len(material.before) :]


def tally_questions(plan: Plan, questions: Sequence[Sent]) -> dict[str, Tally]:
    months: dict[str, Tally] = {}
    for one in questions:
        tally = months.setdefault(month_of(one.week), Tally())
        tally.total += 1
        tally.count(STATE, "answered" if one.answered else "open")
        tally.count(TOPIC, plan.topic_of(one.text))
        tally.count(LANGUAGE, one.language)
    return months


def checked(month: Month, before: Sequence[Month]) -> Month:
    """The month, without the tables from which a reader could still work out a small group."""
    for leak in leaks([month], {}):
        _, sheet, table, _ = leak.cell
        whole = month.sheets[sheet]
        hidden = Table(whole.tables[table].several, dict.fromkeys(whole.tables[table].cells))
        sheets = {**month.sheets, sheet: dataclasses.replace(whole, tables={**whole.tables, table: hidden})}
        month = dataclasses.replace(month, sheets=sheets)
    if leaks([*before, month], all_sums([*before, month])):
        raise Refused(f"The report of {month.month} would tell of single items; nothing was made.")
    return month


def all_sums(months: Sequence[Month]) -> dict[str, Sums]:
    return {sheet: sums(months, sheet) for sheet in SHEETS}


def keep(uow: UnitOfWork, plan: Plan, before: Sequence[Month], fresh: Sequence[Month]) -> None:
    """Fix the new months. Raises Changed where others were made since `before` was read."""
    if list(uow.reports.made()) != [month.month for month in before]:
        raise Changed("another report was made")
    for month in fresh:
        uow.reports.fix(month.month, month.to_json())
    new = ",".join(month.month for month in fresh) or "none"
    uow.audit.add("report", "", f"month={plan.month} form={plan.form.id} fixed={new}")
