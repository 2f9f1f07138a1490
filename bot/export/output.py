"""Where an export goes: a package in a folder, or only the data, in a file or a stream. Whole, or not at all.

Everything is written into a hidden folder beside its place, is on the disk before the export counts as made, and only
then moves to its place, datapackage.json last: what was interrupted never looks whole.
"""

import contextlib
import os
import pathlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from typing import BinaryIO, Protocol

from bot.errors import Refused

LAST = "datapackage.json"
PREFIX = ".export-"
LEFT_SECONDS = 86_400


class Output(Protocol):
    """`staging` gives a folder to write in, and takes it away at the end; `publish` brings what is in it out.

    As a text it says where that is.
    """

    packaged: bool  # whether a data package is wanted, or the data only

    def staging(self) -> contextlib.AbstractContextManager[pathlib.Path]: ...
    def publish(self, staged: pathlib.Path) -> None: ...


class Folder:
    """An empty or new folder; a new one is readable to its owner only."""

    packaged = True

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path

    def __str__(self) -> str:
        return str(self.path)

    @contextlib.contextmanager
    def staging(self) -> Iterator[pathlib.Path]:
        with told(self.path):
            if self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
                raise Refused(f"{self.path} is not an empty folder; name a new one.{self._left()}")
            new = not self.path.exists()
            self.path.mkdir(parents=True, exist_ok=True)
            if new:
                self.path.chmod(0o700)
        try:
            with hidden(self.path) as folder:
                yield folder
        finally:
            with contextlib.suppress(OSError):  # there is something in it: the export
                if new:
                    self.path.rmdir()

    def _left(self) -> str:
        """Names what an export that was killed left there in the clear."""
        left = next(self.path.glob(f"{PREFIX}*"), None) if self.path.is_dir() else None
        return f" Delete {left}: an export that was killed left it." if left else ""

    def publish(self, staged: pathlib.Path) -> None:
        with told(self.path):
            for file in sorted(staged.iterdir(), key=lambda file: file.name == LAST):
                file.rename(self.path / file.name)


class File:
    """A new file; folders that it needs are made."""

    packaged = False

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path

    def __str__(self) -> str:
        return str(self.path)

    @contextlib.contextmanager
    def staging(self) -> Iterator[pathlib.Path]:
        with told(self.path):
            if self.path.exists() or self.path.is_symlink():
                raise Refused(f"{self.path} is there already; name a new file.")
            self.path.parent.mkdir(parents=True, exist_ok=True)
        with hidden(self.path.parent) as folder:
            yield folder

    def publish(self, staged: pathlib.Path) -> None:
        (file,) = staged.iterdir()
        with told(self.path):
            file.rename(self.path)


class Stream:
    """Standard output; what goes there waits in a folder of ours until it is whole."""

    packaged = False

    def __init__(self, stream: BinaryIO, waits_in: pathlib.Path) -> None:
        self.stream, self.waits_in = stream, waits_in

    def __str__(self) -> str:
        return "standard output"

    def staging(self) -> contextlib.AbstractContextManager[pathlib.Path]:
        for left in self.waits_in.glob(f"{PREFIX}*"):  # by an export that was killed
            if time.time() - left.stat().st_mtime > LEFT_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
        return hidden(self.waits_in)

    def publish(self, staged: pathlib.Path) -> None:
        (file,) = staged.iterdir()
        with file.open("rb") as data:
            shutil.copyfileobj(data, self.stream)
        self.stream.flush()


@contextlib.contextmanager
def hidden(parent: pathlib.Path) -> Iterator[pathlib.Path]:
    """A folder for the parts (mode 0700), gone at the end with what is left in it."""
    with told(parent):
        folder = pathlib.Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def told(path: pathlib.Path) -> Iterator[None]:
    """What the disk refuses, as one sentence."""
    try:
        yield
    except OSError as problem:
        raise Refused(f"The export cannot be written to {path}: {problem.strerror or 'the disk refuses it'}.") from None


def on_disk(folder: pathlib.Path) -> None:
    """So that a full disk is told of before the export counts as made."""
    for file in folder.iterdir():
        with file.open("rb") as written:
            os.fsync(written.fileno())
