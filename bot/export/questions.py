"""Questions that members sent in and nobody answered, those alike together."""

import pathlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bot.content import Content
from bot.export.package import Data, write_data
from bot.export.table import Column, Row
from bot.exporting import Unanswered, from_store
from bot.likeness import Encode, alike
from bot.ports import UnitOfWork
from bot.texts import Texts

UNRELATED = 40


@dataclass
class Questions:
    """`unrelated`: texts on different matters (bot/likeness.py). `groups`: how many, known once it was taken."""

    purpose: str
    unrelated: Sequence[str]
    encode: Encode
    progress: Callable[[int, int], None]
    texts: Texts
    kind: str = "csv"
    groups: int = 0

    def take(self, uow: UnitOfWork, folder: pathlib.Path) -> list[Data]:
        asked = list(from_store(uow.exports.unanswered()))
        groups = alike([one.text for one in asked], self.unrelated, self.encode, self.progress)
        self.groups = len(groups)
        return [write_data(folder, "questions", self.kind, columns(self.texts), lines(asked, groups))]

    def describe(self, folder: pathlib.Path, files: list[Data]) -> None:
        """They go out as one file, never as a package."""

    def keep(self, uow: UnitOfWork, files: list[Data]) -> None:
        uow.audit.add("export questions", self.purpose, f"questions={files[0].count} groups={self.groups}")


def columns(texts: Texts) -> list[Column]:
    return [
        Column("group", texts("export.group"), texts("export.group_what")),
        Column("count", texts("export.count"), texts("export.count_what")),
        Column("id", texts("export.question"), texts("export.question_id")),
        Column("week", texts("export.week"), texts("export.question_week")),
        Column("language", texts("export.language"), texts("export.question_language")),
        Column("question", texts("export.question"), texts("export.words")),
    ]


def unrelated(content: Content) -> list[str]:
    """The questions of some answers: they show how near texts on different matters are."""
    return [content.entry(topic, content.languages[0]).question for topic in list(content.entries)[:UNRELATED]]


def lines(asked: list[Unanswered], groups: list[list[int]]) -> Iterator[Row]:
    for number, members in enumerate(groups, 1):
        for one in members:
            question = asked[one]
            yield (
                str(number),
                str(len(members)),
                question.id,
                question.week,
                question.language,
                question.text,
            )
