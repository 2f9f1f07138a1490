"""bot.desk's ports: items as staff go through them, notes, questions sent in, the outbox."""

from collections.abc import Sequence

from sqlalchemy import Row, and_, case, delete, false, func, or_, select, update

from bot.desk import Inquiry, Listed, Note, Parcel
from bot.feedback import Feedback
from bot.vault import new_id
from storage.port import Port, read_item
from storage.tables import items, notes, outbox, questions


class SqlTriage(Port):
    def page(self, limit: int) -> tuple[list[Listed], int]:
        """The first of all items, and how many there are: what waits for staff (longest first), then the newest."""
        unseen = and_(notes.c.item == items.c.id, notes.c.from_staff == false(), notes.c.seen == false())
        replied = select(notes.c.id).where(unseen).exists()
        waits = or_(items.c.status == "new", replied)
        order = (case((waits, 0), else_=1), case((waits, items.c.week)), items.c.week.desc(), items.c.id)
        rows = self.connection.execute(select(items, replied.label("replied")).order_by(*order).limit(limit)).all()
        count = self.connection.execute(select(func.count()).select_from(items)).scalar_one()
        return [Listed(read_item(row), bool(row._mapping["replied"])) for row in rows], count

    def item(self, item: str, *, lock: bool) -> Feedback | None:
        query = select(items).where(items.c.id == item)
        row = self.connection.execute(query.with_for_update() if lock else query).one_or_none()
        return read_item(row) if row else None

    def set_status(self, item: str, status: str) -> None:
        self.connection.execute(update(items).where(items.c.id == item).values(status=status))


class SqlNotes(Port):
    def add(self, item: str, text: str, week: str, *, from_staff: bool) -> None:
        """At the end of the thread; the item's row is locked meanwhile, so no two notes take one place."""
        last = self.connection.execute(select(func.max(notes.c.place)).where(notes.c.item == item)).scalar_one() or 0
        row = {"id": new_id(), "item": item, "place": last + 1, "text": text, "week": week}
        self.connection.execute(self.insert(notes).values(from_staff=from_staff, seen=False, **row))

    def of(self, item: str) -> list[Note]:
        query = select(notes).where(notes.c.item == item).order_by(notes.c.place, notes.c.id)
        return [Note(row.from_staff, row.text, row.week, row.seen) for row in self.connection.execute(query)]

    def see(self, item: str, *, from_staff: bool) -> None:
        unseen = and_(notes.c.item == item, notes.c.from_staff == from_staff, notes.c.seen == false())
        self.connection.execute(update(notes).where(unseen).values(seen=True))


class SqlInquiries(Port):
    def page(self, limit: int) -> tuple[list[Inquiry], int]:
        """The first of all questions, and how many there are: the unanswered (longest first), then the newest."""
        waits = questions.c.answer == ""
        order = (case((waits, 0), else_=1), case((waits, questions.c.week)), questions.c.week.desc(), questions.c.id)
        rows = self.connection.execute(select(questions).order_by(*order).limit(limit)).all()
        count = self.connection.execute(select(func.count()).select_from(questions)).scalar_one()
        return [read_inquiry(row) for row in rows], count

    def get(self, inquiry: str, *, lock: bool) -> Inquiry | None:
        query = select(questions).where(questions.c.id == inquiry)
        row = self.connection.execute(query.with_for_update() if lock else query).one_or_none()
        return read_inquiry(row) if row else None

    def answer(self, inquiry: str, text: str) -> None:
        answered = {"answer": text, "account": None, "address": None}
        self.connection.execute(update(questions).where(questions.c.id == inquiry).values(answered))


def read_inquiry(row: Row[tuple[object, ...]]) -> Inquiry:
    table = row._mapping
    return Inquiry(
        id=table["id"],
        week=table["week"],
        language=table["language"],
        text=table["text"],
        answer=table["answer"],
        account=table["account"],
        address=table["address"],
    )


class SqlOutbox(Port):
    def add(self, account: str, sealed: bytes, day: str) -> None:
        self.connection.execute(self.insert(outbox).values(id=new_id(), account=account, sealed=sealed, day=day))

    def waiting(self, accounts: Sequence[str]) -> list[Parcel]:
        query = select(outbox).where(outbox.c.account.in_(accounts)).order_by(outbox.c.day, outbox.c.id)
        return [Parcel(row.id, row.account, row.sealed) for row in self.connection.execute(query)]

    def all_waiting(self) -> list[Parcel]:
        query = select(outbox).order_by(outbox.c.day, outbox.c.id)
        return [Parcel(row.id, row.account, row.sealed) for row in self.connection.execute(query)]

    def remove(self, parcel: str) -> bool:
        gone = delete(outbox).where(outbox.c.id == parcel).returning(outbox.c.id)
        return self.connection.execute(gone).one_or_none() is not None
