"""Replies to staff, corrected lines and questions to staff: nothing goes before its author chose what to leave out."""

import datetime as dt

import pytest

from bot.core import Bot
from bot.ports import Store
from bot.replies import Secret, ShowForm
from tests.bot.chats import Chat, filed, form_of, reply_of
from tests.bot.desks import WEEK
from tests.bot.members import EN
from tests.conftest import Clock

FILED = ("feedback", "2", "idea", "skip", "skip", "skip", "Ask us first.", *["skip"] * 4, "yes", "no", "send")
NAMES = "My supervisor Jane Miller turned it off."
WITHOUT = "My supervisor [name] turned it off."
CHOICES = {"use": WITHOUT, "keep": NAMES}
TASK = 600  # characters that a task may have
CRISIS = "I want to kill myself"


@pytest.fixture
async def ben(bot: Bot, store: Store) -> Chat:
    """Has an item about which staff asked something, and has it open."""
    chat = Chat(bot)
    await chat.say(*FILED)
    (item,) = await filed(store)
    await store.write(lambda uow: uow.notes.add(item.id, "Which shift?", WEEK, from_staff=True))
    await chat.say("my data", "1")
    return chat


async def replies(store: Store) -> list[str]:
    (item,) = await filed(store)
    return [one.text for one in await store.read(lambda uow: uow.notes.of(item.id)) if not one.from_staff]


async def line(store: Store) -> object:
    (item,) = await filed(store)
    return item.answers["words"]


async def asked(store: Store) -> list[str]:
    return [one.text for one in await store.read(lambda uow: list(uow.exports.unanswered()))]


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("pressed", [True, False])
async def test_a_reply_goes_as_its_author_chose(ben: Chat, store: Store, choice: str, pressed: bool) -> None:
    offered = await ben.say("reply to staff", NAMES)
    assert EN("redaction.reply_offer") in offered
    assert f"{EN('redaction.version')}: {WITHOUT}" in offered
    assert await replies(store) == []
    told = await ben.press("own", choice) if pressed else await ben.say(EN(f"redaction.{choice}"))
    assert EN("owned.replied") in told
    assert await replies(store) == [CHOICES[choice]]
    await ben.press("own", choice)
    assert len(await replies(store)) == 1
    assert (await ben.draft()).held == ""


@pytest.mark.parametrize("number", [1, 2])
async def test_a_corrected_line_goes_as_its_author_chose(ben: Chat, store: Store, number: int) -> None:
    offered = await ben.say("correct a line", "What happens", NAMES)
    assert EN("redaction.offer", label="What happens") in offered
    assert EN("redaction.developers") in offered
    assert await line(store) == "Ask us first."
    assert EN("owned.corrected") in await ben.say(str(number))
    assert await line(store) == [*CHOICES.values()][number - 1]


async def test_words_that_name_nobody_go_at_once(ben: Chat, store: Store) -> None:
    assert EN("owned.replied") in await ben.say("reply to staff", "The night shift.")
    assert EN("owned.corrected") in await ben.say("my data", "1", "correct a line", "What happens", "Ask us before.")
    assert (await replies(store), await line(store)) == (["The night shift."], "Ask us before.")


async def test_from_a_modal_and_back_into_it_with_the_words(ben: Chat, store: Store) -> None:
    await ben.press("own", "reply")
    label = form_of(ben.last).form
    offered = reply_of(await ben.submit(1, {"words": NAMES}, form=label))
    assert [one.value for one in offered.choices] == ["use", "keep"]
    await ben.press("back")
    assert form_of(ben.last).answers == {"words": NAMES}
    await ben.submit(1, {"words": NAMES}, form=label)
    assert await replies(store) == []
    await ben.press("own", "use")
    assert await replies(store) == [WITHOUT]
    await ben.say("my data", "1")
    await ben.press("own", "correct")
    await ben.press("line", "words")
    await ben.submit(1, {"words": NAMES}, form=label)
    await ben.press("back")
    assert form_of(ben.last).answers == {"words": NAMES}
    await ben.submit(1, {"words": NAMES}, form=label)
    await ben.press("own", "keep")
    assert await line(store) == NAMES


@pytest.mark.parametrize("meanwhile", ["What are the three goals?", "blue", "help", "7", "thanks", "language"])
async def test_a_question_in_between_loses_nothing_and_sends_nothing(ben: Chat, store: Store, meanwhile: str) -> None:
    offered = await ben.say("reply to staff", NAMES, meanwhile)
    assert "My supervisor [" in offered
    assert await replies(store) == []
    await ben.say("1")
    (sent,) = await replies(store)
    assert sent.startswith("My supervisor [")


async def test_danger_in_between_stands_alone_and_the_words_are_still_there(ben: Chat, store: Store) -> None:
    heard = await ben.say("reply to staff", NAMES, CRISIS)
    assert heard.startswith(EN("handover.crisis"))
    assert EN("redaction.reply_offer") not in heard
    assert WITHOUT in await ben.say("thanks")
    await ben.say("1")
    assert await replies(store) == [WITHOUT]


@pytest.mark.parametrize("leave", [("cancel",), ("my data",), ("feedback",), ("done",)])
async def test_who_goes_away_leaves_no_words_behind(ben: Chat, store: Store, leave: tuple[str, ...]) -> None:
    await ben.say("reply to staff", NAMES)
    assert (await ben.draft()).held == NAMES
    await ben.say(*leave)
    assert (await ben.draft()).held == ""
    await ben.press("own", "use")
    assert await replies(store) == []


async def test_a_version_longer_than_its_question_takes_is_not_kept(bot: Bot, store: Store) -> None:
    luz, words = Chat(bot, "U0LUZ"), f"Ask bo@x.io. {'a ' * TASK}"[:TASK]
    offered = await luz.say("feedback", "2", "idea", "skip", "skip", words, "Ask us.", *["skip"] * 4, "no", "no")
    assert "[e-mail]" in offered
    for _ in range(2):
        shown = await luz.press("redact", "use:task")
        assert EN("problem.too_long", longest=TASK) in shown
        draft = (await luz.draft()).draft
        assert draft is not None
        assert draft.answers["task"] == words
    await luz.press("redact", "keep:task")
    assert EN("form.sent_confidential") in await luz.say("send")
    assert {one.answers.get("task") for one in await filed(store)} == {words}


async def test_held_words_go_with_the_receipts_session(bot: Bot, ben: Chat, clock: Clock) -> None:
    await ben.say("done")
    other = Chat(bot, "U0OTHER")
    await other.say(*FILED[:-1])
    (receipt,) = [one.words for one in reply_of(other.last).blocks if isinstance(one, Secret)]
    await other.say("send", "receipt", receipt, "correct a line", "What happens", NAMES)
    assert (await other.draft()).held == NAMES
    clock.now += dt.timedelta(minutes=20)
    await bot.chores()
    assert (await other.draft()).held == ""


@pytest.mark.parametrize("choice", CHOICES)
async def test_a_question_to_staff_outlasts_a_question_in_between(bot: Bot, store: Store, choice: str) -> None:
    luz = Chat(bot, "U0LUZ")
    assert EN("redaction.question_offer") in await luz.say("ask staff", "2", NAMES)
    offered = await luz.say("What are the three goals?")
    assert EN("redaction.question_offer") in offered
    assert await asked(store) == []
    await luz.press("inquiry", choice)
    assert await asked(store) == [CHOICES[choice]]


async def test_cancel_is_pressed_as_it_is_typed(ben: Chat, store: Store) -> None:
    await ben.say("reply to staff")
    assert not isinstance(ben.last, ShowForm)
    assert EN("owned.unsent") in await ben.press("cancel")
    await ben.say("blue")
    assert await replies(store) == []


async def test_a_reply_that_is_too_long_is_not_cut_and_not_filed(ben: Chat, store: Store) -> None:
    await ben.say("reply to staff")
    assert EN("problem.too_long", longest=3000) in await ben.say("word " * 601)
    assert await replies(store) == []
    assert EN("owned.replied") in await ben.say("word " * 599)
