"""Staff's questions and answers, what authors do with their items, releases to the AI developers."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("items", sa.Column("revision", sa.Integer(), server_default="1", nullable=False))
    op.add_column("questions", sa.Column("answer", sa.Text(), server_default="", nullable=False))
    op.add_column("questions", sa.Column("account", sa.String(length=32)))
    op.add_column("questions", sa.Column("address", sa.LargeBinary()))
    op.create_table(
        "notes",
        sa.Column("id", sa.String(length=10), nullable=False),
        sa.Column("item", sa.String(length=10), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("from_staff", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_notes_item", "notes", ["item"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=10), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_outbox_account", "outbox", ["account"])
    op.create_table(
        "releases",
        sa.Column("item", sa.String(length=10), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("values", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("item", name=op.f("pk_releases")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "withdrawals",
        sa.Column("item", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("item", name=op.f("pk_withdrawals")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reports",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("tables", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_reports")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for table in ("reports", "withdrawals", "releases", "outbox", "notes"):
        op.drop_table(table)
    for column in ("address", "account", "answer"):
        op.drop_column("questions", column)
    op.drop_column("items", "revision")
