"""Danger and crisis, wherever in a conversation they are said: contacts first, and nothing of it is kept."""

import pytest

from bot.core import Bot
from bot.faq.matcher import Matcher
from bot.ports import Store
from tests.bot.chats import Chat, filed
from tests.bot.desks import WEEK
from tests.bot.members import EN

CRISIS = "I want to kill myself"
DANGER = "The press nearly crushed my hand today."
FILED = ("feedback", "2", "idea", "skip", "skip", "skip", "Ask us first.", *["skip"] * 4, "no", "no", "send")


@pytest.mark.parametrize("steps", [("feedback",), ("feedback", "2"), FILED[:-1]])
async def test_a_form_that_asks_for_a_choice_is_paused(bot: Bot, steps: tuple[str, ...]) -> None:
    ben = Chat(bot)
    await ben.say(*steps)
    heard = await ben.say(CRISIS)
    assert heard.startswith(EN("handover.crisis"))
    assert heard.endswith(EN("handover.paused"))
    draft = (await ben.draft()).draft
    assert draft is not None
    assert CRISIS not in str(draft)
    assert EN("form.resume") in await ben.say("continue")


async def test_the_first_answer_after_a_pause_says_how_to_go_on(bot: Bot) -> None:
    ben = Chat(bot)
    await ben.say("feedback", "2", CRISIS)
    assert (await ben.say("what are the three goals?")).startswith(EN("handover.paused"))
    assert EN("handover.paused") not in await ben.say("what are the three goals?")


async def test_trouble_told_at_a_choice_leaves_the_draft_as_it_was(bot: Bot) -> None:
    ben = Chat(bot)
    trouble = "my boss wrote me up today and wants me to sign it"
    shown = await ben.say("feedback", "2", trouble)
    assert EN("handover.draft_kept") in shown
    assert EN("handover.not_stored") not in shown
    assert EN("handover.not_stored") in await ben.say("later", trouble)


@pytest.mark.parametrize(("language", "named"), [("english", "in lines 6 and 10"), ("español", "en las líneas 6 y 10")])
async def test_the_summary_names_each_line_that_a_person_should_hear(bot: Bot, language: str, named: str) -> None:
    ben = Chat(bot)
    trouble = "my boss wrote me up today and wants me to sign it"
    await ben.say(language, "feedback", "2", "idea", "skip", "skip", "skip", trouble, "skip", "skip", "skip", trouble)
    assert named in await ben.say("yes", "no")


async def test_the_summary_repeats_the_numbers_to_call_and_the_line_can_be_changed(bot: Bot) -> None:
    ben = Chat(bot)
    await ben.say("feedback", "2", "idea", "skip", "skip", "skip", CRISIS, "continue", *["skip"] * 4, "no")
    summary = await ben.say("no")
    assert EN("form.handover_urgent", lines="line 6", first=6) in summary
    assert "**988**" in summary
    await ben.say("edit line 6")
    trouble = "my boss wrote me up today and wants me to sign it"
    assert EN("form.handover_again", lines="line 6", first=6) in await ben.say(trouble)


async def test_the_version_without_names_is_still_a_matter_for_a_person(bot: Bot) -> None:
    ben = Chat(bot)
    await ben.say("feedback", "2", "concern", "skip", "skip", "skip", f"{DANGER} My boss Tom Miller said keep going.")
    await ben.say("continue", *["skip"] * 4, "yes", "no")
    summary = await ben.say("1")
    assert "My boss [name] said keep going." in summary
    assert EN("form.handover_urgent", lines="line 6", first=6) in summary
    assert EN("form.handover_urgent", lines="line 6", first=6) not in await ben.say("edit 6", "Ask us first.")


async def test_a_corrected_line_is_not_kept(bot: Bot, store: Store) -> None:
    ben = Chat(bot)
    await ben.say(*FILED, "my data", "1", "correct a line", "What happens")
    assert (await ben.say(CRISIS)).startswith(EN("handover.crisis"))
    (item,) = await filed(store)
    assert item.answers["words"] == "Ask us first."


@pytest.mark.parametrize(
    ("said", "left"), [("yes", DANGER), ("1", DANGER), ("no", "Ask us first."), ("thanks", None), ("send", None)]
)
async def test_danger_in_a_corrected_line_goes_only_after_a_yes(
    bot: Bot, store: Store, said: str, left: str | None
) -> None:
    ben = Chat(bot)
    heard = await ben.say(*FILED, "my data", "1", "correct a line", "What happens", DANGER)
    assert heard.startswith(EN("handover.safety"))
    assert EN("handover.line_unchanged") in heard
    shown = await ben.say(said)
    (item,) = await filed(store)
    assert item.answers["words"] == (left or "Ask us first.")
    assert (EN("handover.all_the_same") in shown) == (left is None)
    assert (await ben.draft()).held == ("" if left else DANGER)


@pytest.mark.parametrize(("said", "sent"), [("yes", [CRISIS]), ("no", []), ("cancel", []), ("done", [])])
async def test_a_crisis_in_a_reply_to_staff_goes_only_after_a_yes(
    bot: Bot, store: Store, said: str, sent: list[str]
) -> None:
    ben = Chat(bot)
    await ben.say(*FILED)
    (item,) = await filed(store)
    await store.write(lambda uow: uow.notes.add(item.id, "Which shift?", WEEK, from_staff=True))
    heard = await ben.say("my data", "1", "reply to staff", CRISIS)
    assert heard.startswith(EN("handover.crisis"))
    assert EN("handover.reply_unsent") in heard
    await ben.say(said)
    notes = await store.read(lambda uow: uow.notes.of(item.id))
    assert [one.text for one in notes if not one.from_staff] == sent


async def test_danger_with_a_name_goes_as_its_author_chose(bot: Bot, store: Store) -> None:
    ben = Chat(bot)
    words = f"{DANGER} My boss Tom Miller said keep going."
    heard = await ben.say(*FILED, "my data", "1", "correct a line", "What happens", words)
    assert heard.startswith(EN("handover.safety"))
    assert EN("redaction.offer", label="What happens") in heard
    await ben.say("1")
    (item,) = await filed(store)
    assert item.answers["words"] == f"{DANGER} My boss [name] said keep going."


async def test_other_trouble_can_be_written_in_a_correction(bot: Bot, store: Store) -> None:
    ben = Chat(bot)
    trouble = "my boss wrote me up today and wants me to sign it"
    await ben.say(*FILED, "my data", "1", "correct a line", "What happens")
    assert EN("owned.corrected") in await ben.say(trouble)
    (item,) = await filed(store)
    assert item.answers["words"] == trouble


@pytest.mark.parametrize(
    ("general", "own"),
    [
        ("has the afl-cio said anything on chatbots and suicide", "the AI took my shifts and i think about suicide"),
        (
            "do the sessions show how a robot notices a man who is not breathing",
            "a man is not breathing, the app said go on",
        ),
        ("¿el chatbot de la línea de suicidio guarda lo que dicen?", "desde que perdí el turno pienso en el suicidio"),
        ("¿la IA sabe si hay un incendio en la bodega?", "hay un incendio en la cocina y no abren la puerta"),
        ("does the watch know about an overdose, who gets the data", "suicide"),
        ("which company makes the gas leak ai", "gas leak in the training room"),
        ("how would copilot know someone collapsed in a warehouse", "the planner app crashed, someone collapsed"),
        ("¿cómo sabe el reloj que alguien se desmayó?", "se desmayó un compañero"),
        ("does the agreement cover ai for overdose prevention in hospitals", "is there a suicide hotline"),
        ("¿la cámara con ia avisa cuando hay fuego?", "la app dice que siga pero hay fuego"),
        ("are gas leak sensors counted as ai in the principles", "there is a gas leak, does the class still start?"),
        ("is there training on ai that predicts suicidal posts", "overdose?"),
        ("can ai cameras notice there is a fire before a guard does", "who do i call theres a fire in the break room"),
        ("¿los sensores de fuga de gas son inteligencia artificial?", "hay un incendio, ¿sigue la clase de IA?"),
        ("¿quién revisa a la ia que decide si alguien no respira?", "¿me pueden correr si se desmayó alguien y paré?"),
        (
            "what does microsoft's ai do when a user mentions suicide",
            "i want to end it all, will the AI erase my data?",
        ),
    ],
)
def test_a_hint_is_enough_except_in_a_general_question(answers: Matcher, general: str, own: str) -> None:
    assert answers.match(own).handover in ("crisis", "safety")
    assert not answers.match(general).handover


@pytest.mark.parametrize(
    "words", ["icebox cierre lavender drain lime hamaca", "Florist, marfil, trio, paraguas helmet peine"]
)
async def test_six_words_drawn_by_chance_are_no_trouble_and_hide_none(bot: Bot, words: str) -> None:
    danger = EN("handover.safety")
    assert danger not in await Chat(bot).say(f"why does {words} not open")
    assert danger not in await Chat(bot).say("receipt", words)
    assert danger in await Chat(bot).say(f"{words} there is a gas leak in the hall")
