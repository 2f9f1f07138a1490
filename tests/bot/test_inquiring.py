"""A question to staff: said at any moment of asking, it is not lost; and what a computer that forgets can promise."""

import pytest
from sqlalchemy import Connection, select

from bot.core import Bot
from bot.ports import Store
from storage.database import PostgresStore, SqliteStore
from storage.tables import questions
from tests.bot.chats import Chat, filed, reply_of
from tests.bot.members import EN

LUNCH = "When is lunch in the hall?"
CRISIS = "I want to kill myself"
NAMES = "When does my supervisor Jane Miller come back?"


async def asked(store: Store) -> list[tuple[str, bool]]:
    """The questions that staff have, and whether where to answer was kept."""
    assert isinstance(store, SqliteStore | PostgresStore)
    found: list[tuple[str, bool]] = []

    def look(connection: Connection) -> None:
        rows = connection.execute(select(questions))
        found.extend((row.text, row.account is not None and row.address is not None) for row in rows)

    await store.schema(look)
    return found


@pytest.fixture
async def luz(bot: Bot) -> Chat:
    return Chat(bot, "U0LUZ")


@pytest.mark.parametrize("back", [True, False])
@pytest.mark.parametrize(
    "way",
    [
        ("ask staff", LUNCH),
        ("ask staff", "is it noon?", LUNCH),
        ("ask staff", LUNCH, "help", "ask staff"),
        (f"ask staff {LUNCH}",),
        (f"Ask staff: {LUNCH}",),
        (f"preguntar al personal {LUNCH}",),
    ],
)
async def test_a_question_said_at_once_is_kept_and_sent(
    luz: Chat, store: Store, way: tuple[str, ...], back: bool
) -> None:
    await luz.say("hi", "english")
    shown = await luz.say(*way)
    assert EN("reply.ask_staff_back") in shown
    assert LUNCH in shown
    assert await asked(store) == []
    told = await luz.say("yes" if back else "no")
    assert EN("reply.question_sent_back" if back else "reply.question_sent") in told
    assert await asked(store) == [(LUNCH, back)]
    assert (await luz.draft()).pending == ""


async def test_names_are_left_out_of_it_too(luz: Chat, store: Store) -> None:
    await luz.say("ask staff", NAMES)
    assert EN("redaction.question_offer") in await luz.say("2")
    assert await asked(store) == []
    await luz.say("1")
    assert await asked(store) == [("When does my supervisor [name] come back?", False)]


async def test_trouble_in_it_is_handed_over(luz: Chat, store: Store) -> None:
    for way in (("ask staff", CRISIS), (f"ask staff {CRISIS}",)):
        assert "988" in await luz.say(*way)
        assert (await luz.draft()).pending == ""
    assert await asked(store) == []


@pytest.mark.parametrize("leaving", ["cancel", "my data", "feedback"])
async def test_whoever_leaves_sends_nothing_and_nothing_is_kept(luz: Chat, store: Store, leaving: str) -> None:
    await luz.say("ask staff", LUNCH, leaving)
    assert (await luz.draft()).pending == ""
    assert await asked(store) == []


async def test_a_question_after_something_else_is_for_the_bot(luz: Chat) -> None:
    await luz.say("ask staff", "help")
    assert EN("reply.did_it_help") in await luz.say("What are the three goals?")
    assert (await luz.draft()).pending == ""


async def test_what_is_too_long_is_asked_for_again(luz: Chat, store: Store) -> None:
    shown = await luz.say("ask staff", "word " * 700)
    assert EN("problem.too_long", longest=3000) in shown
    await luz.say(LUNCH, "no")
    assert await asked(store) == [(LUNCH, False)]


async def test_old_buttons_send_nothing(luz: Chat, store: Store) -> None:
    await luz.say("ask staff", LUNCH)
    assert EN("reply.nothing_to_send") in await luz.press("inquiry", "keep")
    assert await asked(store) == []


async def test_my_data_shows_what_waits_and_forgets_who_asked(luz: Chat, bot: Bot, store: Store) -> None:
    await luz.say("ask staff", LUNCH, "yes", "ask staff", "And where?", "no")
    shown = await luz.say("my data")
    assert EN("owned.questions", count=1) in shown
    assert EN("owned.question", words=LUNCH) in shown
    assert "And where?" not in shown
    (number,) = [button.value for button in reply_of(luz.last).choices]
    assert LUNCH not in await Chat(bot, "U0DEE").press("asked", number)
    await Chat(bot, "U0DEE").press("forget_asker", number)
    assert LUNCH in await luz.say("1")
    assert EN("owned.question", words=LUNCH) in await luz.say(EN("owned.question_keep"))
    assert EN("owned.question_forgotten") in await luz.say("1", EN("owned.question_forget"))
    assert sorted(await asked(store)) == [("And where?", False), (LUNCH, False)]
    assert LUNCH not in await luz.say("my data")
    assert LUNCH not in await luz.press("asked", number)


async def test_an_answered_question_waits_no_more(luz: Chat, bot: Bot, store: Store) -> None:
    await luz.say("ask staff", LUNCH, "yes", "my data")
    (number,) = [button.value for button in reply_of(luz.last).choices]
    await store.write(lambda uow: uow.inquiries.answer(number, "At noon."))
    assert EN("owned.overview") in await luz.say("1")
    assert reply_of(luz.last).choices == ()


@pytest.fixture
async def visitor(bot: Bot) -> Chat:
    """At a computer that forgets its members."""
    return Chat(bot, "U0HALL", passing=True, in_house=True)


async def test_no_answer_is_promised_where_none_can_arrive(visitor: Chat, store: Store) -> None:
    assert EN("reply.ask_staff") in await visitor.say("ask staff")
    assert EN("reply.question_sent") in await visitor.say(LUNCH)
    assert EN("reply.question_sent") in await visitor.say(f"ask staff {LUNCH}")
    assert await asked(store) == [(LUNCH, False)] * 2


@pytest.mark.parametrize("level", ["1", "2", "3"])
async def test_nobody_is_asked_whether_staff_may_write_there(visitor: Chat, store: Store, level: str) -> None:
    """And nothing is said to wait."""
    shown = await visitor.say("feedback")
    assert "later" not in shown.lower()
    assert EN("form.later_passing") in await visitor.say("later")
    assert "later" not in await visitor.say("help")
    name = ["Ana"] if level == "1" else []
    shown = await visitor.say(level, *name, "idea", "skip", "skip", "skip", "Ask us first.", *["skip"] * 4, "yes")
    assert EN("form.send_how_passing") in shown
    assert EN("button.later") not in shown.splitlines()
    shown = await visitor.say("send")
    assert "receipt" in shown
    assert EN("owned.do_delete") not in shown
    assert [one.contact for one in await filed(store)] == ([] if level == "3" else [False])


async def test_what_is_not_sent_there_is_thrown_away(visitor: Chat) -> None:
    assert EN("form.cancelled") in await visitor.say("feedback", "done")
