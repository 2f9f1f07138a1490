"""People's names, told by the role or title beside them: "my supervisor Jane D.", "Luis, mi gerente", "la Sra. Vega"."""

import pathlib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

WORDS = tomllib.loads((pathlib.Path(__file__).parent / "content/redaction/names.toml").read_text("utf-8"))
WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")


def words(*keys: str) -> frozenset[str]:
    return frozenset(word for key in keys for word in WORDS[key].split())


TITLES, UNSURE_TITLES = words("titles"), words("unsure_titles")
ROLES, UNSURE_ROLES, PAIRED_ROLES = words("roles", "unsure_roles"), words("unsure_roles"), frozenset(WORDS["paired_roles"])
FIRST, LAST, CAPITAL_ONLY = words("first_names", "capital_only"), words("last_names"), words("capital_only")
NOT, DEPARTMENTS, MODIFIERS = words("not_names"), words("departments"), words("modifiers")

PARTICLES = frozenset("de la del las los van von der den da di dos bin al el san st".split())
SUFFIXES = frozenset("jr sr ii iii iv".split())
DETERMINERS = frozenset("my our the his her their your a an mi mis nuestro nuestra el la su un una tu".split())
BE = frozenset("is was es era fue".split())
AND = frozenset("and or y e o".split())
IN = frozenset("in from at de del en".split())
PLACED = frozenset("in at on since during en desde durante".split())
NAMING = (  # between a role and a name; True: so surely that the name need not be known
    (("is", "called"), True),
    (("is", "named"), True),
    (("name", "is"), True),
    (("name",), True),  # "name's"
    (("whose", "name", "is"), True),
    (("named",), False),
    (("called",), False),
    (("goes", "by"), False),
    (("se", "llama"), True),
    (("que", "se", "llama"), True),
    (("cuyo", "nombre", "es"), True),
    (("de", "nombre"), True),
    (("llamado",), False),
    (("llamada",), False),
)
MYSELF = (
    (("my", "name", "is"), True),
    (("my", "name"), True),
    (("me", "llamo"), True),
    (("mi", "nombre", "es"), True),
    (("i", "am"), False),
    (("i'm",), False),
    (("soy",), False),
    (("this", "is"), False),
)
BESIDE = re.compile(r" ?[,:(\"-]{1,2} ?[\"']?")
SPACE = re.compile(r" {1,2}")
NAME_SHAPE = re.compile(r"(?:[A-Z]'|Mc|Mac|De|La|Le|Di|Da|Du|Van|Ja|Ta|Sha|Jo|Mary)?[A-Z][a-z]+(?:[-'][A-Z]?[a-z]+)?")


@dataclass(frozen=True, slots=True)
class Word:
    """`stop` is `end` with the "'s" behind it; `gap` what stands between the word before and this one."""

    text: str
    low: str
    start: int
    end: int
    stop: int
    gap: str


def find_names(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the names alone, without role or title. `text`: without accents."""
    reader = Reader(text)
    found = {(first, last) for first, last in reader.names() if first <= last}
    again = {word.text for first, last in found for word in reader.words[first : last + 1] if len(word.text) > 2}
    again -= {word for word in again if word.lower() in PARTICLES | SUFFIXES}
    for i, word in enumerate(reader.words):
        if word.text in again and (word.text[0].isupper() or word.low in FIRST):
            found.add((i, i))
    for first, last in sorted(found, key=lambda span: (span[0], -span[1])):
        yield reader.words[first].start, reader.end(last)


def split(text: str) -> Iterator[Word]:
    before = 0
    for match in WORD.finditer(text):
        word, stop = match[0], match.end()
        word = word[:-2] if word[-2:] in ("'s", "'S") else word
        yield Word(word, word.lower(), match.start(), match.start() + len(word), stop, text[before : match.start()])
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

    def names(self) -> Iterator[tuple[int, int]]:
        for i, word in enumerate(self.words):
            if word.low in TITLES:
                yield from self.after_title(i)
            if self.is_role(i):
                yield from self.after_role(i)
                yield from self.before_role(i)
            if word.low in DEPARTMENTS:
                yield from self.before_department(i)
            for phrase, sure in MYSELF:
                if self.says(i, phrase) and (phrase != ("my", "name") or self.words[i + 1].stop > self.words[i + 1].end):
                    yield from self.named(i + len(phrase), sure=sure)

    def after_title(self, i: int) -> Iterator[tuple[int, int]]:
        title = self.words[i]
        if not self.joined(i + 1, r" {1,2}|\. ?"):
            return
        name = self.words[i + 1]
        sure = title.low not in UNSURE_TITLES or (title.text[0].isupper() and self.telling)
        if self.may_start(i + 1, sure=sure) or (sure and name.low in LAST and (name.text[0].isupper() or name.low not in NOT)):
            yield from self.and_more(i + 1)
        elif title.low in ("mr", "mrs", "ms") and len(name.low) > 2 and name.low not in NOT | ROLES and name.text.islower():
            yield from self.and_more(i + 1)

    def after_role(self, i: int) -> Iterator[tuple[int, int]]:
        sure = self.words[i].low not in UNSURE_ROLES and self.telling
        yield from self.beside_role(i + 1, sure=sure)
        for tail in range(2, 5):  # "director of nursing Pat", "jefa de recursos humanos Ana"
            if self.joined(i + 1) and self.words[i + 1].low in ("of", "de", "del", "for") and self.joined(i + tail):
                yield from self.beside_role(i + tail + 1, sure=sure and tail < 4)
            elif self.joined(i + 1) and self.words[i + 1].low in IN:
                yield from self.beside_role(i + tail + 1, sure=False)
        for phrase, known in NAMING:
            if self.says(i + 1, phrase) and (phrase != ("name",) or self.words[i + 2 - 1].stop > self.words[i + 1].end):
                yield from self.named(i + 1 + len(phrase), sure=known)
        if self.joined(i + 2) and self.words[i + 1].low in BE and self.is_known(i + 2):
            yield from self.and_more(i + 2)

    def beside_role(self, i: int, *, sure: bool) -> Iterator[tuple[int, int]]:
        """The name right after a role, or after it and a comma, bracket, colon or dash."""
        if self.joined(i + 1, r" {1,2}|\. ") and self.words[i].low in TITLES and self.is_capital(i + 1):
            return  # the title tells it
        if self.joined(i) and self.words[i].low in MODIFIERS and self.words[i].text.islower():
            i += 1
        if self.joined(i):
            article = self.words[i].low in ("el", "la") and self.joined(i + 1) and self.is_known(i + 1)
            if self.may_start(i + article, sure=sure):
                yield from self.and_more(i + article)
        elif self.joined(i, BESIDE.pattern) and self.may_start(i, sure=sure):
            last = self.extent(i)
            closed = self.text[self.end(last) : self.end(last) + 1] in ",.;)!?\n\"-"  # or at the end
            if closed or (self.is_capital(i) and self.is_known(i)) or self.words[i].gap.strip() in (":", "("):
                yield from self.and_more(i)

    def before_role(self, i: int) -> Iterator[tuple[int, int]]:
        """Sarah, my charge nurse; Rick is my boss; Luis (gerente)."""
        first = i
        while i - first < 3 and self.joined(first) and self.words[first].low not in DETERMINERS and first > 0:
            first -= 1
        if self.words[first].low not in DETERMINERS and first > 0 and not self.joined(first, BESIDE.pattern):
            return
        last = first - 1
        beside = first > 0 and self.joined(first, BESIDE.pattern)
        if not beside and (last < 0 or not self.joined(first) or self.words[first].low not in DETERMINERS):
            return
        while last > 0 and self.words[last].low in BE | {"who", "que", "quien"} and self.joined(last, r" {1,2}|, "):
            last -= 1
        yield from self.ending(last, known=not beside and last == first - 1)

    def before_department(self, i: int) -> Iterator[tuple[int, int]]:
        """Karen from HR, Luis de recursos humanos."""
        while i > 1 and self.joined(i) and self.words[i - 1].low in ("the", "la", "el", "our", "nuestro"):
            i -= 1
        if i > 1 and self.joined(i) and self.joined(i - 1) and self.words[i - 1].low in IN:
            yield from self.ending(i - 2, known=True)

    def ending(self, last: int, *, known: bool) -> Iterator[tuple[int, int]]:
        """The capitalised name that ends with word `last`. `known`: only one from our lists."""
        first = last + 1
        while first > max(0, last - 2) and self.is_capital(first - 1) and (first > last or self.joined(first, r" {1,2}|\. ")):
            first -= 1
        first = next((i for i in range(first, last + 1) if self.words[i].low in FIRST), first)
        opens = first == 0 or (first <= last and re.search(r"[.!?:\n]", self.words[first].gap))
        if first > last or (first > 0 and self.words[first - 1].low in PLACED | TITLES and self.joined(first, r" {1,2}|\. ")):
            return
        sure = self.words[first].low in FIRST - CAPITAL_ONLY or (self.words[first].low in FIRST and not opens)
        if sure or (not known and not opens) or (last > first and (not opens or self.words[last].low in LAST)):
            yield first, last

    def named(self, i: int, *, sure: bool) -> Iterator[tuple[int, int]]:
        if not self.joined(i, r" {1,2}|: ?| ?\""):
            return
        low = self.words[i].low
        plain = low not in NOT | ROLES and len(low) > 2 and not re.search(r"(?:ly|ing|ed|mente|ando|iendo)$", low)
        if (self.is_known(i) and (sure or self.words[i].low not in CAPITAL_ONLY)) or (sure and (self.may_start(i, sure=True) or plain)):
            yield from self.and_more(i)

    def and_more(self, first: int) -> Iterator[tuple[int, int]]:
        """The name that starts there, and those joined to it: Jane, Tom and Luis."""
        last = self.extent(first)
        yield first, last
        for _ in range(4):
            comma = self.joined(last + 1, r", ") and self.is_known(last + 1) and self.words[last + 1].text[0].isupper()
            also = self.joined(last + 2, r" {1,2}") and self.words[last + 1].low in AND and self.is_known(last + 2)
            amp = self.joined(last + 1, r" & ") and self.is_known(last + 1)
            if not (comma or also or amp):
                return
            first = last + 1 + also
            last = self.extent(first)
            yield first, last

    def extent(self, first: int) -> int:
        """The number of the name's last word."""
        last = first
        small = not self.is_capital(first)
        while last - first < 4 and self.joined(last + 1, r" {1,2}|\. " if len(self.words[last].text) == 1 else r" {1,2}|, (?=[Jj]r)"):
            word, dot = self.words[last + 1], self.text[self.words[last + 1].end : self.words[last + 1].end + 1] == "."
            if len(word.text) == 1:
                fits = dot if small or word.text in "IAYOEU" else word.text.isupper()
            elif small:
                fits = word.low in LAST - CAPITAL_ONLY
            elif word.low in PARTICLES:
                more = last + 2 + (self.joined(last + 2) and self.words[last + 2].low in PARTICLES)
                fits = self.joined(more) and self.is_capital(more)
                last += more - last - 2 if fits else 0
            else:
                fits = self.is_capital(last + 1) or word.low in SUFFIXES
            if not fits:
                break
            last += 1
        return last

    def end(self, last: int) -> int:
        """Where the name ends in the text: with the full stop of an initial or of Jr."""
        word = self.words[last]
        return word.end + (self.text[word.end : word.end + 1] == "." and (len(word.text) == 1 or word.low in SUFFIXES))

    def joined(self, i: int, gap: str = SPACE.pattern) -> bool:
        """Whether word i exists and only that stands before it."""
        return 0 <= i < len(self.words) and re.fullmatch(gap, self.words[i].gap) is not None

    def says(self, i: int, phrase: tuple[str, ...]) -> bool:
        return tuple(word.low for word in self.words[i : i + len(phrase)]) == phrase

    def is_role(self, i: int) -> bool:
        return self.words[i].low in ROLES or (i > 0 and f"{self.words[i - 1].low} {self.words[i].low}" in PAIRED_ROLES)

    def is_capital(self, i: int) -> bool:
        """Written as a name is, and nothing that we know to be none."""
        word = self.words[i]
        if word.low in NOT or word.low in ROLES or (word.low in TITLES and word.low not in FIRST):
            return False
        shaped = NAME_SHAPE.fullmatch(word.text) or (len(word.text) == 1 and word.text.isupper())
        return bool(shaped) or (word.text.isupper() and word.low in FIRST | LAST)

    def is_known(self, i: int) -> bool:
        """A first name from our list, or a capitalised word with another or an initial behind it."""
        low, capital = self.words[i].low, self.is_capital(i)
        if low in FIRST and low not in NOT:
            return low not in CAPITAL_ONLY or (capital and self.telling)
        return capital and self.telling and (low in LAST or self.extent(i) > i)

    def may_start(self, i: int, *, sure: bool) -> bool:
        """Whether a name starts there. `sure`: what stands before it lets any capitalised word be one."""
        return self.is_known(i) or (sure and self.telling and self.is_capital(i) and len(self.words[i].text) > 1)
