"""What every file with queries shares: a port on a connection, and how an item's row is read."""

from collections.abc import Callable

import orjson
from sqlalchemy import Connection, Row
from sqlalchemy.dialects import postgresql, sqlite

from bot.feedback import Author, Feedback, Level

PAGE = 500
Insert = sqlite.Insert | postgresql.Insert


class Port:
    """A port on one connection; `insert` is the database's own, which knows ON CONFLICT."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.insert: Callable[..., Insert] = (
            postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        )


def read_item(row: Row[tuple[object, ...]]) -> Feedback:
    table = row._mapping
    answers = {k: tuple(v) if isinstance(v, list) else v for k, v in orjson.loads(table["answers"]).items()}
    author = Author(table["account"], table["address"], table["name"]) if table["account"] else None
    return Feedback(
        id=table["id"],
        form=table["form"],
        form_version=table["form_version"],
        level=Level(table["level"]),
        language=table["language"],
        week=table["week"],
        answers=answers,
        sharing=table["sharing"],
        contact=table["contact"],
        receipt=table["receipt"],
        status=table["status"],
        revision=table["revision"],
        author=author,
    )
