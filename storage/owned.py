"""bot.owned's port: items by their author's account or receipt."""

from collections.abc import Sequence

import orjson
from sqlalchemy import ColumnElement, delete, select, update

from bot.feedback import Feedback
from bot.ports import Envelope
from storage.port import Port, pages, read_item
from storage.tables import envelopes, items, notes, releases, withdrawals


class SqlOwned(Port):
    def of(self, accounts: Sequence[str]) -> list[Feedback]:
        """Newest week first."""
        query = select(items).where(items.c.account.in_(accounts)).order_by(items.c.week.desc(), items.c.id)
        return [read_item(row) for row in self.connection.execute(query)]

    def by_receipt(self, receipts: Sequence[str]) -> Feedback | None:
        """The filed item with one of these receipts' hashes."""
        found = (self.connection.execute(select(items).where(items.c.receipt.in_(page))) for page in pages(receipts))
        return next((read_item(row) for rows in found for row in rows), None)

    def get(self, item: str) -> Feedback | Envelope | None:
        """By id; holds the row to the end of the transaction, unless the item is anonymous.

        PostgreSQL writes on a row which transaction held it last: the one that an account's conversation was saved in.
        """
        query = select(items).where(items.c.id == item)
        row = self.connection.execute(query.where(items.c.account.is_not(None)).with_for_update()).one_or_none()
        row = row or self.connection.execute(query).one_or_none()
        return read_item(row) if row is not None else self._envelope(envelopes.c.id == item)

    def replace(self, item: Feedback) -> None:
        """What its author may change: words, sharing, level and name; the id stays."""
        author = item.author
        row = {
            "answers": orjson.dumps(dict(item.answers)).decode(),
            "sharing": item.sharing,
            "contact": item.contact,
            "level": item.level.value,
            "revision": item.revision,
            "name": author and author.name,
        }
        self.connection.execute(update(items).where(items.c.id == item.id).values(row))

    def remove(self, item: str) -> None:
        self.connection.execute(delete(notes).where(notes.c.item == item))
        self.connection.execute(delete(items).where(items.c.id == item))
        self.connection.execute(delete(envelopes).where(envelopes.c.id == item))

    def take_back(self, item: str, kind: str, week: str) -> bool:
        """Put a released item on the list that travels with later packages; False where it was not released."""
        if self.connection.execute(select(releases.c.item).where(releases.c.item == item)).first() is None:
            return False
        new = self.insert(withdrawals).values(item=item, kind=kind, week=week)
        self.connection.execute(new.on_conflict_do_update(index_elements=["item"], set_={"kind": kind, "week": week}))
        return True

    def _envelope(self, which: ColumnElement[bool]) -> Envelope | None:
        row = self.connection.execute(select(envelopes).where(which)).first()
        return Envelope(row.id, row.receipt, row.language, row.week, row.sealed) if row is not None else None
