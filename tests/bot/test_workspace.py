"""A workspace that an employer owns: members are told, and nothing is anonymous there before an admin confirms."""

import dataclasses
import pathlib

import pytest

from bot.content import FOLDER, Content, load
from bot.core import Bot
from bot.errors import ContentError
from bot.events import Action, Shortcut
from bot.faq.matcher import Matcher
from bot.feedback import Level
from bot.forms import HINT
from bot.ports import Store
from bot.replies import ShowForm
from bot.texts import Texts
from bot.vault import Vault
from bot.workspace import TOPICS
from tests.bot.chats import Chat, errors_of, filed, form_of, kept, read, reply_of, sealed
from tests.bot.members import EN
from tests.conftest import Clock
from tests.operators import Installation

WARNING, OFF, ON, HINTED = (EN(f"workspace.{key}") for key in ("employer", "off", "on", "hint"))
REST = ("idea", "skip", "skip", "skip", "Ask us first.", "skip", "skip", "skip", "skip", "yes")
PAGE = {"kind": "idea", "level": "confidential"}


def owned(content: Content, *, confirmed: bool = False) -> Content:
    union = dataclasses.replace(content.union, employer_owned=True, anonymous_confirmed=confirmed)
    return dataclasses.replace(content, union=union)


@pytest.fixture
def theirs(content: Content, answers: Matcher, store: Store, vault: Vault, clock: Clock) -> Bot:
    """The bot in an employer's workspace, before anybody has confirmed."""
    return Bot(owned(content), answers, store, vault, clock)


@pytest.fixture
def confirmed(content: Content, answers: Matcher, store: Store, vault: Vault, clock: Clock) -> Bot:
    return Bot(owned(content, confirmed=True), answers, store, vault, clock)


@pytest.fixture
def ben(theirs: Bot) -> Chat:
    return Chat(theirs)


async def test_the_level_is_asked_without_anonymous_and_says_why(ben: Chat) -> None:
    asked = await ben.say("feedback")
    assert [one.value for one in reply_of(ben.last).choices] == ["named", "confidential"]
    assert asked.index(WARNING) < asked.index(OFF) < asked.index(HINTED)
    form = form_of(await ben.handle(ben.event(Action, action="feedback", can_show_form=True)))
    level = form.questions[0]
    assert ([one.code for one in level.options], level.hint["en"]) == (["named", "confidential"], HINTED)


@pytest.mark.parametrize("typed", ["3", "anonymous", "Anonymous", "third", "anonym", "anónimo"])
async def test_typing_does_not_choose_it(ben: Chat, typed: str) -> None:
    await ben.say("feedback")
    assert HINTED in await ben.say(typed)
    assert [one.value for one in reply_of(ben.last).choices] == ["named", "confidential"]
    draft = (await ben.draft()).draft
    assert draft is not None
    assert draft.answers == {}


async def test_an_old_button_does_not_choose_it(ben: Chat) -> None:
    await ben.say("feedback")
    shown = await ben.press("choose", "anonymous")
    assert EN("reply.stale_button") in shown
    assert HINTED in shown
    assert '"anonymous"' not in await kept(ben.bot.store, ben.bot.vault)


async def test_a_receipt_is_not_asked_for_without_a_warning(ben: Chat) -> None:
    asked = await ben.say("receipt")
    assert asked.index(WARNING) < asked.index(EN("workspace.receipt"))
    in_house = Chat(ben.bot, "U0ANA", in_house=True)
    assert WARNING not in await in_house.say("receipt")


@pytest.mark.parametrize("sent", ["anonymous", ("anonymous",)])
async def test_a_modal_of_an_older_build_does_not_choose_it(ben: Chat, sent: str | tuple[str, ...]) -> None:
    await ben.press("feedback")
    said = errors_of(await ben.submit(1, {**PAGE, "level": sent}))
    assert said == {"level": EN("problem.not_offered", hint=HINTED)}
    draft = (await ben.draft()).draft
    assert draft is not None
    assert draft.answers == {}


async def test_going_back_in_such_a_modal_keeps_the_rest_only(ben: Chat) -> None:
    await ben.press("feedback")
    await ben.submit(1, {**PAGE, "level": "anonymous"}, back=True)
    draft = (await ben.draft()).draft
    assert draft is not None
    assert draft.answers["kind"] == "idea"
    assert "level" not in draft.answers


async def test_editing_does_not_choose_it(ben: Chat, store: Store, vault: Vault) -> None:
    await ben.say("feedback", "2", *REST, "no")
    assert HINTED in await ben.say("edit 1")
    assert HINTED in await ben.say("3")
    assert HINTED in await ben.press("choose", "anonymous")
    await ben.say("skip", "send")
    assert [one.level for one in await filed(store)] == [Level.CONFIDENTIAL]
    assert await sealed(store, vault) == []


@pytest.mark.parametrize("way", ["send", "continue", "button", "page"])
async def test_a_draft_begun_before_is_asked_again(bot: Bot, theirs: Bot, store: Store, vault: Vault, way: str) -> None:
    before = Chat(bot)
    await before.say("feedback", "3", *REST)
    assert EN("form.send_how") in read(before.last)
    ben = Chat(theirs)
    match way:
        case "send":
            shown = await ben.say("send")
        case "continue":
            shown = await ben.say("later", "continue")
        case "button":
            shown = await ben.press("send")
        case _:
            draft = (await ben.draft()).draft
            assert draft is not None
            shown = read(await ben.submit(3, {"sharing": "yes"}, draft=draft.id))
    assert HINTED in shown
    assert await sealed(store, vault) == []
    await ben.say("2", "no", "send")
    assert [(one.level, one.answers["words"]) for one in await filed(store)] == [(Level.CONFIDENTIAL, "Ask us first.")]


async def test_an_item_is_not_made_anonymous(ben: Chat, store: Store, vault: Vault) -> None:
    await ben.say("feedback", "2", *REST, "no", "send", "my data")
    assert EN("owned.do_anonymous") not in await ben.say("1")
    assert OFF in await ben.press("own", "anonymous")
    assert [one.level for one in await filed(store)] == [Level.CONFIDENTIAL]
    assert await sealed(store, vault) == []


async def test_at_the_unions_own_computer_all_levels_are_open(theirs: Bot, store: Store, vault: Vault) -> None:
    hall = Chat(theirs, has_forms=False, in_house=True)
    asked = await hall.say("feedback")
    assert [one.value for one in reply_of(hall.last).choices] == ["named", "confidential", "anonymous"]
    assert WARNING not in asked
    await hall.say("3", *REST, "send")
    assert len(await sealed(store, vault)) == 1


async def test_members_are_told_at_the_welcome_and_once(ben: Chat) -> None:
    assert WARNING in await ben.say("hello")
    assert WARNING not in await ben.say("hello")


async def test_who_is_in_trouble_gets_the_contacts_alone_and_is_told_with_the_next_reply(ben: Chat) -> None:
    heard = await ben.say("I want to kill myself")
    assert heard.startswith(EN("handover.crisis"))
    assert not any(one in heard for one in (EN("reply.welcome"), WARNING, EN("reply.example_union")))
    told = await ben.say("what are the three goals?")
    assert told.startswith("\n".join((EN("reply.welcome"), WARNING)))
    assert EN("reply.welcome") not in await ben.say("hello")


async def test_a_message_sent_as_feedback_begins_with_it_too(ben: Chat) -> None:
    shown = read(await ben.handle(ben.event(Shortcut, text="The app skips our breaks.", can_show_form=True)))
    assert WARNING in shown
    assert OFF in shown


@pytest.mark.parametrize("topic", TOPICS)
async def test_the_privacy_answers_say_it_first(ben: Chat, topic: str) -> None:
    await ben.say("hello")
    shown = await ben.press("topic", topic)
    assert shown.startswith("\n".join((WARNING, OFF, EN("workspace.elsewhere"))))


async def test_the_privacy_answer_within_a_form_says_it_too(ben: Chat) -> None:
    await ben.say("hello", "feedback")
    shown = await ben.say("Is my feedback anonymous?")
    assert shown.startswith(WARNING)
    assert HINTED in shown


async def test_who_owns_nothing_is_told_nothing(bot: Bot) -> None:
    chat = Chat(bot)
    said = [await chat.say(one) for one in ("hello", "Is my feedback anonymous?", "feedback")]
    assert not any(WARNING in one for one in said)
    assert [one.value for one in reply_of(chat.last).choices] == ["named", "confidential", "anonymous"]


async def test_once_confirmed_it_can_be_chosen_with_the_warning(confirmed: Bot, store: Store, vault: Vault) -> None:
    ben = Chat(confirmed)
    asked = await ben.say("feedback")
    assert (WARNING in asked, ON in asked, OFF in asked) == (True, True, False)
    warned = EN("form.history_warning", owner=EN("workspace.owner_employer"))
    assert warned in await ben.say("3")
    await ben.say(*REST, "send")
    assert len(await sealed(store, vault)) == 1
    shown = await ben.say("Is my feedback anonymous?")
    assert (WARNING in shown, ON in shown, EN("workspace.elsewhere") in shown) == (True, True, False)


async def test_once_confirmed_a_modal_says_the_warning_before_the_first_words(confirmed: Bot) -> None:
    ben = Chat(confirmed)
    await ben.press("feedback")
    second = await ben.submit(1, {**PAGE, "level": "anonymous"})
    assert isinstance(second, ShowForm)
    assert [getattr(note, "text", "") for note in second.notes] == [EN("form.level_anonymous"), WARNING]


def test_every_answer_that_speaks_of_anonymous_feedback_is_known(content: Content) -> None:
    speaking = {
        topic
        for topic, entries in content.entries.items()
        if any(word in one.body.lower() for one in entries.values() for word in ("anonym", "anónim"))
    }
    assert speaking <= set(TOPICS) <= set(content.entries)


def test_the_reason_fits_every_modal(content: Content) -> None:
    def hint(texts: Texts) -> str:
        return texts("workspace.hint")

    assert max(len(hint(texts)) for texts in content.texts.values()) <= HINT


@pytest.mark.parametrize(
    ("lines", "off"),
    [
        ('workspace_owner = "employer"', True),
        ('workspace_owner = "employer"\nanonymous_confirmed = ""', True),
        ('workspace_owner = "employer"\nanonymous_confirmed = "2026-11-26, Ana Ruiz, president"', False),
        ('workspace_owner = "union"', False),
        ('workspace_owner = "nobody"\nanonymous_confirmed = ""', False),
        ("", False),
    ],
)
def test_union_toml_says_it(tmp_path: pathlib.Path, lines: str, off: bool) -> None:
    (tmp_path / "union.toml").write_text(lines)
    assert load(tmp_path).union.anonymous_off is off


@pytest.mark.parametrize(
    "value",
    ['"yes"', "true", "2026-11-26", '"2026-11-26"', '"2026-11-26, "', '"2026-02-30, Ana Ruiz"', '"Ana Ruiz"', '["a"]'],
)
def test_a_confirmation_without_day_or_name_stops_the_start(tmp_path: pathlib.Path, value: str) -> None:
    (tmp_path / "union.toml").write_text(f'workspace_owner = "employer"\nanonymous_confirmed = {value}\n')
    with pytest.raises(
        ContentError, match=r'union.toml, line 2: write anonymous_confirmed = "2026-11-26, name and role"'
    ):
        load(tmp_path)


@pytest.mark.parametrize("owner", ["union", "nobody"])
def test_a_confirmation_of_nothing_stops_the_start(tmp_path: pathlib.Path, owner: str) -> None:
    confirmed = 'anonymous_confirmed = "2026-11-26, Ana Ruiz, president"'
    (tmp_path / "union.toml").write_text(f'{confirmed}\nworkspace_owner = "{owner}"\n')
    with pytest.raises(ContentError, match=r"union\.toml, line 1: take the line out"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("line", "said"), [("", True), ('anonymous_confirmed = "2026-11-26, Ana Ruiz, president"', False)]
)
async def test_the_doctor_says_that_it_is_off(tmp_path: pathlib.Path, line: str, said: bool) -> None:
    overlay = tmp_path / "content"
    overlay.mkdir()
    (overlay / "union.toml").write_text(f'workspace_owner = "employer"\n{line}\n')
    done = await Installation(tmp_path / "data").run("doctor", CONTENT_DIR=str(overlay))
    (found,) = (one for one in done.stdout.splitlines() if "union data" in one)
    assert found.startswith("ok")
    assert ("no anonymous feedback there" in found) is said


def test_the_example_says_what_is_confirmed() -> None:
    comments = [one for one in (FOLDER / "union.toml").read_text().splitlines() if one.startswith("# - ")]
    assert len(comments) == 3
    assert load(example=True).union.anonymous_off is False
