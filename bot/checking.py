"""What staff should mend in the content that the bot would load, with the file and line of each."""

import datetime as dt
import pathlib
import re
from collections import defaultdict
from collections.abc import Iterator

from bot.claim_check import NONE, check_claims, same_date
from bot.content import FOLDER, HANDOVER_KINDS, PLACEHOLDER, Content
from bot.errors import ContentError
from bot.findings import Finding, finding_of, line_of, line_of_body, line_of_text
from bot.layout import files, unread
from bot.phrasing_check import check_phrasings
from bot.reading import Entry, entry_files, read_entry
from bot.reading_ease import SCALES, reading_ease, sentences

TOO_MANY_WORDS = 120
SOON = dt.timedelta(days=30)


def check_content(content: Content, today: dt.date) -> list[Finding]:
    """All findings: problems first, then by file and line."""
    found: list[Finding] = []
    for entries in content.entries.values():
        found += [*other_languages(entries, content.languages), *same_date(entries)]
        for language, entry in entries.items():
            claims = check_claims(entry, content.claims.get(language, NONE))
            found += [*timely(entry, today), *readable(entry), *claims, *related(entry, content)]
    for language in content.languages:
        found += check_phrasings(in_language(content, language))
    found += union_data(content)
    return sorted(found, key=lambda one: (one.level != "problem", str(one.path), one.line, one.message))


def check_files(problem: ContentError, overlay: pathlib.Path | None, *, folder: pathlib.Path = FOLDER) -> list[Finding]:
    """What stops the content from loading: that problem, files that nothing reads, and the first of each of faq/."""
    roots = [folder, overlay] if overlay else [folder]
    languages = tuple(dict.fromkeys(path.stem for root in roots for path in files(root / "texts", ".toml")))
    found = {finding_of(problem)}
    if overlay and overlay.is_dir():
        found |= {finding_of(other) for other in unread(overlay, languages, HANDOVER_KINDS)}
    for path in entry_files(roots, languages):
        try:
            read_entry(path, path.parent.name)
        except ContentError as other:
            found.add(finding_of(other))
    return sorted(found, key=lambda one: (str(one.path), one.line))


def ease_by_language(content: Content) -> dict[str, list[tuple[float, str]]]:
    """For each language with a formula: score and id of each answer, the hardest to read first."""
    table: dict[str, list[tuple[float, str]]] = {}
    for language in content.languages:
        scores = [(reading_ease(entry.body, language), entry.id) for entry in in_language(content, language)]
        known = [(score, topic) for score, topic in scores if score is not None]
        if known:
            table[language] = sorted(known, reverse=not SCALES[language].higher_is_easier)
    return table


def in_language(content: Content, language: str) -> list[Entry]:
    return [entries[language] for entries in content.entries.values() if language in entries]


def other_languages(entries: dict[str, Entry], languages: tuple[str, ...]) -> Iterator[Finding]:
    there = next(iter(entries.values()))
    for language in languages:
        if language not in entries:
            message = f"this answer is not in {language}: write faq/{language}/{there.path.name}"
            yield Finding(there.path, 1, "problem", message)


def timely(entry: Entry, today: dt.date) -> Iterator[Finding]:
    line = line_of(entry, "review_by")
    if entry.review_by < today:
        message = f"was to be checked by {entry.review_by}: members are told so; check it, then set as_of and review_by"
        yield Finding(entry.path, line, "problem", message)
    elif entry.review_by <= today + SOON:
        yield Finding(entry.path, line, "note", f"is to be checked by {entry.review_by}")
    if entry.as_of > today:
        yield Finding(entry.path, line_of(entry, "as_of"), "problem", f"as_of {entry.as_of} is still to come")
    if entry.review_by <= entry.as_of:
        yield Finding(entry.path, line, "problem", f"review_by {entry.review_by} must come after as_of {entry.as_of}")


def readable(entry: Entry) -> Iterator[Finding]:
    """Short, and easy to read."""
    count = sum(len(sentence) for sentence in sentences(entry.body))
    if count >= TOO_MANY_WORDS:
        message = f"the answer has {count} words; write fewer than {TOO_MANY_WORDS}"
        yield Finding(entry.path, line_of_body(entry), "problem", message)
    score = reading_ease(entry.body, entry.language)
    if score is not None and not (scale := SCALES[entry.language]).passes(score):
        message = f"hard to read: {scale.name} {score}, {scale.wanted} is wanted; shorten sentences, use plainer words"
        yield Finding(entry.path, line_of_body(entry), "problem", message)


def related(entry: Entry, content: Content) -> Iterator[Finding]:
    for other in entry.related:
        line = line_of_text(entry, "related", other)
        if other == entry.id:
            yield Finding(entry.path, line, "problem", "names itself as related; name others")
        elif other not in content.entries:
            yield Finding(entry.path, line, "note", f"related answer {other} was taken out: it is not offered here")
        elif entry.language not in content.entries[other]:
            message = f"related answer {other} is not in {entry.language}: members see it in another language"
            yield Finding(entry.path, line, "note", message)


def union_data(content: Content) -> Iterator[Finding]:
    """A note for each key that answers show and the union did not fill in; an invented union counts as none."""
    users: dict[str, list[Entry]] = defaultdict(list)
    for entries in content.entries.values():
        for entry in entries.values():
            for key in dict.fromkeys(PLACEHOLDER.findall(entry.body)):
                users[key].append(entry)
    for key, using in users.items():
        if content.union.example or key not in content.union.values:
            topics = list(dict.fromkeys(entry.id for entry in using))
            names = ", ".join(topics[:3]) + (f" and {len(topics) - 3} more" if len(topics) > 3 else "")
            message = f"union.toml does not say {key}: members are told so in {names}"
            line = line_of_body(using[0], re.escape("{{" + key + "}}"))
            yield Finding(using[0].path, line, "note", message)
