"""Feedback page by page in modals: what is shown, kept, refused, and what an old page does."""

import dataclasses

import pytest

from bot.content import Content
from bot.conversations import Draft
from bot.core import Bot
from bot.events import Action, FormSubmission
from bot.feedback import Level
from bot.forms import Form, Question
from bot.ports import Store
from bot.replies import Reply, Secret
from bot.vault import Vault
from tests.bot.chats import FORM, Chat, errors_of, filed, form_of, kept, read, reply_of, sealed
from tests.bot.members import EN

Values = dict[str, str | tuple[str, ...]]
FIRST: Values = {"level": "confidential", "name": "", "kind": "idea", "sector": "health", "job": "night nurse"}
SECOND: Values = {"task": "", "words": "Ask us first.", "effects": ("time", "pay"), "part": ()}
THIRD: Values = {"loop": "", "better": "", "sharing": "yes", "contact": "no"}
STEWARD = "My boss wrote me up today and wants me to sign it."
DANGER = "There is a gas leak in the building right now."
NAMES = "My supervisor Jane Miller turned it off."


@pytest.fixture
def ben(bot: Bot) -> Chat:
    """In modals that follow each other."""
    return Chat(bot)


@pytest.fixture
def luz(bot: Bot) -> Chat:
    """In modals with a message between two pages."""
    return Chat(bot, "U0LUZ", modals=False)


async def draft_of(chat: Chat) -> Draft:
    draft = (await chat.draft()).draft
    assert draft is not None
    return draft


def names(questions: tuple[Question, ...]) -> list[str]:
    return [one.id for one in questions]


async def fill(chat: Chat, first: Values = FIRST, second: Values = SECOND, third: Values = THIRD) -> Reply:
    """All pages; what follows the last."""
    await chat.press("feedback")
    for page, values in enumerate((first, second, third), 1):
        await chat.submit(page, values)
    return reply_of(chat.last)


async def test_pages_to_the_receipt_and_sent(ben: Chat, store: Store) -> None:
    await ben.press("feedback")
    first = form_of(ben.last)
    assert (first.form, first.page, first.pages, first.answers) == (FORM, 1, 3, {})
    assert EN("form.intro") in read(first)
    second = form_of(await ben.submit(1, FIRST))
    assert (second.page, names(second.questions)) == (2, ["task", "words", "effects", "part"])
    third = form_of(await ben.submit(2, SECOND))
    assert (third.page, names(third.questions)) == (3, ["loop", "better", "sharing", "contact"])
    summary = reply_of(await ben.submit(3, THIRD))
    assert [one for one in summary.blocks if isinstance(one, Secret)]
    assert await filed(store) == []
    await ben.press("send")
    (item,) = await filed(store)
    assert (item.level, item.sharing, item.contact) == (Level.CONFIDENTIAL, True, False)
    given = {**FIRST, **SECOND, **THIRD}
    asked = [name for name in given if name not in ("level", "name", "sharing", "contact")]
    assert item.answers == {name: given[name] or None for name in asked}


async def test_the_last_page_asks_no_anonymous_member_about_contact(ben: Chat, store: Store, vault: Vault) -> None:
    await ben.press("feedback")
    second = form_of(await ben.submit(1, {**FIRST, "level": "anonymous"}))
    assert EN("form.level_anonymous") in read(second)
    third = form_of(await ben.submit(2, SECOND))
    assert names(third.questions) == ["loop", "better", "sharing"]
    assert EN("form.level_anonymous") not in read(third)
    await ben.submit(3, {"loop": "", "better": "", "sharing": "no"})
    await ben.press("send")
    (envelope,) = await sealed(store, vault)
    assert (envelope["sharing"], await filed(store)) == (False, [])


async def test_back_and_forth_keeps_what_was_typed(ben: Chat) -> None:
    await ben.press("feedback")
    await ben.submit(1, FIRST)
    first = form_of(await ben.submit(2, {**SECOND, "words": "Half a sen"}, back=True))
    assert first.page == 1
    assert {name: first.answers.get(name) or "" for name in ("level", "kind", "job")} == {
        name: FIRST[name] for name in ("level", "kind", "job")
    }
    second = form_of(await ben.submit(1, {**FIRST, "kind": "concern"}))
    assert (second.page, second.answers["words"], second.answers["effects"]) == (2, "Half a sen", ("time", "pay"))
    assert second.answers["kind"] == "concern"


async def test_back_from_an_empty_page_refuses_nothing(ben: Chat) -> None:
    await ben.press("feedback")
    await ben.submit(1, FIRST)
    first = form_of(
        await ben.submit(2, {"task": "x" * 601, "words": "", "effects": ("no code",), "part": "help"}, back=True)
    )
    assert first.page == 1
    assert (await draft_of(ben)).answers.get("part") == "help"
    assert not {"task", "words", "effects"} & set((await draft_of(ben)).answers)


async def test_back_on_the_first_page_shows_it_again(ben: Chat) -> None:
    await ben.press("feedback")
    again = form_of(await ben.submit(1, {**FIRST, "level": "", "kind": "idea"}, back=True))
    assert (again.page, again.answers["kind"], again.answers.get("level")) == (1, "idea", None)


async def test_from_the_summary_back_goes_page_by_page(ben: Chat) -> None:
    await fill(ben)
    assert form_of(await ben.handle(ben.event(Action, action="back", can_show_form=True))).page == 3
    assert form_of(await ben.handle(ben.event(Action, action="back", can_show_form=True))).page == 2
    assert form_of(await ben.handle(ben.event(Action, action="back", can_show_form=True))).page == 1
    assert EN("form.no_back") in await ben.press("back")
    assert form_of(ben.last).page == 1


async def test_a_changed_page_makes_the_receipt_that_was_shown_void(ben: Chat, store: Store) -> None:
    await fill(ben)
    shown = (await draft_of(ben)).receipt
    await ben.press("back")
    assert (await draft_of(ben)).receipt == ""
    assert form_of(ben.last).page == 3
    await ben.press("send")
    assert await filed(store) == [], "no summary stands"
    assert EN("form.receipt_again") in read(await ben.submit(3, {**THIRD, "better": "More breaks."}))
    assert (await draft_of(ben)).receipt not in ("", shown)


@pytest.mark.parametrize(
    ("page", "changed", "problem"),
    [
        (1, {"level": ()}, {"level": EN("problem.needed")}),
        (1, {"level": ""}, {"level": EN("problem.needed")}),
        (1, {"level": "named", "name": "  "}, {"name": EN("problem.needed")}),
        (1, {"level": "secret"}, {"level": EN("problem.not_offered", hint="").strip()}),
        (1, {"kind": ("idea", "gossip")}, {"kind": EN("problem.not_offered", hint="").strip()}),
        (1, {"job": "x" * 121}, {"job": EN("problem.too_long", longest=120)}),
        (2, {"words": " \n "}, {"words": EN("problem.needed")}),
        (2, {"words": "x" * 3001}, {"words": EN("problem.too_long", longest=3000)}),
        (2, {"effects": ("time", "gossip")}, {"effects": EN("problem.not_offered", hint="").strip()}),
        (
            2,
            {"words": "", "task": "x" * 601},
            {"words": EN("problem.needed"), "task": EN("problem.too_long", longest=600)},
        ),
        (3, {"sharing": ()}, {"sharing": EN("problem.needed")}),
    ],
)
async def test_errors_stand_beside_their_fields_and_nothing_is_stored(
    ben: Chat, page: int, changed: Values, problem: dict[str, str]
) -> None:
    """The same page, mended, is accepted afterwards."""
    await ben.press("feedback")
    pages = {1: FIRST, 2: SECOND, 3: THIRD}
    for number in range(1, page):
        await ben.submit(number, pages[number])
    before = await ben.draft()
    assert errors_of(await ben.submit(page, {**pages[page], **changed})) == problem
    assert await ben.draft() == before
    await ben.submit(page, pages[page])
    assert set(pages[page]) - {"name"} <= set((await draft_of(ben)).answers)


async def test_a_refused_page_sent_again_as_the_same_act_is_read_anew(ben: Chat) -> None:
    """Nothing of it was stored, so neither was that it came."""
    await ben.press("feedback")
    sent = ben.event(
        FormSubmission, can_show_form=True, form=FORM, page=1, values={**FIRST, "kind": ""}, draft=ben.shown
    )
    errors_of(await ben.handle(sent))
    assert form_of(await ben.handle(dataclasses.replace(sent, values=FIRST))).page == 2


async def test_the_same_page_delivered_twice_moves_once(ben: Chat, bot: Bot) -> None:
    await ben.press("feedback")
    sent = ben.event(FormSubmission, can_show_form=True, form=FORM, page=1, values=FIRST, draft=ben.shown)
    shown = form_of(await ben.handle(sent))
    before = await draft_of(ben)
    assert form_of(await ben.handle(sent)).page == shown.page == 2
    await bot.delivered(sent, shown)
    assert await ben.handle(sent) is None
    assert await draft_of(ben) == before


async def test_a_receipt_is_no_answer(ben: Chat, store: Store, vault: Vault) -> None:
    summary = await fill(ben)
    receipt = next(one.words for one in summary.blocks if isinstance(one, Secret))
    await ben.press("send")
    await ben.press("feedback")
    await ben.submit(1, FIRST)
    said = errors_of(await ben.submit(2, {**SECOND, "words": f"It is {receipt}, you know."}))
    assert said == {"words": EN("form.contains_receipt")}
    await ben.submit(2, {**SECOND, "words": f"It is {receipt}, you know."}, back=True)
    assert receipt not in await kept(store, vault)


@pytest.mark.parametrize("end", ["send", "cancel"])
@pytest.mark.parametrize("page", [1, 2, 3])
async def test_after_the_end_a_page_gets_a_sentence(ben: Chat, store: Store, end: str, page: int) -> None:
    await fill(ben)
    await ben.press(end)
    before = await filed(store)
    assert len(before) == (end == "send")
    values = {1: FIRST, 2: SECOND, 3: THIRD}[page]
    assert errors_of(await ben.submit(page, values)) == {"": EN("form.other_draft")}
    given_back = read(await ben.submit(page, values, back=True))
    assert given_back.startswith(EN("form.other_draft"))
    assert ("What happens: Ask us first." in given_back) == (page == 2)
    assert await filed(store) == before
    assert (await ben.draft()).draft is None
    assert "Ask us first." not in await kept(store, ben.bot.vault)


async def test_a_page_of_another_draft_changes_nothing(ben: Chat) -> None:
    await fill(ben)
    old = ben.shown
    await ben.press("cancel")
    await fill(ben, first={**FIRST, "level": "anonymous"}, second={**SECOND, "words": "The new words."})
    before = await draft_of(ben)
    assert old != ben.shown != ""
    assert errors_of(await ben.submit(1, FIRST, draft=old)) == {"": EN("form.other_draft")}
    assert errors_of(await ben.submit(1, FIRST, draft="none")) == {"": EN("form.other_draft")}
    ben.shown = ""
    assert errors_of(await ben.submit(1, FIRST)) == {"": EN("form.other_draft")}
    assert await draft_of(ben) == before


async def test_a_page_of_a_form_that_is_gone(ben: Chat) -> None:
    await ben.press("feedback")
    await ben.submit(1, FIRST)
    before = await draft_of(ben)
    told = errors_of(await ben.submit(1, {"words": "Mine."}, form="last-years"))
    assert told == {"": EN("form.other_draft")}
    assert await draft_of(ben) == before


def changed(content: Content, *questions: Question) -> Content:
    form = content.forms[FORM]
    return dataclasses.replace(content, forms={FORM: dataclasses.replace(form, version=9, questions=questions)})


def moved(form: Form, name: str, page: int) -> tuple[Question, ...]:
    found = [dataclasses.replace(one, page=page) if one.id == name else one for one in form.questions]
    return tuple(sorted(found, key=lambda one: one.page))


def updated(bot: Bot, *questions: Question) -> Bot:
    """The bot with another form, over the same store."""
    return Bot(changed(bot.content, *questions), bot.matcher, bot.store, bot.vault, bot.clock)


async def test_a_page_from_before_an_update_keeps_what_still_has_a_question(ben: Chat, content: Content) -> None:
    """`task` has gone to another page, `effects` is no more, `shift` is new and required."""
    await ben.press("feedback")
    await ben.submit(1, FIRST)
    form = content.forms[FORM]
    shift = dataclasses.replace(form["part"], id="shift", required=True)
    questions = [one for one in moved(form, "task", 3) if one.id != "effects"]
    questions.insert(names(tuple(questions)).index("part"), shift)
    ben.bot = updated(ben.bot, *questions)
    third = form_of(await ben.submit(2, {**SECOND, "task": "the route app"}))
    assert third.page == 3
    assert third.answers["task"] == "the route app"
    assert "effects" not in third.answers
    asked = form_of(await ben.submit(3, THIRD))
    assert (asked.page, names(asked.questions)) == (2, ["words", "shift", "part"])
    assert asked.answers["words"] == "Ask us first."
    assert errors_of(await ben.submit(2, {"words": "Ask us first.", "shift": "", "part": ""})) == {
        "shift": EN("problem.needed")
    }
    await ben.submit(2, {"words": "Ask us first.", "shift": "help", "part": ""})
    assert EN("form.send_how") in read(await ben.submit(3, {**THIRD, "task": "the route app"}))


async def test_a_page_that_the_form_has_no_more(ben: Chat, content: Content) -> None:
    await ben.press("feedback")
    await ben.submit(1, FIRST)
    await ben.submit(2, SECOND)
    form = content.forms[FORM]
    ben.bot = updated(ben.bot, *(one for one in form.questions if one.page < 3 or one.id == "sharing"))
    assert form_of(await ben.submit(7, {"gone": "mine"})).page == 3
    ben.bot = updated(ben.bot, *moved(form, "sharing", 2)[:10])
    told = read(await ben.submit(3, THIRD))
    assert EN("form.send_how") in told
    assert (await draft_of(ben)).answers["sharing"] == "yes"


async def test_words_for_a_person_bring_contacts_once(ben: Chat, store: Store) -> None:
    await ben.press("feedback")
    await ben.submit(1, FIRST)
    third = form_of(await ben.submit(2, {**SECOND, "words": STEWARD}))
    assert EN("handover.in_form") in read(third)
    assert "Deadlines may run" in read(third)
    second = form_of(await ben.submit(3, THIRD, back=True))
    assert second.answers["words"] == STEWARD
    assert "Deadlines may run" not in read(await ben.submit(2, {**SECOND, "words": STEWARD}))
    summary = read(await ben.submit(3, THIRD))
    assert EN("form.handover_again", lines="line 6", first=6) in summary
    await ben.press("send")
    assert [one.answers["words"] for one in await filed(store)] == [STEWARD]


async def test_danger_pauses_and_nothing_typed_is_lost(ben: Chat) -> None:
    await ben.press("feedback")
    await ben.submit(1, FIRST)
    told = reply_of(await ben.submit(2, {**SECOND, "words": DANGER}))
    assert "**911**" in read(told)
    assert EN("handover.paused") in read(told)
    assert (await draft_of(ben)).paused
    await ben.press("resume")
    assert form_of(ben.last).page == 3
    assert form_of(ben.last).answers["words"] == DANGER
    assert EN("form.handover_urgent", lines="line 6", first=6) in read(await ben.submit(3, THIRD))


async def test_skip_typed_into_a_field_leaves_it_out(ben: Chat) -> None:
    await ben.press("feedback")
    await ben.submit(1, {**FIRST, "job": "skip"})
    await ben.submit(2, {**SECOND, "words": "Skip", "task": "sáltala"})
    answers = (await draft_of(ben)).answers
    assert (answers["job"], answers["task"], answers["words"]) == (None, None, "Skip")


async def test_personal_data_is_shown_before_the_summary(ben: Chat, store: Store) -> None:
    told = await fill(ben, second={**SECOND, "words": NAMES})
    assert [one.value for one in told.choices] == ["use:words", "keep:words"]
    assert "My supervisor [name] turned it off." in read(told)
    assert not [one for one in told.blocks if isinstance(one, Secret)]
    await ben.press("send")
    assert await filed(store) == []
    summary = await ben.press("redact", "use:words")
    assert "My supervisor [name] turned it off." in summary
    await ben.press("send")
    assert [one.answers["words"] for one in await filed(store)] == ["My supervisor [name] turned it off."]


async def test_a_decision_on_personal_data_holds_until_the_words_change(ben: Chat) -> None:
    await fill(ben, second={**SECOND, "words": NAMES})
    await ben.press("redact", "keep:words")
    await ben.press("back")
    assert EN("form.send_how") in read(await ben.submit(3, {**THIRD, "better": "More breaks."}))
    await ben.press("back")
    await ben.submit(3, THIRD, back=True)
    await ben.submit(2, {**SECOND, "words": NAMES + " Again."})
    told = reply_of(await ben.submit(3, THIRD))
    assert [one.value for one in told.choices] == ["use:words", "keep:words"]


async def test_to_messages_and_back(ben: Chat, store: Store) -> None:
    await ben.press("feedback")
    await ben.submit(1, FIRST)
    asked = await ben.say("help")
    assert "Which task is it about" in asked
    assert EN("button.as_form") in asked
    await ben.say("the route app", "Ask us first.")
    await ben.press("as_form")
    second = form_of(ben.last)
    assert (second.page, second.answers["task"], second.answers["words"]) == (2, "the route app", "Ask us first.")
    await ben.submit(2, {**SECOND, "task": "the route app"})
    await ben.say("skip", "More breaks.", "no", "no")
    assert EN("form.send_how") in read(ben.last)
    await ben.say("send")
    (item,) = await filed(store)
    assert (item.answers["task"], item.answers["better"], item.sharing) == ("the route app", "More breaks.", False)


async def test_words_do_not_close_the_page_that_is_open(ben: Chat) -> None:
    """A message in between answers the question in the chat; the modal, sent later, counts as it stands."""
    await ben.press("feedback")
    await ben.submit(1, FIRST)
    await ben.say("the route app")
    third = form_of(await ben.submit(2, {**SECOND, "task": "the schedule"}))
    assert (third.page, third.answers["task"]) == (3, "the schedule")


async def test_a_page_kept_for_later_can_still_be_sent(ben: Chat) -> None:
    await ben.press("feedback")
    assert EN("form.later") in await ben.say("later")
    assert form_of(await ben.submit(1, FIRST)).page == 2
    assert not (await draft_of(ben)).paused


async def test_with_a_message_between_pages(luz: Chat) -> None:
    """Where a page can open no other: what was sent is kept, and buttons lead on and back."""
    await luz.handle(luz.event(Action, action="feedback", can_show_form=True))
    between = reply_of(await luz.submit(1, FIRST))
    assert EN("form.next_page") in read(between)
    assert [one.action for one in between.commands] == ["resume", "back", "later", "cancel"]
    back = form_of(await luz.handle(luz.event(Action, action="back", can_show_form=True)))
    assert (back.page, back.answers["job"]) == (1, "night nurse")
    assert EN("form.next_page") in read(await luz.submit(1, {**FIRST, "job": "nurse"}))
    on = form_of(await luz.handle(luz.event(Action, action="resume", can_show_form=True)))
    assert (on.page, on.answers["job"]) == (2, "nurse")
    await luz.submit(2, SECOND)
    assert EN("form.send_how") in read(await luz.submit(3, THIRD))


async def test_contacts_stand_before_the_buttons_between_pages(luz: Chat) -> None:
    await luz.handle(luz.event(Action, action="feedback", can_show_form=True))
    await luz.submit(1, FIRST)
    shown = read(await luz.submit(2, {**SECOND, "words": STEWARD}))
    assert shown.index("Deadlines may run") < shown.index(EN("form.next_page"))
    assert (await draft_of(luz)).handover == ("words",)


async def test_members_do_not_meet_in_a_draft(ben: Chat, luz: Chat) -> None:
    await ben.press("feedback")
    await luz.handle(luz.event(Action, action="feedback", can_show_form=True))
    await ben.submit(1, FIRST)
    await luz.submit(1, {**FIRST, "kind": "concern"})
    assert ((await draft_of(ben)).answers["kind"], (await draft_of(luz)).answers["kind"]) == ("idea", "concern")
