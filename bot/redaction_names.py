"""People's names, told by the role or title beside them: "my boss Jane D.", "Luis, mi gerente", "la Sra. Vega"."""

import pathlib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

WORDS = tomllib.loads((pathlib.Path(__file__).parent / "content/redaction/names.toml").read_text("utf-8"))
Span = tuple[int, int]


def words(*keys: str) -> frozenset[str]:
    return frozenset(word for key in keys for word in WORDS[key].split())


TITLES, UNSURE_TITLES, ANY_AFTER = words("titles"), words("unsure_titles"), words("any_after")
ROLES, UNSURE_ROLES, PAIRED_ROLES = words("roles", "unsure_roles"), words("unsure_roles"), words("paired_roles")
FIRST, LAST, CAPITAL_ONLY = words("first_names"), words("last_names"), words("capital_only")
NOT, DEPARTMENTS, MODIFIERS = words("not_names"), words("departments"), words("modifiers")
PARTICLES, SUFFIXES, NICKNAMES = words("particles"), words("suffixes"), words("nicknames")
SURE, NO_NAME, NO_START = FIRST - CAPITAL_ONLY - NOT, NOT | ROLES, words("placed", "titles", "particles")
POSSESSIVE, DETERMINERS, SPANISH = words("possessive"), words("possessive", "articles"), words("spanish")
BE, LINKS, AND = words("be"), words("be", "links"), words("and")
IN, OF, PLACED = words("in"), words("in", "of"), words("placed")
Phrases = dict[str, list[tuple[tuple[str, ...], str]]]


def phrases(key: str) -> Phrases:
    """First word -> phrases, each with the least that must follow it."""
    found: Phrases = {}
    for least in ("any", "capital", "listed"):
        for phrase in words(f"{key}_{least}"):
            found.setdefault(phrase.split("_")[0], []).append((tuple(phrase.split("_")), least))
    return found


NAMING, ALONE = phrases("naming"), phrases("alone")
WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
SHAPE = re.compile(r"(?:[A-Z]'|Mc|Mac|De|La|Le|Di|Da|Du|Van|Ja|Ta|Sha|Jo|Ke)?[A-Z][a-z]+(?:[-'][A-Z]?[a-z]+)?")
INFLECTED = re.compile(r".*(?:ly|ing|ed|mente|ando|iendo)")
INITIALS = frozenset("BCDEFGHJKLMNOPQRSTUVWXYZ")
SPACE = r" {1,2}"
INITIAL = r" {1,2}|\. {0,2}"  # after a word that may be shortened: "J. Ruiz", "Dr. Lee"
BESIDE = r"\.? ?[,:(\"-]{1,2} ?[\"']?"
CLOSED = re.compile(r"[,.;:)!?\n\"-]| [-(]|$")


@dataclass(frozen=True, slots=True)
class Word:
    """`stop` is `end` with the "'s" behind it; `gap` what stands between the word before and this one."""

    text: str
    low: str
    start: int
    end: int
    stop: int
    gap: str


def find_names(text: str) -> Iterator[Span]:
    """Where names stand, without role or title, and where they come again. `text`: without accents."""
    reader = Reader(text)
    found = set(reader.names())
    named = [word for first, last in found for word in reader.words[first : last + 1]]
    again = {word.text for word in named if len(word.text) > 2 and word.low not in PARTICLES | SUFFIXES}
    found |= {(i, i) for i, word in enumerate(reader.words) if word.text in again}
    for first, last in sorted(found, key=lambda span: (span[0], -span[1])):
        yield reader.words[first].start, reader.end(last)


def split(text: str) -> Iterator[Word]:
    before = 0
    for match in WORD.finditer(text):
        start, stop, word = *match.span(), match[0].removesuffix("'s").removesuffix("'S")
        yield Word(word, word.lower(), start, start + len(word), stop, text[before:start])
        before = stop


class Reader:
    """A text's words, and what each may be; spans are numbers of words, both ends included."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = tuple(split(text))
        long = [word.text for word in self.words if len(word.text) > 3]
        loud = sum(word.isupper() for word in long) * 2 > len(long)
        titled = len(long) > 4 and sum(word[0].isupper() for word in long) * 3 > len(long) * 2
        self.telling = not loud and not titled  # whether a capital letter says anything here

    def names(self) -> Iterator[Span]:
        for i, word in enumerate(self.words):
            if word.low in TITLES:
                yield from self.after_title(i)
            if word.low in ROLES or (i and f"{self.words[i - 1].low}_{word.low}" in PAIRED_ROLES):
                yield from self.after_role(i)
                yield from self.before_role(i)
                yield from self.after_naming(i + 1, NAMING)
            if word.low in DEPARTMENTS:
                yield from self.before_department(i)
            yield from self.after_naming(i, ALONE)

    def after_title(self, i: int) -> Iterator[Span]:
        if not self.joined(i + 1, INITIAL):
            return
        title, name = self.words[i], self.words[i + 1]
        sure = title.low not in UNSURE_TITLES or title.text[0].isupper() or (i > 0 and self.words[i - 1].low in SPANISH)
        surname = name.low in LAST and (name.text[0].isupper() or name.low not in NOT | CAPITAL_ONLY)
        lower = title.low in ANY_AFTER and len(name.low) > 2 and name.text.islower()
        if self.may_start(i + 1, sure=sure) or surname or (lower and name.low not in NO_NAME):
            yield from self.and_more(i + 1)

    def after_role(self, i: int) -> Iterator[Span]:
        """My boss Rick; my boss, Rick; director of nursing Pat; the manager they sent us, Rick; my boss is Rick."""
        low, owned = self.words[i].low, any(word.low in POSSESSIVE for word in self.words[max(0, i - 2) : i])
        yield from self.beside_role(i + 1, sure=low not in UNSURE_ROLES or owned)
        if self.joined(i + 2) and self.words[i + 1].low in BE and self.is_known(i + 2):
            yield from self.and_more(i + 2)
        for tail in range(i + 1, i + 6):
            if not self.joined(tail):
                return
            of = self.words[i + 1].low in OF and tail > i + 1
            if of or not self.joined(tail + 1):
                yield from self.far_from_role(tail + 1, sure=of and low not in UNSURE_ROLES)

    def beside_role(self, i: int, *, sure: bool) -> Iterator[Span]:
        """The name right after a role, or after it and a comma, bracket, colon or dash."""
        if self.is_title(i):
            return
        nickname = self.joined(i, f"{SPACE}|{BESIDE}") and self.words[i].low in NICKNAMES and self.joined(i + 1)
        if nickname and self.is_capital(i + 1) and self.is_known(i + 1):
            yield from self.and_more(i + 1)
            return
        if self.joined(i) and self.words[i].low in MODIFIERS and self.words[i].text.islower():
            i += 1
        if self.joined(i):
            i += self.words[i].low in ("el", "la") and self.joined(i + 1) and self.is_known(i + 1)
            initial = self.end(i) > self.words[i].end and self.words[i].text in INITIALS
            if self.may_start(i, sure=sure) or (sure and initial and self.telling):
                yield from self.and_more(i)
        elif self.joined(i, BESIDE) and self.may_start(i, sure=sure):
            known = self.is_capital(i) and self.is_known(i)
            if known or self.is_closed(i) or self.words[i].gap.strip() in (":", "("):
                yield from self.and_more(i)

    def far_from_role(self, i: int, *, sure: bool) -> Iterator[Span]:
        """The name some words behind a role: "director of nursing Pat", "the manager they sent us, Rick,"."""
        near = self.joined(i) and self.is_known(i) and (sure or self.is_capital(i)) and not self.is_title(i)
        apart = self.joined(i, BESIDE) and self.is_capital(i) and self.may_start(i, sure=sure) and self.is_closed(i)
        if near or apart:
            yield from self.and_more(i)

    def is_closed(self, first: int) -> bool:
        """Whether a mark or the end stands behind the name that starts there."""
        return CLOSED.match(self.text, self.end(self.extent(first))) is not None

    def before_role(self, i: int) -> Iterator[Span]:
        """Sarah, my charge nurse; Rick is my boss; Luis (gerente)."""
        first = i
        while first > max(0, i - 3) and self.joined(first) and self.words[first].low not in DETERMINERS:
            first -= 1
        beside, last = self.joined(first, BESIDE), first - 1
        if not beside and self.words[first].low not in DETERMINERS:
            return
        while last > 0 and self.words[last].low in LINKS and self.joined(last, SPACE + "|, "):
            last -= 1
        if beside or last < first - 1 or self.joined(first):
            yield from self.ending(last, known=not beside)

    def before_department(self, i: int) -> Iterator[Span]:
        """Karen from HR, Luis de recursos humanos."""
        i -= i > 1 and self.joined(i) and self.words[i - 1].low in ("the", "la", "el", "our", "nuestro")
        if i > 1 and self.joined(i) and self.joined(i - 1) and self.words[i - 1].low in IN:
            yield from self.ending(i - 2, known=True)

    def ending(self, last: int, *, known: bool) -> Iterator[Span]:
        """The name that ends with word `last`, capitalised or sure. `known`: only one from our lists."""
        first = last + 1
        while first > max(0, last - 2) and self.is_capital(first - 1) and (first > last or self.joined(first, INITIAL)):
            first -= 1
        if first > last:
            sure = last >= 0 and self.words[last].low in SURE
            if sure and (last == 0 or self.words[last - 1].low not in NO_START):
                yield last, last
            return
        first = next((i for i in range(first, last + 1) if self.words[i].low in FIRST), first)
        low, before = self.words[first].low, self.words[first - 1].low if first else ""
        opens = first == 0 or re.search(r"[.!?:\n]", self.words[first].gap) is not None
        if before in PLACED | TITLES and self.joined(first, INITIAL):
            return
        listed = low in FIRST or self.words[last].low in LAST
        if (listed and (last > first or not opens or low in SURE)) or (not known and not opens):
            yield first, last

    def after_naming(self, i: int, known: Phrases) -> Iterator[Span]:
        """My boss is called Rick; me llamo Luis."""
        for phrase, least in known.get(self.words[i].low if i < len(self.words) else "", ()):
            end = i + len(phrase)
            if tuple(word.low for word in self.words[i:end]) != phrase or not self.joined(end, r" {1,2}|: ?| ?\""):
                continue
            low, before = self.words[end].low, self.words[end - 1]
            if self.is_title(end) or (phrase[-1] == "name" and before.stop == before.end):
                continue
            fits = low in SURE or (least != "listed" and self.may_start(end, sure=True))
            plain = low not in NO_NAME and len(low) > 2 and not INFLECTED.fullmatch(low)
            if fits or (least == "any" and plain):
                yield from self.and_more(end)

    def and_more(self, first: int) -> Iterator[Span]:
        """The name that starts there, and those joined to it: Jane, Tom and Luis."""
        yield first, (last := self.extent(first))
        for _ in range(4):
            also = self.joined(last + 1, SPACE) and self.words[last + 1].low in AND
            first = last + 1 + also
            if not self.joined(first, SPACE if also else ", | & ") or not self.is_known(first):
                return
            if not also and not self.is_capital(first):
                return
            yield first, (last := self.extent(first))

    def extent(self, first: int) -> int:
        """The number of the name's last word."""
        last, small = first, not self.is_capital(first)
        while last - first < 4 and self.joined(last + 1, rf"{INITIAL}|, "):
            word, more = self.words[last + 1], last + 1
            if ("." in word.gap and len(self.words[last].text) > 1) or ("," in word.gap and word.low not in SUFFIXES):
                break
            if len(word.text) == 1:
                fits = self.end(more) > word.end if small or word.text in "IAYOEU" else word.text.isupper()
            elif small:
                fits = word.low in LAST - CAPITAL_ONLY
            elif word.low in PARTICLES:
                more += 1 + (self.joined(last + 3) and self.words[last + 2].low in PARTICLES)
                fits = self.joined(more) and self.is_capital(more)
            else:
                fits = self.is_capital(more) or word.low in SUFFIXES
            if not fits:
                break
            last = more
        return last

    def end(self, last: int) -> int:
        """Where the name ends in the text: with the full stop of an initial or of Jr."""
        word = self.words[last]
        return word.end + (self.text[word.end : word.end + 1] == "." and (len(word.text) == 1 or word.low in SUFFIXES))

    def joined(self, i: int, gap: str = SPACE) -> bool:
        """Whether word i exists and only that stands before it."""
        return 0 <= i < len(self.words) and re.fullmatch(gap, self.words[i].gap) is not None

    def is_title(self, i: int) -> bool:
        """Whether word i is one with a name behind it."""
        return self.joined(i + 1, INITIAL) and self.words[i].low in TITLES and self.is_capital(i + 1)

    def is_capital(self, i: int) -> bool:
        """Written as a name is, and nothing that we know to be none."""
        word = self.words[i]
        if word.low in NO_NAME or (word.low in TITLES and word.low not in FIRST):
            return False
        shaped = SHAPE.fullmatch(word.text) or (len(word.text) == 1 and word.text.isupper())
        return bool(shaped) or (word.text.isupper() and word.low in FIRST | LAST)

    def is_known(self, i: int) -> bool:
        """A first name we list, or a capitalised word that is a surname or has another or an initial behind it."""
        low, capital = self.words[i].low, self.is_capital(i)
        if low in FIRST and low not in NOT:
            return low not in CAPITAL_ONLY or (capital and self.telling)
        return capital and self.telling and (low in LAST or self.extent(i) > i)

    def may_start(self, i: int, *, sure: bool) -> bool:
        """Whether a name starts there. `sure`: what stands before it lets any capitalised word be one."""
        return self.is_known(i) or (sure and self.telling and self.is_capital(i) and len(self.words[i].text) > 1)
