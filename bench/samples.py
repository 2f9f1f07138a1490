"""Reads a folder of labelled questions, and of entries to answer them from; `bench.answers` documents its layout."""

import datetime as dt
import json
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from bot.content import HANDOVER_KINDS, Content
from bot.errors import Refused
from bot.reading import Entry, read_text
from bot.texts import Union

ENTRIES, TALK = "entries.jsonl", "talk.txt"
HARMLESS = "none"  # the kind of a row that must not be handed over

Group = Literal["in_scope", "out_of_scope", "handover"]


@dataclass(frozen=True)
class Question:
    """One labelled row. `ok`: topics that answer it, best first; `kind` only where hand-over is what is measured."""

    text: str
    file: str
    ok: tuple[str, ...] = ()
    style: str = ""
    kind: str | None = None

    @property
    def group(self) -> Group:
        if self.kind is not None:
            return "handover"
        return "in_scope" if self.ok else "out_of_scope"


def read_questions(folder: pathlib.Path) -> list[Question]:
    """All rows of all .jsonl files but entries.jsonl, files by name."""
    paths = [path for path in sorted(folder.glob("*.jsonl")) if path.name != ENTRIES]
    return [question(path, line, row) for path in paths for line, row in rows(path)]


def question(path: pathlib.Path, line: int, row: dict[str, Any]) -> Question:
    text, style, kind, ok = row.get("q"), row.get("style", ""), row.get("kind"), row.get("ok")
    if not isinstance(text, str) or not isinstance(style, str):
        raise Refused(f'{path}, line {line}: write "q": "the question", and "style" as a text or not at all.')
    if "kind" in row:
        if kind not in (*HANDOVER_KINDS, HARMLESS):
            raise Refused(f'{path}, line {line}: write as "kind" one of {", ".join(HANDOVER_KINDS)}, {HARMLESS}.')
        return Question(text, path.name, (), style, kind)
    if not isinstance(ok, list) or not all(isinstance(topic, str) for topic in ok):
        raise Refused(f'{path}, line {line}: write "ok": [topic ids], empty for out of scope, or "kind": "...".')
    return Question(text, path.name, tuple(ok), style)


def read_content(folder: pathlib.Path) -> Content | None:
    """What entries.jsonl and talk.txt hold, as a content without hand-over, forms or texts; None without entries."""
    path = folder / ENTRIES
    if not path.is_file():
        return None
    phrasings: dict[tuple[str, str], list[str]] = {}
    for line, row in rows(path):
        topic, texts, language = row.get("id"), row.get("phrasings"), row.get("language", "en")
        if not isinstance(topic, str) or not isinstance(language, str) or not isinstance(texts, list) or not texts:
            raise Refused(f'{path}, line {line}: write "id": "a-topic", "phrasings": ["a question", ...].')
        if not all(isinstance(text, str) and text.strip() for text in texts):
            raise Refused(f"{path}, line {line}: write each phrasing as a text with words in it.")
        phrasings.setdefault((topic, language), []).extend(texts)
    entries: dict[str, dict[str, Entry]] = {}
    for (topic, language), texts in phrasings.items():
        day = dt.date.today()
        entry = Entry(topic, language, texts[0], tuple(texts), "", (), day, day, (), path)
        entries.setdefault(topic, {})[language] = entry
    if len(entries) < 2:
        raise Refused(f"{path}: write two entries or more; there is nothing to choose between.")
    talk = read_text(folder / TALK).splitlines() if (folder / TALK).is_file() else []
    return Content(entries, {}, tuple(line.strip() for line in talk if line.strip()), {}, {}, Union(), {})


def rows(path: pathlib.Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a JSON Lines file with their line numbers."""
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as problem:
            raise Refused(f"{path}, line {number}: not JSON ({problem.msg}).") from None
        if not isinstance(row, dict):
            raise Refused(f"{path}, line {number}: write one JSON object a line.")
        yield number, row
