"""Files for staff in chat: exports and the report, within what a chat takes. The shell knows no such bounds."""

import asyncio
import datetime as dt
import io
import pathlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import assert_never

import numpy as np

from bot.content import Content
from bot.errors import NotAllowed, Refused, WorkerVoiceError
from bot.events import Role
from bot.export.output import Stream
from bot.export.package import Data
from bot.export.questions import Questions, unrelated
from bot.export.union import Union
from bot.exporting import Filters, Job, Order, export
from bot.faq.encoder import Vectors
from bot.faq.features import normalize
from bot.faq.matcher import Matcher
from bot.filing import file_due
from bot.filling import FORM
from bot.likeness import Encode
from bot.ports import Store, UnitOfWork
from bot.promises import Wanted
from bot.replies import File, Reply, Text
from bot.report.counting import nearest
from bot.report.making import Plan, make_report
from bot.report.months import newest_closed
from bot.report.page import page
from bot.report.words import Words
from bot.vault import Vault

MOST_BYTES = 20_000_000
MOST_ROWS, MOST_QUESTIONS = 10_000, 2_000
COMMANDS = {"feedback": "export feedback", "questions": "export questions", "report": "report"}


class TooLarge(Refused):
    """More than a chat takes, or than should be read while members wait to be answered."""


@dataclass(frozen=True)
class Bounded:
    """bot.exporting.Job that takes no more than a chat does: beyond it TooLarge, before there is an audit row."""

    job: Job

    def take(self, uow: UnitOfWork, folder: pathlib.Path) -> list[Data]:
        files = self.job.take(uow, folder)
        if sum(file.path.stat().st_size for file in files) > MOST_BYTES:
            raise TooLarge("too large for a chat")
        return files

    def describe(self, folder: pathlib.Path, files: list[Data]) -> None:
        self.job.describe(folder, files)

    def keep(self, uow: UnitOfWork, files: list[Data]) -> None:
        self.job.keep(uow, files)


class StaffFiles:
    """bot.promises.Files on the store. One file at a time, so that memory is bounded; its parts wait in `folder`."""

    def __init__(self, store: Store, content: Content, vault: Vault, matcher: Matcher, folder: pathlib.Path) -> None:
        self.store, self.content, self.vault, self.matcher, self.folder = store, content, vault, matcher, folder
        self.one = asyncio.Lock()

    async def fulfil(self, wanted: Wanted, now: dt.datetime) -> Reply:
        """Raises NotAllowed for anybody but staff; of other failures, what can be told is told in a sentence."""
        if wanted.role is not Role.STAFF:
            raise NotAllowed("Only union staff may do this.")
        texts, command = self.content.texts[wanted.language], COMMANDS[wanted.what]
        try:
            async with self.one:
                await file_due(self.store, self.vault, now.date())
                file, said = await self.made(wanted, now)
        except TooLarge:
            return Reply((Text(texts("desk.file_too_large", command=command)),))
        except WorkerVoiceError:
            return Reply((Text(texts("desk.file_not_made", command=command)),))
        return Reply(tuple(map(Text, said)), file=file)

    async def made(self, wanted: Wanted, now: dt.datetime) -> tuple[File, list[str]]:
        match wanted.what:
            case "feedback":
                return await self.feedback(wanted, now)
            case "questions":
                return await self.questions(wanted, now)
            case "report":
                return await self.report(wanted, now)
            case _:
                assert_never(wanted.what)

    async def feedback(self, wanted: Wanted, now: dt.datetime) -> tuple[File, list[str]]:
        texts, filters = self.content.texts[wanted.language], Filters(FORM)
        if await self.store.read(lambda uow: uow.exports.count(filters)) > MOST_ROWS:
            raise TooLarge("too many items for a chat")
        order = Order(self.content.forms[FORM], wanted.kind, wanted.purpose, texts, now)
        job = Union(order, filters, self.vault, lambda done, count: None)
        file, count = await self.exported(job, wanted, now)
        said = [texts("desk.file_feedback", count=count), texts("desk.file_care")]
        if job.waiting:
            said.append(texts("desk.waiting", count=job.waiting))
        if job.unreadable:
            said.append(texts("desk.file_unreadable", count=job.unreadable))
        return file, said

    async def questions(self, wanted: Wanted, now: dt.datetime) -> tuple[File, list[str]]:
        """The vectors are computed before the transaction: on SQLite members would wait for it."""
        texts, known = self.content.texts[wanted.language], Remembered(self.matcher.encoder.encode)
        asked = await self.store.read(lambda uow: list(islice(uow.exports.unanswered(), MOST_QUESTIONS + 1)))
        if len(asked) > MOST_QUESTIONS:
            raise TooLarge("too many questions for a chat")
        others = unrelated(self.content)
        await asyncio.to_thread(known, [normalize(text) for text in (*others, *(one.text for one in asked))])
        job = Questions(wanted.purpose, others, known, lambda done, count: None, texts, wanted.kind)
        file, count = await self.exported(job, wanted, now)
        return file, [texts("desk.file_questions", count=count), texts("desk.file_care")]

    async def exported(self, job: Job, wanted: Wanted, now: dt.datetime) -> tuple[File, int]:
        stream = io.BytesIO()
        count = await export(self.store, Bounded(job), Stream(stream, self.folder), wanted.role)
        return File(f"{wanted.what}-{now.date()}.{wanted.kind}", stream.getvalue()), count

    async def report(self, wanted: Wanted, now: dt.datetime) -> tuple[File, list[str]]:
        texts, form, today = self.content.texts[wanted.language], self.content.forms[FORM], now.date()
        plan = Plan(form, self.content.languages, newest_closed(today), today, self.topic_of)
        months = await make_report(self.store, plan)
        words = Words(self.content, form, wanted.language)
        content = page(months, words).encode()
        month = months[-1].month
        return File(f"report-{month}-{wanted.language}.html", content), [
            texts("desk.file_report", month=words.month(month))
        ]

    def topic_of(self, text: str) -> str:
        return nearest(self.matcher.match(text))


class Remembered:
    """bot.likeness.Encode that computes each text once."""

    def __init__(self, encode: Encode) -> None:
        self.encode, self.known = encode, dict[str, Vectors]()

    def __call__(self, texts: Sequence[str]) -> Vectors:
        for text in texts:
            if text not in self.known:
                self.known[text] = self.encode([text])[0]
        return np.stack([self.known[text] for text in texts])
