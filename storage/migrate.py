"""Brings the schema to this code's version, by Alembic, on a connection that is given."""

import pathlib
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from bot.errors import SchemaError
from storage.tables import VERSION, metadata

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = pathlib.Path(__file__).parent / "migrations"


def version(connection: Connection) -> str | None:
    """The schema's version; None where there is none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def check_head(connection: Connection) -> None:
    """SchemaError unless the schema is the one this code works with."""
    now = version(connection)
    if now == VERSION:
        return
    if now is not None and now > VERSION:
        raise SchemaError("The database is of a newer version of this program: update the program, then start again.")
    if now is None:
        raise SchemaError("The database has no tables yet: run ./run init.")
    raise SchemaError("The database is not of this version of the program yet: run ./run migrate.")


def upgrade(connection: Connection) -> None:
    """Up to VERSION, in the connection's transaction; SchemaError where the schema is newer than that."""
    now = version(connection)
    if now == VERSION:
        return
    if now is not None and now > VERSION:
        check_head(connection)
    move(connection, "upgrade", "head")


def move(connection: Connection, direction: str, target: str) -> None:
    """Run migrations "upgrade" or "downgrade" to a version; Alembic is loaded only here."""
    from alembic import command

    {"upgrade": command.upgrade, "downgrade": command.downgrade}[direction](configuration(connection), target)


def configuration(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def differences(connection: Connection) -> list[object]:
    """Where the schema and this code's tables differ; empty at the newest version."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    return list(compare_metadata(MigrationContext.configure(connection), metadata))
