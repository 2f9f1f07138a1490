"""What the AI developers are given over a year, kept by somebody who wants to single out authors, and the attack."""

import datetime as dt
import itertools
import json
import pathlib
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot import changing
from bot.content import Content
from bot.events import Role
from bot.export.developers import Developers, Labels
from bot.export.output import Folder
from bot.exporting import Order, export
from bot.feedback import Feedback, Level
from bot.ports import Store, UnitOfWork
from bot.redaction import KINDS
from bot.report.months import after, closes, span, weeks_of
from bot.vault import Vault, new_id

FORM = "ai-at-work"
FEWEST = 5
SECTORS = ("health",) * 8 + ("education",) * 5 + ("public",) * 3 + ("transport", "arts", "other", None)
IDENTIFYING = ("month", "language", "sector")
Row = dict[str, str]


@dataclass
class Output:
    """One package: its rows by id, the months it is of, and the ids on its lists."""

    months: list[str]
    rows: dict[str, Row]
    withdrawn: set[str] = field(default_factory=set)
    corrected: set[str] = field(default_factory=set)


@dataclass
class Year:
    """A union's year: items come, are withdrawn, deleted, corrected; packages go out as staff happen to ask."""

    store: Store
    content: Content
    vault: Vault
    folder: pathlib.Path
    draw: random.Random
    purges: bool = False
    outputs: list[Output] = field(default_factory=list)

    async def live(self, month: str, items: int) -> None:
        """The month's items come in, and authors change their minds about any."""
        weeks = weeks_of(month)

        def file(uow: UnitOfWork) -> None:
            for _ in range(items):
                uow.items.add(self.item(weeks))

        await self.store.write(file)
        await self.store.write(lambda uow: self.change_minds(uow, weeks[-1]))
        if self.purges:  # by week, as the union's retention says
            before = weeks_of(after(month, -8))[1]
            await self.store.write(lambda uow: uow.upkeep.expire("items", before))

    def item(self, weeks: Sequence[str]) -> Feedback:
        answers = {"kind": "idea", "sector": self.draw.choice(SECTORS), "job": "nurse", "words": "It failed."}
        return Feedback(
            id=new_id(),
            form=FORM,
            form_version=1,
            level=Level.ANONYMOUS,
            language=self.draw.choice(("en", "en", "en", "en", "es")),
            week=self.draw.choice(weeks),
            answers=answers,
            sharing=self.draw.random() < 0.8,
            contact=False,
            receipt=new_id(),
        )

    def change_minds(self, uow: UnitOfWork, week: str) -> None:
        every = list(uow.shared.all(FORM, week))
        for item, _ in self.draw.sample(every, len(every) // 12):
            found = uow.owned.get(item.id)
            assert isinstance(found, Feedback)
            what = self.draw.choice(("withdraw", "delete", "correct", "correct"))
            if what == "withdraw":
                changing.apply(uow, found, {"sharing": False}, week)
            elif what == "delete":
                uow.owned.remove(found.id)
                uow.owned.take_back(found.id, "deleted", week)
            else:
                answers = {"sector": self.draw.choice(SECTORS), "words": "It failed twice."}
                changing.apply(uow, found, {"answers": answers}, week)

    async def hand_on(self, since: str, until: str) -> None:
        """A package, read back as a program of the receiver would."""
        labels: Labels = {language: dict.fromkeys(KINDS, "-") for language in self.content.languages}
        moment = dt.datetime.combine(closes(until), dt.time(), dt.UTC)
        order = Order(self.content.forms[FORM], "jsonl", "attack", self.content.texts["en"], moment)
        job = Developers(order, since, until, self.vault, labels, lambda done, count: None)
        folder = self.folder / str(len(self.outputs))
        await export(self.store, job, Folder(folder), Role.STAFF)
        about = json.loads((folder / "datapackage.json").read_text())["worker_voice"]
        rows, corrected = (read(folder / f"{name}.jsonl") for name in ("feedback", "corrections"))
        left_out = {month for one in about["withheld"] for month in one.get("months", ())}
        months = [month for month in span(about["filters"]["since"], until) if month not in left_out]
        withdrawn = {one["item"] for one in about["withdrawals"]}
        self.outputs.append(Output(months, rows, withdrawn, set(corrected)))


def read(path: pathlib.Path) -> dict[str, Row]:
    lines = path.read_text().splitlines() if path.exists() else []
    return {row["id"]: row for row in map(json.loads, lines)}


async def a_year(year: Year, items: int) -> None:
    """Month by month, with a backlog at the start, months that are skipped, and old months asked for again."""
    months = span("2025-10", "2026-09")
    for number, month in enumerate(months):
        await year.live(month, year.draw.randrange(items // 3, items))
        if number < 2:
            continue
        if year.draw.random() < 0.7:
            await year.hand_on(month, month)
        if year.draw.random() < 0.4:
            await year.hand_on(*sorted(year.draw.choices(months[: number + 1], k=2)))
        if year.draw.random() < 0.4:
            await year.hand_on("", month)
    await year.hand_on("", months[-1])
    await year.hand_on(months[-1], months[-1])


def whole(outputs: Sequence[Output]) -> list[dict[str, Row]]:
    """Each output as it would be had nobody taken an item back: counted when first shown."""
    first: dict[str, Row] = {}
    found = []
    for output in outputs:
        for item, row in output.rows.items():
            first.setdefault(item, row)
        gone = {item: row for item, row in first.items() if item in output.withdrawn and row["month"] in output.months}
        found.append({item: first[item] for item in output.rows} | gone)
    return found


def singled_out(outputs: Sequence[dict[str, Row]]) -> list[tuple[dict[str, object], int]]:
    """Groups of one to four that come of joining and subtracting any of the outputs, however many.

    All that can come of it is made of the sets of items that are in the same outputs; so these are enough, each looked
    at by every choice of identifying columns.
    """
    inside: dict[str, set[int]] = defaultdict(set)
    rows: dict[str, Row] = {}
    for number, output in enumerate(outputs):
        for item, row in output.items():
            inside[item].add(number)
            rows.setdefault(item, row)
    found = []
    for columns in choices():
        groups: Counter[tuple[object, ...]] = Counter()
        for item, where in inside.items():
            groups[(frozenset(where), *[rows[item][column] for column in columns])] += 1
        found += [
            (dict(zip(columns, group[1:], strict=True)), count) for group, count in groups.items() if count < FEWEST
        ]
    return found


def choices() -> Iterator[tuple[str, ...]]:
    for length in range(len(IDENTIFYING) + 1):
        yield from itertools.combinations(IDENTIFYING, length)


def inconsistent(outputs: Sequence[Output]) -> list[str]:
    """Items that two outputs show with different identifying values: joined, they would tell more than each."""
    first: dict[str, Row] = {}
    found = []
    for output in outputs:
        for item, row in output.rows.items():
            before = first.setdefault(item, row)
            if any(before[column] != row[column] for column in IDENTIFYING):
                found.append(item)
    return found
