"""Reads all content at start-up: the bot's own folder, overlaid by the union's CONTENT_DIR."""

import functools
import hashlib
import pathlib
import re
from dataclasses import dataclass, field

from bot.errors import ContentError
from bot.feedback import FEWEST_WORDS
from bot.forms import Form, read_form
from bot.layout import UNION, files, unread
from bot.reading import Entry, File, entry_files, read_entries, read_text
from bot.texts import Texts, Union, check_same, read_texts, read_union

FOLDER = pathlib.Path(__file__).parent / "content"
HANDOVER_KINDS = ("grievance", "safety", "retaliation", "harassment", "crisis", "legal")
UNION_KEYS = ("name", "workspace_owner", "anonymous_confirmed")  # beside those in [union] of the texts
PLACEHOLDER = re.compile(r"^\{\{(\w+)\}\}$", re.MULTILINE)


PARTS = ("examples", "counter", "words", "hints")  # of a kind of hand-over in one language


@dataclass(frozen=True)
class Examples:
    """Sentences to hand over to a person, and sentences like them that are not.

    `words` are enough by themselves; `hints` are, unless the sentences speak clearly against it. One
    that ends with a full stop counts only at the end of a clause.
    """

    examples: tuple[str, ...]
    counter: tuple[str, ...]
    words: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClaimWords:
    """How answers of one language say what they know: for the content check, never said to members."""

    public_sources: str  # the publisher of the source of "nothing was found"
    not_found: tuple[str, ...]
    to_come: tuple[str, ...]  # words before a date that may lie ahead


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
    claims: dict[str, ClaimWords] = field(default_factory=dict)  # by language, where there is a file

    def entry(self, topic: str, language: str) -> Entry:
        """In that language, else in the first there is."""
        found = self.entries[topic]
        return found.get(language) or next(iter(found.values()))

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.texts)

    @functools.cached_property
    def receipt_words(self) -> frozenset[str]:
        """In all languages."""
        return frozenset(word for words in self.receipts.values() for word in words)

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
    paths = {path.stem: path for root in folders for path in files(root / "texts", ".toml")}
    texts = {language: read_texts(path) for language, path in paths.items()}
    for mistake in unread(overlay, texts, HANDOVER_KINDS) if overlay else ():
        raise mistake
    check_same(texts, paths)
    forms = {path.stem: path for root in folders for path in files(root / "forms", ".toml")}
    content = Content(
        read_entries(folders, tuple(texts)),
        read_handover(folders, tuple(texts)),
        tuple(line for language in texts for line in read_talk(folders, language)),
        {name: read_form(path, tuple(texts)) for name, path in forms.items()},
        texts,
        pick_union(folder, overlay, texts, example=example),
        {language: read_receipts(folders, language) for language in texts},
        {language: found for language in texts if (found := read_claims(folders, language))},
    )
    check(content, {path.stem for path in entry_files(folders, tuple(texts))})
    return content


def read_handover(folders: list[pathlib.Path], languages: tuple[str, ...]) -> dict[str, dict[str, Examples]]:
    found: dict[str, dict[str, Examples]] = {}
    for kind in HANDOVER_KINDS:
        for language in languages:
            paths = [p for root in folders if (p := root / "handover" / language / f"{kind}.toml").is_file()]
            if paths:
                file = File.toml(paths[-1])
                file.known(*PARTS)
                for key in ("examples", "counter"):
                    if not file.texts(key):
                        raise file.fail(key, f'write {key} = ["...", "..."]; without any, nothing tells them apart')
                found.setdefault(kind, {})[language] = Examples(*map(file.texts, PARTS))
    return found


def read_talk(folders: list[pathlib.Path], language: str) -> list[str]:
    paths = [p for root in folders if (p := root / "talk" / f"{language}.txt").is_file()]
    lines = [line.strip() for path in paths[-1:] for line in read_text(path).splitlines() if line.strip()]
    if paths and not lines:
        raise ContentError(f"{paths[-1]}, line 1: write messages that no answer fits, one a line, or delete it")
    return lines


def read_claims(folders: list[pathlib.Path], language: str) -> ClaimWords | None:
    paths = [p for root in folders if (p := root / "claims" / f"{language}.toml").is_file()]
    if not paths:
        return None
    file = File.toml(paths[-1])
    file.known("public_sources", "not_found", "to_come")
    return ClaimWords(file.text("public_sources"), file.texts("not_found"), file.texts("to_come"))


def read_receipts(folders: list[pathlib.Path], language: str) -> tuple[str, ...]:
    path = [p for root in folders if (p := root / "receipts" / f"{language}.txt").is_file() or root == folders[0]][-1]
    found = read_text(path).split()
    if len(set(found)) < FEWEST_WORDS or len(set(found)) != len(found) or not all(w.isalpha() for w in found):
        raise ContentError(f"{path}, line 1: write at least {FEWEST_WORDS} different words of letters, one a line")
    return tuple(found)


def pick_union(folder: pathlib.Path, overlay: pathlib.Path | None, texts: dict[str, Texts], *, example: bool) -> Union:
    own = overlay / UNION if overlay and (overlay / UNION).is_file() else None
    if own:
        check_union(File.toml(own), texts)
        return read_union(own, example=False)
    return read_union(folder / UNION, example=True) if example else Union()


def check_union(file: File, texts: dict[str, Texts]) -> None:
    """Each key is one that is said somewhere, and each language in it one that the bot speaks."""
    file.known(*UNION_KEYS, *labels(texts))
    for key, value in file.table.items():
        for language in value if isinstance(value, dict) else ():
            if language not in texts:
                raise file.fail(key, f"{key} has no language {language}; write {' or '.join(texts)} in its place")


def labels(texts: dict[str, Texts]) -> dict[str, str]:
    """Key of union.toml -> what it is called, in the first language."""
    return next(iter(texts.values())).sections.get("union", {})


def check(content: Content, known: set[str]) -> None:
    """What must hold across files. `known`: all ids there are files of, those of removed entries among them."""
    shown = labels(content.texts)
    for found in content.entries.values():
        for entry in found.values():
            for other in entry.related:
                if other not in known:
                    raise File(entry.path, {}, read_text(entry.path).splitlines()).fail(
                        "related", f"there is no entry {other}; name entries that exist"
                    )
            for key in re.findall(r"\{\{(.*?)\}\}", entry.body):
                if key not in shown or key not in PLACEHOLDER.findall(entry.body):
                    line = next(n for n, text in enumerate(read_text(entry.path).splitlines(), 1) if "{{" + key in text)
                    raise ContentError(
                        f"{entry.path}, line {line}: write {{{{key}}}} on a line of its own, with a key of "
                        f"[union] in content/texts; {key} is not one"
                        if key not in shown
                        else f"{entry.path}, line {line}: write {{{{{key}}}}} on a line of its own"
                    )
