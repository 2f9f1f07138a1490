"""What identifies a person in a text, English or Spanish: numbers and addresses by their form, names by a role.

Every pattern reads a bounded stretch from each place it starts at, so time grows with the length of the text only.
"""

import pathlib
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from bot.redaction_names import find_names

Kind = Literal["email", "phone", "address", "ssn", "card", "employee", "case", "handle", "profile", "name"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Span = tuple[int, int]
Finder = Callable[[str], Iterator[Span]]

DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")
QUOTES = dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u00b4`"), "'")
WORDS = tomllib.loads((pathlib.Path(__file__).parent / "content/redaction/patterns.toml").read_text("utf-8"))


@dataclass(frozen=True)
class Finding:
    """What stands at text[start:end] tells who somebody is."""

    kind: Kind
    start: int
    end: int


def find(text: str) -> tuple[Finding, ...]:
    """In the order of the text, none overlapping: where two would, the kind that comes first in FINDERS stays."""
    plain, places = fold(text)
    taken = bytearray(len(plain))
    found = []
    for kind, finder in FINDERS:
        for start, end in finder(plain):
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                found.append(Finding(kind, places[start], max(places[end], places[end - 1] + 1)))
    return tuple(sorted(found, key=lambda finding: finding.start))


def redact(text: str, findings: Sequence[Finding], labels: Mapping[str, str]) -> str:
    """Each finding replaced by its label in brackets: "call [phone]". `findings`: as find() returns them."""
    parts: list[str] = []
    done = 0
    for finding in findings:
        parts += text[done : finding.start], f"[{labels[finding.kind]}]"
        done = finding.end
    return "".join(parts) + text[done:]


def fold(text: str) -> tuple[str, Sequence[int]]:
    """Without accents, unseen characters and fancy dashes, quotes and digits; and where each character stood."""
    if text.isascii():
        return text, range(len(text) + 1)
    plain, places = [], []
    for place, character in enumerate(text):
        spelled = unicodedata.normalize("NFKD", character.translate(QUOTES))
        for one in spelled if len(spelled) < 5 else character:
            if unicodedata.category(one) not in ("Mn", "Me", "Cf"):
                plain.append(one.translate(DASHES))
                places.append(place)
    return "".join(plain), [*places, len(text)]


def any_of(*keys: str) -> str:
    """A pattern for any word of the lists, the longest first."""
    words = sorted({word for key in keys for word in WORDS[key].split()}, key=len, reverse=True)
    return "(?:" + "|".join(re.escape(word).replace("_", "[ ]") for word in words) + ")"


def regex(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def patterns(*sources: str) -> Finder:
    """Finds what the patterns match, or their group "it"."""
    compiled = [regex(source) for source in sources]

    def finder(text: str) -> Iterator[Span]:
        for pattern in compiled:
            group = "it" if "it" in pattern.groupindex else 0
            yield from (match.span(group) for match in pattern.finditer(text))

    return finder


# Accounts

DOT = r"(?:\.|[ ]?[\[(](?:dot|punto|\.)[\])][ ]?|[ ](?:dot|punto|\.)[ ])"
AT = r"(?:@|[ ]@[ ]?|[ ]?[\[(](?:at|arroba|@)[\])][ ]?|[ ]arroba[ ])"
USER = rf"(?:[\w%+-]{{1,40}}{DOT}){{0,3}}[\w%+-]{{1,40}}"
NOT_USER = rf"(?!(?:\w{{1,15}}ing|{any_of('not_users')})[ ])"
ENDING = rf"{any_of('endings')}(?!\w)"
emails = patterns(
    r"(?<![\w.%+-])[\w.%+'-]{1,64}@(?:[\w-]{1,63}\.){1,5}[a-z]{2,24}(?!\w)",
    rf"(?<![\w.%+-]){USER}{AT}(?:[\w-]{{1,40}}{DOT}){{1,3}}{ENDING}",
    rf"(?<![\w.%+-])(?=[a-z]{{1,30}}[._\d])[\w.]{{2,40}}\w[ ]at[ ][\w-]{{1,40}}\.{ENDING}",
    rf"(?<![\w.%+-]){NOT_USER}{USER}[ ]at[ ](?:{any_of('hosts')}{DOT}|(?:[\w-]{{1,40}}[ ]dot[ ]){{1,3}}){ENDING}",
)
profiles = patterns(
    rf"(?<![\w.@-])(?:https?://)?(?:(?:www|m|mobile|web|old|[a-z]{{2}}(?:-[a-z]{{2}})?)\.)?{any_of('profiles')}"
    rf"(?!{any_of('not_profiles')})[\w@?=&%/+.~-]{{0,200}}[\w/]",
    r"(?<![\w./])/in/[\w-]{3,100}|(?<![\w./])/?u/[\w-]{3,30}(?![\w/])",
)
handles = patterns(
    r"<@[!&]?\w{2,30}>",
    rf"(?<![\w@./+-])@(?!{any_of('not_handles')}\b)[a-z_](?:[\w-]|\.(?=\w)){{1,38}}"
    r"(?:@[\w-]{2,40}\.[a-z]{2,10})?",
    rf"\b{any_of('apps')}(?:[ ](?:handle|user(?:name)?|name|account|usuario|cuenta))?(?:[ ](?:is|es)|:)[ ]{{1,2}}"
    r"(?P<it>(?=[a-z.]{0,30}[_\d]|[a-z]{2,15}\.[a-z]{2,15}\b)[a-z][\w.]{2,30}(?:#\d{4})?\b)",
    rf"\b{any_of('apps')}[ ](?P<it>(?=[a-z.]{{0,30}}_)[a-z][\w.]{{2,30}}\b)",
    r"\b(?:ig|insta(?:gram)?)[ ](?P<it>[a-z]{3,30}\d{2,6}\b)",
)

# Numbers told by the word before them

MARKED = regex(rf"[#:]|\b{any_of('marks')}\b")
COUNTED = regex(rf"[ ]{{0,2}}(?:%|[ap]\.m|{any_of('counted')}\b)|[.,]\d")
OWN = regex(rf"\b{any_of('own')}[ ](?:\w{{1,14}}[ ])?$")
UNSURE, VAGUE = regex(any_of("unsure")), regex(any_of("vague"))
NO_CODE = regex(r"(?:19|20)\d\d(?:[-/](?:19|20)\d\d|s)?|401\w?|403\w?|1099\w?|911|988|24/7|36[05]|\d{1,2}:\d\d")
BETWEEN = (
    rf"(?:(?:[ .,:;=#()'\"-]{{1,3}}{any_of('marks', 'fillers')}\b){{0,4}}[ .,:;=#()'\"-]{{0,4}}"
    r"|(?:[ ][a-z]{1,12}){1,5}[ ,:]{1,2}(?:number|numero|no\.|num\.?|#)[ ]?#?)"
)
CODE = r"(?P<it>(?:[a-z]{1,6}[-/]?|(?-i:[A-Z]{1,4} ))?\d\w{0,20}(?:(?:[-/:]|\.(?=\d))\w{1,20}){0,5})(?!\w)"


def numbered(key: str) -> Finder:
    """The less is said before a number the more it needs: 12 in "case #12", not in "in case 12"."""
    pattern = regex(rf"(?<!\w)(?P<word>{any_of(key)})(?P<gap>{BETWEEN}){CODE}")

    def finder(text: str) -> Iterator[Span]:
        for match in pattern.finditer(text):
            start, end = match.span("it")
            before, word, code = text[max(0, match.start() - 16) : match.start()], match["word"], match["it"]
            digits = sum(map(str.isdigit, code))
            built = code[0] == "0" or digits > 4 or not code.isdecimal()
            told = digits > 2 and " " not in code and not NO_CODE.fullmatch(code)
            told = told and (code.count("-") > 1 or not VAGUE.fullmatch(word))
            told = told and (built or not UNSURE.fullmatch(word) or OWN.search(before) is not None)
            marked = MARKED.search(match["gap"]) or MARKED.search(before)
            if (marked or told) and text[start - 1] not in "$+" and not COUNTED.match(text, end):
                yield start, end

    return finder


SSN = (
    r"(?<!\w)(?:s\.?s\.?n\.?|ss[ ]?#|soc(?:ia?ls?)?\.?(?:[ ]sec(?:urity)?\.?)?|seguro(?:[ ]social)?|nss|itin|tin)(?!\w)"
)
ssns = patterns(
    rf"{SSN}[^\d\n]{{0,30}}(?P<it>(?:\d\d[-. ]?)?\d{{3}}[-. ]{{0,3}}\d\d[-. ]{{0,3}}\d{{4}})(?!\w|[.-]\d)",
    r"(?<![\w.$#-])(?:\d{3}|xxx|\*{3})(?P<dash>[-. ])(?:\d\d|xx|\*\*)(?P=dash)\d{4}(?!\w|[.-]\d)",
    rf"(?:last|ultimos)[ ](?:4|four|cuatro)[^\d\n]{{0,25}}{SSN}[^\d\n]{{0,12}}(?P<it>\d{{4}})(?!\d)",
    rf"{SSN}[^\d\n]{{0,20}}(?:ends|ending|termina)[ ](?:in|with|en|con)[ ](?P<it>\d{{4}})(?!\d)",
)

# Numbers told by their form

EXTENSION = r"(?:[ ,]{0,2}(?:ext\.?|extension|x|int\.)[ .:#]{0,2}\d{1,6})?"
ALONE = r"(?<![\w$.+-])"
END = r"(?!\w|[.-]\d)"
PART = regex(rf"\b{any_of('parts')}(?:[ .:#-]{{1,2}}(?:{any_of('marks')}|is|es|de)\b){{0,2}}[ .:#-]{{0,3}}$")
DATE = regex(r"(?:\d{1,2}[-.]\d{1,2}[-.](?:19|20)?\d\d|20\d\d[-. ]20\d\d|20\d\d([-.])\d\d\1\d\d)(?![-. ]?\d)")
phone_forms = patterns(
    rf"(?<![\w$.])\+\d(?:[ .()/-]{{0,3}}\d){{7,14}}{END}{EXTENSION}",
    rf"(?:{ALONE}(?:\+?1[ .-]{{0,2}})?|(?=\())(?:\(\d{{3}}\)[ ]{{0,2}}|\d{{3}}[-./]{{1,2}}[ ]?|[2-9]\d\d[ ]{{0,2}})"
    rf"\d{{3}}[-. ]{{0,3}}\d{{4}}{END}{EXTENSION}",
    rf"{ALONE}(?:011|00)[ -]\d{{1,3}}(?:[ .()-]{{0,2}}\d){{7,12}}(?!\w)",
    rf"{ALONE}(?:1[ .-])?\(?8(?:00|[3-8]{{2}})\)?[ .-](?=[\d-]{{0,9}}[a-z])[a-z\d](?:-?[a-z\d]){{6,10}}(?!\w)",
    rf"{ALONE}\(?(?:55|33|81|56)\)?[ .-]\d{{4}}[ .-]\d{{4}}{END}",
    rf"{ALONE}[2-9](?:[ -]\d){{9}}(?!\w|[ .-]\d)",
    rf"{ALONE}555[-.]\d{{4}}{END}{EXTENSION}",
    rf"\b{any_of('phone')}\b[^\d\n$]{{0,24}}(?P<it>\(?\d(?:[ .()-]{{0,2}}\d){{6,14}})(?![\w:%]|[.-]\d){EXTENSION}",
    r"(?<!\w)(?:ext\.|(?:my|at|on|mi|la|al)[ ]extension|extension[ ]#)[ ]?(?P<it>\d{3,6})(?!\w)",
)


def phones(text: str) -> Iterator[Span]:
    for start, end in phone_forms(text):
        if not PART.search(text[max(0, start - 30) : start]) and not DATE.match(text, start):
            yield start, end


def cards(text: str) -> Iterator[Span]:
    """13 to 19 digits, together or in groups of three or more, with the check digit of payment cards (Luhn)."""
    for run in re.finditer(r"\d+(?:[ -]\d+)*", text):
        body = run[0]
        groups = [match.span() for match in re.finditer(r"\d+", body)]
        for first, (start, _) in enumerate(groups):
            for last, end in groups[first : first + 7]:
                digits = body[start : min(end, start + 30)].replace(" ", "").replace("-", "")
                if end - last < 3 or len(digits) > 19:
                    break
                if len(digits) > 12 and luhn(digits):
                    yield run.start() + start, run.start() + end


def luhn(digits: str) -> bool:
    numbers = [int(digit) for digit in reversed(digits)]
    return (sum(numbers[::2]) + sum(sum(divmod(2 * number, 10)) for number in numbers[1::2])) % 10 == 0


# Addresses

SPOT = r"(?:\d{1,5}[a-z]?|[a-z]-?\d{0,4})(?:-\w{1,4})?(?!\w)"
UNIT = rf"(?:,?[ ]{{1,2}}(?:#[ ]?|{any_of('units')}\.?[ ]{{0,2}}#?){SPOT})"
COLONIA = r"(?:,?[ ](?:col|colonia|fracc|barrio|urb|reparto)\b\.?[ ][\w.'-]{1,20}(?-i:[ ][A-Z][\w'-]{1,20}){0,2})"
POSTAL = r"(?:,?[ ]c\.?p\.?[ ]?\d{5})"
CITY = r"(?-i:[A-Z][\w.'-]{1,20}(?:[ ][A-Z][\w.'-]{1,20}){0,2})"
ZIP = r"\d{5}(?:-\d{4})?(?!\w)"
STATE = rf"(?:(?-i:{any_of('state_codes').upper()})(?!\w)|{any_of('states')}\b)"
TAIL = (
    rf"(?:{UNIT}|{COLONIA}|{POSTAL}){{0,4}}"
    rf"(?:(?:,?[ ]{{1,2}}[a-z.'-]{{2,20}}){{1,3}},?[ ]{{1,2}}{any_of('state_codes', 'states')}[ ,]{{1,2}}{ZIP}"
    rf"|,?[ ]{{1,2}}(?:in[ ])?{CITY},?[ ]{STATE}(?:[ ,]{{1,2}}{ZIP})?"
    rf"|,[ ]{{1,2}}{CITY}(?=[.,;!?)\n]|$)|,?[ ]{{1,2}}{ZIP})?"
)
NUMBER = r"(?<![\w$.#:/-])(?<!local[ ])(?<!section[ ])(?<!article[ ])(?<!unit[ ])\d{1,6}[a-z]?(?:-\d{1,4}|[ ]1/2)?"
ROAD = r"(?:(?<=road|hway|oute|[ ]hwy|[ ]rte)[ ]\d{1,4})?(?!\w)"
TITLED = r"(?-i:[ ](?:[A-Z][\w.'-]{0,20}|\d{1,3}(?:st|nd|rd|th)\b))"
NAMED = rf"(?:[ ](?!{any_of('between', 'counted')}\b)[\w.'-]{{1,20}})"
CALLE = rf"(?<!\w)(?:{any_of('calles')}\.?{NAMED}|{any_of('loose_calles')}\.?(?-i:[ ](?:[A-Z]|\d)[\w.'-]{{0,20}}))"
DISTRICT = rf"(?:\b{any_of('districts')}\.?(?-i:(?:[ ][A-Z][\w.'-]{{0,20}}){{1,4}}),?[ ])?"
addresses = patterns(
    rf"\b(?:p\.?[ ]?o\.?[ ]?box|post[ ]office[ ]box|apartado(?:[ ]postal)?|apdo\.?)[ ]#?\d{{1,6}}(?!\w){TAIL}",
    rf"{NUMBER}{TITLED}{{1,4}}[ ]{any_of('streets', 'loose_streets')}\b\.?{ROAD}{TAIL}",
    rf"{NUMBER}(?:[ ][nsew]\.?)?{NAMED}{{1,3}}[ ]{any_of('streets')}\b\.?{ROAD}{TAIL}",
    rf"(?:\bat|address(?:[ ]is|:)|\ben)[ ](?P<it>{NUMBER}{NAMED}{{1,3}}[ ]{any_of('loose_streets')}\b\.?{TAIL})",
    rf"{DISTRICT}{CALLE}(?:[ ](?:de|del|la|las|los|el)\b|{NAMED}){{0,4}},?[ ](?:(?:num|no|numero)\b\.?[ ]?|#[ ]?)?"
    rf"(?:\d{{1,5}}[a-z]?(?:-\d{{1,4}})?|\#[a-z]-?\d{{1,4}})(?!\w|[.,:]\d|[ ]{any_of('counted')}\b){TAIL}",
    rf"{NUMBER}(?:[ ,]{{1,2}}[\w.'#-]{{1,20}}){{1,8}}[ ,]{{1,2}}{STATE}[ ]{ZIP}",
    rf"{NUMBER}(?:[ ][nsew]\.?)?[ ]broadway\b{TAIL}",
)

FINDERS: tuple[tuple[Kind, Finder], ...] = (
    ("profile", profiles),
    ("email", emails),
    ("ssn", ssns),
    ("case", numbered("case")),
    ("employee", numbered("employee")),
    ("card", cards),
    ("address", addresses),
    ("phone", phones),
    ("handle", handles),
    ("name", find_names),
)
