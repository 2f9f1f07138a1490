"""An open item: short answers, old buttons, lines to correct, and the ways to say a receipt."""

import dataclasses
import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, event

from bot.content import Content
from bot.core import Bot
from bot.feedback import Level
from bot.forms import TEXT
from bot.ports import Store
from bot.receipts import beside, possible
from bot.vault import Vault, new_key
from storage.port import PAGE
from tests.bot.chats import Chat, filed, reply_of, sealed
from tests.bot.members import EN, Member
from tests.conftest import Clock

SKIPS = ["saltar"] * 4
SENT = {
    "en": ("feedback", "2", "idea", "skip", "skip", "skip", "Ask us first.", *["skip"] * 4, "yes", "no", "send"),
    "es": ("opinar", "2", "idea", *SKIPS[:3], "Que nos avisen antes de cambiar turnos.", *SKIPS, "sí", "no", "enviar"),
}


@pytest.fixture
async def ben(bot: Bot) -> Chat:
    """Has sent confidential feedback, and has it open."""
    chat = Chat(bot)
    await chat.say(*SENT["en"], "my data", "1")
    return chat


@pytest.fixture
async def ana(bot: Bot) -> Chat:
    """The same in Spanish."""
    chat = Chat(bot, "U0ANA", locale="es-MX")
    await chat.say("español", *SENT["es"], "mis datos", "1")
    return chat


@pytest.mark.parametrize("yes", ["yes", "Yes please", "yep", "y", "1", "yes, delete it", "sure, yes"])
async def test_a_short_yes_deletes_what_was_asked_about(ben: Chat, store: Store, yes: str) -> None:
    assert EN("owned.sure_delete") in await ben.say("delete it")
    shown = await ben.say(yes)
    assert (EN("owned.deleted") in shown) == (await filed(store) == []) == (yes != "sure, yes")


@pytest.mark.parametrize("no", ["no", "nope", "no, keep it", "cancel", "back"])
async def test_a_short_no_keeps_it(ben: Chat, store: Store, no: str) -> None:
    await ben.say("delete it")
    assert EN("owned.do_correct") in await ben.say(no)
    assert len(await filed(store)) == 1


@pytest.mark.parametrize(("said", "left"), [("sí", 0), ("si, por favor", 0), ("claro", 0), ("no", 1)])
async def test_short_answers_in_spanish(ana: Chat, store: Store, said: str, left: int) -> None:
    assert "¿La borro para siempre?" in await ana.say("borrar")
    await ana.say(said)
    assert len(await filed(store)) == left


@pytest.mark.parametrize("between", [("thanks",), ("what are the three goals?",), ("my data",), ("done",)])
async def test_a_later_yes_deletes_nothing(ben: Chat, store: Store, between: tuple[str, ...]) -> None:
    await ben.say("delete it", *between, "yes")
    assert len(await filed(store)) == 1


@pytest.mark.parametrize("act", ["delete", "anonymous"])
async def test_an_old_yes_is_asked_for_again(ben: Chat, store: Store, clock: Clock, act: str) -> None:
    """A day later it may answer what staff asked meanwhile."""
    await ben.say(EN(f"owned.do_{act}"))
    clock.now += dt.timedelta(days=1)
    assert EN(f"owned.sure_{act}") in await ben.say("yes")
    assert len(await filed(store)) == 1
    await ben.say("yes")
    assert await filed(store) == []


@pytest.mark.parametrize("said", ["ok", "okay", "vale", "órale", "está bien", "great", "looks good", "go ahead"])
async def test_an_agreement_chooses_nothing_and_loses_nothing(ben: Chat, store: Store, said: str) -> None:
    texts = ben.bot.content.texts.values()
    nothing = tuple(one("reply.not_done") for one in texts)
    assert (await ben.say(said)).startswith(nothing)
    assert EN("owned.which_line") in await ben.say("english", "my data", "1", said, "1")
    await ben.say("my data", "1", "delete it")
    assert (await ben.say(said)).startswith(nothing)
    assert len(await filed(store)) == 1
    await ben.say("1")
    assert await filed(store) == []


@pytest.mark.parametrize("said", ["vale", "órale"])
async def test_an_agreement_to_nothing_is_no_thanks(ana: Chat, said: str) -> None:
    assert await ana.say("listo", said) == "Muy bien. Aquí estoy si tienes otra pregunta."


async def test_an_old_button_deletes_no_other_item(ben: Chat, store: Store) -> None:
    await ben.say("delete it", "no", *SENT["en"], "my data", "2")
    for press in ("yes_delete", "yes_anonymous"):
        shown = await ben.press("own", press)
        assert EN("reply.stale_button") in shown
        assert EN("owned.do_delete") in shown
    assert len(await filed(store)) == 2


async def test_it_becomes_anonymous_only_after_a_yes(ben: Chat, store: Store, vault: Vault) -> None:
    """And no name was seen where none was given."""
    assert "six words" in await ben.say("make it anonymous")
    await ben.say("no")
    assert [one.level for one in await filed(store)] == [Level.CONFIDENTIAL]
    shown = await ben.say("make it anonymous", "yes")
    assert EN("owned.now_anonymous") in shown
    assert EN("owned.seen_before") not in shown
    assert EN("owned.seen_words") in shown
    assert len(await sealed(store, vault)) == 1


async def test_staff_may_have_seen_a_name(bot: Bot) -> None:
    member = Member(bot, "U0CAL")
    await member.send("named", "Ask us first.")
    assert EN("owned.seen_before") in await member.say("my data", "1", "make it anonymous", "yes")


async def test_what_nobody_has_seen_is_deleted_without_a_word_on_copies(bot: Bot, ben: Chat) -> None:
    member = Member(bot, "U0CAL")
    shown = await member.delete(await member.send("anonymous", "Ask us first."))
    assert shown == "\n".join([EN("owned.deleted"), EN("owned.backups")])
    assert EN("owned.copies_taken_back") in await ben.say("delete it", "yes")


async def test_an_item_shows_all_that_is_kept_with_it_and_a_name_can_be_corrected(bot: Bot, store: Store) -> None:
    member = Member(bot, "U0CAL")
    await member.send("named", "Ask us first.")
    shown = await member.say("my data", "1")
    assert "Who may know it was you?: Named" in shown
    assert "Name to show to staff: Canary Ana" in shown
    assert "May staff write to you here?: No" in shown
    assert EN("owned.corrected") in await member.say("correct", "Name to show to staff", "Jane Miller")
    assert EN("owned.corrected") in await member.say("correct", "May staff write to you here?", "yes")
    shown = await member.say("my data", "1")
    assert "Name to show to staff: Jane Miller" in shown
    assert EN("owned.unchanged") in await member.say("correct", "Name to show to staff", "anonymous")
    asked = await member.say("correct", "Name to show to staff", "who will see my name?")
    assert "What name should staff see?" in asked
    await member.say("cancel")
    assert "Name to show to staff: Jane Miller" in await member.say("my data", "1")
    assert "May staff write to you here?: Yes" in shown
    (item,) = await filed(store)
    assert item.contact
    assert item.revision == 1
    assert not {"name", "contact"} & set(item.answers)


async def test_a_confidential_item_shows_its_level_and_no_name(ben: Chat) -> None:
    shown = await ben.say("my data", "1")
    assert "Who may know it was you?: Confidential" in shown
    assert "Name to show to staff" not in shown
    assert "Who may know it was you?" not in await ben.say("correct")


async def test_a_name_of_a_lost_key_hides_no_item(bot: Bot, store: Store, clock: Clock) -> None:
    member = Member(bot, "U0CAL")
    receipt = await member.send("named", "Ask us first.")
    (item,) = await filed(store)
    assert item.author
    foreign = dataclasses.replace(item.author, name=Vault([new_key()]).seal(b"Ana", "name"))
    await store.write(lambda uow: uow.owned.replace(dataclasses.replace(item, author=foreign)))
    shown = await member.open(receipt)
    assert "Ask us first." in shown
    assert "Name to show to staff" not in shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("withdraw", "owned.unshared"),
        ("stop sharing", "owned.unshared"),
        ("edit 5", "owned.which_line"),
        ("edit", "owned.which_line"),
        ("7", "problem.not_a_choice"),
    ],
)
async def test_words_the_bot_teaches(ben: Chat, said: str, shown: str) -> None:
    assert EN(shown) in await ben.say(said)


async def test_words_the_bot_teaches_in_spanish(ana: Chat, store: Store) -> None:
    assert "Ya no se comparte" in await ana.say("retirar")
    assert "¿La borro para siempre?" in await ana.say("mis datos", "1", "borrar")


async def test_a_number_that_is_not_there_repeats_the_choices(ben: Chat) -> None:
    before = reply_of(ben.last).choices
    assert EN("problem.not_a_choice") in await ben.say("7")
    assert reply_of(ben.last).choices == before
    assert EN("owned.which_line") in await ben.say("1")


async def test_lines_have_one_numbering(ben: Chat) -> None:
    assert "1. " not in await ben.say("my data", "1")
    await ben.say("correct")
    number = [one.value for one in reply_of(ben.last).choices].index("words") + 1
    assert "What happens" in await ben.say(f"edit {number}")


@pytest.mark.parametrize("step", ["cancel", "skip", "later", "back"])
@pytest.mark.parametrize("way", [("correct",), ("correct", "What happens")])
async def test_whoever_leaves_a_correction_sees_the_item(ben: Chat, way: tuple[str, ...], step: str) -> None:
    shown = await ben.say(*way, step)
    assert (EN("owned.unchanged") in shown) == (step != "back")
    assert "What happens: Ask us first." in shown
    assert EN("owned.do_correct") in shown


async def test_after_a_correction_comes_the_next(ben: Chat, store: Store) -> None:
    shown = await ben.say("correct", "What happens", "Ask us before.")
    assert EN("owned.corrected") in shown
    assert EN("owned.which_line") in await ben.say("correct")
    assert EN("problem.not_choices") in await ben.say("What it affects", "blue")
    assert reply_of(ben.last).several
    assert EN("owned.corrected") in await ben.say("1")
    (item,) = await filed(store)
    assert item.answers["words"] == "Ask us before."
    assert item.answers["effects"] == ("safety",)


async def test_what_is_closed_opens_again_as_it_was_opened(ben: Chat) -> None:
    assert await ben.say("done") == EN("owned.closed_own")
    member = Member(ben.bot, "U0CAL")
    await member.open(await member.send("anonymous", "Ask us first."))
    assert await member.say("done") == EN("owned.session_over")


@pytest.mark.parametrize("line", ["What happens", "What it affects"])
async def test_commands_are_heard_where_a_line_has_choices(ben: Chat, store: Store, line: str) -> None:
    """Where it is a text, they may be the text."""
    shown = await ben.say("correct", line, "my data")
    (item,) = await filed(store)
    assert (EN("owned.overview") in shown) == (item.answers["words"] != "my data") == (line == "What it affects")


WAYS = ["{}", "{}.", '"{}"', "{}!", "My receipt is {}", "it is {}, thanks"]


@pytest.mark.parametrize("way", WAYS)
async def test_a_receipt_opens_as_phones_write_it(bot: Bot, way: str) -> None:
    member = Member(bot, "U0CAL")
    receipt = await member.send("anonymous", "Ask us first.")
    said = way.format(receipt.capitalize())
    assert "Ask us first." in await Member(bot, "U0DEE").say("receipt", said)


@pytest.mark.parametrize("way", ["receipt {}", "Receipt: {}.", "my receipt is {}", "mi recibo es {}", "{}"])
async def test_a_receipt_opens_without_being_asked_for(bot: Bot, way: str) -> None:
    member = Member(bot, "U0CAL")
    receipt = await member.send("anonymous", "Ask us first.")
    assert "Ask us first." in await Member(bot, "U0DEE").say(way.format(receipt))


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("see actor airplane airport album acrobat actor.", "see"),
        ("actor, airplane airport album acrobat actor", ""),
        ("I want to kill myself actor airplane airport album acrobat actor", "i want to kill myself"),
        ("The actor is at the airport.", "The actor is at the airport."),
    ],
)
def test_a_receipt_is_no_part_of_what_is_said(content: Content, said: str, left: str) -> None:
    """Drawn by chance, its words may sound like danger."""
    assert beside(content, said) == left


async def test_wrong_words_after_receipt_are_told_so(bot: Bot) -> None:
    member = Member(bot, "U0DEE")
    assert EN("owned.wrong_receipt") in await member.say("receipt actor airplane airport album actor airplane")
    assert EN("owned.not_opened") in await member.say("cancel")


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """Every statement that a database opened after this gets."""
    found: list[str] = []

    def see(connection: object, cursor: object, statement: str, *more: object) -> None:
        found.append(statement)

    event.listen(Engine, "before_cursor_execute", see)
    yield found
    event.remove(Engine, "before_cursor_execute", see)


async def test_a_long_row_of_receipt_words_costs_few_queries(statements: list[str], bot: Bot) -> None:
    ben = Chat(bot)
    await ben.say(*SENT["en"][:7])
    words = "mud " * 10_000
    assert len(possible(bot.content, words)) > 9_000
    statements.clear()
    assert EN("problem.not_choices") in await ben.say(words)
    assert 0 < len(statements) < 100


@pytest.mark.parametrize("filler", ["I saw it stop. ", "mud "])
async def test_a_receipt_at_the_end_of_a_long_text_is_found(bot: Bot, filler: str) -> None:
    receipt = await Member(bot, "U0CAL").send("anonymous", "Ask us first.")
    ben = Chat(bot)
    await ben.say(*SENT["en"][:6])
    text = (filler * 1000)[: TEXT - len(receipt) - 1] + " " + receipt
    assert (len(possible(bot.content, text)) > PAGE) == (filler == "mud ")
    assert EN("form.contains_receipt") in await ben.say(text)


@pytest.mark.parametrize(
    ("said", "count"),
    [("actor airplane airport album acrobat", 5), ("my receipt: actor airplane airport album actor acrobat album", 7)],
)
async def test_too_few_or_too_many_words_are_counted(bot: Bot, said: str, count: int) -> None:
    member = Member(bot, "U0DEE")
    await member.say("receipt")
    assert await member.say(said) == EN("owned.receipt_count", count=count)
