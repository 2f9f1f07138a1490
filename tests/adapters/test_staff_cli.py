"""`./run staff` on real settings, keys and databases: what it prints, and what a member's words cannot do to it."""

import asyncio
import json
import os
import pathlib
import subprocess
import sys
from collections.abc import Awaitable, Callable

import pytest
from typer.testing import CliRunner, Result

from adapters.cli.commands import build
from app import House
from bot.envelopes import seal
from bot.errors import Refused
from bot.feedback import Level
from bot.outbox import waiting_for
from bot.ports import Count, Envelope, Store, UnitOfWork
from bot.vault import Vault, new_id, new_key
from tests.bot.desks import ACCOUNT, CANARIES, NAME, PLATFORM, WEEK, feedback, filed

ROOT = pathlib.Path(__file__).parent.parent.parent
KEY = new_key()
NASTY = "one\x1b[2J\x07\u202etwo\nStatus: declined\nNotes"
Staff = Callable[..., Awaitable[Result]]


@pytest.fixture
def vault() -> Vault:
    return Vault([KEY])


@pytest.fixture
def staff(database_url: str, store: Store, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Staff:
    """`await staff("inbox")` runs `./run staff inbox` on the test's database and key."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("WORKER_VOICE_KEYS", KEY)

    async def run(*words: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, build(House()), ["staff", *words])

    return run


async def test_an_empty_house_says_so(staff: Staff) -> None:
    assert (await staff("inbox")).stdout == "No feedback is filed.\n"
    assert (await staff("questions")).stdout == "No questions were sent in.\n"


async def test_the_inbox_lists_items_and_counts_what_waits(staff: Staff, store: Store, vault: Vault) -> None:
    named, other = feedback(vault, Level.NAMED, id="aaaaaaaaaa"), feedback(vault, Level.ANONYMOUS, id="bbbbbbbbbb")
    await filed(store, named, other)
    await store.write(lambda uow: uow.notes.add(named.id, "Night shift.", WEEK, from_staff=False))
    sealed = seal(vault, feedback(vault, Level.ANONYMOUS))
    changed = [Envelope(new_id(), new_id(), "en", WEEK, b"another item's change, under a key that is not here")]
    for one in (sealed, *changed):
        await store.write(lambda uow, one=one: uow.envelopes.add(one))  # type: ignore[misc]
    result = await staff("inbox")
    assert result.stdout.splitlines() == [
        f"aaaaaaaaaa  {WEEK}  en  new, new reply  A concern, from {NAME}",
        "   It calls patients stable and nobody looks.",
        f"bbbbbbbbbb  {WEEK}  en  new  A concern",
        "   It calls patients stable and nobody looks.",
        "1 anonymous, waiting to be filed with the next batch.",
    ]
    shortened = await staff("inbox", "--limit", "1", "--language", "es")
    assert "Una preocupación" in shortened.stdout
    assert "1 more; see them with --limit 2." in shortened.stdout
    found = json.loads((await staff("inbox", "--json")).stdout)
    assert (found["count"], found["waiting"]) == (2, 1)
    assert found["items"][1] == {
        "id": "bbbbbbbbbb",
        "week": WEEK,
        "kind": "A concern",
        "language": "en",
        "name": "",
        "status": "new",
        "replied": False,
        "first_words": "It calls patients stable and nobody looks.",
    }


@pytest.mark.parametrize("level", Level)
async def test_show_prints_no_account_address_or_name_but_of_named(
    level: Level, staff: Staff, store: Store, vault: Vault
) -> None:
    item = feedback(vault, level)
    await filed(store, item)
    for words in (["show", item.id], ["show", item.id, "--json"], ["inbox"], ["inbox", "--json"]):
        result = await staff(*words)
        assert result.exit_code == 0
        found = [canary for canary in CANARIES if canary in result.output]
        assert found == ([NAME] if level is Level.NAMED else [])
        assert item.receipt not in result.output
        assert vault.accounts(PLATFORM, ACCOUNT)[0] not in result.output


async def test_show_reads_in_lines(staff: Staff, store: Store, vault: Vault) -> None:
    item = feedback(vault, Level.CONFIDENTIAL)
    await filed(store, item)
    await staff("ask", item.id, "Which shift?")
    await store.write(lambda uow: uow.notes.add(item.id, "The night shift.", WEEK, from_staff=False))
    week = json.loads((await staff("show", item.id, "--json")).stdout)["notes"][0]["week"]
    shown = (await staff("show", item.id)).stdout
    assert shown.splitlines() == [
        f"Item: {item.id}",
        f"Week: {WEEK}",
        "Form: ai-at-work, en",
        "Status: read",
        "From: (not shown)",
        "May go to the AI developers: yes",
        "A question reaches the author: through the bot",
        "",
        "What is it? A concern",
        "The task and the tool: the app",
        "What happens: It calls patients stable",
        "   and nobody looks.",
        "What it affects: Safety and health, Time and pace",
        "",
        "Notes",
        f"Staff, {week}: Which shift?",
        f"Author, {WEEK}: The night shift.",
    ]


async def test_a_members_words_move_nothing_and_pass_for_nothing(staff: Staff, store: Store, vault: Vault) -> None:
    item = feedback(vault, Level.CONFIDENTIAL, answers={"kind": "idea", "words": NASTY})
    await filed(store, item)
    await store.write(lambda uow: uow.notes.add(item.id, NASTY, WEEK, from_staff=False))
    await store.write(lambda uow: uow.questions.add(NASTY, "en", WEEK))
    for words in (["show", item.id], ["inbox"], ["questions"]):
        lines = (await staff(*words)).stdout
        assert not set(lines) & {"\x1b", "\x07", "\u202e"}
        assert "Status: declined" not in lines.splitlines()
        assert lines.splitlines().count("Notes") == (words[0] == "show")
    exact = (await staff("show", item.id, "--json")).stdout
    assert exact.isascii()
    assert json.loads(exact)["answers"]["words"] == NASTY


async def test_ask_status_and_answer_say_how_they_reach(staff: Staff, store: Store, vault: Vault) -> None:
    known, unknown = feedback(vault, Level.CONFIDENTIAL), feedback(vault, Level.ANONYMOUS)
    await filed(store, known, unknown)
    await store.write(lambda uow: uow.questions.add("When?", "en", WEEK))
    (question,) = json.loads((await staff("questions", "--json")).stdout)["questions"]
    assert "The bot will say it" in (await staff("ask", known.id, "Which shift?")).stderr
    assert "The bot cannot write" in (await staff("ask", unknown.id, "Which shift?")).stderr
    assert (await staff("status", known.id, "passed-on", "--note", "The committee has it.")).exit_code == 0
    assert "did not ask to hear back" in (await staff("answer", question["id"], "On Saturday.")).stderr
    found = json.loads((await staff("show", known.id, "--json")).stdout)
    assert (found["status"], [note["text"] for note in found["notes"]]) == (
        "passed-on",
        ["Which shift?", "The committee has it."],
    )
    asked = (await staff("questions")).stdout.splitlines()
    assert asked == [f"{question['id']}  {WEEK}  en  answered", "   When?", "   Answer: On Saturday."]
    accounts = vault.accounts(PLATFORM, ACCOUNT)
    assert len(await store.write(lambda uow: waiting_for(uow, vault, accounts))) == 1


async def test_wrong_use_is_status_2_and_a_refusal_is_raised(staff: Staff) -> None:
    for words in (
        ["status", "aaaaaaaaaa", "lost"],
        ["inbox", "--limit", "0"],
        ["inbox", "--limit", "99999999999999999999"],
        ["inbox", "--language", "xx"],
        ["ask", "--jsn", "aaaaaaaaaa", "-5 degrees"],
    ):
        assert (await staff(*words)).exit_code == 2
    assert isinstance((await staff("show", "six canary words")).exception, Refused)


async def test_words_for_a_member_may_begin_with_a_dash(staff: Staff, store: Store, vault: Vault) -> None:
    item = feedback(vault, Level.ANONYMOUS)
    await filed(store, item)
    await store.write(lambda uow: uow.questions.add("How cold?", "en", WEEK))
    (question,) = json.loads((await staff("questions", "--json")).stdout)["questions"]
    words = "-5 degrees in the hall"
    assert (await staff("ask", item.id, words)).exit_code == 0
    assert (await staff("ask", "--", item.id, "--help")).exit_code == 0
    assert (await staff("status", item.id, "READ", "--note", words)).exit_code == 0
    assert (await staff("answer", question["id"], words)).exit_code == 0
    found = json.loads((await staff("show", item.id, "--json")).stdout)
    assert [note["text"] for note in found["notes"]] == [words, "--help", words]
    assert "   Answer: -5 degrees in the hall" in (await staff("questions")).stdout
    assert "What the author will read." in (await staff("ask", "--help")).stdout


def test_a_refusal_is_one_sentence_and_status_1(tmp_path: pathlib.Path) -> None:
    environment = os.environ | {"DATA_DIR": str(tmp_path), "DATABASE_URL": "", "WORKER_VOICE_KEYS": ""}
    call = [sys.executable, str(ROOT / "app.py"), "staff", "ask", "six canary words", "Which shift?"]
    result = subprocess.run(call, env=environment, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (1, "", "There is no item with that id.\n")


async def test_topics_tell_what_members_ask_and_no_count_under_five(staff: Staff, store: Store) -> None:
    assert (await staff("topics")).stdout == "Nothing was counted in these weeks.\n"

    def counts(uow: UnitOfWork) -> None:
        uow.counters.add(Count("2026-W40", "answer", "is-money-involved", "en"), 3)
        uow.counters.add(Count("2026-W41", "answer", "is-money-involved", "es"), 1_234)
        uow.counters.add(Count("2026-W41", "answer", "is-money-involved", "es"), 1)
        uow.counters.add(Count("2026-W41", "helped_no", "is-money-involved", "es"), 5)
        uow.counters.add(Count("2026-W41", "answer", "gone-since", "en"), 5)
        uow.counters.add(Count("2026-W41", "none", "", "en"), 4)

    await store.write(counts)
    assert (await staff("topics")).stdout.splitlines() == [
        "Weeks 2026-W40 to 2026-W41",
        "under five  had no approved answer",
        "",
        "Answered, by topic",
        "     1,238  Did Microsoft pay the AFL-CIO?",
        "            5 said it did not",
    ]
    found = json.loads((await staff("topics", "--until", "2026-W40", "--json")).stdout)
    assert found["outcomes"] == {"suggest": 0, "none": 0, "handover": 0}
    assert [(one["id"], one["answered"]) for one in found["topics"]] == [("is-money-involved", None)]
    assert (await staff("topics", "--since", "soon")).exit_code == 2
    assert (await staff("topics", "--since", "2026-12", "--until", "2026-11")).exit_code == 2
