"""Making reports on real databases: closed months only, fixed when first made, by one or by several at once."""

import asyncio
import contextlib
import dataclasses
import datetime as dt
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import asyncpg
import pytest

from bot.content import Content
from bot.errors import Refused
from bot.feedback import Feedback
from bot.forms import Answers
from bot.ports import Store, UnitOfWork
from bot.report.counting import GONE, LANGUAGE, STATE, STATUS, TOPIC, WEEK
from bot.report.disclosure import leaks
from bot.report.making import Plan, all_sums, make_report
from bot.report.months import after, closes, weeks_of
from bot.report.tables import ITEMS, OUTCOMES, QUESTIONS, Month
from tests.report.seeding import TOPICS, item, seed

T = TypeVar("T")
FIRST, LAST = "2026-08", "2026-10"


@pytest.fixture
def plan(content: Content) -> Plan:
    return Plan(content.forms["ai-at-work"], content.languages, LAST, closes(LAST), lambda text: TOPICS.get(text, text))


def of(plan: Plan, month: str) -> Plan:
    return dataclasses.replace(plan, month=month, today=closes(month))


async def each(store: Store, things: Iterable[T], work: Callable[[UnitOfWork, T], None]) -> None:
    def run(uow: UnitOfWork) -> None:
        for one in things:
            work(uow, one)

    await store.write(run)


async def add(
    store: Store, count: int, month: str, answers: Answers | None = None, *, language: str = "en", status: str = "new"
) -> list[Feedback]:
    made = [item(weeks_of(month)[0], answers, language=language, status=status) for _ in range(count)]
    await each(store, made, lambda uow, one: uow.items.add(one))
    return made


async def remove(store: Store, items: Sequence[Feedback]) -> None:
    await each(store, items, lambda uow, one: uow.owned.remove(one.id))


async def audit(database_url: str) -> list[str]:
    """What the audit trail says of reports, sorted."""
    query = "SELECT details FROM audit WHERE action = 'report' ORDER BY details"
    if database_url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as file:
            return [details for (details,) in file.execute(query)]
    server = await asyncpg.connect(database_url)
    found = [row["details"] for row in await server.fetch(query)]
    await server.close()
    return found


async def test_a_made_month_never_changes(store: Store, plan: Plan) -> None:
    await seed(store, plan.form, FIRST, LAST, count=120)
    made = await make_report(store, plan)
    assert [month.month for month in made] == ["2026-08", "2026-09", "2026-10"]
    late = await add(store, 7, "2026-09", language="es")
    await remove(store, late[:2])
    later = dataclasses.replace(plan, today=closes("2027-01"), languages=("en",), topic_of=lambda _: "another")
    assert await make_report(store, later) == made
    assert await make_report(store, dataclasses.replace(later, month=FIRST)) == made[:1]
    grown = await make_report(store, of(plan, "2026-11"))
    assert grown[:3] == made
    assert set(grown[3].sheets) == {OUTCOMES}


async def test_each_table_counts_what_was_filed(store: Store, plan: Plan) -> None:
    answers: Answers = {"kind": "idea", "effects": ("safety", "pay"), "part": "help", "words": "w"}
    await add(store, 5, LAST, answers, status="read")
    await add(store, 6, LAST, language="es")
    await each(store, "aaaaabcde", lambda uow, topic: uow.questions.add(topic, "en", weeks_of(LAST)[0]))
    (month,) = await make_report(store, plan)
    assert (month.made, month.sheets[ITEMS].total, month.sheets[QUESTIONS].total) == (plan.today.isoformat(), 11, 9)
    tables = {
        name: {code: n for code, n in table.cells.items() if n} for name, table in month.sheets[ITEMS].tables.items()
    }
    assert tables == {
        WEEK: {weeks_of(LAST)[0]: 11},
        LANGUAGE: {"en": 5, "es": 6},
        "kind": {"idea": 5, "concern": 6},
        "effects": {"safety": 5, "pay": 5},
        "part": {"help": 5, "(left out)": 6},
    }
    asked = month.sheets[QUESTIONS].tables
    assert asked[STATE].cells == {"open": 9, "answered": 0}
    assert asked[TOPIC].cells == {"(other)": 9}  # four single ones, and with them the one of five


async def test_what_became_of_items_is_counted_a_month_later(store: Store, plan: Plan) -> None:
    items = await add(store, 12, LAST)
    await make_report(store, plan)
    await each(store, items[:6], lambda uow, one: uow.triage.set_status(one.id, "passed-on"))
    await remove(store, items[6:])
    (_, month) = await make_report(store, of(plan, after(LAST)))
    outcomes = month.sheets[OUTCOMES]
    assert (outcomes.since, outcomes.total) == (LAST, 12)
    assert outcomes.tables[STATUS].cells == {"new": 0, "read": 0, "passed-on": 6, "answered": 0, "declined": 0, GONE: 6}


async def test_a_month_of_few_is_counted_with_the_next(store: Store, plan: Plan) -> None:
    await add(store, 4, FIRST)
    first = await make_report(store, of(plan, FIRST))
    assert [month.sheets for month in first] == [{}]
    await add(store, 1, "2026-09")
    months = await make_report(store, plan)
    sheet = months[1].sheets[ITEMS]
    assert (sheet.since, sheet.until, sheet.total) == (FIRST, "2026-09", 5)
    assert WEEK not in sheet.tables
    assert ITEMS not in months[2].sheets


async def test_two_at_once_make_the_same_report_once(store: Store, plan: Plan, database_url: str) -> None:
    await seed(store, plan.form, FIRST, LAST, count=150)
    made = await asyncio.gather(*(make_report(store, plan) for _ in range(4)), make_report(store, of(plan, FIRST)))
    assert made[0] == made[1] == made[2] == made[3]
    assert made[4] == made[0][:1]
    kept = await store.read(lambda uow: uow.reports.made())
    assert [Month.from_json(one) for one in kept.values()] == made[0]
    fixed = [row.rpartition("fixed=")[2] for row in await audit(database_url)]
    assert len(fixed) == 5
    assert sorted(month for row in fixed if row != "none" for month in row.split(",")) == sorted(kept)


async def test_neither_an_open_month_nor_nothing_is_reported(store: Store, plan: Plan) -> None:
    day = closes(LAST) - dt.timedelta(days=1)
    with pytest.raises(Refused, match=f"2026-10 is not closed yet: its report can be made from {closes(LAST)}"):
        await make_report(store, dataclasses.replace(plan, today=day))
    with pytest.raises(Refused, match="nothing to report up to 2026-10"):
        await make_report(store, plan)
    await add(store, 9, "2026-11")
    with pytest.raises(Refused, match="nothing to report up to 2026-10"):
        await make_report(store, plan)
    assert not await store.read(lambda uow: uow.reports.made())


async def test_reports_made_month_by_month_amid_deletions_cannot_be_subtracted(store: Store, plan: Plan) -> None:
    """Each new report differs from the one before by its own month's figures only, and they give nothing away."""
    before: list[Month] = []
    kept: list[Feedback] = []
    for step in range(6):
        month = after("2026-05", step)
        await remove(store, kept[::3])
        kept = await add(store, 5 + 3 * step, month) + await add(store, step, month, language="es", status="read")
        months = await make_report(store, of(plan, month))
        assert months[:-1] == before
        assert leaks(months, all_sums(months)) == []
        before = months
