"""The tables. No platform id, name or receipt stands in them as it is: keyed hashes and sealed bytes only.

On SQLite every table is WITHOUT ROWID under a random or hashed key, so that no order of arrival is left in the file.
"""

from typing import Any

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

VERSION = "0004"  # the newest migration

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)
UNORDERED: dict[str, Any] = {"sqlite_with_rowid": False}

claims = Table(
    "claims",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("day", String(10), nullable=False),
    Column("seen", Integer, nullable=False),
    Column("delivered", Boolean, nullable=False),
    Column("note", String(40), nullable=False),
    Index("ix_claims_day", "day"),
    **UNORDERED,
)

conversations = Table(
    "conversations",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("day", String(10), nullable=False),
    **UNORDERED,
)

items = Table(
    "items",
    metadata,
    Column("id", String(10), primary_key=True),
    Column("form", String(40), nullable=False),
    Column("form_version", Integer, nullable=False),
    Column("level", String(12), nullable=False),
    Column("language", String(8), nullable=False),
    Column("week", String(8), nullable=False),
    Column("answers", Text, nullable=False),
    Column("sharing", Boolean, nullable=False),
    Column("contact", Boolean, nullable=False),
    Column("status", String(12), nullable=False),
    Column("revision", Integer, nullable=False, server_default="1"),  # raised by each correction
    Column("receipt", String(32), nullable=False, unique=True),
    Column("account", String(32)),
    Column("address", LargeBinary),
    Column("name", LargeBinary),
    Index("ix_items_account", "account"),
    **UNORDERED,
)

envelopes = Table(
    "envelopes",
    metadata,
    Column("id", String(10), primary_key=True),
    Column("receipt", String(32), nullable=False, unique=True),
    Column("language", String(8), nullable=False),
    Column("week", String(8), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    **UNORDERED,
)

batches = Table(
    "batches",
    metadata,
    Column("name", String(12), primary_key=True),
    Column("week", String(8), nullable=False),
)

counters = Table(
    "counters",
    metadata,
    Column("week", String(8), primary_key=True),
    Column("outcome", String(16), primary_key=True),
    Column("topic", String(64), primary_key=True),
    Column("language", String(8), primary_key=True),
    Column("count", Integer, nullable=False),
    **UNORDERED,
)

questions = Table(
    "questions",
    metadata,
    Column("id", String(10), primary_key=True),
    Column("week", String(8), nullable=False),
    Column("language", String(8), nullable=False),
    Column("text", Text, nullable=False),
    Column("answer", Text, nullable=False, server_default=""),
    Column("account", String(32)),  # only of who wished to hear back
    Column("address", LargeBinary),
    **UNORDERED,
)

notes = Table(  # what staff ask about an item, and what its author replies
    "notes",
    metadata,
    Column("id", String(10), primary_key=True),
    Column("item", String(10), nullable=False),
    Column("place", Integer, nullable=False),  # 1, 2, 3... within the item
    Column("from_staff", Boolean, nullable=False),
    Column("text", Text, nullable=False),
    Column("week", String(8), nullable=False),
    Column("seen", Boolean, nullable=False),
    Index("ix_notes_item", "item"),
    **UNORDERED,
)

outbox = Table(  # what the bot wants to say by itself; sent one by one, then removed
    "outbox",
    metadata,
    Column("id", String(10), primary_key=True),
    Column("account", String(32), nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # platform, address and text
    Column("day", String(10), nullable=False),
    Index("ix_outbox_account", "account"),
    **UNORDERED,
)

releases = Table(  # what a `developers` export decided for an item, once
    "releases",
    metadata,
    Column("item", String(10), primary_key=True),
    Column("month", String(7), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("values", Text, nullable=False),  # identifying question -> code shown, "" where blanked
    **UNORDERED,
)

withdrawals = Table(  # items that were released and then withdrawn or deleted; travels with later packages
    "withdrawals",
    metadata,
    Column("item", String(10), primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("week", String(8), nullable=False),
    **UNORDERED,
)

reports = Table(  # a closed month's report, fixed when first made
    "reports",
    metadata,
    Column("month", String(7), primary_key=True),
    Column("tables", Text, nullable=False),
    **UNORDERED,
)

servers = Table(  # that the bot is or was in; which members use it there stands sealed with them
    "servers",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("platform", String(12), nullable=False),
    Column("older", Text, nullable=False),  # its hashes under older keys, with blanks between
    Column("left", String(10), nullable=False),  # the day when the bot was removed; "" while it is there
    **UNORDERED,
)

audit = Table(
    "audit",
    metadata,
    Column("id", String(10), primary_key=True),
    Column("at", String(20), nullable=False),
    Column("action", String(40), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("details", Text, nullable=False),
)
