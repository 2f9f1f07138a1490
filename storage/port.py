"""What every file with queries shares: a port on a connection, statements of every message, how an item is read."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import ClauseElement, ColumnElement, Connection, Row, Table, delete, insert, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.feedback import Author, Feedback, Level, answers_of

PAGE = 500
Insert = sqlite.Insert | postgresql.Insert


class Prepared:
    """A statement of every message: made into SQL once for each database, and run on the driver itself.

    SQLAlchemy takes several times as long to run one as the database does.
    """

    def __init__(self, build: Callable[[Callable[..., Insert]], ClauseElement]) -> None:
        """`build` is given the database's own insert; what changes from one run to the next is a bindparam."""
        self._build = build
        self._made: dict[str, tuple[str, list[str], dict[str, Any]]] = {}

    def run(self, connection: Connection, **values: object) -> Sequence[Any]:
        """The rows, in the order of the statement's columns. Raises the driver's own errors."""
        name = connection.dialect.name
        if name not in self._made:
            compiled: Any = self._build(inserts(connection)).compile(dialect=connection.dialect)
            self._made[name] = (str(compiled), compiled.positiontup, compiled.params)
        sql, places, fixed = self._made[name]
        given = [values[place] if place in values else fixed[place] for place in places]
        driver: Any = connection.connection.dbapi_connection
        if name == "sqlite":
            return driver.execute(sql, given).fetchall()  # type: ignore[no-any-return]
        return driver.run_async(lambda bare: bare.fetch(sql, *given))  # type: ignore[no-any-return]


def inserts(connection: Connection) -> Callable[..., Insert]:
    return postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert


class Port:
    """A port on one connection; `insert` is the database's own, which knows ON CONFLICT."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.insert = inserts(connection)

    def renew(self, table: Table, which: ColumnElement[bool]) -> None:
        """Write rows again, so that all carry this transaction's mark and lie in the order of their keys.

        On PostgreSQL their places are changed by the sweep: a row written anew would be gone for who waits for it.
        """
        if self.connection.dialect.name == "postgresql":
            key = table.primary_key.columns[0]
            self.connection.execute(update(table).where(which).values({key: key}))
            return
        rows = self.connection.execute(delete(table).where(which).returning(*table.columns)).all()
        keys = [column.name for column in table.primary_key]
        rows = sorted(rows, key=lambda row: [row._mapping[name] for name in keys])
        if rows:
            self.connection.execute(insert(table), [dict(row._mapping) for row in rows])


def pages(every: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """As many at once as a statement takes well."""
    return (every[start : start + PAGE] for start in range(0, len(every), PAGE))


def read_item(row: Row[tuple[object, ...]]) -> Feedback:
    table = row._mapping
    author = Author(table["account"], table["address"], table["name"]) if table["account"] else None
    return Feedback(
        id=table["id"],
        form=table["form"],
        form_version=table["form_version"],
        level=Level(table["level"]),
        language=table["language"],
        week=table["week"],
        answers=answers_of(orjson.loads(table["answers"])),
        sharing=table["sharing"],
        contact=table["contact"],
        receipt=table["receipt"],
        status=table["status"],
        revision=table["revision"],
        author=author,
    )
