"""The report's sections: the month's items, what became of earlier ones, questions, all months, how to read."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.report.counting import LANGUAGE, STATE, TOPIC, WEEK
from bot.report.figures import Bar, Figure, draw, number
from bot.report.markup import Html, element, joined
from bot.report.tables import ITEMS, OUTCOMES, QUESTIONS, SHEETS, Month, Sheet, Sum, sums
from bot.report.words import Words

STANDS_FOR = "("  # how codes begin that are no choice of anybody's: shown only where something is in them
OF_A_MONTH = ((ITEMS, WEEK), (QUESTIONS, STATE), (QUESTIONS, LANGUAGE))  # tables whose sums say nothing


@dataclass(frozen=True)
class Section:
    """A part of the page under its own heading."""

    id: str
    heading: str
    content: Html


@dataclass(frozen=True)
class Subject:
    """Which table of which sheet. `several`: an item can be in more of its rows than one."""

    sheet: str
    table: str
    several: bool


def sections_of(months: Sequence[Month], words: Words) -> list[Section]:
    month = months[-1]
    found = [of_items(month, words)]
    if OUTCOMES in month.sheets:
        found.append(of_outcomes(month.sheets[OUTCOMES], words))
    found.append(of_questions(month, words))
    if len(months) > 1:
        found.append(of_all(months, words))
    return [*found, how_to_read(month, words)]


def of_items(month: Month, words: Words) -> Section:
    sheet = month.sheets.get(ITEMS)
    if sheet is None:
        heading = words("items_heading", period=words.month(month.month))
        return Section("items", heading, element("p", words("few_items")))
    heading = words("items_heading", period=words.period(sheet.since, sheet.until))
    parts = [element("p", words("together"))] if sheet.since != sheet.until else []
    return Section("items", heading, joined(*parts, *sheet_figures(ITEMS, sheet, words)))


def of_outcomes(sheet: Sheet, words: Words) -> Section:
    heading = words("outcomes_heading", period=words.period(sheet.since, sheet.until))
    how = element("p", words("outcomes_how"))
    return Section("outcomes", heading, joined(how, *sheet_figures(OUTCOMES, sheet, words)))


def of_questions(month: Month, words: Words) -> Section:
    sheet = month.sheets.get(QUESTIONS)
    if sheet is None:
        heading = words("questions_heading", period=words.month(month.month))
        return Section("questions", heading, element("p", words("few_questions")))
    heading = words("questions_heading", period=words.period(sheet.since, sheet.until))
    how = element("p", words("questions_how"))
    return Section("questions", heading, joined(how, *sheet_figures(QUESTIONS, sheet, words)))


def sheet_figures(name: str, sheet: Sheet, words: Words) -> list[Html]:
    period = words.period(sheet.since, sheet.until)
    found = []
    for table, cells in sorted(sheet.tables.items(), key=last_by_language):
        bars = [bar(table, code, count, words) for code, count in cells.cells.items() if counts(code, count)]
        found.append(draw(figure(Subject(name, table, cells.several), period, bars, sheet.total, words), words))
    return found


def last_by_language(named: tuple[str, object]) -> bool:
    return named[0] == LANGUAGE


def counts(code: str, count: int | None) -> bool:
    return count != 0 or not code.startswith(STANDS_FOR)


def bar(table: str, code: str, count: int | None, words: Words, *, least: bool = False) -> Bar:
    return Bar(words.label(table, code), count, least, code.startswith(STANDS_FOR))


def figure(subject: Subject, period: str, bars: Sequence[Bar], total: int, words: Words) -> Figure:
    """In the form's order, or where that says nothing, from the largest to the smallest."""
    key = "questions" if subject.sheet == QUESTIONS else "items"
    heading = words.heading(subject.table)
    caption = words(f"caption_{key}", heading=heading, period=period, total=number(total))
    told = [words("several")] if subject.several else [words("topics_note")] if subject.table == TOPIC else []
    shown = sorted(bars, key=largest_first) if told else bars
    return Figure(heading, caption, words(f"unit_{key}"), shown, total, told, subject.several)


def largest_first(one: Bar) -> tuple[bool, int]:
    return one.count is None or one.rest, -(one.count or 0)


def of_all(months: Sequence[Month], words: Words) -> Section:
    period = words.period(months[0].month, months[-1].month)
    drawn = [draw(by_month(months, period, words), words)]
    for sheet in SHEETS:
        having = [month.sheets[sheet] for month in months if sheet in month.sheets]
        for table, cells in sorted(sums(months, sheet).tables.items(), key=last_by_language):
            if (sheet, table) not in OF_A_MONTH:
                its = [one for one in having if table in one.tables]
                bars = [summed(table, code, one, words) for code, one in cells.items() if counts(code, at_least(one))]
                subject = Subject(sheet, table, any(one.tables[table].several for one in its))
                drawn.append(draw(figure(subject, period, bars, sum(one.total for one in its), words), words))
    return Section("all", words("all_heading", period=period), joined(element("p", words("all_how")), *drawn))


def summed(table: str, code: str, one: Sum, words: Words) -> Bar:
    """A sum of what was shown: the least that it can be, where a month withheld its part."""
    return bar(table, code, at_least(one), words, least=bool(one.withheld and one.count))


def at_least(one: Sum) -> int | None:
    return None if one.withheld and not one.count else one.count


def by_month(months: Sequence[Month], period: str, words: Words) -> Figure:
    """Items of each month, or of the months that were counted together."""
    sheets = [month.sheets[ITEMS] for month in months if ITEMS in month.sheets]
    bars = [Bar(words.period(one.since, one.until), one.total) for one in sheets]
    counted = sheets[-1].until if sheets else ""
    bars += [Bar(words.month(month.month), None) for month in months if month.month > counted]
    heading, total = words("by_month"), sum(one.total for one in sheets)
    caption = words("caption_items", heading=heading, period=period, total=number(total))
    return Figure(heading, caption, words("unit_items"), bars, total)


def how_to_read(month: Month, words: Words) -> Section:
    told = [
        words("read_items"),
        words("read_small"),
        words("read_fixed", month=words.month(month.month), day=words.day(month.made)),
        words("read_weeks"),
        words("read_words"),
    ]
    return Section("reading", words("reading_heading"), element("ul", *(element("li", one) for one in told)))
