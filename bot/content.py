"""Reads all content at start-up: the bot's own folder, overlaid by the union's CONTENT_DIR."""

import hashlib
import pathlib
import re
from dataclasses import dataclass

from bot.errors import ContentError
from bot.feedback import FEWEST_WORDS
from bot.forms import Form, read_form
from bot.reading import Entry, File, read_entry, read_text
from bot.texts import Texts, Union, check_same, read_texts, read_union

FOLDER = pathlib.Path(__file__).parent / "content"
HANDOVER_KINDS = ("grievance", "safety", "retaliation", "harassment", "crisis", "legal")
PLACEHOLDER = re.compile(r"^\{\{(\w+)\}\}$", re.MULTILINE)


@dataclass(frozen=True)
class Examples:
    """Sentences to hand over to a person, and sentences like them that are not. `words` are enough by themselves."""

    examples: tuple[str, ...]
    counter: tuple[str, ...]
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Content:
    """Everything the bot may say, and how members say it."""

    entries: dict[str, dict[str, Entry]]  # topic id -> language -> entry
    handover: dict[str, dict[str, Examples]]  # kind -> language -> sentences
    talk: tuple[str, ...]  # off-topic messages, in all languages
    forms: dict[str, Form]
    texts: dict[str, Texts]
    union: Union
    receipts: dict[str, tuple[str, ...]]  # language -> the words receipts are drawn from

    def entry(self, topic: str, language: str) -> Entry:
        """In that language, else in the first there is."""
        found = self.entries[topic]
        return found.get(language) or next(iter(found.values()))

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.texts)

    def fingerprint(self) -> str:
        """Changes when anything changes that matching depends on."""
        digest = hashlib.sha256()
        for topic, found in sorted(self.entries.items()):
            for language, entry in sorted(found.items()):
                digest.update(repr((topic, language, entry.question, entry.phrasings)).encode())
        digest.update(repr((self.handover, self.talk)).encode())
        return digest.hexdigest()


def load(overlay: pathlib.Path | None = None, *, example: bool = False, folder: pathlib.Path = FOLDER) -> Content:
    """Read the content. `example`: without a union.toml in the overlay, use the invented union, marked as such."""
    folders = [folder, *([overlay] if overlay else [])]
    if overlay and not overlay.is_dir():
        raise ContentError(f"{overlay}: CONTENT_DIR is not a folder")
    paths = {path.stem: path for root in folders for path in sorted((root / "texts").glob("*.toml"))}
    texts = {language: read_texts(path) for language, path in paths.items()}
    check_same(texts, paths)
    entries = read_entries(folders, tuple(texts))
    forms = {path.stem: path for root in folders for path in sorted((root / "forms").glob("*.toml"))}
    content = Content(
        entries,
        read_handover(folders, tuple(texts)),
        tuple(line for language in texts for line in read_talk(folders, language)),
        {name: read_form(path, tuple(texts)) for name, path in forms.items()},
        texts,
        pick_union(folder, overlay, example=example),
        {language: read_receipts(folders, language) for language in texts},
    )
    check(content, {path.stem for root in folders for path in (root / "faq").glob("*/*.md")})
    return content


def read_entries(folders: list[pathlib.Path], languages: tuple[str, ...]) -> dict[str, dict[str, Entry]]:
    entries: dict[str, dict[str, Entry]] = {}
    for root in folders:
        for language in languages:
            for path in sorted((root / "faq" / language).glob("*.md")):
                entry = read_entry(path, language)
                if entry is not None:
                    entries.setdefault(entry.id, {})[language] = entry
                elif path.stem in entries:
                    entries[path.stem].pop(language, None)
    return {topic: found for topic, found in sorted(entries.items()) if found}


def read_handover(folders: list[pathlib.Path], languages: tuple[str, ...]) -> dict[str, dict[str, Examples]]:
    found: dict[str, dict[str, Examples]] = {}
    for kind in HANDOVER_KINDS:
        for language in languages:
            paths = [p for root in folders if (p := root / "handover" / language / f"{kind}.toml").is_file()]
            if paths:
                file = File.toml(paths[-1])
                file.known("examples", "counter", "words")
                words = file.texts("words") if "words" in file.table else ()
                found.setdefault(kind, {})[language] = Examples(file.texts("examples"), file.texts("counter"), words)
    return found


def read_talk(folders: list[pathlib.Path], language: str) -> list[str]:
    paths = [p for root in folders if (p := root / "talk" / f"{language}.txt").is_file()]
    return [line.strip() for line in read_text(paths[-1]).splitlines() if line.strip()] if paths else []


def read_receipts(folders: list[pathlib.Path], language: str) -> tuple[str, ...]:
    path = [p for root in folders if (p := root / "receipts" / f"{language}.txt").is_file() or root == folders[0]][-1]
    found = read_text(path).split()
    if len(set(found)) < FEWEST_WORDS or len(set(found)) != len(found) or not all(w.isalpha() for w in found):
        raise ContentError(f"{path}, line 1: write at least {FEWEST_WORDS} different words of letters, one a line")
    return tuple(found)


def pick_union(folder: pathlib.Path, overlay: pathlib.Path | None, *, example: bool) -> Union:
    if overlay and (overlay / "union.toml").is_file():
        return read_union(overlay / "union.toml", example=False)
    return read_union(folder / "union.toml", example=True) if example else Union()


def check(content: Content, known: set[str]) -> None:
    """What must hold across files. `known`: all ids there are files of, those of removed entries among them."""
    labels = next(iter(content.texts.values())).sections.get("union", {})
    for found in content.entries.values():
        for entry in found.values():
            for other in entry.related:
                if other not in known:
                    raise File(entry.path, {}, read_text(entry.path).splitlines()).fail(
                        "related", f"there is no entry {other}; name entries that exist"
                    )
            for key in re.findall(r"\{\{(.*?)\}\}", entry.body):
                if key not in labels or key not in PLACEHOLDER.findall(entry.body):
                    line = next(n for n, text in enumerate(read_text(entry.path).splitlines(), 1) if "{{" + key in text)
                    raise ContentError(
                        f"{entry.path}, line {line}: write {{{{key}}}} on a line of its own, with a key of "
                        f"[union] in content/texts; {key} is not one"
                        if key not in labels
                        else f"{entry.path}, line {line}: write {{{{{key}}}}} on a line of its own"
                    )
