"""The `developers` profile: what bot/releasing.py lets out, redacted, with terms."""

import datetime as dt
import pathlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.envelopes import withdrawn
from bot.errors import Changed
from bot.export import table
from bot.export.package import TERMS, About, Data, write_data, write_description
from bot.export.table import Exported
from bot.exporting import Filters, Order, Progress, from_store, taken_back, told, waiting_items
from bot.filing import oldest
from bot.forms import Form
from bot.ports import UnitOfWork
from bot.redaction import find, redact
from bot.releasing import FEWEST, Kept, Release, about, decide, identifying, kept, range_of
from bot.report.months import weeks_of
from bot.vault import Unreadable, Vault

SHORT = 3  # letters below which a part of a name may be any word
NOTE = "Texts are redacted: what identifies a person is replaced by what it was, in brackets."
CORRECTIONS = "Items of any package so far whose authors corrected them since it: they replace what you have. " + NOTE
Labels = Mapping[str, Mapping[str, str]]  # language -> kind of finding -> what stands in its place
Shown = tuple[Exported, str, Mapping[str, str]]


@dataclass
class Developers:
    """Whole closed months, `since` ("" for the first) to `until`. What has a default is known once it was taken."""

    order: Order
    since: str
    until: str
    vault: Vault
    labels: Labels
    progress: Progress
    waiting: int = 0  # anonymous items that wait for their batch
    alone: int = 0  # items that wait for others like them
    months: list[str] = field(default_factory=list)
    taken_back: list[dict[str, str]] = field(default_factory=list)
    withdrawn: frozenset[str] = frozenset()  # left out, and not named yet: anonymous, their authors' wish waits
    fates: dict[Kept, Release] = field(default_factory=dict)
    fixed: dict[str, bool] = field(default_factory=dict)
    torn: list[str] = field(default_factory=list)  # months of which something was purged
    fresh: dict[tuple[Kept, int], bytearray] = field(default_factory=dict)  # by revision: ids, a line each

    def take(self, uow: UnitOfWork, folder: pathlib.Path) -> list[Data]:
        self.waiting = waiting_items(uow, self.vault)
        self.withdrawn = self.wished(uow)
        self.taken_back = taken_back(uow)
        counts = self.decide(uow)
        form, labels = self.order.form, self.order.labels
        columns = table.developers_columns(form, labels)

        def write(name: str, items: Iterator[Shown], note: str) -> Data:
            rows = table.developers_rows(form, labels.language, items, self.redacted)
            return write_data(folder, name, self.order.kind, columns, rows, note)

        files = [write("feedback", self.shown(uow), NOTE)]
        if self.fresh_counts() != {one: counts[one] for one in self.fates}:
            raise Changed("what was counted changed before it was written")
        corrected = from_store(uow.shared.corrected(form.id))
        still = ((one, made.month, made.values) for one, made in corrected if one.id not in self.withdrawn)
        corrections = write("corrections", still, CORRECTIONS)
        if corrections.count:
            return [*files, corrections]
        corrections.path.unlink()
        return files

    def wished(self, uow: UnitOfWork) -> frozenset[str]:
        """What is not to be shared any more. Raises Unreadable; what is past its batch holds nothing up."""
        return withdrawn(uow, self.vault, oldest(self.order.now.date() - dt.timedelta(weeks=1)))

    def decide(self, uow: UnitOfWork) -> Counter[Kept]:
        """Which of the items that wait come with which month; how many of each wait."""
        form, last = self.order.form, weeks_of(self.until)[-1]
        questions = identifying(form)
        waiting = from_store(uow.shared.waiting(form.id, last))
        counts = Counter(kept(questions, one) for one in waiting if one.id not in self.withdrawn)
        self.fixed = uow.releases.fixed()
        self.months = range_of(self.since, self.until, counts, self.fixed)
        self.fates = decide(questions, counts, self.months, self.fixed)
        self.torn = [month for month in self.months if self.fixed.get(month) is False]
        over = {*self.fixed, *self.months}
        self.alone = sum(count for one, count in counts.items() if one[0] in over and one not in self.fates)
        return counts

    def shown(self, uow: UnitOfWork) -> Iterator[Shown]:
        """What was released before and what is now; notes the latter in `fresh`."""
        form, last = self.order.form, weeks_of(self.until)[-1]
        questions, months = identifying(form), set(self.months) - set(self.torn)
        self.fresh = {}
        count = uow.exports.count(Filters(form.id, until=last))
        for item, release in told(from_store(uow.shared.all(form.id, last)), count, self.progress):
            if item.id in self.withdrawn:
                continue
            if release is None:
                group = kept(questions, item)
                release = self.fates.get(group)
                if release is not None:
                    self.fresh.setdefault((group, item.revision), bytearray()).extend(f"{item.id}\n".encode())
            if release is not None and release.month in months:
                yield item, release.month, release.values

    def fresh_counts(self) -> Counter[Kept]:
        found = Counter[Kept]()
        for (group, _), ids in self.fresh.items():
            found[group] += ids.count(b"\n")
        return found

    def redacted(self, item: Exported, words: str) -> str:
        """Without what identifies a person, the author's own name among it."""
        labels = self.labels.get(item.language) or next(iter(self.labels.values()))
        text = redact(words, find(words), labels)
        if item.name is None:
            return text
        try:
            name = self.vault.text(item.name, "name")
        except Unreadable:
            return text
        return without_name(text, name, f"[{labels['name']}]")

    def describe(self, folder: pathlib.Path, files: list[Data]) -> None:
        filters = {"form": self.order.form.id, "since": self.months[0], "until": self.until}
        withheld = withheld_of(self.order.form, self.alone, self.torn)
        waiting = about(self.waiting)
        made = About("developers", self.order.purpose, filters, waiting, withheld, self.taken_back, TERMS)
        write_description(folder, files, made, self.order.now)

    def keep(self, uow: UnitOfWork, files: list[Data]) -> None:
        if self.wished(uow) - self.withdrawn:
            raise Changed("an item was taken back meanwhile")
        counts = Counter({month: 0 for month in self.months if month not in self.fixed})
        for group, count in self.fresh_counts().items():
            counts[self.fates[group].month] += count
        uow.releases.fix(counts)
        for (group, revision), ids in self.fresh.items():
            uow.releases.add(self.fates[group], revision, ids.decode().split())
        details = (
            f"format={self.order.kind} profile=developers form={self.order.form.id} since={self.months[0]} "
            f"until={self.until} items={files[0].count} first_shown={self.fresh_counts().total()}"
        )
        uow.audit.add("export feedback", self.order.purpose, details)


def without_name(text: str, name: str, label: str) -> str:
    """The name in whatever case, and its parts as they are written in it."""
    parts = sorted((part for part in name.split() if len(part) >= SHORT), key=len, reverse=True)
    whole = r"\s+".join(re.escape(part) for part in name.split())
    patterns = [rf"(?i:{whole})", *(re.escape(part) for part in parts)] if whole else []
    return re.sub(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", lambda _: label, text) if patterns else text


def withheld_of(form: Form, alone: int, torn: list[str]) -> list[dict[str, object]]:
    texts = [one.id for one in table.asked(form) if one.identifying and one.kind == "text"]
    purged = "Items of it are past their time; what is left could be subtracted from an earlier package."
    months: list[dict[str, object]] = [{"what": "months", "months": torn, "why": purged}] if torn else []
    return [
        *months,
        {
            "what": "items that wait",
            "items": about(alone),
            "why": f"Fewer than {FEWEST} items would show the same identifying values; they come with a later month.",
        },
        {"what": "items that are not shared", "items": "not counted", "why": "Their authors did not agree to it."},
        {
            "what": "columns",
            "columns": ["week", "level", "name", "contact", *texts],
            "why": "They could tell who wrote; a month stands for the week.",
        },
    ]
