"""The schema: newest migration equals the tables, up and down leave it as it was, a newer one is refused."""

import pytest
from sqlalchemy import Connection, inspect, text

from bot.errors import SchemaError
from storage import migrate
from storage.database import PostgresStore, SqliteStore, open_store
from storage.tables import VERSION


async def on(url: str, *works: object) -> None:
    async with open_store(url, migrate=True) as store:
        assert isinstance(store, SqliteStore | PostgresStore)
        for work in works:
            await store.schema(work)  # type: ignore[arg-type]


async def test_the_newest_migration_makes_the_tables_of_the_code(database_url: str) -> None:
    def check(connection: Connection) -> None:
        assert migrate.version(connection) == VERSION
        assert migrate.differences(connection) == []

    await on(database_url, check)


async def test_down_and_up_again_leaves_the_schema_unchanged(database_url: str) -> None:
    found: list[object] = []

    def look(connection: Connection) -> None:
        tables = inspect(connection)
        found.append({t: [str(c) for c in tables.get_columns(t)] for t in sorted(tables.get_table_names())})

    def there_and_back(connection: Connection) -> None:
        migrate.move(connection, "downgrade", "base")
        migrate.upgrade(connection)

    await on(database_url, look, there_and_back, look)
    assert found[0] == found[1]
    assert "items" in str(found[0])


async def test_what_the_first_version_stored_is_there_after_the_upgrade(database_url: str) -> None:
    row = {"key": "k" * 32, "version": 7, "sealed": b"sealed", "day": "2026-11-25"}
    found: list[dict[str, object]] = []

    def begin(connection: Connection) -> None:
        migrate.move(connection, "downgrade", "0001")
        connection.execute(
            text("INSERT INTO conversations (key, version, sealed, day) VALUES (:key, :version, :sealed, :day)"), row
        )

    def look(connection: Connection) -> None:
        migrate.upgrade(connection)
        assert migrate.differences(connection) == []
        found.extend(dict(one) for one in connection.execute(text("SELECT * FROM conversations")).mappings())

    await on(database_url, begin, look)
    assert found == [row]


async def test_a_newer_schema_is_refused_in_one_sentence(database_url: str) -> None:
    def newer(connection: Connection) -> None:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    await on(database_url, newer)
    with pytest.raises(SchemaError, match="newer version of this program: update the program"):
        await on(database_url)


async def test_without_leave_to_migrate_an_empty_database_is_refused(database_url: str) -> None:
    with pytest.raises(SchemaError, match=r"run \./run init"):
        async with open_store(database_url, migrate=False):
            pass
