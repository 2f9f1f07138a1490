"""Staff's commands in chat: the dialog, what each leaves in the store, who gets nothing, what a repeat adds."""

import dataclasses
import itertools

import pytest

from bot.content import Content
from bot.core import Bot
from bot.events import Action, Message, Role
from bot.feedback import Feedback, Level
from bot.outbox import waiting_for
from bot.ports import Store
from bot.promises import Promise
from bot.replies import Outcome, Reply, Text, Words
from bot.vault import Vault
from storage.tables import audit, notes
from tests.bot.desks import ACCOUNT, CANARIES, NAME, PLATFORM, WEEK, WORDS, feedback, filed
from tests.bot.members import EN, Member
from tests.bot.test_staffing import rows

QUESTION = "Which shift is it?"
NOBODY = "22222bbbbb"  # has the shape of an id


class Staff:
    """Somebody of the union's staff in a private chat; `say` answers with the reply."""

    numbers = itertools.count()

    def __init__(self, bot: Bot, **more: object) -> None:
        self.bot, self.more = bot, {"role": Role.STAFF, "account": "U0STAFF", **more}

    def event(self, words: str, **more: object) -> Message:
        shared = {"platform": "test", "address": "D0STAFF", **self.more, **more}
        return Message(id=f"s{next(self.numbers)}", text=words, **shared)  # type: ignore[arg-type]

    async def say(self, words: str, **more: object) -> Reply:
        return self.read(await self.bot.handle(self.event(words, **more)))

    async def press(self, action: str, value: str) -> Reply:
        written = self.event("")
        shared = {
            one.name: getattr(written, one.name) for one in dataclasses.fields(Action) if hasattr(written, one.name)
        }
        return self.read(await self.bot.handle(Action(**shared, action=action, value=value)))

    @staticmethod
    def read(outcome: Outcome) -> Reply:
        assert isinstance(outcome, Reply)
        return outcome


def texts_of(reply: Reply) -> str:
    return "\n".join(block.text for block in reply.blocks if isinstance(block, Text))


def words_of(reply: Reply) -> list[tuple[str, str]]:
    return [(block.label, block.words) for block in reply.blocks if isinstance(block, Words)]


@pytest.fixture
def staff(bot: Bot) -> Staff:
    return Staff(bot)


@pytest.fixture
async def item(store: Store, vault: Vault) -> Feedback:
    found = feedback(vault, Level.NAMED)
    await filed(store, found)
    return found


async def actions(store: Store) -> list[str]:
    return sorted(str(row["action"]) for row in await rows(store, audit))


async def letters(bot: Bot) -> list[str]:
    accounts = bot.vault.accounts(PLATFORM, ACCOUNT)
    found = await bot.store.read(lambda uow: waiting_for(uow, bot.vault, accounts))
    return [words for _, letter in found for _, words in letter.words]


async def test_the_inbox_lists_items_and_its_numbers_open_them(staff: Staff, store: Store, item: Feedback) -> None:
    listed = await staff.say("staff inbox")
    assert EN("desk.inbox_count", count=1) in texts_of(listed)
    (label, words), name = words_of(listed)
    assert label == f"{item.id}, {WEEK}: {EN('status.new')}"
    assert words.endswith("It calls patients stable and nobody looks.")
    assert name == (EN("desk.from"), NAME)
    (button,) = listed.choices
    assert (button.action, button.value, button.label) == ("staff", f"show {item.id}", item.id)
    for way in ("1", item.id):
        await staff.say("staff inbox")
        assert (EN("desk.from"), NAME) in words_of(await staff.say(way))
    assert words_of(await staff.press(button.action, button.value)) == words_of(
        await staff.say(f"staff show {item.id}")
    )
    assert await actions(store) == ["staff inbox"] * 3 + ["staff show"] * 4


async def test_an_item_is_shown_whole_and_marked_with_a_button(staff: Staff, store: Store, item: Feedback) -> None:
    await store.write(lambda uow: uow.notes.add(item.id, "It was *late*", WEEK, from_staff=False))
    assert EN("desk.new_reply", status=EN("status.new")) in words_of(await staff.say("staff inbox"))[0][0]
    shown = await staff.say(f"staff show {item.id}")
    assert (EN("desk.note_new", week=WEEK), "It was *late*") in words_of(shown)
    assert WORDS in [words for _, words in words_of(shown)]
    assert EN("status.read") in texts_of(shown)
    assert [button.value for button in shown.choices] == [
        f"status {item.id} {code}" for code in ("passed-on", "answered", "declined")
    ]
    assert texts_of(await staff.say("2")) == EN("desk.stored_status")
    again = await staff.say(f"staff show `{item.id.upper()}`")
    assert EN("status.answered") in texts_of(again)
    assert (EN("desk.note_author", week=WEEK), "It was *late*") in words_of(again)


async def test_what_members_wrote_is_never_in_our_text_or_on_a_button(
    staff: Staff, store: Store, vault: Vault, bot: Bot
) -> None:
    hostile = "**bold** <!channel> @everyone"
    for level in Level:
        written = feedback(vault, level, answers={"kind": "concern", "words": hostile, "task": hostile})
        if written.author and level is Level.NAMED:
            author = dataclasses.replace(written.author, name=vault.seal(hostile.encode(), "name"))
            written = dataclasses.replace(written, author=author)
        await filed(store, written)
        await store.write(lambda uow, id=written.id: uow.notes.add(id, hostile, WEEK, from_staff=False))  # type: ignore[misc]
    await store.write(lambda uow: uow.questions.add(hostile, "en", WEEK))
    listed = await staff.say("staff inbox all")
    replies = [listed, await staff.say("staff questions")]
    replies += [await staff.press(button.action, button.value) for button in listed.choices]
    seen = 0
    for reply in replies:
        seen += sum(hostile in words for _, words in words_of(reply))
        ours = [texts_of(reply), *(label for label, _ in words_of(reply))]
        ours += [text for button in reply.choices for text in (button.label, button.value, button.hint)]
        assert hostile not in "\n".join(ours)
    assert seen == 3 + 1 + 1 + 3 * 3 + 1  # inbox: words and a name; question; each item's two texts and note; a name


async def test_confidential_and_anonymous_look_alike_in_the_inbox(staff: Staff, store: Store, vault: Vault) -> None:
    await filed(store, feedback(vault, Level.CONFIDENTIAL), feedback(vault, Level.ANONYMOUS))
    listed = await staff.say("staff inbox")
    (first, words), (second, others) = words_of(listed)
    assert (first[10:], words) == (second[10:], others)
    assert not [canary for canary in CANARIES if canary in str(listed)]


async def test_a_question_goes_through_the_bot_or_waits_behind_the_receipt(
    staff: Staff, store: Store, vault: Vault, bot: Bot, item: Feedback
) -> None:
    behind = feedback(vault, Level.ANONYMOUS)
    await filed(store, behind)
    assert texts_of(await staff.say(f'staff ask {item.id} "{QUESTION}"')).endswith(EN("desk.stored_bot"))
    assert texts_of(await staff.say(f"staff ask {behind.id}\n{QUESTION}")) == EN("desk.stored_receipt")
    assert await letters(bot) == [QUESTION]
    assert sorted((str(row["item"]), row["text"]) for row in await rows(store, notes)) == sorted(
        (one.id, QUESTION) for one in (item, behind)
    )
    assert await actions(store) == ["staff ask"] * 2
    assert not [row for row in await rows(store, audit) if QUESTION in str(row)]


async def test_a_status_with_a_note_reaches_the_author(staff: Staff, store: Store, bot: Bot) -> None:
    member = Member(bot, "ana")
    await member.send("confidential", "It decides too fast.")
    (button,) = (await staff.say("staff inbox")).choices
    for said, code in (
        ("passed-on The committee has it.", "passed_on"),
        ("passed on", "passed_on"),
        ("Declined", "declined"),
        ("leído", "read"),
    ):
        await staff.say(f"staff status {button.label} {said}")
        seen = await member.say("my data", "1")
        assert EN("owned.status", status=EN(f"status.{code}")) in seen
        assert "The committee has it." in seen


async def test_what_is_not_shared_is_not_passed_on(staff: Staff, store: Store, vault: Vault) -> None:
    kept = feedback(vault, Level.NAMED, sharing=False)
    await filed(store, kept)
    shown = await staff.say(f"staff show {kept.id}")
    assert [button.value for button in shown.choices] == [
        f"status {kept.id} {code}" for code in ("answered", "declined")
    ]
    assert texts_of(await staff.say(f"staff status {kept.id} passed-on noted")) == EN("desk.not_shared")
    assert await rows(store, notes) == []
    assert EN("status.read") in texts_of(await staff.say(f"staff show {kept.id}"))


async def test_the_id_of_a_question_is_told_from_none(staff: Staff, store: Store) -> None:
    await store.write(lambda uow: uow.questions.add("When?", "en", WEEK))
    question = words_of(await staff.say("staff questions"))[0][0][:10]
    for words in (f"staff show {question}", f"staff ask {question} {QUESTION}", f"staff status {question} read"):
        assert texts_of(await staff.say(words)) == EN("desk.is_question")


async def test_questions_are_answered_once(staff: Staff, store: Store, bot: Bot) -> None:
    member = Member(bot, "ana")
    for answer in ("2", "1"):  # only send it; answer me here
        await member.say("ask staff", answer, f"When is session {answer}?")
    listed = await staff.say("staff questions")
    states = {words: label for label, words in words_of(listed)}
    assert states["When is session 1?"].endswith(EN("desk.state_hears_back"))
    assert states["When is session 2?"].endswith(EN("desk.state_open"))
    hears, silent = (states[f"When is session {number}?"][:10] for number in "12")
    assert texts_of(await staff.say(f"staff answer {hears} On Saturday at ten.")) == EN("desk.stored_bot")
    assert texts_of(await staff.say(f"staff answer {silent} On Sunday.")) == EN("desk.stored_nobody")
    assert texts_of(await staff.say(f"staff answer {hears} On Monday.")) == EN("desk.answered_before")
    assert "On Saturday at ten." in await member.say("help")
    assert (EN("desk.answer"), "On Sunday.") in words_of(await staff.say("staff questions"))


async def test_the_same_event_stores_nothing_again(staff: Staff, store: Store, bot: Bot, item: Feedback) -> None:
    for words in (f"staff ask {item.id} {QUESTION}", f"staff status {item.id} read noted"):
        event = staff.event(words)
        first, second = staff.read(await bot.handle(event)), staff.read(await bot.handle(event))
        assert texts_of(first).endswith(texts_of(second))
        await bot.delivered(event, second)
        assert await bot.handle(event) is None
    assert sorted(str(row["text"]) for row in await rows(store, notes)) == [QUESTION, "noted"]
    assert await letters(bot) == [QUESTION]
    assert await actions(store) == ["staff ask", "staff status"]


async def test_a_list_that_did_not_arrive_is_listed_again(staff: Staff, bot: Bot, item: Feedback) -> None:
    event = staff.event("staff inbox")
    await staff.say("staff help")  # is welcomed with it
    first, second = staff.read(await bot.handle(event)), staff.read(await bot.handle(event))
    assert first == second
    assert words_of(first)


COMMANDS = (
    "staff inbox",
    "staff inbox all",
    f"staff show {NOBODY}",
    f"staff ask {NOBODY} {QUESTION}",
    f"staff status {NOBODY} read",
    "staff questions",
    f"staff answer {NOBODY} Yes.",
    "staff export feedback csv meeting",
    "staff report",
    "personal bandeja",
)


@pytest.mark.parametrize("words", COMMANDS)
async def test_members_get_none_of_it(bot: Bot, store: Store, item: Feedback, words: str) -> None:
    words = words.replace(NOBODY, item.id)
    member = Staff(bot, role=Role.MEMBER)
    pressed = await member.press("staff", words.partition(" ")[2])
    for reply in (await member.say(words), pressed, await member.say(words, private=False)):
        assert not isinstance(reply, Promise)
        refused = [EN("reply.not_allowed"), bot.content.texts["es"]("reply.not_allowed")]
        assert texts_of(reply).endswith(tuple(refused))
        assert not words_of(reply)
    assert await rows(store, audit) == []
    assert await rows(store, notes) == []


@pytest.mark.parametrize("words", COMMANDS)
async def test_nothing_is_said_where_others_read(staff: Staff, store: Store, item: Feedback, words: str) -> None:
    reply = await staff.say(words.replace(NOBODY, item.id), private=False)
    assert texts_of(reply) in (EN("desk.only_private"), staff.bot.content.texts["es"]("desk.only_private"))
    assert not words_of(reply)
    assert await rows(store, audit) == []


async def test_a_members_words_about_staff_are_theirs(bot: Bot, store: Store) -> None:
    member = Member(bot, "ana")
    for words in ("staff questions about AI", "staff help", "staff answer phones slowly", "staff"):
        assert EN("reply.not_allowed") not in await member.say(words)
    await member.fill("confidential", "staff inbox")
    await member.say("send")
    (found,) = await store.read(lambda uow: list(uow.items.all("ai-at-work")))
    assert found.answers["words"] == "staff inbox"


async def test_in_a_form_staff_first_finish_it(staff: Staff, store: Store) -> None:
    await staff.say("feedback")
    assert EN("owned.after_form") in texts_of(await staff.say("staff inbox"))
    assert await rows(store, audit) == []
    await staff.say("later")
    assert EN("desk.inbox_none") in texts_of(await staff.say("staff inbox"))


@pytest.mark.parametrize(
    "words",
    [
        "staff show",
        "staff show 12",
        f"staff show {NOBODY} now",
        f"staff ask {NOBODY}",
        f"staff answer {NOBODY}  ",
        f"staff status {NOBODY}",
        f"staff status {NOBODY} lost",
        "staff inbox many",
        "staff inbox 0",
        "staff export",
        "staff export feedback",
        "staff export feedback xlsx",
        "staff export members meeting",
        "staff report now",
    ],
)
async def test_what_is_not_whole_gets_the_help_with_examples(staff: Staff, store: Store, words: str) -> None:
    reply = await staff.say(words)
    assert EN("desk.unclear") in texts_of(reply)
    assert EN("desk.help") in texts_of(reply)
    assert await rows(store, audit) == []


async def test_the_helps_examples_are_commands(bot: Bot) -> None:
    from bot.staff_words import NAMES, read

    for texts in bot.content.texts.values():
        word = texts("desk.word_staff")
        examples = [part for part in texts("desk.help").split("**")[1::2] if part.startswith(f"{word} ")]
        found = [read(bot.content, example) for example in examples]
        assert {command.name for command in found if command and command.whole} == set(NAMES) - {"help"}
        assert all(command and command.whole and command.language == texts.language for command in found)


async def test_unknown_ids_and_long_words_store_nothing(staff: Staff, store: Store, item: Feedback) -> None:
    for words, key in (
        (f"staff show {NOBODY}", "desk.no_item"),
        (f"staff ask {NOBODY} {QUESTION}", "desk.no_item"),
        (f"staff status {NOBODY} read", "desk.no_item"),
        (f"staff answer {NOBODY} Yes.", "desk.no_question"),
        (f"staff ask {item.id} {'x' * 1501}", "desk.too_long"),
        (f"staff answer {NOBODY} {'x' * 1501}", "desk.too_long"),
    ):
        assert texts_of(await staff.say(words)).endswith(EN(key, longest=1500))
    assert await rows(store, audit) == []
    assert await rows(store, notes) == []


async def test_spanish_words_are_answered_in_spanish(staff: Staff, bot: Bot, item: Feedback) -> None:
    es = bot.content.texts["es"]
    assert es("desk.inbox_count", count=1) in texts_of(await staff.say("Personal bandeja"))
    assert es("desk.sharing_yes") in texts_of(await staff.say("1"))
    assert es("desk.stored_status") in texts_of(await staff.press("staff", f"status {item.id} answered"))
    assert es("desk.stored_bot") in texts_of(await staff.say(f"personal preguntar {item.id} Which shift is it today?"))
    assert es("desk.stored_status") in texts_of(await staff.say(f"personal estado {item.id} leído"))
    assert es("desk.questions_none") in texts_of(await staff.say("personal preguntas"))
    assert es("desk.help") in texts_of(await staff.say("personal ayuda"))
    assert EN("desk.questions_none") in texts_of(await staff.say("staff questions"))
    await staff.say("español")
    assert es("desk.questions_none") in texts_of(await staff.say("staff questions"))


async def test_long_lists_say_how_to_see_more(staff: Staff, store: Store, vault: Vault) -> None:
    await filed(store, *(feedback(vault, Level.CONFIDENTIAL) for _ in range(35)))
    few = await staff.say("staff inbox")
    assert (len(words_of(few)), len(few.choices)) == (10, 10)
    assert EN("desk.more", count=25, list="inbox", most=30) in texts_of(few)
    assert len(words_of(await staff.say("staff inbox 3"))) == 3
    most = await staff.say("staff inbox all")
    assert len(words_of(most)) == 30
    assert EN("desk.more_elsewhere", count=5) in texts_of(most)


@pytest.fixture
def employers(content: Content) -> Content:
    return dataclasses.replace(content, union=dataclasses.replace(content.union, employer_owned=True))


@pytest.fixture
def at_the_employers(bot: Bot, employers: Content, store: Store, vault: Vault) -> Staff:
    return Staff(Bot(employers, bot.matcher, store, vault, bot.clock))


async def test_in_an_employers_workspace_no_members_words_are_shown(
    at_the_employers: Staff, store: Store, item: Feedback
) -> None:
    staff = at_the_employers
    for words in (
        "staff inbox",
        f"staff show {item.id}",
        "staff questions",
        "staff export feedback meeting",
        "staff export questions meeting",
    ):
        for reply in (await staff.say(words), await staff.press("staff", words.partition(" ")[2])):
            assert EN("desk.employer") in texts_of(reply)
            assert not words_of(reply)
            assert not isinstance(reply, Promise)
    assert await rows(store, audit) == []
    assert EN("desk.employer") in texts_of(await staff.say("staff help"))
    assert EN("desk.stored_bot") in texts_of(await staff.say(f"staff ask {item.id} {QUESTION}"))
    assert isinstance(await staff.say("staff report"), Promise)
