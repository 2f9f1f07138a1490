"""Reads content files; every error names the file, the line and what to write instead."""

import datetime as dt
import pathlib
import re
import tomllib
from dataclasses import dataclass
from typing import Any

from bot.errors import ContentError
from bot.layout import files, nearest

FENCE = "+++"


@dataclass(frozen=True)
class Source:
    """Where a statement was read. `url` only where members may follow it."""

    publisher: str
    title: str
    date: str
    url: str = ""


@dataclass(frozen=True)
class Entry:
    """One approved answer in one language."""

    id: str
    language: str
    question: str
    phrasings: tuple[str, ...]
    body: str
    sources: tuple[Source, ...]
    as_of: dt.date
    review_by: dt.date
    related: tuple[str, ...]
    path: pathlib.Path


class File:
    """One TOML table of a file, with errors that name the line a key stands on; `before`: the lines above its own."""

    def __init__(self, path: pathlib.Path, table: dict[str, Any], lines: list[str], before: int = 0) -> None:
        self.path, self.table, self.lines, self.before = path, table, lines, before

    @classmethod
    def toml(cls, path: pathlib.Path) -> "File":
        text = read_text(path)
        return cls(path, parse(path, text, 0), text.splitlines())

    def fail(self, key: str, advice: str) -> ContentError:
        own = enumerate(self.lines, self.before + 1)
        found = [n for n, line in own if re.match(rf"\s*(\[\[?)?{re.escape(key)}\b", line)]
        return ContentError(f"{self.path}, line {found[0] if found else self.before + 1}: {advice}")

    def blocks(self, key: str) -> list["File"]:
        """The tables under [[key]], each with its own lines; with all where they are written in another way."""
        tables = self.table[key]
        heads = [n for n, line in enumerate(self.lines) if line.strip() == f"[[{key}]]"]
        if len(heads) != len(tables):
            return [File(self.path, one, self.lines, self.before) for one in tables]
        ends = [*heads[1:], len(self.lines)]
        return [
            File(self.path, one, self.lines[head:end], self.before + head)
            for one, head, end in zip(tables, heads, ends, strict=True)
        ]

    def text(self, key: str, *, longest: int = 5000) -> str:
        value = self.table.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fail(key, f'write {key} = "..."')
        if len(value) > longest:
            raise self.fail(key, f"{key} has {len(value)} characters; write {longest} or fewer")
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            raise self.fail(key, f'write {key} = ["...", "..."], each with words in it')
        return tuple(one.strip() for one in value)

    def date(self, key: str) -> dt.date:
        value = self.table.get(key)
        if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
            raise self.fail(key, f"write {key} = 2026-11-25 (a date, without quotes)")
        return value

    def known(self, *keys: str) -> None:
        for key in self.table:
            if key not in keys:
                near = nearest(key, keys)
                instead = f"write {near}" if near else f"known are {', '.join(keys)}"
                raise self.fail(key, f"{key} is not known here; {instead}")


def read_text(path: pathlib.Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as problem:
        line = path.read_bytes()[: problem.start].count(b"\n") + 1
        raise ContentError(f"{path}, line {line}: not UTF-8; save the file as UTF-8") from None
    except OSError as problem:
        raise ContentError(f"{path}: cannot be read ({problem.strerror})") from None


def parse(path: pathlib.Path, text: str, offset: int) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        at = re.search(r"line (\d+)", str(problem))
        line = int(at[1]) + offset if at else len(text.splitlines()) + offset
        advice = re.sub(r"\s*\(at .*\)$", "", str(problem))
        raise ContentError(f'{path}, line {line}: not valid TOML ({advice}); write key = "value"') from None


def read_entry(path: pathlib.Path, language: str) -> Entry | None:
    """The entry in a file of faq/<language>/; None where the file says `removed = true`."""
    text = read_text(path)
    parts = re.split(rf"^{re.escape(FENCE)}[ \t]*$\n?", text, maxsplit=2, flags=re.MULTILINE)
    if len(parts) != 3 or parts[0].strip():
        raise ContentError(f"{path}, line 1: start with a line {FENCE}, then key = value lines, then a line {FENCE}")
    file = File(path, parse(path, parts[1], 1 + parts[0].count("\n")), text.splitlines())
    file.known("removed", "question", "phrasings", "as_of", "review_by", "related", "sources")
    removed = file.table.get("removed", False)
    if not isinstance(removed, bool):
        raise file.fail("removed", "write removed = true, without quotes; or leave the line out to keep the answer")
    if removed:
        return None
    sources = file.table.get("sources", [])
    if not isinstance(sources, list) or not sources or not all(isinstance(one, dict) for one in sources):
        raise file.fail("sources", "write at least one [[sources]] block with publisher, title and date")
    body = parts[2].strip()
    if not body:
        raise ContentError(f"{path}, line {len(file.lines)}: write the answer below the second {FENCE}")
    if not file.texts("phrasings"):
        raise file.fail("phrasings", 'write phrasings = ["how a member would ask", ...]')
    return Entry(
        path.stem,
        language,
        file.text("question", longest=75),
        file.texts("phrasings"),
        body,
        tuple(read_source(one) for one in file.blocks("sources")),
        file.date("as_of"),
        file.date("review_by"),
        file.texts("related"),
        path,
    )


def read_source(one: File) -> Source:
    one.known("publisher", "title", "date", "url")
    url = one.table.get("url", "")
    if not isinstance(url, str) or (url and not re.fullmatch(r"https://[^\s<>|\"']+", url)):
        raise one.fail("url", 'write url = "https://..." or leave it out')
    return Source(one.text("publisher"), one.text("title"), one.text("date"), url)


def entry_files(folders: list[pathlib.Path], languages: tuple[str, ...]) -> list[pathlib.Path]:
    return [path for root in folders for language in languages for path in files(root / "faq" / language, ".md")]


def read_entries(folders: list[pathlib.Path], languages: tuple[str, ...]) -> dict[str, dict[str, Entry]]:
    """A file with `removed = true`, in whichever language, takes the answer out in all of them."""
    entries: dict[str, dict[str, Entry]] = {}
    for root in folders:
        own: dict[str, dict[str, Entry]] = {}
        removed: dict[str, pathlib.Path] = {}
        for path in entry_files([root], languages):
            entry = read_entry(path, path.parent.name)
            if entry is not None:
                own.setdefault(entry.id, {})[entry.language] = entry
            else:
                removed[path.stem] = path
        for topic, path in removed.items():
            take_out(entries, topic, path, own.get(topic, {}))
        for topic, found in own.items():
            entries.setdefault(topic, {}).update(found)
    return dict(sorted(entries.items()))


def take_out(entries: dict[str, dict[str, Entry]], topic: str, path: pathlib.Path, own: dict[str, Entry]) -> None:
    file = File(path, {}, read_text(path).splitlines())
    for other in own.values():
        raise file.fail("removed", f"this takes {topic} out in every language; delete this file or {other.path}")
    if topic not in entries:
        near = nearest(topic, entries)
        instead = f"name the file {near}.md, or delete it" if near else "delete this file"
        raise file.fail("removed", f"there is no built-in answer {topic} to take out; {instead}")
    del entries[topic]
