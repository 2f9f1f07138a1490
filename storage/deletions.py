"""bot.deletions.DeletionList in a file: `item kind week receipt`, a line each, after a line that names the list."""

import contextlib
import fcntl
import os
import pathlib
import re
from collections.abc import Iterator, Sequence

from bot.deletions import Deletion, Kind, Listing
from bot.errors import StoreError
from bot.vault import new_id

TITLE = "# Worker Voice deletion list {name}. Keep it apart from database and backups: a restore needs it."
NAME = re.compile(r"# Worker Voice deletion list (\w+)\.")
LINE = re.compile(rf"(\w{{1,32}}) ({'|'.join(Kind)}) (\d{{4}}-W\d{{2}}) (\w{{1,64}}|-)")


class DeletionFile:
    """Mode 0600. Several processes may append; what a crash left half written is cut off at the next append."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path

    def create(self) -> None:
        with self._held():
            pass

    def append(self, deletions: Sequence[Deletion]) -> None:
        """On the disk, not only handed to the system, when this returns."""
        lines = "".join(f"{one.item} {one.kind} {one.week} {one.receipt or '-'}\n" for one in deletions)
        with self._held() as file:
            write(file, lines.encode("ascii"))

    def read(self) -> Listing | None:
        """Raises StoreError with the number of a line that is not one of the list's: nothing may be passed over."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as problem:
            raise self._problem("read", problem) from None
        names, deletions = set(), []
        whole = data[: data.rfind(b"\n") + 1].decode("ascii", "replace")  # the rest was never acknowledged
        for number, line in enumerate(whole.splitlines(), 1):
            if name := NAME.match(line):
                names.add(name[1])
            elif found := LINE.fullmatch(line.strip()):
                item, kind, week, receipt = found.groups()
                deletions.append(Deletion(item, Kind(kind), week, "" if receipt == "-" else receipt))
            elif line.strip() and not line.startswith("#"):
                raise StoreError(f"{self.path}, line {number}: not a line of a deletion list; bring back a whole copy.")
        return Listing(frozenset(names), tuple(deletions))

    @contextlib.contextmanager
    def _held(self) -> Iterator[int]:
        """The file, created where it is missing, locked, at its end, with a whole last line."""
        try:
            file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX)
                end = whole_lines(file)
                if end == 0:
                    write(file, (TITLE.format(name=new_id()) + "\n").encode())
                    sync_folder(self.path.parent)
                yield file
            finally:
                os.close(file)
        except OSError as problem:
            raise self._problem("written", problem) from None

    def _problem(self, what: str, problem: OSError) -> StoreError:
        return StoreError(f"The deletion list {self.path} cannot be {what} ({problem.strerror}): see DELETIONS_FILE.")


def whole_lines(file: int) -> int:
    """Cut off a half-written last line, go to the end; the length."""
    size = os.fstat(file).st_size
    tail = os.pread(file, 4096, max(0, size - 4096))
    end = size - (len(tail) - tail.rfind(b"\n") - 1)
    if end != size:
        os.ftruncate(file, end)
    return os.lseek(file, end, os.SEEK_SET)


def write(file: int, data: bytes) -> None:
    """All of it on the disk, or none of it in the file."""
    before = os.lseek(file, 0, os.SEEK_CUR)
    try:
        while data:
            data = data[os.write(file, data) :]
        os.fsync(file)
    except OSError:
        os.ftruncate(file, before)
        raise


def sync_folder(folder: pathlib.Path) -> None:
    """So that a new file in it is still there after a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
