"""What staff can do with feedback, what they are never shown, and what each act leaves."""

import asyncio
import dataclasses
import inspect

import pytest
from sqlalchemy import Connection, Table, select

from bot import inquiries, staffing
from bot.content import Content
from bot.envelopes import seal
from bot.errors import NotAllowed, Refused
from bot.events import Role
from bot.feedback import Feedback, Level
from bot.ports import Store
from bot.showing import Reach
from bot.staffing import NO_NAME, Desk, ask, inbox, set_status, show
from bot.vault import Vault, new_key
from storage.database import PostgresStore, SqliteStore, open_store
from storage.tables import audit, notes, outbox
from tests.bot.desks import CANARIES, NAME, WEEK, WORDS, At, feedback, filed

USE_CASES = (inbox, show, ask, set_status, inquiries.questions, inquiries.answer)


@pytest.fixture
def at(store: Store, content: Content, vault: Vault) -> At:
    return At(store, content, vault)


async def rows(store: Store, table: Table) -> list[dict[str, object]]:
    assert isinstance(store, SqliteStore | PostgresStore)
    found: list[dict[str, object]] = []

    def look(connection: Connection) -> None:
        found.extend(dict(row._mapping) for row in connection.execute(select(table)))

    await store.schema(look)
    return found


async def replied(store: Store, item: Feedback, text: str) -> None:
    await store.write(lambda uow: uow.notes.add(item.id, text, WEEK, from_staff=False))


async def test_only_staff_sit_at_the_desk(at: At, store: Store) -> None:
    with pytest.raises(NotAllowed):
        await at(lambda desk: inbox(desk, "en", 10), Role.MEMBER)
    assert await rows(store, audit) == []


def test_every_use_case_needs_a_desk() -> None:
    for use in USE_CASES:
        assert next(iter(inspect.signature(use).parameters.values())).annotation is Desk
    public = {name for module in (staffing, inquiries) for name, _ in inspect.getmembers(module, inspect.isfunction)}
    assert {use.__name__ for use in USE_CASES} <= public


async def test_what_waits_for_staff_comes_first_and_longest_first(at: At, store: Store, vault: Vault) -> None:
    done, old, late, answered = (
        feedback(vault, Level.CONFIDENTIAL, status="read", week="2026-W47"),
        feedback(vault, Level.CONFIDENTIAL, week="2026-W46"),
        feedback(vault, Level.ANONYMOUS, week="2026-W48"),
        feedback(vault, Level.CONFIDENTIAL, status="answered", week="2026-W45"),
    )
    await filed(store, done, old, late, answered)
    await replied(store, answered, "Night shift.")
    found = await at(lambda desk: inbox(desk, "en", 10))
    assert [one.id for one in found.items] == [answered.id, old.id, late.id, done.id]
    assert [one.replied for one in found.items] == [True, False, False, False]
    await at(lambda desk: show(desk, answered.id, "en"))
    found = await at(lambda desk: inbox(desk, "en", 3))
    assert [one.id for one in found.items] == [old.id, late.id, done.id]
    assert found.count == 4


async def test_a_heading_says_kind_and_first_words_in_one_line(at: At, store: Store, vault: Vault) -> None:
    long = feedback(vault, Level.CONFIDENTIAL, language="es", answers={"kind": "idea", "words": "palabra " * 50})
    await filed(store, long)
    (found,) = (await at(lambda desk: inbox(desk, "es", 10))).items
    assert (found.kind, found.language, found.week, found.status) == ("Una idea", "es", WEEK, "new")
    assert len(found.first_words) <= 60
    assert found.first_words.startswith("palabra palabra")
    assert found.first_words.endswith("…")


async def test_of_waiting_anonymous_items_only_the_count_is_known(at: At, store: Store, vault: Vault) -> None:
    sealed = seal(vault, feedback(vault, Level.ANONYMOUS))
    await store.write(lambda uow: uow.envelopes.add(sealed))
    found = await at(lambda desk: inbox(desk, "en", 10))
    assert (found.items, found.waiting) == ((), 1)
    with pytest.raises(Refused):
        await at(lambda desk: show(desk, sealed.id, "en"))


async def test_only_a_named_item_shows_a_name(at: At, store: Store, vault: Vault) -> None:
    items = {level: feedback(vault, level) for level in Level}
    await filed(store, *items.values())
    for level, item in items.items():
        found = await at(lambda desk, item=item: show(desk, item.id, "en"))  # type: ignore[misc]
        assert found.name == (NAME if level is Level.NAMED else "")
        text = repr(found) + repr(dataclasses.asdict(found))
        assert not [canary for canary in CANARIES if canary in text and canary != found.name]
        assert vault.accounts(CANARIES[0], CANARIES[1])[0] not in text
        assert item.receipt not in text
    listed = repr(await at(lambda desk: inbox(desk, "en", 10)))
    assert [canary for canary in CANARIES if canary in listed] == [NAME]
    assert "confidential" not in listed
    assert "anonymous" not in listed


async def test_a_confidential_item_without_contact_looks_like_an_anonymous_one(
    at: At, store: Store, vault: Vault
) -> None:
    items = feedback(vault, Level.CONFIDENTIAL, contact=False), feedback(vault, Level.ANONYMOUS)
    await filed(store, *items)
    one, two = [await at(lambda desk, item=item: show(desk, item.id, "en")) for item in items]  # type: ignore[misc]
    assert dataclasses.replace(one, id=two.id) == two


async def test_a_whole_item_reads_in_the_forms_order_with_labels(at: At, store: Store, vault: Vault) -> None:
    item = feedback(vault, Level.CONFIDENTIAL)
    old = feedback(vault, Level.ANONYMOUS, form="gone", answers={"shift": "night", "tools": ("a", "b"), "why": None})
    await filed(store, item, old)
    found = await at(lambda desk: show(desk, f" {item.id.upper()} ", "en"))
    assert [(line.label, line.words) for line in found.lines] == [
        ("What is it?", "A concern"),
        ("The task and the tool", "the app"),
        ("What happens", WORDS),
        ("What it affects", "Safety and health, Time and pace"),
    ]
    found = await at(lambda desk: show(desk, old.id, "en"))
    assert [(line.label, line.words) for line in found.lines] == [("shift", "night"), ("tools", "a, b")]
    (heading, _) = (await at(lambda desk: inbox(desk, "en", 10))).items
    assert heading.first_words


async def test_a_name_whose_key_is_gone_stops_nothing(at: At, store: Store, content: Content) -> None:
    item = feedback(Vault([new_key()]), Level.NAMED)
    await filed(store, item)
    assert (await at(lambda desk: inbox(desk, "en", 10))).items[0].name == NO_NAME


async def test_a_question_that_the_bot_cannot_bring_waits_in_the_thread(at: At, store: Store, vault: Vault) -> None:
    items = feedback(vault, Level.ANONYMOUS), feedback(vault, Level.NAMED, contact=False)
    await filed(store, *items)
    for item in items:
        assert await at(lambda desk, item=item: ask(desk, item.id, "Which shift?")) is Reach.RECEIPT  # type: ignore[misc]
    assert await rows(store, outbox) == []
    assert {row["item"] for row in await rows(store, notes)} == {item.id for item in items}


async def test_a_thread_is_in_order_and_replies_are_seen_once_shown(at: At, store: Store, vault: Vault) -> None:
    item = feedback(vault, Level.ANONYMOUS)
    await filed(store, item)
    await at(lambda desk: ask(desk, item.id, "Which shift?"))
    await replied(store, item, "The night shift.")
    await at(lambda desk: set_status(desk, item.id, "passed-on", "The committee has it."))
    first, second = [await at(lambda desk: show(desk, item.id, "en")) for _ in range(2)]
    assert [(note.from_staff, note.text, note.seen) for note in first.notes] == [
        (True, "Which shift?", False),
        (False, "The night shift.", False),
        (True, "The committee has it.", False),
    ]
    assert [note.seen for note in second.notes] == [False, True, False]
    assert second.status == "passed-on"
    assert {row["week"] for row in await rows(store, notes)} == {WEEK}


async def test_what_was_shown_counts_as_read(at: At, store: Store, vault: Vault) -> None:
    new, answered = feedback(vault, Level.ANONYMOUS), feedback(vault, Level.NAMED, status="answered")
    await filed(store, new, answered)
    shown = [await at(lambda desk, item=item: show(desk, item.id, "en")) for item in (new, answered)]  # type: ignore[misc]
    listed = (await at(lambda desk: inbox(desk, "en", 10))).items
    for found in (shown, listed):
        assert {one.id: one.status for one in found} == {new.id: "read", answered.id: "answered"}


async def test_what_is_not_shared_is_not_passed_on(at: At, store: Store, vault: Vault) -> None:
    kept, shared = feedback(vault, Level.NAMED, sharing=False), feedback(vault, Level.NAMED)
    await filed(store, kept, shared)
    with pytest.raises(Refused, match="did not agree to share"):
        await at(lambda desk: set_status(desk, kept.id, "passed-on", "The committee has it."))
    assert [await rows(store, table) for table in (notes, audit)] == [[], []]
    await at(lambda desk: set_status(desk, kept.id, "answered", "The committee has it."))
    await at(lambda desk: set_status(desk, shared.id, "passed-on"))


async def test_the_id_of_a_question_is_told_from_none(at: At, store: Store) -> None:
    await store.write(lambda uow: uow.questions.add("When?", "en", WEEK))
    (question,) = (await at(lambda desk: inquiries.questions(desk, 10))).questions
    for found, told in ((question.id.upper(), "the id of a question"), ("22222bbbbb", "no item with that id")):
        with pytest.raises(Refused, match=told):
            await at(lambda desk, found=found: show(desk, found, "en"))  # type: ignore[misc]


async def test_two_staff_at_once_take_two_places_in_a_thread(database_url: str, content: Content, vault: Vault) -> None:
    async with open_store(database_url, migrate=True) as one, open_store(database_url, migrate=False) as two:
        item = feedback(vault, Level.ANONYMOUS)
        await filed(one, item)
        desks = [At(store, content, vault) for store in (one, two)]
        await asyncio.gather(*(desk(lambda d: ask(d, item.id, "Which shift?")) for desk in desks * 5))
        assert sorted(row["place"] for row in await rows(one, notes)) == list(range(1, 11))  # type: ignore[type-var]


async def test_what_cannot_be_done_is_refused_and_leaves_nothing(at: At, store: Store, vault: Vault) -> None:
    item = feedback(vault, Level.NAMED)
    await filed(store, item)
    refused = [
        lambda desk: ask(desk, item.id, " \x00 "),
        lambda desk: ask(desk, item.id, "x" * 1501),
        lambda desk: ask(desk, "six canary words", "Which shift?"),
        lambda desk: show(desk, "six canary words", "en"),
        lambda desk: set_status(desk, item.id, "lost"),
        lambda desk: set_status(desk, item.id, "read", " "),
        lambda desk: set_status(desk, "six canary words", "read"),
    ]
    for work in refused:
        with pytest.raises(Refused) as problem:
            await at(work)
        assert "canary" not in str(problem.value)
    assert [await rows(store, table) for table in (notes, outbox, audit)] == [[], [], []]


async def test_each_act_leaves_an_audit_row_without_words(at: At, store: Store, vault: Vault) -> None:
    item = feedback(vault, Level.NAMED)
    await filed(store, item)
    await store.write(lambda uow: uow.questions.add("When is the canary class?", "en", WEEK))
    (question,) = (await at(lambda desk: inquiries.questions(desk, 10))).questions
    await at(lambda desk: inbox(desk, "en", 10))
    await at(lambda desk: show(desk, item.id, "en"))
    await at(lambda desk: ask(desk, item.id, "Which canary shift?"))
    await at(lambda desk: set_status(desk, item.id, "read", "A canary note."))
    await at(lambda desk: inquiries.answer(desk, question.id, "Canary answer."))
    left = await rows(store, audit)
    assert sorted((str(row["action"]), str(row["details"])) for row in left) == [
        ("staff answer", f"question={question.id}"),
        ("staff ask", f"item={item.id}"),
        ("staff inbox", "items=1"),
        ("staff questions", "questions=1"),
        ("staff show", f"item={item.id}"),
        ("staff status", f"item={item.id} status=read"),
    ]
    assert "canary" not in repr(left).lower()
