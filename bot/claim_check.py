"""Statements of an answer that its sources, or its own date, cannot bear out."""

import re
from collections.abc import Iterable, Iterator

from bot.asking import MONTHS
from bot.content import PLACEHOLDER, ClaimWords
from bot.findings import Finding, line_of, line_of_body
from bot.reading import Entry, Source
from bot.said_dates import SaidDate, said_dates

SOFTWARE = "Worker Voice"  # the publisher of what the bot says of itself
NONE = ClaimWords("", (), ())  # of a language without such words
EMERGENCY = ("911", "988")
NUMBER = r"\d+(?:[.,]\d+)*"
# A year, an amount, a share or a large number. What the bot says of itself may hold small ones ("30 days").
CLAIM = (
    rf"[$€]\s?{NUMBER}|{NUMBER}\s?(?:%|percent|por ciento|thousand|million|billion|mil\b|mill[oó]n)"
    r"|\b(?:19|20)\d\d\b|\b\d{1,3}(?:[.,]\d{3})+\b"
)


def check_claims(entry: Entry, words: ClaimWords = NONE) -> Iterator[Finding]:
    """What can be told without reading the sources: a figure needs a dated one, and none can tell what came later."""
    bearing = [source for source in entry.sources if source.publisher not in (SOFTWARE, words.public_sources)]
    past = [date for date in said_dates(entry.body, entry.language) if not to_come(entry.body, date, words)]
    if any(dates_of(source, entry) for source in bearing):
        yield from later_than_sources(entry, past)
    else:
        yield from bare_figure(entry, bearing, words)
    yield from older_than_said(entry, past, words)
    yield from nothing_found(entry, words)


def dates_of(source: Source, entry: Entry) -> list[SaidDate]:
    return list(said_dates(source.date, entry.language))


def bare_figure(entry: Entry, bearing: list[Source], words: ClaimWords) -> Iterator[Finding]:
    """A figure or date needs a dated source: neither the bot itself nor "nothing was found" is one.

    Small numbers are the bot's own to state ("drafts are kept 30 days"), and a source's own date covers itself.
    """
    publishers = {source.publisher for source in entry.sources}
    months = "|".join(MONTHS.get(entry.language, ["(?!)"]))
    day = rf"\b\d{{1,2}}\s(?:de\s)?(?:{months})\b|\b(?:{months})\s\d{{1,2}}\b"
    small = f"|{NUMBER}" if publishers == {words.public_sources} else ""
    covered = {*EMERGENCY, *re.findall(r"\d+", " ".join(source.date for source in entry.sources))}
    for found in re.finditer(day + "|" + CLAIM + small, PLACEHOLDER.sub("", entry.body)):
        if found[0] not in covered:
            names = ", ".join(sorted({source.publisher for source in bearing} or publishers))
            why = f"{names} has no date" if bearing else f"{names} is none for figures and dates"
            yield problem(entry, found[0], f'"{found[0]}" needs a source: {why}')
            return


def later_than_sources(entry: Entry, past: Iterable[SaidDate]) -> Iterator[Finding]:
    """What happened after the newest source was written was not read in any of them."""
    newest = max(date.last for source in entry.sources for date in dates_of(source, entry))
    for date in past:
        if date.first > newest:
            yield problem(entry, date.text, f'"{date.text}" needs a source: all that are named are older')


def older_than_said(entry: Entry, past: Iterable[SaidDate], words: ClaimWords) -> Iterator[Finding]:
    """as_of promises that the answer was right then; it cannot be before what the answer tells."""
    read = [
        date for source in entry.sources if source.publisher == words.public_sources for date in dates_of(source, entry)
    ]
    late = max([*past, *read], key=lambda date: date.first, default=None)
    if late and late.first > entry.as_of:
        message = f'as_of {entry.as_of} is before "{late.text}", which the answer speaks of; write a later date'
        yield Finding(entry.path, line_of(entry, "as_of"), "problem", message)


def nothing_found(entry: Entry, words: ClaimWords) -> Iterator[Finding]:
    """That nothing was found is a claim too: of what was read, and up to when."""
    if any(source.publisher == words.public_sources for source in entry.sources):
        return
    found = spoken(words.not_found).search(entry.body)
    if found:
        message = f'"{found[0]}" needs a source: publisher = "{words.public_sources}", and up to when they were read'
        yield problem(entry, found[0], message)


def same_date(entries: dict[str, Entry]) -> Iterator[Finding]:
    """The languages of one answer are right as of the same day."""
    newest = max(entries.values(), key=lambda entry: entry.as_of)
    for entry in entries.values():
        if entry.as_of != newest.as_of:
            there = f"{newest.path}:{line_of(newest, 'as_of')}"
            message = f"as_of {entry.as_of} is {newest.as_of} in {there}; write one date in all languages"
            yield Finding(entry.path, line_of(entry, "as_of"), "problem", message)


def to_come(text: str, date: SaidDate, words: ClaimWords) -> bool:
    """Whether the words before that date say that it may lie ahead."""
    return bool(re.search(spoken(words.to_come).pattern + r"\W*$", text[: date.at], re.IGNORECASE))


def spoken(phrases: Iterable[str]) -> re.Pattern[str]:
    either = "|".join(r"\s+".join(map(re.escape, phrase.split())) for phrase in phrases)
    return re.compile(rf"\b(?:{either or '(?!)'})\b", re.IGNORECASE)


def problem(entry: Entry, said: str, message: str) -> Finding:
    return Finding(entry.path, line_of_body(entry, re.escape(said)), "problem", message)
