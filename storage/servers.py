"""bot.servers' port: the servers that the bot is or was in, and what is forgotten with one."""

from sqlalchemy import delete, select, update

from bot.servers import Server
from storage.port import Port
from storage.tables import metadata, servers

EMPTIED = {"items.address": ("address",), "questions.address": ("account", "address")}  # the row itself stays


class SqlServers(Port):
    def all(self) -> list[Server]:
        rows = self.connection.execute(select(servers).order_by(servers.c.key))
        return [Server(row.key, row.platform, tuple(row.older.split()), row.left) for row in rows]

    def put(self, server: Server) -> None:
        row = {"platform": server.platform, "older": " ".join(server.older), "left": server.left}
        new = self.insert(servers).values(key=server.key, **row)
        self.connection.execute(new.on_conflict_do_update(index_elements=["key"], set_=row))

    def drop(self, server: Server) -> bool:
        same = (servers.c.key == server.key) & (servers.c.left == server.left)
        return self.connection.execute(delete(servers).where(same).returning(servers.c.key)).one_or_none() is not None

    def forget(self, column: str, key: str, sealed: bytes) -> None:
        """Only where it still is what was read."""
        table = metadata.tables[column.partition(".")[0]]
        same = (table.primary_key.columns[0] == key) & (table.c[column.partition(".")[2]] == sealed)
        if column in EMPTIED:
            self.connection.execute(update(table).where(same).values(dict.fromkeys(EMPTIED[column])))
        else:
            self.connection.execute(delete(table).where(same))
