"""What the report calls things: headings and labels of tables, months and weeks, in one language."""

import datetime as dt

from bot.asking import MONTHS, day
from bot.content import Content
from bot.forms import Form, Question
from bot.report.counting import EARLIER, GONE, LANGUAGE, LEFT_OUT, NONE, OTHER, STATE, STATUS, TOPIC, WEEK
from bot.report.months import monday

HEADINGS = {WEEK: "by_week", LANGUAGE: "by_language", STATUS: "by_status", STATE: "by_state", TOPIC: "by_topic"}
CELLS = {LEFT_OUT: "left_out", EARLIER: "earlier", GONE: "gone", OTHER: "other_topics", NONE: "no_topic"}


class Words:
    """The page's words. Everything it returns is plain text, a union's labels among it: to be escaped."""

    def __init__(self, content: Content, form: Form, language: str) -> None:
        self.content, self.form, self.language = content, form, language
        self.texts = content.texts[language]

    def __call__(self, key: str, **values: object) -> str:
        return self.texts(f"report.{key}", **values)

    def question(self, table: str) -> Question | None:
        return next((one for one in self.form.exported if one.id == table), None)

    def heading(self, table: str) -> str:
        if table in HEADINGS:
            return self(HEADINGS[table])
        question = self.question(table)
        return question.label[self.language] if question else table

    def label(self, table: str, code: str) -> str:
        """The cell's name; its code where a later form, or other content, does not know it any more."""
        if code in CELLS:
            return self(CELLS[code])
        if table == WEEK:
            return self.week(code)
        if table == LANGUAGE:
            return self.content.texts[code]("language.name") if code in self.content.texts else code
        if table in (STATUS, STATE):
            key = f"{'status' if table == STATUS else 'state'}_{code.replace('-', '_')}"
            return self(key) if self.texts.has(f"report.{key}") else code
        if table == TOPIC:
            return self.content.entry(code, self.language).question if code in self.content.entries else code
        question = self.question(table)
        labels = {option.code: option.label[self.language] for option in question.known} if question else {}
        return labels.get(code, code)

    def month(self, month: str) -> str:
        """October 2026; octubre de 2026; elsewhere ISO."""
        if self.language not in MONTHS:
            return month
        return self("month", month=MONTHS[self.language][int(month[5:]) - 1], year=month[:4])

    def period(self, since: str, until: str) -> str:
        return self.month(until) if since == until else self("period", first=self.month(since), last=self.month(until))

    def week(self, week: str) -> str:
        """By its Monday."""
        start = monday(week)
        if self.language not in MONTHS:
            return self("week", month=f"{start:%m}", day=start.day)
        return self("week", month=MONTHS[self.language][start.month - 1], day=start.day)

    def day(self, day_text: str) -> str:
        return day(dt.date.fromisoformat(day_text), self.language)
