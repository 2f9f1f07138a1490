"""What can be wrong with an installation: one check a line, each with how to mend it.

A check returns what it found in order, in a few words, or raises Ill with what is wrong.
"""

import datetime as dt
import os
import pathlib
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.backups import MANIFEST, Backups
from bot.content import Content
from bot.deletions import LISTED, DeletionList
from bot.errors import WorkerVoiceError
from bot.feedback import week_of
from bot.filing import LONGEST_WEEKS
from bot.rotation import KeyRing, by_table, unreadable
from bot.upkeep import PURGED
from bot.vault import Vault

ENOUGH_MB = 500  # beside as much as the database has now: sweeping writes it anew
PURGE_DAYS = 2
MODEL_FILES = ("onnx/model.onnx", "tokenizer.json")


@dataclass(frozen=True)
class Installation:
    """What the checks look at. `database_file`: None for PostgreSQL; `keys_file`: None for keys in the settings."""

    today: dt.date
    content: Callable[[], Content]
    data_dir: pathlib.Path
    model_dir: pathlib.Path
    database: Backups
    database_file: pathlib.Path | None
    keys: KeyRing
    keys_file: pathlib.Path | None
    listed: DeletionList
    deletions_file: pathlib.Path


class Ill(WorkerVoiceError):
    """What is wrong, in a few words."""


class State(StrEnum):
    """`SKIPPED`: it needs a database that another check has found wanting."""

    WELL = "ok"
    ILL = "FAIL"
    SKIPPED = "-"


@dataclass(frozen=True)
class Check:
    """`in_tables`: it reads the database's tables."""

    name: str
    look: Callable[[Installation], Awaitable[str]]
    fix: str
    in_tables: bool = False


@dataclass(frozen=True)
class Finding:
    """What one check found; `fix` is "" where all is well."""

    name: str
    state: State
    told: str
    fix: str = ""


async def examine(installation: Installation) -> list[Finding]:
    """Do all checks; none changes anything."""
    found: list[Finding] = []
    for check in CHECKS:
        if check.in_tables and not all(one.state is State.WELL for one in found if one.name in ("database", "schema")):
            found.append(Finding(check.name, State.SKIPPED, "not looked at: the database comes first"))
            continue
        try:
            found.append(Finding(check.name, State.WELL, await check.look(installation)))
        except WorkerVoiceError as problem:
            found.append(Finding(check.name, State.ILL, str(problem), check.fix))
    return found


async def data_folder(here: Installation) -> str:
    try:
        mode = here.data_dir.stat().st_mode & 0o777
    except OSError as problem:
        raise Ill(f"{here.data_dir}: {problem.strerror}") from None
    if mode != 0o700 or not os.access(here.data_dir, os.W_OK | os.X_OK):
        raise Ill(f"{here.data_dir} has mode {mode:04o}; others could look in, or the bot cannot write")
    return str(here.data_dir)


async def disk_space(here: Installation) -> str:
    try:
        free = shutil.disk_usage(here.data_dir).free // 2**20
    except OSError as problem:
        raise Ill(f"{here.data_dir}: {problem.strerror}") from None
    size = here.database_file.stat().st_size // 2**20 if here.database_file and here.database_file.exists() else 0
    if free < ENOUGH_MB + size:
        raise Ill(f"{free:,} MB free, {ENOUGH_MB + size:,} wanted")
    return f"{free:,} MB free"


async def content(here: Installation) -> str:
    found = here.content()
    return f"{len(found.entries)} topics in {', '.join(found.languages)}"


async def union_data(here: Installation) -> str:
    union = here.content().union
    if union.example:
        raise Ill("the union and its contacts are the invented example")
    return "set; an employer's workspace: no anonymous feedback there" if union.anonymous_off else "set"


async def model(here: Installation) -> str:
    for name in MODEL_FILES:
        if not (here.model_dir / name).is_file():
            raise Ill(f"{here.model_dir / name} is missing")
    return str(here.model_dir)


async def keys_file(here: Installation) -> str:
    if here.keys_file is None:
        return f"in the settings, {len(here.keys.read())} of them"
    if not here.keys_file.exists():
        raise Ill(f"{here.keys_file} is missing")
    mode = here.keys_file.stat().st_mode & 0o777
    if mode & 0o177:
        raise Ill(f"{here.keys_file} has mode {mode:04o}")
    keys = here.keys.read()
    Vault(keys)
    return f"{len(keys)} in {here.keys_file}"


async def database(here: Installation) -> str:
    if await here.database.version() is None:
        raise Ill("there are no tables yet")
    return str(here.database_file or "PostgreSQL answers")


async def schema(here: Installation) -> str:
    version = await here.database.version() or "none"
    if version != here.database.newest:
        raise Ill(f"the schema is {version}, this program's is {here.database.newest}")
    return version


async def sealed_values(here: Installation) -> str:
    if here.keys_file is not None and not here.keys_file.exists():
        raise Ill("there are no keys to read them with")
    keys = here.keys.read()
    lost = await here.database.read(lambda uow: unreadable(uow, keys))
    if lost:
        raise Ill(f"these keys do not read {by_table(lost)}")
    return "all can be read"


async def deletion_list(here: Installation) -> str:
    path = here.deletions_file
    listing = here.listed.read()
    if listing is None:
        raise Ill(f"{path} is missing")
    if path.stat().st_mode & 0o177 or not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise Ill(f"{path} can be read by others, or the bot cannot write it")
    if any((folder / MANIFEST).exists() for folder in path.parents):
        raise Ill(f"{path} lies in a backup, which would be handed on or thrown away with it")
    same = path.stat().st_dev == here.data_dir.stat().st_dev
    return f"{len(listing.deletions)} in {path}" + (", on the same disk as DATA_DIR: keep a copy elsewhere" * same)


async def deletions_waiting(here: Installation) -> str:
    waiting = await here.database.read(lambda uow: len(uow.outbox.waiting([LISTED])))
    if waiting:
        raise Ill(f"{waiting} not in the deletion list yet")
    return "all listed"


async def anonymous_items(here: Installation) -> str:
    waiting = await here.database.read(lambda uow: uow.envelopes.waiting())
    if not waiting:
        return "none wait"
    oldest = min(envelope.week for envelope in waiting)
    told = f"{len(waiting)} or their changes wait to be filed, the first since {oldest}"
    if oldest < week_of(here.today - dt.timedelta(weeks=LONGEST_WEEKS + 1)):
        raise Ill(told)
    return told


async def purged(here: Installation) -> str:
    last = await here.database.read(lambda uow: uow.marks.get(PURGED))
    if last < f"{here.today - dt.timedelta(days=PURGE_DAYS):%Y%m%d}":
        raise Ill(f"last on {day(last)}" if last else "never")
    return f"last on {day(last)}"


def day(mark: str) -> str:
    return f"{mark[:4]}-{mark[4:6]}-{mark[6:]}"


CHECKS = (
    Check("data folder", data_folder, "Let the bot's user own it, with mode 0700: chmod 700"),
    Check("disk space", disk_space, "Make room, or put DATA_DIR on a larger disk."),
    Check("content", content, "./run content check lists what to mend."),
    Check("union data", union_data, "Write your union's into union.toml in CONTENT_DIR."),
    Check("model", model, "Copy the program again whole, or see ENCODER_DIR."),
    Check("keys", keys_file, "Bring back the copy you keep, with mode 0600; a new installation makes one: ./run init"),
    Check("database", database, "./run init; for PostgreSQL see whether the server runs and what DATABASE_URL says."),
    Check("schema", schema, "Older: ./run backup, then ./run migrate. Newer: update the program.", in_tables=True),
    Check("sealed values", sealed_values, "Put the older keys back, after the newest one.", in_tables=True),
    Check(
        "deletion list", deletion_list, "Bring back your copy, with mode 0600, or see DELETIONS_FILE; new: ./run init"
    ),
    Check(
        "deletions", deletions_waiting, "They go there within an hour while a bot runs; or ./run purge", in_tables=True
    ),
    Check("anonymous items", anonymous_items, "Let a bot run, or ./run purge; do the keys read them?", in_tables=True),
    Check("purge", purged, "Let a bot run, which purges every day; or ./run purge", in_tables=True),
)
