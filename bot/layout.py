"""Which files of a content folder are read, and what to write instead of those that are not."""

import difflib
import pathlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from bot.errors import ContentError

UNION = "union.toml"
ENDINGS = ("~", ".swp", ".swo", ".bak", ".orig", ".tmp")  # what editors leave behind
SYSTEM = ("Thumbs.db", "desktop.ini", "__pycache__")


@dataclass(frozen=True)
class Shelf:
    """A folder of content: how its files end, their names (None: any), and whether there is one a language in it."""

    suffix: str
    names: Collection[str] | None = None
    by_language: bool = False


def shelves(languages: Collection[str], kinds: Collection[str]) -> dict[str, Shelf]:
    """All folders there are; `kinds` of handing over."""
    return {
        "texts": Shelf(".toml"),
        "faq": Shelf(".md", by_language=True),
        "handover": Shelf(".toml", kinds, by_language=True),
        "forms": Shelf(".toml"),
        "talk": Shelf(".txt", languages),
        "receipts": Shelf(".txt", languages),
        "claims": Shelf(".toml", languages),
    }


def passed_over(path: pathlib.Path) -> bool:
    """Hidden files, backups of editors, and README: no content, and no mistake."""
    name = path.name
    return name.startswith((".", "~$", "#")) or name.endswith(ENDINGS) or name in SYSTEM or name[:6].upper() == "README"


def files(folder: pathlib.Path, suffix: str) -> list[pathlib.Path]:
    """The content files of that folder, by name; none where it is not there."""
    return [path for path in sorted(folder.glob(f"*{suffix}")) if path.is_file() and not passed_over(path)]


def unread(root: pathlib.Path, languages: Collection[str], kinds: Collection[str]) -> Iterator[ContentError]:
    """A complaint for each file and folder below `root` that nothing reads."""
    known = shelves(languages, kinds)
    for path in visible(root):
        if path.name in known and path.is_dir():
            yield from unread_on(path, known[path.name], languages)
        elif path.is_dir():
            yield complaint(path, f"the folders are {listed(known)}", nearest(path.name, known))
        elif path.name != UNION or not path.is_file():
            near = "" if (root / UNION).exists() else nearest(path.name, [UNION])
            yield complaint(path, f"the only file beside the folders is {UNION}", near)


def unread_on(folder: pathlib.Path, shelf: Shelf, languages: Collection[str]) -> Iterator[ContentError]:
    if not shelf.by_language:
        yield from unread_in(folder, shelf)
        return
    for path in visible(folder):
        if path.is_dir() and path.name in languages:
            yield from unread_in(path, shelf)
        elif path.is_dir():
            yield complaint(path, f"the languages are {listed(languages)}", nearest(path.name, languages))
        else:
            places = " or ".join(f"{folder.name}/{language}/" for language in languages)
            yield complaint(path, f"move it to {places}")


def unread_in(folder: pathlib.Path, shelf: Shelf) -> Iterator[ContentError]:
    for path in visible(folder):
        if path.is_dir():
            yield complaint(path, f"move what is in it to {folder.name}/")
        elif path.suffix != shelf.suffix:
            yield complaint(path, f"files in {folder.name}/ end in {shelf.suffix}", path.stem + shelf.suffix)
        elif shelf.names is not None and path.stem not in shelf.names:
            names = [name + shelf.suffix for name in shelf.names]
            yield complaint(path, f"the files here are {listed(names)}", nearest(path.name, names))


def visible(folder: pathlib.Path) -> list[pathlib.Path]:
    return [path for path in sorted(folder.iterdir()) if not passed_over(path)]


def complaint(path: pathlib.Path, rule: str, instead: str = "") -> ContentError:
    place = str(path) if path.is_dir() else f"{path}, line 1"
    name = f"; name it {instead}" if instead else ""
    return ContentError(f"{place}: nothing reads this; {rule}{name}, or take it out of CONTENT_DIR")


def nearest(word: str, known: Collection[str]) -> str:
    """The one that was probably meant; "" where none is like it."""
    return next(iter(difflib.get_close_matches(word.lower(), known, 1)), "")


def listed(known: Collection[str]) -> str:
    return ", ".join(known)
