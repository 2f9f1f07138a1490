"""The bot's own words, a file a language (content/texts/*.toml), and the union's data."""

import datetime as dt
import functools
import pathlib
import re
import string
from dataclasses import dataclass, field
from typing import Any

from bot.errors import ContentError
from bot.faq.features import normalize
from bot.reading import File

Sections = dict[str, dict[str, str]]
CONFIRMED = re.compile(r"\s*(\d{4}-\d{2}-\d{2})\s*,\s*\w.*")  # a day, and who


@dataclass(frozen=True)
class Texts:
    """One language: `texts("reply.cancelled")`, with values for the {names} in it."""

    language: str
    sections: Sections
    words: dict[str, tuple[str, ...]]  # command -> how a member may say it

    def __call__(self, key: str, **values: object) -> str:
        section, name = key.split(".", 1)
        return self.sections[section][name].format(**values)

    @functools.cached_property
    def commands(self) -> dict[str, str]:
        """Each way to say a command, normalized, and which one it is; the first that has it."""
        return {normalize(way): name for name, ways in reversed(self.words.items()) for way in ways}

    @functools.cached_property
    def polite(self) -> frozenset[str]:
        """Words that may stand beside a command or a choice and say nothing, normalized."""
        return frozenset(normalize(self("choosing.polite")).split())

    @functools.cached_property
    def urging(self) -> frozenset[str]:
        """Words that may stand beside "send" and change nothing of it, normalized."""
        return frozenset(normalize(self("choosing.urging")).split())

    @functools.cached_property
    def around(self) -> frozenset[str]:
        """Words that may stand around a number, normalized."""
        return frozenset(normalize(self("choosing.around")).split())

    @functools.cached_property
    def ordinals(self) -> tuple[frozenset[str], ...]:
        """What the first, the second and so on are called, normalized."""
        return tuple(frozenset(normalize(ways).split()) for ways in self("choosing.ordinals").split(","))

    @functools.cached_property
    def asking(self) -> frozenset[str]:
        """Words with which a question begins that has no question mark, normalized."""
        return frozenset(normalize(self("matching.asking")).split())

    def has(self, key: str) -> bool:
        section, _, name = key.partition(".")
        return name in self.sections.get(section, {})


@dataclass(frozen=True)
class Union:
    """What only this union knows. `example`: invented data, marked wherever it is said.

    `employer_owned`: the chat's workspace. `anonymous_confirmed`: an admin knows what that means, and allows anonymous
    feedback there all the same.
    """

    values: dict[str, dict[str, str]] = field(default_factory=dict)  # key -> language ("" for any) -> text
    example: bool = False
    employer_owned: bool = False
    anonymous_confirmed: bool = False

    @property
    def anonymous_off(self) -> bool:
        """Whether no feedback can be anonymous in the workspace."""
        return self.employer_owned and not self.anonymous_confirmed

    def get(self, key: str, language: str) -> str:
        """The union's words in that language, else in any; "" where nothing was entered."""
        found = self.values.get(key, {})
        return found.get(language) or found.get("") or next(iter(found.values()), "")


def read_texts(path: pathlib.Path) -> Texts:
    file = File.toml(path)
    words: dict[str, tuple[str, ...]] = {}
    sections: Sections = {}
    for section, table in file.table.items():
        if not isinstance(table, dict):
            raise file.fail(section, f"write it below a [section]; {section} stands alone")
        for key, value in table.items():
            if section == "words" and isinstance(value, list) and value and all(isinstance(one, str) for one in value):
                words[key] = tuple(value)
            elif section != "words" and isinstance(value, str) and value:
                sections.setdefault(section, {})[key] = value
            else:
                raise file.fail(key, f'write {key} = "..." (in [words]: a list of texts)')
    return Texts(path.stem, sections, words)


def read_all(folder: pathlib.Path) -> dict[str, Texts]:
    """Language -> texts, of a folder with a file a language. Raises ContentError where one lacks something."""
    paths = {path.stem: path for path in sorted(folder.glob("*.toml"))}
    texts = {language: read_texts(path) for language, path in paths.items()}
    check_same(texts, paths)
    return texts


def check_same(texts: dict[str, Texts], paths: dict[str, pathlib.Path]) -> None:
    """Every language says everything, with the same {names}."""
    first = next(iter(texts.values()))
    for language, other in texts.items():
        path = paths[language]
        if set(first.words) - set(other.words):
            raise ContentError(
                f"{path}, line 1: in [words], add {sorted(set(first.words) - set(other.words))[0]} = [...]"
            )
        for section, table in first.sections.items():
            for key, value in table.items():
                mine = other.sections.get(section, {}).get(key)
                if mine is None:
                    raise ContentError(f'{path}, line 1: below [{section}], add {key} = "..."')
                if names(mine) != names(value):
                    raise File.toml(path).fail(
                        key, f"write the same {{names}} as the other language: {sorted(names(value))}"
                    )


def names(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def read_union(path: pathlib.Path, *, example: bool) -> Union:
    """Unfilled keys are simply absent, or an empty text."""
    file = File.toml(path)
    values: dict[str, dict[str, str]] = {}
    for key, value in file.table.items():
        if key in ("workspace_owner", "anonymous_confirmed"):
            continue
        values[key] = in_languages(file, key, value)
    owner = file.table.get("workspace_owner", "")
    if owner not in ("", "union", "employer", "nobody"):
        raise file.fail("workspace_owner", 'write workspace_owner = "union", "employer" or "nobody"')
    filled = {key: said for key, said in values.items() if any(said.values())}
    return Union(filled, example, owner == "employer", read_confirmation(file, owner))


def read_confirmation(file: File, owner: str) -> bool:
    """Whether an admin has confirmed the warning in union.toml, with a date and who they are."""
    said = file.table.get("anonymous_confirmed", "")
    if said == "":
        return False
    if owner != "employer":
        raise file.fail(
            "anonymous_confirmed",
            'take the line out: it is only for workspace_owner = "employer"; elsewhere anonymous feedback is on',
        )
    found = CONFIRMED.fullmatch(said) if isinstance(said, str) else None
    if found is None or not is_day(found[1]):
        raise file.fail(
            "anonymous_confirmed",
            'write anonymous_confirmed = "2026-11-26, name and role": the day when an admin confirmed, and who; '
            "or leave it out, and anonymous feedback stays off",
        )
    return True


def is_day(said: str) -> bool:
    try:
        dt.date.fromisoformat(said)
    except ValueError:
        return False
    return True


def in_languages(file: File, key: str, value: Any) -> dict[str, str]:
    """`"text"` for every language, or `{ en = "text", es = "texto" }`."""
    if isinstance(value, str):
        return {"": value.strip()} if value.strip() else {}
    if isinstance(value, dict) and all(isinstance(one, str) for one in value.values()):
        return {language: text.strip() for language, text in value.items() if text.strip()}
    raise file.fail(key, f'write {key} = "..." or {key} = {{ en = "...", es = "..." }}')
