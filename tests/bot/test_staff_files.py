"""Files that staff are promised in chat: what is in them, what they leave, and where they end."""

import asyncio
import csv
import io
import json
import os
import pathlib
import zipfile

import pytest

from bot import staff_files
from bot.core import Bot
from bot.errors import NotAllowed
from bot.events import Role
from bot.feedback import Level
from bot.ports import Store
from bot.promises import Promise, Wanted
from bot.replies import Reply, Text
from bot.staff_files import StaffFiles
from bot.vault import Vault
from storage.tables import audit
from tests.bot.desks import NAME, WORDS, feedback, filed
from tests.bot.members import EN
from tests.bot.test_staff_chat import Staff, texts_of
from tests.bot.test_staffing import rows


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.fixture
def files(bot: Bot, folder: pathlib.Path) -> StaffFiles:
    return StaffFiles(bot.store, bot.content, bot.vault, bot.matcher, folder)


class Desk:
    """`ask`: what was promised for these words, fulfilled."""

    def __init__(self, bot: Bot, files: StaffFiles) -> None:
        self.staff, self.files = Staff(bot), files

    async def promised(self, words: str) -> Wanted:
        promise = await self.staff.say(words)
        assert isinstance(promise, Promise)
        assert promise.file is None
        return promise.wanted

    async def ask(self, words: str) -> Reply:
        return await self.files.fulfil(await self.promised(words), self.staff.bot.clock())


@pytest.fixture
def desk(bot: Bot, files: StaffFiles) -> Desk:
    return Desk(bot, files)


def table(reply: Reply) -> list[dict[str, str]]:
    assert reply.file is not None
    return list(csv.DictReader(io.StringIO(reply.file.content.decode("utf-8-sig"))))


async def details(store: Store) -> list[tuple[str, str, str]]:
    return [(str(row["action"]), str(row["purpose"]), str(row["details"])) for row in await rows(store, audit)]


async def test_feedback_comes_as_a_file_with_its_audit_row(desk: Desk, store: Store, vault: Vault) -> None:
    named, hidden = feedback(vault, Level.NAMED), feedback(vault, Level.ANONYMOUS)
    await filed(store, named, hidden)
    reply = await desk.ask("staff export feedback monthly meeting")
    assert reply.file is not None
    assert reply.file.name == "feedback-2026-11-25.csv"
    assert {(row["id"], row["name"]) for row in table(reply)} == {(named.id, NAME), (hidden.id, "")}
    assert WORDS in {row["words"] for row in table(reply)}
    assert texts_of(reply) == f"{EN('desk.file_feedback', count=2)}\n{EN('desk.file_care')}"
    ((action, purpose, told),) = await details(store)
    assert (action, purpose) == ("export feedback", "monthly meeting")
    assert told.split() == ["format=csv", "profile=union", "form=ai-at-work", "items=2"]


async def test_labels_and_sentences_are_in_the_staffs_language(
    desk: Desk, bot: Bot, store: Store, vault: Vault
) -> None:
    await filed(store, feedback(vault, Level.NAMED))
    reply = await desk.ask("personal exportar opiniones jsonl reunión")
    es = bot.content.texts["es"]
    assert texts_of(reply) == f"{es('desk.file_feedback', count=1)}\n{es('desk.file_care')}"
    assert reply.file is not None
    (line,) = reply.file.content.decode().splitlines()
    form = bot.content.forms["ai-at-work"]
    (concern,) = [one.label for one in form["kind"].options if one.code == "concern"]
    assert concern["es"] in json.loads(line).values()
    assert concern["es"] != concern["en"]


async def test_a_workbook_is_a_workbook(desk: Desk, store: Store, vault: Vault) -> None:
    await filed(store, feedback(vault, Level.NAMED))
    reply = await desk.ask("staff export feedback XLSX meeting")
    assert reply.file is not None
    assert reply.file.name.endswith(".xlsx")
    assert zipfile.ZipFile(io.BytesIO(reply.file.content)).testzip() is None


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
async def test_questions_without_an_answer_come_in_groups(desk: Desk, store: Store, kind: str) -> None:
    alike = ("When is the next session?", "When is the next session??", "Who pays for the course?")
    for text in alike:
        await store.write(lambda uow, text=text: uow.questions.add(text, "en", "2026-W48"))  # type: ignore[misc]
    reply = await desk.ask(f"staff export questions {kind} new answers")
    assert reply.file is not None
    found = table(reply) if kind == "csv" else [json.loads(line) for line in reply.file.content.decode().splitlines()]
    groups = {row["question"]: row["group"] for row in found}
    assert set(groups) == set(alike)
    assert groups[alike[0]] == groups[alike[1]] != groups[alike[2]]
    assert texts_of(reply).startswith(EN("desk.file_questions", count=3))
    assert await details(store) == [("export questions", "new answers", "questions=3 groups=2")]


async def test_the_report_comes_as_a_page(desk: Desk, bot: Bot, store: Store, vault: Vault) -> None:
    await filed(store, *(feedback(vault, Level.NAMED, week="2026-W43") for _ in range(7)))
    await store.write(lambda uow: uow.questions.add("Will AI take my job?", "en", "2026-W43"))
    reply = await desk.ask("staff report")
    assert reply.file is not None
    assert reply.file.name == "report-2026-10-en.html"
    assert texts_of(reply) == EN("desk.file_report", month="October 2026")
    page = reply.file.content.decode()
    assert '<html lang="en">' in page
    for words in (NAME, WORDS, "Will AI take my job?"):
        assert words not in page
    spanish = await desk.ask("personal informe")
    assert spanish.file is not None
    assert '<html lang="es">' in spanish.file.content.decode()
    assert sorted(told for _, _, told in await details(store)) == [
        "month=2026-10 form=ai-at-work fixed=2026-10",
        "month=2026-10 form=ai-at-work fixed=none",
    ]


async def test_without_anything_to_report_a_sentence_says_where_to_learn_why(desk: Desk) -> None:
    reply = await desk.ask("staff report")
    assert (texts_of(reply), reply.file) == (EN("desk.file_not_made", command="report"), None)


async def test_too_many_bytes_get_a_sentence_and_leave_nothing(
    desk: Desk, store: Store, vault: Vault, folder: pathlib.Path
) -> None:
    long = "x" * 1_000_000
    await filed(store, *(feedback(vault, Level.NAMED, answers={"words": long}) for _ in range(20)))
    reply = await desk.ask("staff export feedback meeting")
    assert (texts_of(reply), reply.file) == (EN("desk.file_too_large", command="export feedback"), None)
    assert await rows(store, audit) == []
    assert os.listdir(folder) == []


async def test_what_just_fits_comes(desk: Desk, store: Store, vault: Vault, folder: pathlib.Path) -> None:
    await filed(store, *(feedback(vault, Level.NAMED, answers={"words": "x" * 1_000_000}) for _ in range(19)))
    reply = await desk.ask("staff export feedback meeting")
    assert reply.file is not None
    assert 19_000_000 < len(reply.file.content) <= staff_files.MOST_BYTES
    assert os.listdir(folder) == []


async def test_too_many_rows_are_not_even_read(
    desk: Desk, store: Store, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff_files, "MOST_ROWS", 3)
    monkeypatch.setattr(staff_files, "MOST_QUESTIONS", 3)
    await filed(store, *(feedback(vault, Level.NAMED) for _ in range(4)))
    for number in range(4):
        await store.write(lambda uow, number=number: uow.questions.add(f"{number}?", "en", "2026-W48"))  # type: ignore[misc]
    for what in ("feedback", "questions"):
        reply = await desk.ask(f"staff export {what} meeting")
        assert (texts_of(reply), reply.file) == (EN("desk.file_too_large", command=f"export {what}"), None)
    assert await rows(store, audit) == []


async def test_a_disk_that_refuses_is_told_in_a_sentence(desk: Desk, store: Store, folder: pathlib.Path) -> None:
    os.rmdir(folder)
    reply = await desk.ask("staff export feedback meeting")
    assert (texts_of(reply), reply.file) == (EN("desk.file_not_made", command="export feedback"), None)
    assert await rows(store, audit) == []


async def test_the_use_case_asks_for_the_role_too(files: StaffFiles, store: Store, bot: Bot) -> None:
    for what in ("feedback", "questions", "report"):
        with pytest.raises(NotAllowed):
            await files.fulfil(Wanted(Role.MEMBER, "en", what, "csv", "p"), bot.clock())
    assert await rows(store, audit) == []


async def test_what_was_promised_again_is_made_again(desk: Desk, bot: Bot, store: Store) -> None:
    event = desk.staff.event("staff export questions meeting")
    first, second = await bot.handle(event), await bot.handle(event)
    assert isinstance(first, Promise)
    assert isinstance(second, Promise)
    assert first.wanted == second.wanted
    assert Text(EN("desk.file_comes")) in second.blocks
    await bot.delivered(event, second)
    assert await bot.handle(event) is None
    assert await rows(store, audit) == []


async def test_members_are_answered_while_vectors_and_topics_are_computed(desk: Desk, bot: Bot, store: Store) -> None:
    for number in range(60):
        text = f"Question {number} about session {number * 7}?"
        await store.write(lambda uow, text=text: uow.questions.add(text, "en", "2026-W43"))  # type: ignore[misc]
    for words in ("staff export questions meeting", "staff report"):
        wanted = await desk.promised(words)
        making = asyncio.ensure_future(desk.files.fulfil(wanted, bot.clock()))
        answered = 0
        while not making.done():
            await Staff(bot, account=f"U{answered}").say("hello")
            answered += 1
        assert (await making).file is not None
        assert answered >= 3
