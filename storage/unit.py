"""The unit of work over one SQLAlchemy connection: the only place with queries."""

import dataclasses
import datetime as dt
import itertools
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, Select, bindparam, case, delete, select, update

from bot import desk, ports
from bot.errors import Changed
from bot.exporting import Exports
from bot.feedback import Feedback
from bot.owned import Owned
from bot.ports import Claim, Count, Envelope, Stored
from bot.releasing import Releases, Shared
from bot.report.source import Reports
from bot.rotation import Seals
from bot.servers import Servers
from bot.upkeep import Marks, Upkeep
from bot.vault import new_id
from storage.desk import SqlInquiries, SqlNotes, SqlOutbox, SqlTriage, read_inquiry
from storage.owned import SqlOwned
from storage.port import PAGE, Port, Prepared, pages
from storage.port import read_item as read_item
from storage.releases import SqlExports, SqlReleases, SqlShared
from storage.reporting import SqlReports
from storage.servers import SqlServers
from storage.tables import audit, batches, claims, conversations, counters, envelopes, items, questions
from storage.upkeep import SqlMarks, SqlSeals, SqlUpkeep

CLAIM = Prepared(
    lambda insert: (
        insert(claims)
        .values(key=bindparam("key"), day=bindparam("day"), seen=1, delivered=False, note="")
        .on_conflict_do_update(index_elements=["key"], set_={"seen": claims.c.seen + 1})
        .returning(claims.c.seen, claims.c.delivered, claims.c.note)
    )
)
CLAIM_AGAIN = Prepared(
    lambda _: (
        update(claims)
        .where(claims.c.key == bindparam("old"))
        .values(seen=claims.c.seen + 1)
        .returning(claims.c.delivered, claims.c.note)
    )
)
HEXADECIMAL = "0123456789abcdef"  # what hashed keys begin with
NOTE = Prepared(lambda _: update(claims).where(claims.c.key == bindparam("old")).values(note=bindparam("said")))
DELIVERED = Prepared(lambda _: update(claims).where(claims.c.key == bindparam("old")).values(delivered=True))
ONE = select(conversations.c.key, conversations.c.version, conversations.c.sealed).where(
    conversations.c.key == bindparam("old")
)
LOAD, LOAD_LOCKED = Prepared(lambda _: ONE), Prepared(lambda _: ONE.with_for_update())
START = Prepared(
    lambda insert: (
        insert(conversations)
        .values({name: bindparam(name) for name in ("key", "version", "sealed", "day")})
        .on_conflict_do_nothing()
        .returning(conversations.c.key)
    )
)
SAVE = Prepared(
    lambda _: (
        update(conversations)
        .where(conversations.c.key == bindparam("old"), conversations.c.version == bindparam("seen"))
        .values(
            key=bindparam("new_key"),
            version=conversations.c.version + 1,
            sealed=bindparam("new_sealed"),
            day=bindparam("new_day"),
        )
        .returning(conversations.c.key)
    )
)
COUNT = Prepared(
    lambda insert: (
        insert(counters)
        .values({name: bindparam(name) for name in Count._fields} | {"count": bindparam("new")})
        .on_conflict_do_update(index_elements=list(Count._fields), set_={"count": counters.c.count + bindparam("new")})
    )
)


class Unit:
    """bot.ports.UnitOfWork: every port on one connection, in the connection's transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.claims: ports.Claims = SqlClaims(connection)
        self.conversations: ports.Conversations = SqlConversations(connection)
        self.items: ports.Items = SqlItems(connection)
        self.envelopes: ports.Envelopes = SqlEnvelopes(connection)
        self.counters: ports.Counters = SqlCounters(connection)
        self.questions: ports.Questions = SqlQuestions(connection)
        self.audit: ports.Audit = SqlAudit(connection)
        self.triage: desk.Triage = SqlTriage(connection)
        self.notes: desk.Notes = SqlNotes(connection)
        self.inquiries: desk.Inquiries = SqlInquiries(connection)
        self.outbox: desk.Outbox = SqlOutbox(connection)
        self.owned: Owned = SqlOwned(connection)
        self.reports: Reports = SqlReports(connection)
        self.upkeep: Upkeep = SqlUpkeep(connection)
        self.exports: Exports = SqlExports(connection)
        self.shared: Shared = SqlShared(connection)
        self.releases: Releases = SqlReleases(connection)
        self.marks: Marks = SqlMarks(connection)
        self.seals: Seals = SqlSeals(connection)
        self.servers: Servers = SqlServers(connection)


class SqlClaims(Port):
    def claim(self, keys: Sequence[str], day: str) -> Claim:
        """Writes whether the event is new or not: a duplicate that only reads acknowledges what a failover loses."""
        for key in keys[1:]:  # handled under an older key of the ring
            for delivered, note in CLAIM_AGAIN.run(self.connection, old=key):
                return Claim(False, bool(delivered), note)
        ((seen, delivered, note),) = CLAIM.run(self.connection, key=keys[0], day=day)
        return Claim(seen == 1, bool(delivered), note)

    def note(self, keys: Sequence[str], note: str) -> None:
        for key in keys:
            NOTE.run(self.connection, old=key, said=note)

    def delivered(self, keys: Sequence[str]) -> None:
        for key in keys:
            DELIVERED.run(self.connection, old=key)


class SqlConversations(Port):
    def load(self, keys: Sequence[str], *, lock: bool) -> Stored | None:
        for key in keys:
            for found, version, sealed in (LOAD_LOCKED if lock else LOAD).run(self.connection, old=key):
                return Stored(found, version, sealed)
        return None

    def save(self, key: str, sealed: bytes, before: Stored | None, day: str) -> None:
        """Replace what was read as `before`; Changed where something else stands there by now."""
        if before is None:
            first = secrets.randbelow(2**30)  # a start that tells nothing of how much a member writes
            if not START.run(self.connection, key=key, version=first, sealed=sealed, day=day):
                raise Changed("somebody was first")
            return
        new = {"new_key": key, "new_sealed": sealed, "new_day": day}
        if not SAVE.run(self.connection, old=before.key, seen=before.version, **new):
            raise Changed("the conversation moved on")

    def forget(self, keys: Sequence[str]) -> None:
        self.connection.execute(delete(conversations).where(conversations.c.key.in_(keys)))

    def touch_all(self) -> None:
        """Rewrite every row that belongs to an account, so that all carry this transaction's mark.

        In slices: one statement over millions of rows would take longer than a statement may. All keys are in one,
        however the database orders other signs than the digits they begin with. What a delivered claim notes, such as
        that something was deleted, is of no use any more.
        """
        seen = {claims.c.seen: claims.c.seen + 1, claims.c.note: case((claims.c.delivered, ""), else_=claims.c.note)}
        for table, values in ((claims, seen), (conversations, {conversations.c.version: conversations.c.version + 1})):
            whole = update(table).values(values)
            for first, after in itertools.pairwise(["", *HEXADECIMAL[1:], None]):
                slice_ = table.c.key >= first
                self.connection.execute(whole.where(slice_ if after is None else slice_ & (table.c.key < after)))
        self.connection.execute(update(items).where(items.c.account.is_not(None)).values(status=items.c.status))


class SqlItems(Port):
    def add(self, item: Feedback) -> None:
        row = {
            field.name: getattr(item, field.name)
            for field in dataclasses.fields(item)
            if field.name not in ("author", "answers")
        }
        author = item.author
        row |= {"level": item.level.value, "answers": orjson.dumps(dict(item.answers)).decode()}
        row |= {
            "account": author and author.account,
            "address": author and author.address,
            "name": author and author.name,
        }
        self.connection.execute(self.insert(items).values(row))

    def all(self, form: str) -> Iterator[Feedback]:
        """In the order of their random ids, a page at a time."""
        query = (
            select(items).where(items.c.form == form, items.c.id > bindparam("after")).order_by(items.c.id).limit(PAGE)
        )
        after = ""
        while rows := self.connection.execute(query, {"after": after}).all():
            yield from map(read_item, rows)
            after = rows[-1].id


class SqlEnvelopes(Port):
    def add(self, envelope: Envelope) -> None:
        row = self.insert(envelopes).values(dataclasses.asdict(envelope))
        row = row.on_conflict_do_nothing(index_elements=["receipt"])
        if self.connection.execute(row.returning(envelopes.c.id)).one_or_none() is None:
            raise Changed("another change of the same item was first")

    def waiting(self) -> list[Envelope]:
        return self._read(select(envelopes))

    def under(self, receipts: Sequence[str]) -> list[Envelope]:
        found = (self._read(select(envelopes).where(envelopes.c.receipt.in_(page))) for page in pages(receipts))
        return [one for several in found for one in several]

    def _read(self, query: Select[Any]) -> list[Envelope]:
        rows = self.connection.execute(query.order_by(envelopes.c.id)).all()
        return [Envelope(row.id, row.receipt, row.language, row.week, row.sealed) for row in rows]

    def remove(self, ids: Sequence[str]) -> list[str]:
        found: list[str] = []
        for page in pages(ids):
            gone = delete(envelopes).where(envelopes.c.id.in_(page)).returning(envelopes.c.id)
            found += self.connection.execute(gone).scalars()
        return found

    def last_batch(self, week: str | None = None) -> str:
        """The week of the last batch ("" before the first); with `week`, that becomes it. Holds the row."""
        if week is not None:
            new = self.insert(batches).values(name="filing", week=week)
            self.connection.execute(new.on_conflict_do_update(index_elements=["name"], set_={"week": week}))
            return week
        query = select(batches.c.week).where(batches.c.name == "filing").with_for_update()
        return self.connection.execute(query).scalar_one_or_none() or ""


class SqlCounters(Port):
    def add(self, one: Count, count: int = 1) -> None:
        COUNT.run(self.connection, **one._asdict(), new=count)

    def mingle(self, since: str) -> None:
        self.renew(counters, counters.c.week >= since)

    def between(self, since: str, until: str) -> Mapping[Count, int]:
        query = select(*(counters.c[name] for name in Count._fields), counters.c.count)
        query = query.where(counters.c.week >= since, *([counters.c.week <= until] if until else []))
        return {Count(*row[:-1]): row[-1] for row in self.connection.execute(query)}


class SqlQuestions(Port):
    def add(
        self, text: str, language: str, week: str, account: str | None = None, address: bytes | None = None
    ) -> None:
        row = {"id": new_id(), "week": week, "language": language, "text": text, "account": account, "address": address}
        self.connection.execute(self.insert(questions).values(row))

    def mingle(self) -> None:
        self.renew(questions, questions.c.account.is_(None))

    def of(self, accounts: Sequence[str]) -> list[desk.Inquiry]:
        """Newest week first."""
        query = select(questions).where(questions.c.account.in_(accounts), questions.c.answer == "")
        query = query.order_by(questions.c.week.desc(), questions.c.id)
        return [read_inquiry(row) for row in self.connection.execute(query)]

    def forget_asker(self, question: str, accounts: Sequence[str]) -> None:
        theirs = update(questions).where(questions.c.id == question, questions.c.account.in_(accounts))
        self.connection.execute(theirs.values(account=None, address=None))


class SqlAudit(Port):
    def add(self, action: str, purpose: str, details: str) -> None:
        at = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        row = {"id": new_id(), "at": at, "action": action, "purpose": purpose, "details": details}
        self.connection.execute(self.insert(audit).values(row))
