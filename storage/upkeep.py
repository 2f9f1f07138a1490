"""bot.upkeep's ports (rows past their time, marks) and bot.rotation's (sealed bytes by column)."""

from collections.abc import Iterator

from sqlalchemy import delete, select, update

from bot.deletions import BATCHED, LISTED
from storage.port import PAGE, Port
from storage.tables import audit, batches, claims, conversations, items, metadata, notes, outbox, questions, releases

DATED = {
    "claims": claims.c.day,
    "conversations": conversations.c.day,
    "outbox": outbox.c.day,
    "questions": questions.c.week,
    "items": items.c.week,
    "audit": audit.c.at,
}


class SqlUpkeep(Port):
    def expire(self, table: str, before: str) -> int:
        """An item goes with its notes and its release. Deletions that wait for their list stay in the outbox."""
        old = DATED[table] < before
        if table == "items":
            for part in (notes, releases):
                self.connection.execute(delete(part).where(part.c.item.in_(select(items.c.id).where(old))))
        if table == "outbox":
            old &= outbox.c.account.not_in([LISTED, BATCHED])
        return self.connection.execute(delete(metadata.tables[table]).where(old)).rowcount


class SqlSeals(Port):
    def each(self, column: str, since: str = "") -> Iterator[tuple[str, bytes]]:
        """Key and bytes, a page at a time; rows may be replaced on the way."""
        table = metadata.tables[column.partition(".")[0]]
        key, value = table.primary_key.columns[0], table.c[column.partition(".")[2]]
        query = select(key, value).where(value.is_not(None)).order_by(key).limit(PAGE)
        if since:
            query = query.where(table.c.day >= since)
        after = ""
        while rows := self.connection.execute(query.where(key > after)).all():
            yield from ((row[0], row[1]) for row in rows)
            after = rows[-1][0]

    def replace(self, column: str, key: str, before: bytes, after: bytes) -> None:
        """Only where it still is what was read."""
        table = metadata.tables[column.partition(".")[0]]
        value = table.c[column.partition(".")[2]]
        same = (table.primary_key.columns[0] == key) & (value == before)
        self.connection.execute(update(table).where(same).values({value: after}))


class SqlMarks(Port):
    """In the table of batches: one row for each of the house's own notes."""

    def get(self, name: str) -> str:
        return self.connection.execute(select(batches.c.week).where(batches.c.name == name)).scalar_one_or_none() or ""

    def put(self, name: str, value: str) -> None:
        new = self.insert(batches).values(name=name, week=value)
        self.connection.execute(new.on_conflict_do_update(index_elements=["name"], set_={"week": value}))

    def drop(self, name: str, value: str) -> None:
        self.connection.execute(delete(batches).where(batches.c.name == name, batches.c.week == value))
