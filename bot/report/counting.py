"""Counts items and questions by month, and puts months together into sheets that may be shown."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.export.table import ASIDE, STATUS_CODES
from bot.faq.matcher import Match
from bot.forms import Answer, Form, Question
from bot.report.months import month_of, span, weeks_of
from bot.report.source import Filed
from bot.report.tables import Sheet, Table
from bot.report.withholding import FEWEST, Draw, group_small, withhold

WEEK, LANGUAGE, STATUS, STATE, TOPIC = "by-week", "by-language", "by-status", "by-state", "by-topic"
LEFT_OUT, EARLIER, GONE, OTHER, NONE = "(left out)", "(earlier)", "(gone)", "(other)", "(none)"
STATES = ("open", "answered")


@dataclass
class Tally:
    """Counts of one month, true ones: they go no further than this module and `making`."""

    total: int = 0
    tables: dict[str, Counter[str]] = field(default_factory=dict)

    def count(self, table: str, *codes: str) -> None:
        self.tables.setdefault(table, Counter()).update(codes)

    def plus(self, other: "Tally") -> "Tally":
        found = Tally(self.total + other.total, {name: Counter(table) for name, table in self.tables.items()})
        for name, table in other.tables.items():
            found.tables.setdefault(name, Counter()).update(table)
        return found


def nearest(match: Match) -> str:
    """The topic that a question is counted under: the answer it would get, else the first it would be offered."""
    return match.topic or next(iter(match.suggestions), NONE)


def counted_questions(form: Form) -> list[Question]:
    """The form's questions that have a table: choices, except those that identify or say how to treat the item."""
    return [one for one in form.questions if one.options and not one.identifying and one.id not in ASIDE]


def tally_items(form: Form, languages: Sequence[str], items: Iterable[Filed]) -> dict[str, Tally]:
    """By the month of the week they were filed in."""
    months: dict[str, Tally] = {}
    asked = counted_questions(form)
    for item in items:
        tally = months.setdefault(month_of(item.week), Tally())
        tally.total += 1
        tally.count(WEEK, item.week)
        tally.count(LANGUAGE, item.language if item.language in languages else EARLIER)
        tally.count(STATUS, item.status)
        for question in asked:
            tally.count(question.id, *given(question, item.answers.get(question.id)))
    return months


def given(question: Question, answer: Answer) -> set[str]:
    """The cells that an answer is counted in: each once, however many codes the form no longer has."""
    chosen = (answer,) if isinstance(answer, str) else answer or ()
    known = {option.code for option in question.options}
    found = {code if code in known else EARLIER for code in chosen}
    return found or (set() if question.kind == "choices" else {LEFT_OUT})


def together(tallies: Mapping[str, Tally], since: str, until: str) -> Tally:
    found = Tally()
    for month in span(since, until):
        found = found.plus(tallies.get(month, Tally()))
    return found


def item_sheet(
    form: Form, languages: Sequence[str], tallies: Mapping[str, Tally], since: str, until: str, draw: Draw
) -> Sheet | None:
    """None where there are fewer than five. By week only for a month alone: the others would tell of its part."""
    tally = together(tallies, since, until)
    codes = {LANGUAGE: [*languages], **{one.id: question_codes(one) for one in counted_questions(form)}}
    if since == until:
        codes = {WEEK: weeks_of(until)} | codes
    several = {one.id for one in form.questions if one.kind == "choices"}
    return sheet_of(tally, codes, several, since, until, draw)


def question_codes(question: Question) -> list[str]:
    found = [option.code for option in question.options]
    return found if question.required or question.kind == "choices" else [*found, LEFT_OUT]


def outcome_sheet(of: Sheet, tallies: Mapping[str, Tally], draw: Draw) -> Sheet:
    """What became of the items of a sheet that was shown before: the same total, so that it tells no difference."""
    status = together(tallies, of.since, of.until).tables.get(STATUS, Counter())
    cells = {code: status[code] for code in STATUS_CODES}
    gone = of.total - sum(cells.values())
    if gone < 0:  # a backup was put back, or the like: the parts are not of this total
        return Sheet(of.since, of.until, of.total, {STATUS: Table(False, dict.fromkeys([*STATUS_CODES, GONE]))})
    shown = withhold(cells | {GONE: gone}, of.total, several=False, draw=draw)
    return Sheet(of.since, of.until, of.total, {STATUS: Table(False, shown)})


def question_sheet(
    languages: Sequence[str], tallies: Mapping[str, Tally], since: str, until: str, draw: Draw
) -> Sheet | None:
    """Questions sent to staff: open or answered, by topic (small ones in one group), by language."""
    tally = together(tallies, since, until)
    tally.tables[TOPIC] = Counter(group_small(tally.tables.get(TOPIC, Counter()), OTHER))
    codes = {STATE: [*STATES], TOPIC: [*tally.tables[TOPIC]], LANGUAGE: [*languages]}
    return sheet_of(tally, codes, set(), since, until, draw)


def sheet_of(
    tally: Tally, codes: Mapping[str, Sequence[str]], several: set[str], since: str, until: str, draw: Draw
) -> Sheet | None:
    """The tables that `codes` names, withheld where they must be; codes that were counted besides follow."""
    if tally.total < FEWEST:
        return None
    tables = {}
    for name, known in codes.items():
        counts = tally.tables.get(name, Counter())
        cells = {code: counts[code] for code in [*known, *sorted(set(counts) - set(known))]}
        shown = withhold(cells, tally.total, several=name in several, draw=draw)
        tables[name] = Table(name in several, shown)
    return Sheet(since, until, tally.total, tables)
