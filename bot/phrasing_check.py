"""Phrasings that two answers cannot share, or that one answer has twice, or that are too few."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from bot.faq.features import normalize, words
from bot.findings import Finding, line_of, line_of_text
from bot.reading import Entry

FEWEST = {"en": 15}
FEWEST_ELSEWHERE = 20
ALIKE = 0.8  # Jaccard similarity of character trigrams


def fewest_phrasings(language: str) -> int:
    return FEWEST.get(language, FEWEST_ELSEWHERE)


def check_phrasings(entries: Sequence[Entry]) -> Iterator[Finding]:
    """Of one language's entries."""
    for entry in entries:
        yield from own_phrasings(entry)
    yield from shared_phrasings(entries)


def own_phrasings(entry: Entry) -> Iterator[Finding]:
    said: Counter[str] = Counter()
    different: set[str] = set()
    for phrasing in entry.phrasings:
        if plain(phrasing) in different:
            line = line_of_text(entry, "phrasings", phrasing, said[phrasing])
            yield Finding(entry.path, line, "problem", f'"{phrasing}" is here twice; drop or reword one')
        different.add(plain(phrasing))
        said[phrasing] += 1
    fewest = fewest_phrasings(entry.language)
    if len(different) < fewest:
        message = f"{len(different)} different phrasings; write at least {fewest}"
        yield Finding(entry.path, line_of(entry, "phrasings"), "problem", message)


def shared_phrasings(entries: Sequence[Entry]) -> Iterator[Finding]:
    """Where a phrasing or question of one entry is, nearly, one of another's."""
    asked = [(entry, key, text) for entry in entries for key, text in wordings(entry)]
    for later, earlier in alike([text for _, _, text in asked]):
        (entry, key, text), (other, other_key, other_text) = asked[later], asked[earlier]
        if entry.id == other.id:
            continue
        there = f"{other.path}:{line_of_text(other, other_key, other_text)}"
        message = f'"{text}" is nearly "{other_text}" of {there}; keep it in one answer'
        yield Finding(entry.path, line_of_text(entry, key, text), "problem", message)


def wordings(entry: Entry) -> Iterator[tuple[str, str]]:
    yield "question", entry.question
    yield from (("phrasings", phrasing) for phrasing in entry.phrasings)


def plain(phrasing: str) -> str:
    """Equal for phrasings that differ in case, accents or punctuation only."""
    normal = normalize(phrasing)
    return " ".join(words(normal)) or normal


def trigrams(phrasing: str) -> frozenset[str]:
    padded = f"  {plain(phrasing)} "
    return frozenset(padded[i : i + 3] for i in range(len(padded) - 2))


def alike(phrasings: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Positions, the greater first, of each two whose trigrams have a Jaccard similarity of ALIKE or more.

    Only those are compared that share one of their rarest trigrams: of two sets so much alike, the rarest fifth
    of one (and one more) cannot miss that of the other.
    """
    sets = [trigrams(phrasing) for phrasing in phrasings]
    often = Counter(gram for found in sets for gram in found)
    holders: dict[str, list[int]] = defaultdict(list)
    for place in sorted(range(len(sets)), key=lambda i: len(sets[i])):
        mine = sets[place]
        rarest = sorted(mine, key=lambda gram: (often[gram], gram))[: len(mine) - math.ceil(ALIKE * len(mine)) + 1]
        enough = ALIKE * len(mine)
        near = {other for gram in rarest for other in holders[gram] if len(sets[other]) >= enough}
        for other in near:
            if len(mine & sets[other]) >= ALIKE * len(mine | sets[other]):
                yield max(place, other), min(place, other)
        for gram in rarest:
            holders[gram].append(place)
