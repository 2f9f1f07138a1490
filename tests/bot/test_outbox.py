"""Letters: sealed, to whom they belong, exactly once, and not to who said stop."""

import asyncio
import dataclasses
import pathlib

import pytest
from sqlalchemy import Connection

from bot import rotation
from bot.content import Content
from bot.conversations import Conversation
from bot.core import Bot
from bot.desk import Parcel
from bot.errors import Refused
from bot.events import Message
from bot.feedback import Level
from bot.inquiries import answer, questions
from bot.outbox import take_back, to_push, waiting_for
from bot.ports import Store, UnitOfWork
from bot.replies import Block, Text, Words
from bot.showing import Reach
from bot.staffing import ask
from bot.vault import Vault, new_id, new_key
from storage.database import PostgresStore, SqliteStore, open_store
from storage.keys import Keys
from storage.tables import questions as table
from tests.bot import chats
from tests.bot.chats import Chat
from tests.bot.desks import ACCOUNT, ADDRESS, CANARIES, PLATFORM, WEEK, At, author, feedback, filed

QUESTION = "Which shift is it?"
FILED = ("feedback", "2", "idea", "skip", "skip", "skip", "Ask us first.", *["skip"] * 4, "no", "yes", "send")


@pytest.fixture
def at(store: Store, content: Content, vault: Vault) -> At:
    return At(store, content, vault)


async def said(store: Store, vault: Vault, account: str = ACCOUNT, *, stopped: bool = False) -> tuple[Block, ...]:
    accounts = vault.accounts(PLATFORM, account)

    def take(uow: UnitOfWork) -> tuple[Block, ...]:
        letters = waiting_for(uow, vault, accounts, stopped=stopped)
        return tuple(block for parcel, letter in letters if uow.outbox.remove(parcel) for block in letter.blocks)

    return await store.write(take)


async def left(store: Store) -> list[Parcel]:
    return await store.read(lambda uow: uow.outbox.all_waiting())


async def send_in(store: Store, vault: Vault, text: str, *, hears_back: bool) -> None:
    """A question as a member sends it, with where to answer if they wished."""
    sender = author(vault, "")
    row: dict[str, object] = {"id": new_id(), "week": WEEK, "language": "es", "text": text}
    if hears_back:
        row |= {"account": sender.account, "address": sender.address}
    assert isinstance(store, SqliteStore | PostgresStore)

    def insert(connection: Connection) -> None:
        connection.execute(table.insert().values(row))

    await store.schema(insert)


async def test_a_question_reaches_its_author_once_in_the_items_language(at: At, store: Store, vault: Vault) -> None:
    item = feedback(vault, Level.CONFIDENTIAL, language="es")
    await filed(store, item)
    assert await at(lambda desk: ask(desk, item.id, "¿Qué turno?")) is Reach.BOT
    assert await said(store, vault, "somebody else") == ()
    words, how = await said(store, vault)
    assert words == Words(f"El personal del sindicato pregunta por tu opinión {item.id}", "¿Qué turno?")
    assert isinstance(how, Text)
    assert "mis datos" in how.text
    assert await said(store, vault) == ()
    assert await left(store) == []


async def test_two_processes_say_it_once(database_url: str, content: Content, vault: Vault) -> None:
    async with open_store(database_url, migrate=True) as one, open_store(database_url, migrate=False) as two:
        item = feedback(vault, Level.NAMED)
        await filed(one, item)
        for turn in range(5):
            await At(one, content, vault)(lambda desk: ask(desk, item.id, QUESTION))
            heard = await asyncio.gather(*(said(store, vault) for store in (one, two) * 3))
            assert sum(len(blocks) for blocks in heard) == 2, turn
        assert await left(one) == []


async def test_what_fails_after_it_was_taken_is_said_next_time(at: At, store: Store, vault: Vault) -> None:
    item = feedback(vault, Level.NAMED)
    await filed(store, item)
    await at(lambda desk: ask(desk, item.id, QUESTION))

    def crash(uow: UnitOfWork) -> None:
        for parcel, _ in waiting_for(uow, vault, vault.accounts(PLATFORM, ACCOUNT)):
            uow.outbox.remove(parcel)
        raise Refused("the transaction ends here")

    with pytest.raises(Refused):
        await store.write(crash)
    assert len(await said(store, vault)) == 2


async def test_a_letter_is_sealed(at: At, store: Store, vault: Vault) -> None:
    item = feedback(vault, Level.CONFIDENTIAL)
    await filed(store, item)
    await at(lambda desk: ask(desk, item.id, QUESTION))
    (parcel,) = await left(store)
    for word in (*CANARIES, QUESTION, item.id):
        assert word.encode() not in parcel.sealed
    ((_, letter),) = await store.read(lambda uow: to_push(uow, vault, PLATFORM, lambda _: Conversation()))
    assert letter.to == (PLATFORM, ADDRESS)
    assert ADDRESS not in repr(letter)


async def test_who_said_stop_gets_nothing_pushed_and_can_still_look(
    bot: Bot, at: At, store: Store, vault: Vault
) -> None:
    item = feedback(vault, Level.CONFIDENTIAL, author=author(vault, "", ACCOUNT))
    await filed(store, item)
    await at(lambda desk: ask(desk, item.id, QUESTION))
    ((_, letter),) = await store.read(lambda uow: to_push(uow, vault, PLATFORM, bot.open))
    assert letter.about == item.id
    assert await store.read(lambda uow: to_push(uow, vault, "other", bot.open)) == []
    await bot.handle(Message(id="1", platform=PLATFORM, account=ACCOUNT, address=ACCOUNT, text="stop"))
    assert await store.read(lambda uow: to_push(uow, vault, PLATFORM, bot.open)) == []
    assert await said(store, vault, stopped=True) == ()
    assert len(await said(store, vault)) == 2


async def test_stop_holds_after_keys_were_rotated(content: Content, bot: Bot, store: Store) -> None:
    old, new = new_key(), new_key()
    before, after = Vault([old]), Vault([new, old])
    item = feedback(before, Level.CONFIDENTIAL, author=author(before, "", ACCOUNT))
    await filed(store, item)
    await At(store, content, after)(lambda desk: ask(desk, item.id, QUESTION))
    later = Bot(content, bot.matcher, store, after, bot.clock)
    await later.handle(Message(id="1", platform=PLATFORM, account=ACCOUNT, address=ACCOUNT, text="stop"))
    assert await store.read(lambda uow: to_push(uow, after, PLATFORM, later.open)) == []
    assert len(await said(store, after)) == 2


async def test_a_conversation_that_no_key_reads_keeps_no_other_letter(
    bot: Bot, content: Content, store: Store, tmp_path: pathlib.Path
) -> None:
    """It may have said stop. Whoever wrote since the oldest key was dropped is reached again."""
    ring = Keys("", tmp_path / "keys")
    ring.create()
    bot.vault = Vault(ring.read())
    for account in ("ana", "ben"):
        await Chat(bot, account).say(*FILED)
    await rotation.rotate(store, ring)
    await rotation.prune(store, ring)
    bot.vault = Vault(ring.read())
    await Chat(bot, "ana").say("hello")
    at = At(store, content, bot.vault)
    for item in await chats.filed(store):
        assert await at(lambda desk, item=item: ask(desk, item.id, QUESTION)) is Reach.BOT  # type: ignore[misc]
    ((_, letter),) = await store.read(lambda uow: to_push(uow, bot.vault, "test", bot.open))
    assert letter.to[:2] == ("test", "ana")
    assert len(await left(store)) == 2
    await Chat(bot, "ben").say("hello")
    assert len(await store.read(lambda uow: to_push(uow, bot.vault, "test", bot.open))) == 2


async def test_a_letter_goes_with_its_item(at: At, store: Store, vault: Vault) -> None:
    items = feedback(vault, Level.CONFIDENTIAL), feedback(vault, Level.CONFIDENTIAL)
    await filed(store, *items)
    for item in items:
        await at(lambda desk, item=item: ask(desk, item.id, QUESTION))  # type: ignore[misc]
    accounts = vault.accounts(PLATFORM, ACCOUNT)
    await store.write(lambda uow: take_back(uow, vault, accounts, items[0].id))
    words, _ = await said(store, vault)
    assert isinstance(words, Words)
    assert items[1].id in words.label


async def test_a_letter_whose_key_is_gone_waits(at: At, store: Store, content: Content, vault: Vault) -> None:
    item = feedback(vault, Level.CONFIDENTIAL)
    await filed(store, item)
    await at(lambda desk: ask(desk, item.id, QUESTION))
    other = Vault([new_key()])
    assert await store.write(lambda uow: waiting_for(uow, other, vault.accounts(PLATFORM, ACCOUNT))) == []
    assert len(await said(store, vault)) == 2


async def test_an_answer_reaches_who_wished_to_hear_and_forgets_them(at: At, store: Store, vault: Vault) -> None:
    await send_in(store, vault, "¿Cuándo es la clase?" + "?" * 400, hears_back=True)
    (asked,) = (await at(lambda desk: questions(desk, 10))).questions
    assert asked.hears_back
    assert not [canary for canary in CANARIES if canary in repr(asked)]
    assert await at(lambda desk: answer(desk, asked.id, "El sábado.")) is Reach.BOT
    with pytest.raises(Refused, match="answered already"):
        await at(lambda desk: answer(desk, asked.id, "El domingo."))
    kept = await store.read(lambda uow: uow.inquiries.get(asked.id, lock=False))
    assert kept is not None
    assert (kept.answer, kept.account, kept.address) == ("El sábado.", None, None)
    mine, theirs, _ = await said(store, vault)
    assert isinstance(mine, Words)
    assert mine.label == "Preguntaste"
    assert mine.words.startswith("¿Cuándo es la clase?")
    assert len(mine.words) == 300
    assert theirs == Words("El personal del sindicato contesta", "El sábado.")
    assert await said(store, vault) == ()


async def test_an_answer_to_nobody_is_only_kept(at: At, store: Store, vault: Vault) -> None:
    await send_in(store, vault, "¿Cuándo?", hears_back=False)
    (asked,) = (await at(lambda desk: questions(desk, 10))).questions
    assert await at(lambda desk: answer(desk, asked.id, "El sábado.")) is Reach.NOBODY
    assert await left(store) == []
    with pytest.raises(Refused, match="no question"):
        await at(lambda desk: answer(desk, "nosuchid22", "El sábado."))


async def test_two_staff_answer_a_question_once(database_url: str, content: Content, vault: Vault) -> None:
    async with open_store(database_url, migrate=True) as one, open_store(database_url, migrate=False) as two:
        await send_in(one, vault, "¿Cuándo?", hears_back=True)
        desks = [At(store, content, vault) for store in (one, two)]
        (asked,) = (await desks[0](lambda desk: questions(desk, 10))).questions
        done = await asyncio.gather(
            *(desk(lambda d: answer(d, asked.id, "El sábado.")) for desk in desks), return_exceptions=True
        )
        assert sorted(type(one).__name__ for one in done) == ["Reach", "Refused"]
        assert len(await left(one)) == 1


async def test_unanswered_questions_come_first(at: At, store: Store) -> None:
    for week, text in (("2026-W46", "a"), ("2026-W47", "b"), ("2026-W48", "c")):
        await store.write(lambda uow, text=text, week=week: uow.questions.add(text, "en", week))  # type: ignore[misc]
    first = (await at(lambda desk: questions(desk, 1))).questions[0]
    assert first.text == "a"
    await at(lambda desk: answer(desk, first.id, "Yes."))
    found = await at(lambda desk: questions(desk, 10))
    assert [(one.text, bool(one.answer)) for one in found.questions] == [("b", False), ("c", False), ("a", True)]
    assert found.count == 3


async def test_a_real_conversation_leaves_an_address_that_letters_use(bot: Bot, at: At, store: Store) -> None:
    """What the core keeps as an item's address, a letter finds."""
    steps = ["feedback", "2", "idea", "skip", "skip", "skip", "Ask us first.", *["skip"] * 4, "no", "yes", "send"]
    first = Message(id="0", platform=PLATFORM, account=ACCOUNT, address=ADDRESS, text="")
    for number, text in enumerate(steps):
        await bot.handle(dataclasses.replace(first, id=f"s{number}", text=text))
    items = await store.read(lambda uow: list(uow.items.all("ai-at-work")))
    assert await at(lambda desk: ask(desk, items[0].id, QUESTION)) is Reach.BOT
    ((_, letter),) = await store.read(lambda uow: to_push(uow, bot.vault, PLATFORM, bot.open))
    assert letter.to[:2] == (PLATFORM, ADDRESS)
    assert len(await said(store, bot.vault)) == 2
