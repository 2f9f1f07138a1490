"""Queries of exports: items to take out, what was decided for the AI developers, questions without an answer."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select, true

from bot.errors import Changed
from bot.export.table import Exported
from bot.exporting import Filters, Unanswered
from bot.releasing import Release, TakenBack
from storage.port import Port
from storage.tables import items, questions, releases, withdrawals

PAGE = 1000
COLUMNS = [items.c[name] for name in Exported._fields]
DECIDED = [releases.c.month, releases.c.revision, releases.c["values"]]


class SqlExports(Port):
    """bot.exporting.Exports."""

    def count(self, filters: Filters) -> int:
        return self.connection.execute(select(func.count()).select_from(items).where(wanted(filters))).scalar_one()

    def items(self, filters: Filters) -> Iterator[Exported]:
        query = select(*COLUMNS).where(wanted(filters))
        if not filters.kind:
            return map(read, self._pages(query))
        return (one for one in map(read, self._pages(query)) if one.answers.get("kind") == filters.kind)

    def unanswered(self) -> Iterator[Unanswered]:
        query = select(questions.c.id, questions.c.week, questions.c.language, questions.c.text)
        for row in self.connection.execute(query.where(questions.c.answer == "").order_by(questions.c.id)):
            yield Unanswered(*row)

    def _pages(self, query: Select[Any]) -> Iterator[Any]:
        """Rows in the order of the items' random ids, a page at a time."""
        query = query.where(items.c.id > bindparam("after")).order_by(items.c.id).limit(PAGE)
        after = ""
        while rows := self.connection.execute(query, {"after": after}).all():
            yield from rows
            after = rows[-1][0]


class SqlShared(SqlExports):
    """bot.releasing.Shared."""

    def waiting(self, form: str, until: str) -> Iterator[Exported]:
        query = select(*COLUMNS).outerjoin_from(items, releases, releases.c.item == items.c.id)
        return map(read, self._pages(query.where(shared(form, until), releases.c.item.is_(None))))

    def all(self, form: str, until: str) -> Iterator[tuple[Exported, Release | None]]:
        query = select(*COLUMNS, *DECIDED).outerjoin_from(items, releases, releases.c.item == items.c.id)
        return map(read_both, self._pages(query.where(shared(form, until))))

    def corrected(self, form: str) -> Iterator[tuple[Exported, Release]]:
        query = select(*COLUMNS, *DECIDED).join_from(items, releases, releases.c.item == items.c.id)
        for row in self._pages(query.where(shared(form), items.c.revision > releases.c.revision)):
            item, release = read_both(row)
            assert release is not None
            yield item, release


class SqlReleases(Port):
    """bot.releasing.Releases. A month that an export has shown has a row of its own, under its name as the item."""

    def fixed(self) -> dict[str, bool]:
        """A release stays when its item is withdrawn or deleted; when it is purged, it goes too."""
        own = releases.c.item == releases.c.month
        counted = select(releases.c.month, func.count()).where(~own).group_by(releases.c.month)
        left = {row[0]: row[1] for row in self.connection.execute(counted)}
        rows = self.connection.execute(select(releases.c.month, releases.c["values"]).where(own))
        return {month: left.get(month, 0) == orjson.loads(values)["items"] for month, values in rows}

    def fix(self, months: Mapping[str, int]) -> None:
        for month, count in sorted(months.items()):
            values = orjson.dumps({"items": count}).decode()
            row = self.insert(releases).values(item=month, month=month, revision=0, values=values)
            row = row.on_conflict_do_nothing(index_elements=["item"])
            if self.connection.execute(row.returning(releases.c.item)).one_or_none() is None:
                raise Changed("another export showed this month first")

    def add(self, release: Release, revision: int, items_: Sequence[str]) -> None:
        values = orjson.dumps(dict(release.values)).decode()
        for start in range(0, len(items_), PAGE):
            page = items_[start : start + PAGE]
            still = select(items.c.id).where(items.c.id.in_(page), items.c.sharing == true())
            held = self.connection.execute(still.order_by(items.c.id).with_for_update(read=True)).all()
            if len(held) != len(page):
                raise Changed("an item was taken back meanwhile")
            rows = [{"item": one, "month": release.month, "revision": revision, "values": values} for one in page]
            self.connection.execute(self.insert(releases), rows)

    def taken_back(self) -> list[TakenBack]:
        query = select(withdrawals.c.item, withdrawals.c.kind).order_by(withdrawals.c.item)
        return [TakenBack(*row) for row in self.connection.execute(query)]


def wanted(filters: Filters) -> ColumnElement[bool]:
    """All but the kind, which is among the answers."""
    found = [items.c.form == filters.form]
    if filters.since:
        found.append(items.c.week >= filters.since)
    if filters.until:
        found.append(items.c.week <= filters.until)
    if filters.status:
        found.append(items.c.status == filters.status)
    if filters.language:
        found.append(items.c.language == filters.language)
    return and_(*found)


def shared(form: str, until: str = "") -> ColumnElement[bool]:
    found = and_(items.c.form == form, items.c.sharing == true())
    return and_(found, items.c.week <= until) if until else found


def read(row: Any) -> Exported:
    item, form, version, level, language, week, answers, sharing, contact, status, revision, name = row
    answers = orjson.loads(answers)
    return Exported(item, form, version, level, language, week, answers, sharing, contact, status, revision, name)


def read_both(row: Any) -> tuple[Exported, Release | None]:
    *item, month, _, values = row
    return read(item), None if month is None else Release(month, orjson.loads(values))
