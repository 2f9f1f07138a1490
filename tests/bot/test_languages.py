"""Which language a member is answered in: what tells it, and what does not."""

import pytest

from bot.content import Content
from bot.core import Bot
from bot.faq.language import Languages
from tests.bot.chats import Chat

TO_WORDS = {
    "en": ("feedback", "2", "2", "1", "skip", "skip"),
    "es": ("hola", "opinar", "2", "2", "1", "saltar", "saltar"),
}


@pytest.mark.parametrize(
    ("begun", "answer"),
    [
        ("es", "Mala app"),
        ("es", "home health aide"),
        ("es", "schedule por app"),
        ("en", "Maria Lopez, de noche"),
    ],
)
async def test_a_short_answer_leaves_the_form_in_its_language(bot: Bot, begun: str, answer: str) -> None:
    ben = Chat(bot)
    await ben.say(*TO_WORDS[begun], answer)
    assert (await ben.draft()).spoken == begun


async def test_a_long_answer_in_the_other_language_changes_it(bot: Bot) -> None:
    ben = Chat(bot)
    await ben.say(*TO_WORDS["en"], "la máquina se traba todas las noches y nadie viene")
    assert (await ben.draft()).spoken == "es"


@pytest.mark.parametrize(
    ("first", "said", "language"),
    [
        ("cuándo es la próxima clase", "mala app", "es"),
        ("cuándo es la próxima clase", "janitor nocturno", "es"),
        ("cuándo es la próxima clase", "tablet con Epic", "es"),
        ("cuándo es la próxima clase", "no", "es"),
        ("cuándo es la próxima clase", "ok", "es"),
        ("cuándo es la próxima clase", "who pays for it", "en"),
        ("when is the next class", "mis datos", "es"),
        ("when is the next class", "ayuda", "es"),
        ("when is the next class", "quién la paga", "es"),
        ("when is the next class", "ok", "en"),
    ],
)
async def test_a_question_or_a_command_of_one_language_tells_it(bot: Bot, first: str, said: str, language: str) -> None:
    ben = Chat(bot)
    await ben.say(first, said)
    assert (await ben.draft()).spoken == language


def test_it_takes_more_to_leave_a_language_than_to_begin(content: Content) -> None:
    languages = Languages(content)
    for said in ("mala app", "Home Depot", "housekeeper en hotel", "tracking por GPS", "tablet con Epic"):
        assert languages.of(said) == "en"
        assert languages.of(said, "es") == ""
    assert languages.of("who pays", "es") == "en"
    assert languages.of("quien paga", "en") == "es"
