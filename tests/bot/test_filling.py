"""Words said to an open question: its answer, or meant for the bot. None is filed by mistake, and none is lost."""

import pytest

from bot.core import Bot
from bot.feedback import Level
from tests.bot.chats import Chat, reply_of
from tests.bot.members import EN

NAME = ("feedback", "1")
WORDS = ("feedback", "2", "concern", "skip", "skip", "skip")
BETTER = (*WORDS, "Ask us first.", "skip", "skip", "skip")
READERS = "quien lee esto?"


@pytest.fixture
async def ben(bot: Bot) -> Chat:
    return Chat(bot)


async def answers(chat: Chat) -> dict[str, object]:
    draft = (await chat.draft()).draft
    assert draft is not None
    return dict(draft.answers)


@pytest.mark.parametrize("steps", [("feedback",), NAME, WORDS, (*BETTER, "skip", "no", "no")])
async def test_done_leaves_a_form_as_later_does(ben: Chat, steps: tuple[str, ...]) -> None:
    left = await ben.say(*steps, "done")
    assert EN("form.later") in left
    before = await answers(ben)
    assert "Source:" in await ben.say("What are the three goals?")
    assert await answers(ben) == before
    assert EN("form.resume") in await ben.say("continue")


@pytest.mark.parametrize(
    "said", ["anonymous", "Anonymous, please", "3", "option 3", "anónimo", "anónima", "con mi nombre", "confidential"]
)
async def test_a_level_is_nobodys_name(ben: Chat, said: str) -> None:
    assert "who may know" in await ben.say(*NAME, said)
    assert "name" not in await answers(ben)
    assert EN("form.level_anonymous") in await ben.say("anonymous")
    assert (await answers(ben)) == {"level": Level.ANONYMOUS}


@pytest.mark.parametrize("name", ["Nam", "Connie", "Ana", "Antonio", "4 Roses", "Confi"])
async def test_a_name_may_begin_like_a_level(ben: Chat, name: str) -> None:
    assert "What would you like to tell us" in await ben.say(*NAME, name)
    assert (await answers(ben))["name"] == name


@pytest.mark.parametrize("said", ["¿por qué quieren mi nombre?", "why do you need it?", "can I win at chess?"])
async def test_a_question_is_nobodys_name(ben: Chat, said: str) -> None:
    shown = await ben.say(*NAME, said)
    assert shown.count("\n") > 3, "an answer, or what is said where there is none"
    assert "What name should staff see?" in shown or "¿Qué nombre debe ver el personal?" in shown
    assert "name" not in await answers(ben)
    await ben.say("Ana")
    assert (await answers(ben))["name"] == "Ana"


async def test_a_short_question_is_answered_and_can_still_be_kept(ben: Chat) -> None:
    shown = await ben.say(*BETTER, READERS)
    assert "Source" in shown or "Fuente" in shown
    assert [one.action for one in reply_of(ben.last).choices] == ["words"]
    assert "better" not in await answers(ben)
    await ben.say("1")
    assert (await answers(ben))["better"] == READERS


async def test_a_question_said_twice_is_the_answer(ben: Chat) -> None:
    await ben.say(*BETTER, READERS, READERS)
    assert (await answers(ben))["better"] == READERS


async def test_after_a_question_in_between_comes_the_answer(ben: Chat) -> None:
    for said in ("7", "no", "yes please", "ok"):
        await ben.say(*BETTER, READERS, said)
        assert "better" not in await answers(ben)
        await ben.say("cancel")
    await ben.say(*BETTER, READERS)
    await ben.say("More breaks.")
    assert (await answers(ben))["better"] == "More breaks."


@pytest.mark.parametrize("said", ["Who decided that we need this?", "Could a person check? Nobody looks at my shifts."])
async def test_feedback_may_hold_questions(ben: Chat, said: str) -> None:
    await ben.say(*BETTER, said)
    assert (await answers(ben))["better"] == said


async def test_skip_is_not_offered_where_an_answer_is_needed(ben: Chat) -> None:
    assert "skip" not in (await ben.say(*WORDS, "")).casefold()
    needed = await ben.say("Next")
    assert EN("form.required") in needed
    assert EN("form.step_meant", word="skip") not in needed
    assert "words" not in await answers(ben)
    await ben.say("1")
    assert (await answers(ben))["words"] == "Next"
    await ben.say("back")
    assert EN("form.step_meant", word="skip") in await ben.say("Next")


@pytest.mark.parametrize("number", ["4", "option 3", "0"])
async def test_a_number_that_was_not_shown_loses_no_words(ben: Chat, number: str) -> None:
    meant = EN("form.step_meant", word="back")
    assert meant in await ben.say(*WORDS, "previous")
    again = await ben.say(number)
    assert again.startswith(EN("problem.not_a_choice"))
    assert meant in again
    assert "words" not in await answers(ben)
    await ben.say("2")
    assert (await answers(ben))["words"] == "previous"
