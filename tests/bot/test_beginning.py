"""How feedback begins in a member's own words, and how it is sent: by a clear wish, and by nothing less."""

import pytest

from bot.core import Bot
from bot.ports import Store
from tests.bot.chats import Chat, filed
from tests.bot.members import EN

TO_SUMMARY = ("feedback", "2", "idea", "skip", "skip", "skip", "Ask us first.", *["skip"] * 4, "yes", "no")


@pytest.fixture
async def ben(bot: Bot) -> Chat:
    """Reads the summary."""
    chat = Chat(bot)
    assert EN("form.send_how") in await chat.say(*TO_SUMMARY)
    return chat


SENDS = ["yes send it", "Send it now", "send it please!", "I want to send my feedback", "si enviar", "enviar ya"]
SENDS += ["mandalo ya", "sí, mándalo", "ok enviar", "quiero enviarla", "submit"]


@pytest.mark.parametrize("said", SENDS)
async def test_a_clear_wish_sends(ben: Chat, store: Store, said: str) -> None:
    await ben.say(said)
    assert len(await filed(store)) == 1


DOUBTS = ["don't send", "do not send it", "no enviar", "not yet", "no, send", "send it later", "can I send it now?"]
DOUBTS += ["ya no enviar", "yes, send it?", "when do I send it", "send it to my boss", "todavía no lo mandes"]


@pytest.mark.parametrize("said", DOUBTS)
async def test_a_doubt_sends_nothing(ben: Chat, store: Store, said: str) -> None:
    await ben.say(said)
    assert await filed(store) == []
    draft = (await ben.draft()).draft
    assert draft is not None


@pytest.mark.parametrize("said", ["yes", "si", "ok", "vale", "órale", "looks good", "go ahead", "no"])
async def test_an_agreement_is_told_that_nothing_is_sent(ben: Chat, store: Store, said: str) -> None:
    shown = await ben.say(said)
    assert shown.startswith(tuple(texts("form.not_sent") for texts in ben.bot.content.texts.values()))
    assert await filed(store) == []


async def test_an_agreement_is_no_yes_to_sharing(bot: Bot) -> None:
    shown = await Chat(bot).say(*TO_SUMMARY[:-2], "ok")
    assert shown.startswith(EN("problem.not_a_choice"))


async def test_an_urged_send_skips_no_choice_of_what_to_leave_out(bot: Bot, store: Store) -> None:
    ben = Chat(bot)
    told = "My supervisor Jane Miller turned it off."
    assert EN("redaction.use") in await ben.say(*(told if one == "Ask us first." else one for one in TO_SUMMARY))
    assert EN("redaction.use") in await ben.say("yes send it")
    assert EN("problem.not_a_choice") in await ben.say("ok")
    assert await filed(store) == []


BEGINS = ["quiero opinar", "quiero dar mi opinion", "I want to give feedback", "I'd like to give feedback.", "feedback"]


@pytest.mark.parametrize("said", BEGINS)
async def test_the_wish_to_give_feedback_begins_it(bot: Bot, said: str) -> None:
    ben = Chat(bot)
    await ben.say(said)
    assert (await ben.draft()).draft is not None


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("feedback I am a warehouse picker and the app tracks us", "I am a warehouse picker and the app tracks us"),
        ("Feedback:\nThe planner app sends us twice down one road.", "The planner app sends us twice down one road."),
        ("opinar, el escáner nuevo es muy lento de noche", "el escáner nuevo es muy lento de noche"),
    ],
)
async def test_what_follows_the_word_feedback_is_in_the_draft(bot: Bot, said: str, kept: str) -> None:
    ben = Chat(bot)
    shown = await ben.say(said)
    assert any(texts("form.shortcut") in shown for texts in bot.content.texts.values())
    draft = (await ben.draft()).draft
    assert draft is not None
    assert draft.answers == {"words": kept}


ASKED = [
    "feedback who reads it",
    "feedback who reads it?",
    "feedback is it anonymous",
    "feedback form on paper or phone",
]
ASKED += [
    "feedback deleted after how long",
    "opinar sin dar mi nombre",
    "feedback my boss wrote me up today and wants me to sign it",
    "opinar es anónimo o se sabe",
]


@pytest.mark.parametrize("said", ASKED)
async def test_a_question_about_feedback_begins_none(bot: Bot, said: str) -> None:
    ben = Chat(bot)
    await ben.say(said)
    assert (await ben.draft()).draft is None


@pytest.mark.parametrize("said", ["start", "empezar", "comenzar"])
async def test_a_first_word_gets_help_and_starts_what_was_stopped(bot: Bot, said: str) -> None:
    ben = Chat(bot)
    spoken = bot.content.texts.values()
    shown = await ben.say(said)
    assert any(texts("reply.help") in shown for texts in spoken)
    shown = await ben.say("stop", said)
    assert any(texts("reply.started") in shown for texts in spoken)
    assert not (await ben.draft()).stopped
