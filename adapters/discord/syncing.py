"""Commands are registered when they changed, by one process; a file remembers what was registered last."""

import fcntl
import hashlib
import json
import os
import pathlib
from collections.abc import Iterator
from contextlib import contextmanager

import discord

from adapters.discord.commands import Tree

FILE = "discord-commands"


async def sync(tree: Tree, data_dir: pathlib.Path, trial_guild: int) -> bool:
    """Register the tree (in the trial server alone, if there is one); whether it was needed."""
    guild = discord.Object(trial_guild) if trial_guild else None
    if guild:
        tree.copy_global_to(guild=guild)
    wanted = await fingerprint(tree, guild)
    path = data_dir / FILE
    with locked(path) as mine:
        if not mine:
            return False
        if path.is_file() and path.read_text() == wanted:
            return False
        await tree.sync(guild=guild)
        write(path, wanted)
        return True


async def fingerprint(tree: Tree, guild: discord.abc.Snowflake | None) -> str:
    """Changes when what Discord is told changes, or the application or scope."""
    translator = tree.translator
    commands = [
        await one.get_translated_payload(tree, translator) if translator else one.to_dict(tree)
        for one in tree.get_commands(guild=guild)
    ]
    told = json.dumps([tree.client.application_id, guild.id if guild else 0, commands], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


@contextmanager
def locked(path: pathlib.Path) -> Iterator[bool]:
    """Whether this process has its turn; another one that has it registers the same."""
    with open(path.with_suffix(".lock"), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def write(path: pathlib.Path, text: str) -> None:
    """Whole or not at all."""
    new = path.with_suffix(".new")
    new.write_text(text)
    os.replace(new, path)
