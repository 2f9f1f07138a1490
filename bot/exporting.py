"""Use case: take feedback out of the store. Every export leaves an audit row."""

import datetime as dt
import pathlib
from collections.abc import Callable, Iterator

from bot.content import Content
from bot.export import table
from bot.export.package import FORMATS, About, write_package
from bot.feedback import Feedback
from bot.ports import Store, UnitOfWork
from bot.vault import Vault


async def export_feedback(
    store: Store,
    content: Content,
    vault: Vault,
    *,
    kind: str,
    profile: str,
    purpose: str,
    form: str,
    language: str,
    folder: pathlib.Path,
    now: dt.datetime,
    progress: Callable[[int], None],
) -> int:
    """Write the package into `folder`; how many items. `progress` hears how many are done."""
    layout = content.forms[form]

    def name_of(item: Feedback) -> str:
        return vault.open(item.author.name, "name").decode() if item.author and item.author.name else ""

    def work(uow: UnitOfWork) -> int:
        waiting = len(uow.envelopes.waiting())
        about = About(profile, purpose, {"form": form}, waiting)
        rows = table.rows(layout, language, counted(uow.items.all(form), progress), name_of)
        return write_package(folder, kind, table.columns(layout, language), rows, about, now)

    assert kind in FORMATS
    count = await store.read(work)
    details = f"format={kind} profile={profile} form={form} items={count}"
    await store.write(lambda uow: uow.audit.add("export feedback", purpose, details))
    return count


def counted(items: Iterator[Feedback], progress: Callable[[int], None]) -> Iterator[Feedback]:
    for number, item in enumerate(items, 1):
        progress(number)
        yield item
