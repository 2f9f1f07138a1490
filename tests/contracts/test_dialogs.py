"""The conformance suite: every dialog, on every adapter and every database, leaves the same words and the same rows."""

import dataclasses
import re
from collections import Counter

import pytest
from sqlalchemy import Connection, select

from bot.conversations import Conversation
from bot.core import CONVERSATION, Bot
from bot.ports import Store
from bot.vault import Vault
from storage.database import PostgresStore, SqliteStore
from storage.tables import conversations, counters, envelopes, items, outbox, questions
from storage.unit import read_item
from tests.contracts.dialogs import DIALOGS, Dialog
from tests.contracts.harness import ADAPTERS

SIX_WORDS = re.compile(r"^ {4}([a-z]+(?: [a-z]+){5})$", re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "adapter"), [(name, one) for name, dialog in DIALOGS.items() for one in dialog.adapters or ADAPTERS]
)
async def test_dialog(name: str, adapter: str, bot: Bot, store: Store, vault: Vault) -> None:
    dialog = DIALOGS[name]
    if dialog.employers:
        union = dataclasses.replace(bot.content.union, employer_owned=True)
        bot.content = dataclasses.replace(bot.content, union=union)
    member = ADAPTERS[adapter](bot)
    try:
        receipt = ""
        for said, wanted in dialog.turns:
            shown = await member.say(said.replace("RECEIPT", receipt))
            receipt = next(iter(SIX_WORDS.findall(shown)), receipt)
            for fragment in (wanted,) if isinstance(wanted, str) else wanted:
                assert fragment in shown, f"{name}: to {said[:60]!r} the bot answered {shown!r}"
    finally:
        await member.leave()
    assert await left(store, vault) == expected(dialog)


def expected(dialog: Dialog) -> dict[str, object]:
    return {
        "items": dialog.items,
        "envelopes": dialog.envelopes,
        "counters": dialog.counters,
        "questions": dialog.questions,
        "draft": dialog.draft,
        "deletions": dialog.deletions,
    }


async def left(store: Store, vault: Vault) -> dict[str, object]:
    """The rows as a dialog names them."""
    assert isinstance(store, SqliteStore | PostgresStore)
    found: dict[str, object] = {}

    def look(connection: Connection) -> None:
        every = [read_item(row) for row in connection.execute(select(items))]
        found["items"] = [
            {
                "level": item.level.value,
                "language": item.language,
                "sharing": item.sharing,
                "contact": item.contact,
                "status": item.status,
                "named": bool(item.author and item.author.name),
                "answers": {k: list(v) if isinstance(v, tuple) else v for k, v in item.answers.items()},
            }
            for item in every
        ]
        found["envelopes"] = list(connection.execute(select(envelopes.c.language)).scalars())
        summed: Counter[tuple[str, str]] = Counter()
        for row in connection.execute(select(counters)):
            summed[row.outcome, row.topic] += row._mapping["count"]
        found["counters"] = dict(summed)
        found["questions"] = sorted(connection.execute(select(questions.c.text)).scalars())
        found["deletions"] = len(list(connection.execute(select(outbox.c.id))))
        sealed = connection.execute(select(conversations.c.sealed)).scalars()
        kept = [Conversation.from_json(vault.open(one, CONVERSATION)) for one in sealed]
        found["draft"] = any(one.draft for one in kept)

    await store.schema(look)
    return found
