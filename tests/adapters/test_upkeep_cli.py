"""The operators' commands as real processes: what they print, their statuses, what they leave."""

import asyncio
import datetime as dt
import pathlib
import subprocess
import sys

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from adapters.cli.commands import build
from app import House
from bot.deletions import Kind, record
from bot.feedback import Level, week_of
from bot.ports import Envelope
from storage.database import PostgresStore, SqliteStore, open_store
from storage.tables import VERSION
from tests.bot.desks import feedback, filed
from tests.operators import ROOT, Done, Installation

COMMANDS = ("init", "migrate", "where", "backup", "restore", "purge", "doctor", "keys", *(
    f"keys {name}" for name in ("list", "rotate", "prune")
))  # fmt: skip
UNION = (ROOT / "bot" / "content" / "union.toml").read_text()


@pytest.fixture
def here(database_url: str, tmp_path: pathlib.Path) -> Installation:
    return Installation(tmp_path / "data", "" if database_url.startswith("sqlite") else database_url)


@pytest.fixture
def lite(tmp_path: pathlib.Path) -> Installation:
    return Installation(tmp_path / "data")


def told(done: Done, status: int = 0) -> str:
    """Standard error of a command that ended so; with a status but 0, one sentence."""
    assert done.returncode == status, done.stderr
    assert status == 0 or done.stderr.count("\n") == 1
    return done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_two_examples(command: str) -> None:
    shown = CliRunner().invoke(build(House()), [*command.split(), "--help"]).stdout
    examples = shown.partition("Examples:\n")[2].partition("\n\n")[0].splitlines()
    assert len(examples) == 2, shown
    assert all("./run" in line for line in examples)


@pytest.mark.parametrize(
    "words",
    [
        ["backup"],
        ["restore"],
        ["restore", "--force", "x"],
        ["purge", "x"],
        ["keys"],
        ["keys", "show"],
        ["migrate", "9"],
    ],
)
def test_wrong_use_is_status_2(words: list[str]) -> None:
    assert CliRunner().invoke(build(House()), words).exit_code == 2


async def test_init_sets_up_and_again_changes_nothing(here: Installation) -> None:
    assert f"version {VERSION} now (was: none)" in told(await here.run("init"))
    kept = {name: (here.folder / name).read_bytes() for name in ("keys", "deletions")}
    assert {(here.folder / name).stat().st_mode & 0o777 for name in kept} == {0o600}
    assert here.folder.stat().st_mode & 0o777 == 0o700
    assert "of this version already" in told(await here.run("init"))
    assert {name: (here.folder / name).read_bytes() for name in kept} == kept
    assert (await here.run("where")).stdout == f"{here.folder}\n"


async def test_postgresql_is_migrated_by_command_and_sqlite_by_itself(here: Installation) -> None:
    started = await here.run("staff", "inbox")
    if not here.url:
        assert started.stdout == "No feedback is filed.\n"
        return
    assert told(started, 3) == "The database has no tables yet: run ./run init.\n"
    assert told(await here.run("backup", str(here.folder / "b")), 1).startswith("There is no database yet: ./run init")
    assert "(was: none)" in told(await here.run("migrate"))
    assert (await here.run("staff", "inbox")).stdout == "No feedback is filed.\n"


async def test_a_schema_newer_than_the_program_is_refused_everywhere(
    here: Installation, tmp_path: pathlib.Path
) -> None:
    await here.init()
    await here.backup(tmp_path / "before")
    async with open_store(here.store_url, migrate=False) as store:
        assert isinstance(store, SqliteStore | PostgresStore)
        newer = text("UPDATE alembic_version SET version_num = '9999'")
        await store.schema(lambda connection: connection.execute(newer).close())
    folder = str(tmp_path / "backup")
    for words in (["init"], ["staff", "inbox"]) if here.url else (["migrate"], ["purge"], ["backup", folder]):
        assert "update the program, then start again" in told(await here.run(*words), 3)
    done = await here.run("restore", "--replace", str(tmp_path / "before"))
    assert "update the program, then start again" in told(done, 3)
    found = (await here.run("doctor")).stdout
    assert "FAIL  schema           the schema is 9999" in found
    assert "-     purge            not looked at" in found


async def test_back_up_and_restore_say_what_they_did(lite: Installation, tmp_path: pathlib.Path) -> None:
    await lite.init()
    folder = tmp_path / "a folder"
    assert f"rows in {folder}, without keys" in told(await lite.run("backup", str(folder)))
    assert "is not an empty folder; name a new one" in told(await lite.run("backup", str(folder)), 1)
    assert "Of the deletion list: 0 deleted" in told(await lite.run("restore", str(folder)))
    async with open_store(lite.store_url, migrate=False) as store:
        await filed(store, feedback(lite.vault, Level.NAMED))
    assert "not empty (1 items). With --replace" in told(await lite.run("restore", str(folder)), 1)
    lite.list.path.unlink()
    done = await lite.run("restore", "--replace", "--without-deletions", str(folder))
    assert "what members had deleted since the backup is back" in told(done)
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace(f'"schema": "{VERSION}"', '"schema": "9999"'))
    assert "of a newer version of this program" in told(await lite.run("restore", "--replace", str(folder)), 3)


async def test_purge_says_what_it_deleted_and_lists_what_waits(here: Installation) -> None:
    await here.init()
    old = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=800)
    async with open_store(here.store_url, migrate=False) as store:
        await filed(store, feedback(here.vault, Level.CONFIDENTIAL, week=week_of(old)))
        await store.write(lambda uow: uow.questions.add("When?", "en", week_of(old)))
        await store.write(
            lambda uow: record(
                uow, here.vault, "aaaaaaaaaa", Kind.DELETED, week_of(old), anonymous=False, receipt="0f" * 16
            )
        )
    assert told(await here.run("purge")) == "Deleted: 1 questions. Filed: 0. Added to the deletion list: 1.\n"
    done = await here.run("purge", ITEM_MONTHS="24")
    assert told(done) == "Deleted: 1 items. Filed: 0. Added to the deletion list: 0.\n"
    listing = here.list.read()
    assert listing is not None
    assert [one.item for one in listing.deletions] == ["aaaaaaaaaa"]
    assert "ITEM_MONTHS cannot be used" in told(await here.run("purge", ITEM_MONTHS="soon"), 3)


async def test_keys_are_changed_and_never_printed(lite: Installation) -> None:
    await lite.init()
    path = lite.folder / "keys"
    assert "Restart every running bot" in told(await lite.run("keys", "rotate"))
    keys = path.read_text().split()
    assert (len(keys), path.stat().st_mode & 0o777) == (2, 0o600)
    shown = await lite.run("keys", "list")
    assert [line.split("  ")[1] for line in shown.stdout.splitlines()] == ["writes and reads", "reads"]
    prune = await lite.run("keys", "prune")
    assert "With --yes it is dropped" in told(prune, 1)
    assert "Dropped." in told(await lite.run("keys", "prune", "--yes"))
    assert path.read_text().split() == keys[:1]
    assert not [key for key in keys if key in shown.stdout + shown.stderr + prune.stderr]
    in_settings = await lite.run("keys", "rotate", WORKER_VOICE_KEYS=",".join(keys))
    assert "0 values sealed again under the first key" in told(in_settings)
    assert path.read_text().split() == keys[:1]
    assert "keys are not usable" in told(await lite.run("keys", "list", WORKER_VOICE_KEYS="abc"), 3)


async def test_keys_rotated_at_once_lose_none(lite: Installation) -> None:
    """A command that finds another at it says so; with luck, one comes after the other."""
    await lite.init()
    for _ in range(3):
        before = (lite.folder / "keys").read_text().split()
        done = await asyncio.gather(*(lite.run("keys", "rotate") for _ in range(3)))
        after = (lite.folder / "keys").read_text().split()
        assert after[-len(before) :] == before
        assert len(after) - len(before) == sum(one.returncode == 0 for one in done) > 0
        assert all(one.returncode == 0 or "try again" in told(one, 1) for one in done)


@pytest.mark.parametrize("words", [["staff", "inbox"], ["chat"], ["purge"], ["keys", "rotate"], ["report", "-o", "r"]])
async def test_lost_keys_are_never_replaced_without_a_word(here: Installation, words: list[str]) -> None:
    await here.init()
    async with open_store(here.store_url, migrate=False) as store:
        await filed(store, feedback(here.vault, Level.NAMED))
    (here.folder / "keys").rename(here.folder / "keys.away")
    assert "put your copy of it back" in told(await here.run(*words), 3)
    assert not (here.folder / "keys").exists()
    assert "Ready in" in told(await here.run("init"))
    assert (here.folder / "keys").exists()


def states(done: Done) -> dict[str, str]:
    """What the doctor says by check."""
    return {line[6:21].strip(): line.split()[0] for line in done.stdout.splitlines()}


async def test_the_doctor_finds_nothing_wrong_in_a_good_house(here: Installation, tmp_path: pathlib.Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "union.toml").write_text(UNION)
    told(await here.run("init"))
    done = await here.run("doctor", CONTENT_DIR=str(tmp_path / "content"))
    assert told(done) == ""
    assert set(states(done).values()) == {"ok"}
    assert len(states(done)) == 13


async def test_the_doctor_names_what_is_wrong_and_changes_nothing(lite: Installation, tmp_path: pathlib.Path) -> None:
    empty = await lite.run("doctor")
    assert list(lite.folder.iterdir()) == []
    assert told(empty, 1) == "4 of 13 checks failed.\n"
    assert {name for name, state in states(empty).items() if state == "FAIL"} == {
        "union data", "keys", "database", "deletion list",
    }  # fmt: skip
    await lite.init()
    week = week_of(dt.datetime.now(dt.UTC).date() - dt.timedelta(weeks=9))
    async with open_store(lite.store_url, migrate=False) as store:
        other = Installation(tmp_path / "other")
        await filed(store, feedback(other.vault, Level.NAMED))
        await store.write(lambda uow: uow.envelopes.add(Envelope("aaaaaaaaaa", "0f", "en", week, b"x" * 40)))
        await store.write(
            lambda uow: record(uow, lite.vault, "aaaaaaaaaa", Kind.DELETED, week, anonymous=False, receipt="")
        )
    (lite.folder / "keys").chmod(0o644)
    (tmp_path / "manifest.json").touch()
    listed = tmp_path / "deletions"
    listed.write_bytes(lite.list.path.read_bytes())
    listed.chmod(0o600)
    done = await lite.run("doctor", DELETIONS_FILE=str(listed), ENCODER_DIR=str(tmp_path))
    assert {name for name, state in states(done).items() if state == "ok"} == {
        "data folder", "disk space", "content", "database", "schema",
    }  # fmt: skip
    assert "these keys do not read 2 in items, 1 in envelopes. Put" in done.stdout
    assert "lies in a backup" in done.stdout
    assert f"1 or their changes wait to be filed, the first since {week}" in done.stdout
    assert "1 not in the deletion list yet" in done.stdout
    lite.folder.joinpath("worker-voice.sqlite3").write_bytes(b"not a database" * 1000)
    damaged = await lite.run("doctor")
    assert "FAIL  database         The database file is damaged" in damaged.stdout
    assert "Traceback" not in damaged.stderr


async def test_the_doctor_mends_no_folder_and_makes_none(lite: Installation) -> None:
    await lite.init()
    before = {path.name: path.read_bytes() for path in lite.folder.iterdir()}
    lite.folder.chmod(0o755)
    open_to_all = await lite.run("doctor")
    assert f"FAIL  data folder      {lite.folder} has mode 0755" in open_to_all.stdout
    assert lite.folder.stat().st_mode & 0o777 == 0o755
    assert {path.name: path.read_bytes() for path in lite.folder.iterdir()} == before
    nowhere = lite.folder / "not" / "made"
    missing = await lite.run("doctor", DATA_DIR=str(nowhere))
    assert f"FAIL  data folder      {nowhere}: No such file or directory" in missing.stdout
    assert "Traceback" not in missing.stderr
    assert not nowhere.parent.exists()


async def test_a_database_that_does_not_answer_is_one_sentence(lite: Installation) -> None:
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
    for words in (["migrate"], ["backup", str(lite.folder / "b")]):
        assert "The database does not answer" in told(await lite.run(*words, DATABASE_URL=nowhere), 1)
    assert "FAIL  database" in (await lite.run("doctor", DATABASE_URL=nowhere)).stdout
    wrong = await lite.run("migrate", DATABASE_URL="mysql://nobody@nowhere/nothing")
    assert "does not know; use PostgreSQL" in told(wrong, 3)


def test_the_program_ends_with_its_statuses(tmp_path: pathlib.Path) -> None:
    lite = Installation(tmp_path / "data")
    call = [sys.executable, str(ROOT / "app.py"), "restore", "--replace"]
    result = subprocess.run(call, env=lite.environment, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (2, "")
