"""Several choices in one press, and presses that are out of date."""

import pytest

from bot.core import Bot
from bot.ports import Store
from tests.bot.chats import Chat, filed, reply_of
from tests.bot.members import EN

TO_EFFECTS = ("feedback", "2", "idea", "skip", "skip", "skip", "Ask us first.")


@pytest.fixture
async def ben(bot: Bot) -> Chat:
    """At the question that takes several answers."""
    chat = Chat(bot)
    await chat.say(*TO_EFFECTS)
    assert reply_of(chat.last).several
    return chat


async def answers(chat: Chat) -> dict[str, object]:
    draft = (await chat.draft()).draft
    assert draft is not None
    return dict(draft.answers)


@pytest.mark.parametrize(
    ("pressed", "chosen"),
    [
        ("time,pay", ("time", "pay")),
        ("pay,time,pay", ("time", "pay")),
        ("other", ("other",)),
    ],
)
async def test_several_in_one_press(ben: Chat, pressed: str, chosen: tuple[str, ...]) -> None:
    """Each once, in the form's order, as if their numbers had been typed."""
    assert "What part should AI have" in await ben.press("choose", pressed)
    assert (await answers(ben))["effects"] == chosen


async def test_typed_numbers_say_the_same(ben: Chat) -> None:
    await ben.say("2, 4")
    assert (await answers(ben))["effects"] == ("time", "pay")


@pytest.mark.parametrize("pressed", ["time,nothing", "nothing", "time,", ",", "", "2, 4", "time, pay"])
async def test_what_is_not_offered_gets_a_sentence(ben: Chat, pressed: str) -> None:
    shown = await ben.press("choose", pressed)
    assert shown.startswith(EN("reply.stale_button"))
    assert "What does it affect" in shown
    assert "effects" not in await answers(ben)


async def test_one_choice_takes_one(ben: Chat) -> None:
    await ben.press("choose", "time")
    assert EN("reply.stale_button") in await ben.press("choose", "help,check")
    assert EN("reply.stale_button") in await ben.press("choose", "time,pay")
    assert "part" not in await answers(ben)
    await ben.press("choose", "help")
    assert (await answers(ben))["part"] == "help"


@pytest.mark.parametrize("said", ["none", "None of the above.", "ninguna"])
async def test_none_of_several_is_an_answer(ben: Chat, said: str) -> None:
    await ben.say("1", "back")
    assert EN("form.now_is") in await ben.say("english")
    await ben.say(said)
    assert (await answers(ben))["effects"] is None


async def test_a_line_is_corrected_by_one_press(ben: Chat, store: Store) -> None:
    await ben.press("choose", "time,pay")
    await ben.say("skip", "skip", "skip", "no", "no", "send", "my data", "1", EN("owned.do_correct"))
    await ben.press("line", "effects")
    assert reply_of(ben.last).several
    assert EN("owned.corrected") in await ben.press("say", "safety,skills")
    (item,) = await filed(store)
    assert item.answers["effects"] == ("safety", "skills")


@pytest.mark.parametrize(
    ("line", "said", "chosen"),
    [
        ("effects", "option 2", ("time",)),
        ("effects", "the second one", ("time",)),
        ("effects", "2 and 4", ("time", "pay")),
        ("part", "la segunda", "check"),
        ("part", "option 2, please", "check"),
    ],
)
async def test_a_line_is_corrected_as_a_form_is_answered(
    ben: Chat, store: Store, line: str, said: str, chosen: object
) -> None:
    await ben.say(*["skip"] * 4, "no", "no", "send", "my data", "1", EN("owned.do_correct"))
    await ben.press("line", line)
    assert EN("owned.corrected") in await ben.say(said)
    (item,) = await filed(store)
    assert item.answers[line] == chosen


async def test_none_of_them_corrects_nothing_and_asks_again(ben: Chat) -> None:
    await ben.press("choose", "time,pay")
    await ben.say("skip", "skip", "skip", "no", "no", "send", "my data", "1", EN("owned.do_correct"))
    await ben.press("line", "effects")
    assert EN("problem.not_a_choice") in await ben.say("none of them")
    assert reply_of(ben.last).several


async def test_an_old_press_corrects_no_other_line(ben: Chat, store: Store) -> None:
    await ben.say("skip", "skip", "skip", "skip", "no", "no", "send", "my data", "1", EN("owned.do_correct"))
    for line in ("words", "part"):
        asked = await ben.press("line", line)
        stale = await ben.press("say", "safety,skills")
        assert EN("reply.stale_button") in stale
        assert asked.splitlines()[0] in stale
        await ben.say("cancel", "my data", "1", EN("owned.do_correct"))
    (item,) = await filed(store)
    assert (item.answers["words"], item.answers["part"], item.revision) == ("Ask us first.", None, 1)


async def test_six_words_drawn_by_chance_tell_no_language(bot: Bot) -> None:
    ben = Chat(bot)
    await ben.say("who takes part in this partnership?", "ask staff", "2")
    shown = await ben.say("see buzzer soil llama sunrise souvenir playful")  # by their letters alone: Spanish
    assert bot.languages.of("see buzzer soil llama sunrise souvenir playful") == "es"
    assert (await ben.draft()).spoken == "en", shown


async def test_a_word_that_is_nearly_a_command_is_the_answer_only_where_it_was_said(bot: Bot) -> None:
    ben = Chat(bot)
    await ben.say("feedback", "2", "idea", "skip")
    assert EN("form.step_meant", word="skip") in await ben.say("skpi")
    (kept,) = [one.value for one in reply_of(ben.last).choices if one.action == "words"]
    assert "Which task" in await ben.press("words", kept)
    assert (await answers(ben))["job"] == "skpi"
    assert EN("reply.stale_button") in await ben.press("words", kept)
    assert "task" not in await answers(ben)
    assert kept == "job", "a button holds no word of a member's"


@pytest.mark.parametrize(
    ("said", "job"), [("yep", None), ("yes please", None), ("sí", None), ("nope", "skpi"), ("No, thanks", "skpi")]
)
async def test_a_yes_or_no_says_whether_a_command_was_meant(bot: Bot, said: str, job: str | None) -> None:
    ben = Chat(bot)
    assert "Which task" in await ben.say("feedback", "2", "idea", "skip", "skpi", said)
    assert (await answers(ben)).get("job") == job


@pytest.mark.parametrize("said", ["will my local get a lounge", "pueden darme un salón", "por qué llueve tanto"])
async def test_what_begins_as_a_question_is_one_without_its_mark(ben: Chat, said: str) -> None:
    shown = await ben.say(said)
    spoken = ben.bot.content.texts.values()
    assert shown.startswith(tuple(texts(key) for texts in spoken for key in ("reply.none", "form.did_you_mean")))
    assert reply_of(ben.last).several
