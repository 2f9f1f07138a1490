"""The deletion list's file: whole lines, on the disk, from several processes, and nothing passed over."""

import multiprocessing
import pathlib

import pytest

from bot.deletions import Deletion, Kind
from bot.errors import StoreError
from storage.deletions import DeletionFile

ONE = Deletion("aaaaaaaaaa", Kind.DELETED, "2026-W48", "0f" * 16)
TWO = Deletion("bbbbbbbbbb", Kind.ANONYMOUS, "2026-W48", "")
EACH = 40


def listed(path: pathlib.Path) -> tuple[Deletion, ...]:
    listing = DeletionFile(path).read()
    assert listing is not None
    return listing.deletions


def test_it_keeps_what_was_appended_and_its_name(tmp_path: pathlib.Path) -> None:
    file = DeletionFile(tmp_path / "deletions")
    assert file.read() is None
    file.create()
    first = file.read()
    file.append([ONE])
    file.append([TWO])
    file.create()
    found = file.read()
    assert first is not None
    assert found is not None
    assert (found.names, found.deletions) == (first.names, (ONE, TWO))
    assert len(found.names) == 1
    assert file.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("half", ["cccccccccc", "cccccccccc deleted 2026-W48", "#", "\x00\x00"])
def test_a_half_written_last_line_is_passed_over_and_then_cut_off(half: str, tmp_path: pathlib.Path) -> None:
    file = DeletionFile(tmp_path / "deletions")
    file.append([ONE])
    with file.path.open("a") as handle:
        handle.write(half)
    assert listed(file.path) == (ONE,)
    file.append([TWO])
    assert listed(file.path) == (ONE, TWO)
    assert half not in file.path.read_text().splitlines()[-1]


def test_a_half_written_title_is_written_anew(tmp_path: pathlib.Path) -> None:
    file = DeletionFile(tmp_path / "deletions")
    file.path.write_text("# Worker Voi")
    file.append([ONE])
    found = file.read()
    assert found is not None
    assert (len(found.names), found.deletions) == (1, (ONE,))


def test_a_damaged_line_is_refused_with_its_number(tmp_path: pathlib.Path) -> None:
    file = DeletionFile(tmp_path / "deletions")
    file.append([ONE, TWO])
    file.path.write_text(file.path.read_text().replace("deleted", "del\x00ted"))
    with pytest.raises(StoreError, match="line 2: not a line of a deletion list"):
        file.read()


def test_two_lists_joined_by_hand_are_both(tmp_path: pathlib.Path) -> None:
    one, two = DeletionFile(tmp_path / "one"), DeletionFile(tmp_path / "two")
    one.append([ONE])
    two.append([TWO])
    joined = tmp_path / "joined"
    joined.write_text(one.path.read_text() + two.path.read_text())
    found = DeletionFile(joined).read()
    assert found is not None
    assert (len(found.names), found.deletions) == (2, (ONE, TWO))


def test_a_file_that_cannot_be_written_names_its_setting(tmp_path: pathlib.Path) -> None:
    with pytest.raises(StoreError, match="see DELETIONS_FILE"):
        DeletionFile(tmp_path / "no" / "folder").append([ONE])


def append_many(path: pathlib.Path, letter: str) -> None:
    for number in range(EACH):
        item = letter * 4 + f"{number:06d}"
        DeletionFile(path).append([Deletion(item, Kind.DELETED, "2026-W48", ""), TWO])


def test_two_processes_append_whole_lines_under_one_title(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "deletions"
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=append_many, args=(path, letter)) for letter in "xy"]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    found = DeletionFile(path).read()
    assert found is not None
    assert len(found.names) == 1
    items = [one.item for one in found.deletions if one != TWO]
    assert sorted(items) == [letter * 4 + f"{number:06d}" for letter in "xy" for number in range(EACH)]
    assert len(found.deletions) == EACH * 4
