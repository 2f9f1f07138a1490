"""The `union` profile: everything that is filed, nothing suppressed."""

import pathlib
from dataclasses import dataclass, field

from bot.export import table
from bot.export.package import About, Data, write_data, write_description
from bot.exporting import Filters, Order, Progress, from_store, named, taken_back, told, waiting_items
from bot.ports import UnitOfWork
from bot.vault import Unreadable, Vault


@dataclass
class Union:
    """`waiting`, `unreadable`: known once it was taken."""

    order: Order
    filters: Filters
    vault: Vault
    progress: Progress
    waiting: int = 0
    unreadable: int = 0  # names that no key here opens
    taken_back: list[dict[str, str]] = field(default_factory=list)

    def take(self, uow: UnitOfWork, folder: pathlib.Path) -> list[Data]:
        self.waiting, self.unreadable = waiting_items(uow, self.vault), 0
        self.taken_back = taken_back(uow)
        form, labels = self.order.form, self.order.labels
        items = told(from_store(uow.exports.items(self.filters)), uow.exports.count(self.filters), self.progress)
        rows = table.rows(form, labels.language, items, self.name)
        return [write_data(folder, "feedback", self.order.kind, table.columns(form, labels), rows)]

    def name(self, sealed: bytes) -> str:
        try:
            return self.vault.text(sealed, "name")
        except Unreadable:
            self.unreadable += 1
            return ""

    def describe(self, folder: pathlib.Path, files: list[Data]) -> None:
        about = About("union", self.order.purpose, named(self.filters), self.waiting, withdrawals=self.taken_back)
        write_description(folder, files, about, self.order.now)

    def keep(self, uow: UnitOfWork, files: list[Data]) -> None:
        filters = " ".join(f"{name}={value}" for name, value in named(self.filters).items())
        details = f"format={self.order.kind} profile=union {filters} items={files[0].count}"
        uow.audit.add("export feedback", self.order.purpose, details)
