"""Servers that the bot is or was in, as keyed hashes, so that one that it was removed from can be forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "servers",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("platform", sa.String(length=12), nullable=False),
        sa.Column("older", sa.Text(), nullable=False),
        sa.Column("left", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_servers")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("servers")
