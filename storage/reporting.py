"""Queries of the report: months fixed before, items and questions of a range of weeks."""

from collections.abc import Iterator

import orjson
from sqlalchemy import bindparam, select

from bot.errors import Changed
from bot.report.source import Filed, Sent
from storage.port import PAGE, Port
from storage.tables import items, questions, reports


class SqlReports(Port):
    def made(self) -> dict[str, str]:
        rows = self.connection.execute(select(reports).order_by(reports.c.month)).all()
        return {row.month: row.tables for row in rows}

    def fix(self, month: str, tables: str) -> None:
        new = self.insert(reports).values(month=month, tables=tables)
        new = new.on_conflict_do_nothing(index_elements=["month"])
        if self.connection.execute(new.returning(reports.c.month)).one_or_none() is None:
            raise Changed("somebody made this month's report first")

    def items(self, form: str, first: str, last: str) -> Iterator[Filed]:
        """In the order of their random ids, a page at a time."""
        query = select(items.c.id, items.c.week, items.c.language, items.c.status, items.c.answers)
        query = query.where(items.c.form == form, items.c.week.between(first, last), items.c.id > bindparam("after"))
        after = ""
        while rows := self.connection.execute(query.order_by(items.c.id).limit(PAGE), {"after": after}).all():
            for row in rows:
                answers = orjson.loads(row.answers)
                answers = {key: tuple(value) if isinstance(value, list) else value for key, value in answers.items()}
                yield Filed(row.week, row.language, row.status, answers)
            after = rows[-1].id

    def questions(self, first: str, last: str) -> Iterator[Sent]:
        query = select(questions.c.id, questions.c.week, questions.c.language, questions.c.text, questions.c.answer)
        query = query.where(questions.c.week.between(first, last), questions.c.id > bindparam("after"))
        after = ""
        while rows := self.connection.execute(query.order_by(questions.c.id).limit(PAGE), {"after": after}).all():
            for row in rows:
                yield Sent(row.week, row.language, row.text, bool(row.answer))
            after = rows[-1].id
