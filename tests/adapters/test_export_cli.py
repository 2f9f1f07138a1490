"""`./run export` on real settings, keys and databases: where it writes, what it refuses, and what it leaves behind."""

import asyncio
import csv
import hashlib
import json
import os
import pathlib
import pty
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial

import pytest
from frictionless import Package
from sqlalchemy import select
from typer.testing import CliRunner, Result

from adapters.cli.commands import build
from app import House
from bot import changing
from bot.cleaning import clean
from bot.core import Bot
from bot.errors import Refused
from bot.export.package import FORMATS
from bot.feedback import Level
from bot.ports import Envelope, Store
from bot.vault import Vault, new_id, new_key
from storage.tables import audit
from tests.bot.desks import ACCOUNT, ADDRESS, NAME, PLATFORM, WEEK, WORDS, feedback, filed
from tests.bot.members import EN, Member
from tests.bot.test_staff_chat import Staff, texts_of
from tests.export.readers import READERS
from tests.export.tables import NAUGHTY

ROOT = pathlib.Path(__file__).parent.parent.parent
KEY = new_key()
OLD = "2025-W20"
Run = Callable[..., Awaitable[Result]]


@pytest.fixture
def vault() -> Vault:
    return Vault([KEY])


@pytest.fixture
def run(database_url: str, store: Store, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`await run("feedback", ...)` is `./run export feedback --purpose test ...` on the test's database and key."""
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("WORKER_VOICE_KEYS", KEY)
    monkeypatch.chdir(tmp_path)

    async def go(what: str, *words: str) -> Result:
        call = ["export", what, "--purpose", "the board's meeting", *words]
        return await asyncio.to_thread(CliRunner().invoke, build(House()), call)

    return go


def refused(result: Result) -> str:
    assert isinstance(result.exception, Refused), result.output
    return str(result.exception)


async def audited(store: Store) -> list[tuple[str, str, str]]:
    """The audit's rows: action, purpose, details."""
    query = select(audit.c.action, audit.c.purpose, audit.c.details).order_by(audit.c.details)
    return await store.read(lambda uow: [tuple(row) for row in uow.audit.connection.execute(query)])  # type: ignore[attr-defined]


@pytest.mark.parametrize("profile", ["union", "developers"])
@pytest.mark.parametrize("kind", FORMATS)
async def test_frictionless_accepts_every_package(
    kind: str, profile: str, run: Run, store: Store, vault: Vault, tmp_path: pathlib.Path
) -> None:
    items = [feedback(vault, level, week=OLD, language=one) for level in Level for one in ("en", "es") for _ in "12"]
    await filed(store, *items)
    result = await run("feedback", "--format", kind, "--profile", profile, "-o", "out", "--labels", "es")
    assert result.exit_code == 0, result.output
    report = Package(tmp_path / "out" / "datapackage.json").validate()
    assert report.flatten(["type", "note", "fieldName"]) == []
    said = json.loads((tmp_path / "out" / "datapackage.json").read_text("utf-8"))
    assert said["worker_voice"]["items"] == len(items)
    data = tmp_path / "out" / f"feedback.{kind}"
    assert said["resources"][0]["hash"] == "sha256:" + hashlib.sha256(data.read_bytes()).hexdigest()
    assert len(READERS[kind](data)[1]) == len(items)
    assert stat(tmp_path / "out") == 0o700
    assert [path.name for path in (tmp_path / "data").iterdir()] == []


def stat(path: pathlib.Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.parametrize("kind", FORMATS)
async def test_a_corrected_item_comes_in_a_second_file(
    kind: str, run: Run, store: Store, vault: Vault, tmp_path: pathlib.Path
) -> None:
    items = [feedback(vault, Level.ANONYMOUS, week=OLD) for _ in range(5)]
    await filed(store, *items)
    await run("feedback", "--profile", "developers", "-o", "first.csv")
    await store.write(lambda uow: changing.apply(uow, items[0], {"answers": {"words": "Mended."}}, WEEK))
    await run("feedback", "--format", kind, "--profile", "developers", "-o", "out")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {f"feedback.{kind}", f"corrections.{kind}", "datapackage.json"}
    assert Package(tmp_path / "out" / "datapackage.json").validate().flatten(["note"]) == []
    header, rows = READERS[kind](tmp_path / "out" / f"corrections.{kind}")
    assert [(row[0], row[header.index("words")]) for row in rows] == [(items[0].id, "Mended.")]


@pytest.mark.parametrize("kind", FORMATS)
async def test_naughty_words_arrive_as_they_were_sent(
    kind: str, run: Run, store: Store, vault: Vault, tmp_path: pathlib.Path
) -> None:
    """From a stored item to an independent reader; XLSX cuts what its cells cannot hold, and says so."""
    texts = [clean(text) for text in NAUGHTY if len(text) < 32_000]
    items = [feedback(vault, Level.ANONYMOUS, answers={"kind": "idea", "words": t, "better": t}) for t in texts]
    await filed(store, *items)
    assert (await run("feedback", "-o", f"out.{kind}")).exit_code == 0
    header, rows = READERS[kind](tmp_path / f"out.{kind}")
    words, better = header.index("words"), header.index("better")
    found = {row[0]: (row[words], row[better]) for row in rows}
    assert all(found[item.id] == (text, text) for item, text in zip(items, texts, strict=True))


async def test_filters_of_the_union(run: Run, store: Store, vault: Vault) -> None:
    """Days, weeks and months choose whole weeks."""
    weeks = ("2026-W01", "2026-W40", "2026-W44", "2026-W45", "2026-W53")
    items = [feedback(vault, Level.ANONYMOUS, week=week) for week in weeks]
    other = feedback(vault, Level.ANONYMOUS, week="2026-W40", language="es", answers={"kind": "idea"}, status="read")
    await filed(store, *items, other)

    async def found(*words: str) -> list[str]:
        result = await run("feedback", *words, "--format", "jsonl", "-o", "-")
        return sorted(json.loads(line)["week"] for line in result.stdout.splitlines())

    assert await found("--since", "2026-W44") == ["2026-W44", "2026-W45", "2026-W53"]
    assert await found("--since", "2026-W44", "--until", "2026-W44") == ["2026-W44"]
    assert await found("--since", "2026-10", "--until", "2026-10") == ["2026-W40", "2026-W40", "2026-W44"]
    assert await found("--since", "2026-11-02", "--until", "2026-11-08") == ["2026-W45"]
    assert await found("--since", "2026-12-31") == ["2026-W53"]
    assert await found("--until", "2026-01-01") == ["2026-W01"]
    for only in (("--kind", "idea"), ("--language", "es"), ("--status", "read")):
        assert await found(*only) == ["2026-W40"]
    assert await found("--kind", "idea", "--language", "en") == []


@pytest.mark.parametrize(
    "words",
    [
        ("--format", "ods"),
        ("--profile", "everybody"),
        ("--since", "yesterday"),
        ("--since", "2026-W60"),
        ("--until", "2026-13"),
        ("--since", "2026-11", "--until", "2026-10"),
        ("--kind", "praise"),
        ("--status", "lost"),
        ("--form", "none"),
        ("--language", "fr"),
        ("--labels", "fr"),
        ("--purpose", " "),
        ("--format", "csv", "-o", "out.xlsx"),
        ("-o", ""),
        *[("-o", name) for name in ("out.xls", "out.ods", "new/out.CVS", "out.json")],
        *[("--format", "csv", "-o", name) for name in ("out.xls", "out.txt")],
        *[("--profile", "developers", *one) for one in (("--kind", "idea"), ("--status", "new"), ("--language", "en"))],
        *[("--profile", "developers", *one) for one in (("--form", "ai-at-work"), ("--since", "2026-W40"))],
        ("--profile", "developers", "--until", "2026-10-01"),
        ("--profile", "developers", "--since", "2026-10", "--until", "2026-09"),
    ],
)
async def test_wrong_use_is_status_2_and_writes_nothing(
    words: tuple[str, ...], run: Run, store: Store, tmp_path: pathlib.Path
) -> None:
    result = await run("feedback", "-o", "out", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert not (tmp_path / "out").exists()
    assert await audited(store) == []


async def test_developers_get_no_month_that_is_not_closed(run: Run) -> None:
    assert "is not closed yet" in refused(
        await run("feedback", "--profile", "developers", "--until", "2098-01", "-o", "x")
    )


async def test_every_export_is_audited_without_words_of_members(run: Run, store: Store, vault: Vault) -> None:
    await filed(store, *(feedback(vault, level, week=OLD) for level in (*Level, *Level)))
    await store.write(lambda uow: uow.questions.add(WORDS, "en", WEEK))
    await run("feedback", "-o", "one", "--since", "2025-05", "--kind", "concern")
    await run("feedback", "-o", "two", "--profile", "developers", "--until", "2025-06")
    await run("questions", "-o", "questions.csv")
    assert await audited(store) == [
        (
            "export feedback",
            "the board's meeting",
            "format=csv profile=developers form=ai-at-work since=2025-05 until=2025-06 items=6 first_shown=6",
        ),
        (
            "export feedback",
            "the board's meeting",
            "format=csv profile=union form=ai-at-work since=2025-W18 kind=concern items=6",
        ),
        ("export questions", "the board's meeting", "questions=1 groups=1"),
    ]


async def test_no_canary_is_in_any_export_but_the_name_in_the_union_s(
    run: Run, store: Store, vault: Vault, tmp_path: pathlib.Path
) -> None:
    items = [feedback(vault, level, week=OLD) for level in (*Level, *Level)]
    items.append(feedback(vault, Level.NAMED, week=OLD, answers={"kind": "idea", "words": f"Signed: {NAME}"}))
    await filed(store, *items)
    address = vault.seal(b"[]", "address")
    await store.write(lambda uow: uow.questions.add("When?", "en", WEEK, vault.accounts(PLATFORM, ACCOUNT)[0], address))
    await run("feedback", "-o", "union")
    await run("feedback", "-o", "developers", "--profile", "developers")
    await run("questions", "-o", "questions.csv")
    never = [PLATFORM, ACCOUNT, ADDRESS, *vault.accounts(PLATFORM, ACCOUNT), *(item.receipt for item in items)]
    for name in ("union/feedback.csv", "developers/feedback.csv", "questions.csv"):
        text = (tmp_path / name).read_text("utf-8")
        assert [one for one in never if one in text] == []
        assert (NAME in text) == (name == "union/feedback.csv")
        assert ("Signed: [name]" in text) == (name == "developers/feedback.csv")
    for name in ("union", "developers"):
        assert not [one for one in (NAME, *never) if one in (tmp_path / name / "datapackage.json").read_text("utf-8")]


async def test_what_waits_for_its_batch_is_counted_not_shown(
    run: Run, store: Store, vault: Vault, tmp_path: pathlib.Path
) -> None:
    content = b'{"form":"ai-at-work","form_version":1,"answers":{"words":"x"},"sharing":true,"language":"en"}'
    sealed = Envelope("waitinggg1", "hash", "en", "2098-W01", vault.seal(content, "envelope"))
    change = Envelope("waitinggg2", "hash2", "en", "2098-W01", vault.seal(b'{"item":"x","change":{}}', "envelope"))
    await store.write(lambda uow: uow.envelopes.add(sealed))
    await store.write(lambda uow: uow.envelopes.add(change))
    result = await run("feedback", "-o", "out")
    assert "Waiting for their batch: 1 anonymous item." in result.stderr
    said = json.loads((tmp_path / "out" / "datapackage.json").read_text())["worker_voice"]
    assert (said["items"], said["waiting_for_batch"]) == (0, 1)
    await run("feedback", "-o", "developers", "--profile", "developers")
    said = json.loads((tmp_path / "developers" / "datapackage.json").read_text())["worker_voice"]
    assert said["waiting_for_batch"] == "up to 10"


async def test_names_of_a_lost_key_are_left_out_and_told_of(run: Run, store: Store, vault: Vault) -> None:
    await filed(store, feedback(vault, Level.NAMED), feedback(Vault([new_key()]), Level.NAMED))
    result = await run("feedback", "-o", "-")
    assert result.exit_code == 0
    assert result.stdout.count(NAME) == 1
    assert "Left out: 1 name that" in result.stderr


async def test_where_it_cannot_go_is_one_sentence_and_leaves_nothing(
    run: Run, store: Store, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    (tmp_path / "mine.csv").write_text("mine")
    for place, told in (
        ("full", "full is not an empty folder; name a new one."),
        ("full/mine", "not an empty folder"),
        ("mine.csv", "mine.csv is there already; name a new file."),
        ("/proc/none", "The export cannot be written to /proc/none: "),
        ("/proc/none/there.csv", "The export cannot be written to /proc/none/there.csv: No such file or directory."),
        ("mine.csv/below", "cannot be written"),
    ):
        assert told in refused(await run("feedback", "-o", place))
    assert (tmp_path / "mine.csv").read_text() == "mine"
    left = {name for name in os.listdir(tmp_path) if not name.startswith("store.sqlite3")}
    assert left == {"data", "full", "mine.csv"}
    assert await audited(store) == []


async def test_an_empty_folder_keeps_its_mode(run: Run, tmp_path: pathlib.Path) -> None:
    (tmp_path / "out").mkdir(mode=0o750)
    assert (await run("feedback", "-o", "out")).exit_code == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"feedback.csv", "datapackage.json"}
    assert stat(tmp_path / "out") == 0o750


@pytest.mark.parametrize("kind", FORMATS)
def test_a_full_disk_is_one_sentence_and_leaves_nothing(kind: str, tmp_path: pathlib.Path) -> None:
    """A limit to the size of a file stands for the disk."""
    environment = os.environ | {"DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": "", "WORKER_VOICE_KEYS": KEY}
    store_many = (
        "import asyncio, app; from bot.feedback import Level; from bot.vault import Vault; "
        "from tests.bot.desks import feedback, filed; import secrets\n"
        "async def go():\n"
        "    async with app.House().store() as store:\n"
        f"        vault = Vault([{KEY!r}])\n"
        "        answers = lambda: {'kind': 'idea', 'words': secrets.token_hex(8000)}\n"
        "        await filed(store, *(feedback(vault, Level.ANONYMOUS, answers=answers()) for _ in range(300)))\n"
        "asyncio.run(go())"
    )
    python = [sys.executable, "-c"]
    subprocess.run([*python, store_many], env=environment | {"PYTHONPATH": str(ROOT)}, check=True)
    call = [sys.executable, str(ROOT / "app.py"), "export", "feedback", "--purpose", "x", "--format", kind]
    result = subprocess.run(
        [*call, "-o", str(tmp_path / "out")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000)),
    )
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("The export cannot be written")
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("output", ["november", "november.xlsx"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_an_export_that_is_stopped_leaves_nothing(output: str, number: signal.Signals, tmp_path: pathlib.Path) -> None:
    environment = os.environ | {"DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": "", "WORKER_VOICE_KEYS": KEY}
    program = [sys.executable, str(ROOT / "app.py")]
    subprocess.run([*program, "init"], env=environment, check=True, capture_output=True)
    columns = "id, form, form_version, level, language, week, answers, sharing, contact, status, receipt"
    words = '{"kind": "idea", "words": "in the clear"}'
    with sqlite3.connect(tmp_path / "data" / "worker-voice.sqlite3") as database:
        database.executemany(
            f"INSERT INTO items ({columns}) VALUES (?, 'ai-at-work', 1, 'anonymous', 'en', ?, ?, 1, 0, 'new', ?)",
            ((new_id(), WEEK, words, new_id()) for _ in range(30_000)),
        )
    database.close()
    out = tmp_path / "out"
    out.mkdir()
    call = [*program, "export", "feedback", "--purpose", "x", "--format", "xlsx", "-o", str(out / output)]
    as_usual = partial(signal.signal, number, signal.SIG_DFL)  # whoever runs the tests may ignore it
    with subprocess.Popen(call, env=environment, stderr=subprocess.PIPE, text=True, preexec_fn=as_usual) as process:
        while not list(out.rglob(".export-*/*")):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(number)
        assert process.wait() == 130
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert list(out.rglob("*")) == []


async def test_what_a_killed_export_left_is_named(run: Run, tmp_path: pathlib.Path) -> None:
    (tmp_path / "out" / ".export-abc").mkdir(parents=True)
    result = await run("feedback", "-o", "out")
    assert result.exit_code == 1
    assert ".export-abc: an export that was killed left it." in str(result.exception)


async def test_standard_output_is_the_data_and_nothing_else(run: Run, store: Store, vault: Vault) -> None:
    await filed(store, feedback(vault, Level.NAMED))
    result = await run("feedback", "-o", "-")
    assert result.stdout_bytes.startswith(b'\xef\xbb\xbf"id","form"')
    assert result.stderr == "1 item written to standard output as csv.\n"
    assert (await run("feedback", "--format", "xlsx", "-o", "-")).stdout_bytes.startswith(b"PK")
    assert "The data only" in (await run("feedback", "--profile", "developers", "-o", "-")).stderr


async def test_the_format_is_what_the_file_is_called(run: Run, tmp_path: pathlib.Path) -> None:
    assert (await run("feedback", "-o", "new/out.jsonl")).stderr == "0 items written to new/out.jsonl as jsonl.\n"
    await run("feedback", "-o", "OUT.XLSX")
    await run("feedback", "-o", "new/out.2026-11", "--format", "XLSX")
    assert (tmp_path / "new" / "out.jsonl").is_file()
    assert (tmp_path / "OUT.XLSX").read_bytes()[:2] == b"PK"
    assert (tmp_path / "new" / "out.2026-11" / "feedback.xlsx").is_file()


async def test_codes_are_taken_in_any_case(run: Run, store: Store, vault: Vault) -> None:
    await filed(store, feedback(vault, Level.ANONYMOUS, status="passed-on"))
    words = ("--kind", "Concern", "--status", "Passed-On", "--language", "EN", "--profile", "Union", "--format", "CSV")
    assert (await run("feedback", "-o", "-", *words)).stderr == "1 item written to standard output as csv.\n"


async def test_one_month_is_named_once(run: Run, store: Store, vault: Vault) -> None:
    await filed(store, *(feedback(vault, Level.ANONYMOUS, week=OLD) for _ in range(5)))
    result = await run("feedback", "--profile", "developers", "--until", "2025-05", "-o", "may")
    assert result.stderr == "5 items of 2025-05 written to may as csv.\n"
    result = await run("feedback", "--profile", "developers", "--until", "2025-06", "-o", "june")
    assert result.stderr == "5 items of 2025-05 to 2025-06 written to june as csv.\n"


@pytest.mark.parametrize("output", ["q.xlsx", "questions", ""])
async def test_questions_take_the_name_of_a_csv(output: str, run: Run, tmp_path: pathlib.Path) -> None:
    result = await run("questions", "-o", output)
    assert result.exit_code == 2
    assert "questions come as CSV" in " ".join(result.stderr.replace("│", " ").split())
    assert {name for name in os.listdir(tmp_path) if not name.startswith("store.")} == {"data"}


async def test_questions_come_grouped_with_counts_and_nobody(run: Run, store: Store, vault: Vault) -> None:
    asked = ["Where can I park?", "where can i park?", "=cmd|' /C calc'!A0", "Who chairs the board?", "Where do I park"]
    for text in asked:
        await store.write(lambda uow, text=text: uow.questions.add(text, "en", WEEK, "account-hash", b"sealed"))  # type: ignore[misc]
    done = await store.read(lambda uow: next(one for one in uow.exports.unanswered() if one.text == asked[3]))
    await store.write(lambda uow: uow.inquiries.answer(done.id, "Ana does."))
    result = await run("questions")
    header, *rows = csv.reader(result.stdout_bytes.decode("utf-8-sig").splitlines())
    assert header == ["group", "count", "id", "week", "language", "question"]
    assert [(row[0], row[1]) for row in rows] == [("1", "3")] * 3 + [("2", "1")]
    assert sorted(row[5] for row in rows[:3]) == sorted([asked[0], asked[1], asked[4]])
    assert rows[3][5] == "'" + asked[2]
    assert "account-hash" not in result.output
    assert result.stderr == "4 questions in 2 groups written to standard output.\n"


def test_progress_is_for_a_real_terminal_only(tmp_path: pathlib.Path) -> None:
    program = (
        "import time; from adapters.cli.progress import bar\n"
        "with bar('items') as tell:\n"
        "    time.sleep(0.3); tell(500, 1000)"
    )
    call = [sys.executable, "-c", program]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    piped = subprocess.run(call, env=environment, capture_output=True, check=True)
    assert (piped.stdout, piped.stderr) == (b"", b"")
    ours, theirs = pty.openpty()
    subprocess.run(call, env=environment, stderr=theirs, check=True)
    os.close(theirs)
    shown = os.read(ours, 10_000)
    os.close(ours)
    assert b"[###############...............] 500 of 1,000 items" in shown
    assert shown.endswith(b"\r\x1b[K")


async def test_every_inbox_and_the_export_count_the_same_items_that_wait(
    run: Run, bot: Bot, vault: Vault, tmp_path: pathlib.Path
) -> None:
    """Changes and deletions of filed ones wait too, and are no items."""
    receipts = ["one two three four five six", "two three four five six seven"]
    items = [feedback(vault, Level.ANONYMOUS, receipt=vault.receipt(words)[0]) for words in receipts]
    await filed(bot.store, *items)
    member = Member(bot, "U0BEN")
    await member.send("anonymous", "Ask us first.")
    await member.open(receipts[0])
    await member.say(EN("owned.do_unshare"), "done")
    await member.delete(receipts[1])
    assert len(await bot.store.read(lambda uow: uow.envelopes.waiting())) == 3
    shell = await asyncio.to_thread(CliRunner().invoke, build(House()), ["staff", "inbox", "--json"])
    await run("feedback", "--format", "csv", "-o", "package")
    package = json.loads((tmp_path / "package" / "datapackage.json").read_text())["worker_voice"]
    chat = texts_of(await Staff(bot).say("staff inbox"))
    assert (json.loads(shell.stdout)["waiting"], package["waiting_for_batch"]) == (1, 1)
    assert EN("desk.waiting", count=1) in chat
