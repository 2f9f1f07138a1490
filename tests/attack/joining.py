"""Joining: an attacker with database, raw files, marks, logs and all keys names an account for each anonymous item.

Each way to guess is scored on the items it names, against what chance allows: 1 in n, n = accounts that filed
anonymously in that batch and language. The attacker is told which accounts these are.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from scipy.stats import binom

from bot.conversations import CONVERSATION, Conversation
from bot.envelopes import ENVELOPE
from bot.vault import Unreadable, Vault
from tests.attack.rawfiles import Haul, Row

SURE = 0.9999
Guesses = dict[str, str]  # item id -> account's hash


@dataclass(frozen=True)
class Target:
    """An anonymous item, and the accounts that filed in its batch and language."""

    row: Row
    answers: dict[str, Any]
    candidates: tuple[str, ...]

    @property
    def id(self) -> str:
        return str(self.row.values["id"])


@dataclass
class Diary:
    """What an attacker who looks again and again noted: when items and claims came, when whose draft was gone.

    `active`: when whose conversation had changed at all.
    """

    first: dict[str, str] = field(default_factory=dict)
    active: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    ended: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    drafts: set[str] = field(default_factory=set)
    moments: list[str] = field(default_factory=list)
    sealed: dict[str, bytes] = field(default_factory=dict)

    def note(self, ids: Sequence[str], conversations: dict[str, bytes], now: str, vault: Vault) -> None:
        for one in ids:
            self.first.setdefault(one, now)
        for account, sealed in conversations.items():
            if self.sealed.get(account) != sealed:
                self.active[account].add(now)
                read = Conversation.from_json(vault.open(sealed, CONVERSATION))
                if read.draft:
                    self.drafts.add(account)
                elif account in self.drafts:
                    self.drafts.remove(account)
                    self.ended[account].add(now)
        self.sealed |= conversations
        self.moments.append(now)

    def after(self, time: str) -> str:
        return next((moment for moment in self.moments if moment >= time), "")


@dataclass
class Score:
    """Of the items that one way to guess named: how many, right ones, and what chance would be right of them."""

    named: int = 0
    right: int = 0
    chance: float = 0.0

    @property
    def bound(self) -> int:
        return int(binom.ppf(SURE, self.named, self.chance / self.named)) if self.named else 0

    @property
    def broken(self) -> bool:
        return self.right > self.bound


class Attacker:
    """One look at one haul."""

    def __init__(self, haul: Haul, vault: Vault, logs: str, diary: Diary, dice: random.Random) -> None:
        self.haul, self.vault, self.logs, self.diary, self.dice = haul, vault, logs, diary, dice
        self.accounts = {str(row.values["key"]): row for row in haul.rows["conversations"]}
        self.claims = {str(row.values["key"]): row for row in haul.rows["claims"]}
        self.past = [(one, read) for one in haul.past if (read := self.read(one.sealed)) is not None]
        self.now = {key: self.read(row.values["sealed"]) for key, row in self.accounts.items()}

    def read(self, sealed: bytes) -> Conversation | None:
        try:
            return Conversation.from_json(self.vault.open(sealed, CONVERSATION))
        except Unreadable:
            return None

    def waiting_changes(self) -> set[str]:
        """Items whose authors' changes wait for the batch: no promise holds against keys until then."""
        found = (orjson.loads(self.vault.open(row.values["sealed"], ENVELOPE)) for row in self.haul.rows["envelopes"])
        return {content["item"] for content in found if "change" in content}

    def guesses(self, targets: Sequence[Target]) -> dict[str, Guesses]:
        """By way to guess."""
        ways: dict[str, Callable[[Sequence[Target]], Guesses]] = {
            "words of a draft": self.by_words,
            "opened by receipt": self.by_opening,
            "same transaction": self.by_same_mark,
            "nearest transaction": self.by_near_mark,
            "came with a commit": self.by_commit,
            "moment": self.by_moment,
            "came back": self.by_return,
            "log lines": self.by_log,
        }
        found = {name: way(targets) for name, way in ways.items()}
        for ours, order in self.item_orders(targets).items():
            for theirs, accounts in self.account_orders().items():
                found[f"{ours} / {theirs}"] = by_rank(targets, order, accounts)
        return found

    def by_words(self, targets: Sequence[Target]) -> Guesses:
        drafts = [(one.key, read.draft) for one, read in self.past if read.draft]
        drafts += [(key, read.draft) for key, read in self.now.items() if read and read.draft]
        whose = {str(draft.answers.get("words")): key for key, draft in drafts}
        return {one.id: whose[words] for one in targets if (words := str(one.answers["words"])) in whose}

    def by_opening(self, targets: Sequence[Target]) -> Guesses:
        whose = {read.opened: one.key for one, read in self.past if read.opened}
        whose |= {read.opened: key for key, read in self.now.items() if read and read.opened}
        return {one.id: whose[one.id] for one in targets if one.id in whose}

    def marks(self, target: Target) -> set[int]:
        """Transactions that touched the item or its notes, but for those that touched many."""
        notes = [row for row in self.haul.rows["notes"] if row.values["item"] == target.id]
        return {mark for row in (target.row, *notes) for mark in row.marks} - self.shared

    @property
    def shared(self) -> set[int]:
        count: dict[int, set[str]] = defaultdict(set)
        for table, name in (("items", "id"), ("notes", "item")):
            for row in self.haul.rows[table]:
                for mark in row.marks:
                    count[mark].add(row.values[name])
        return {mark for mark, several in count.items() if len(several) > 2}

    def account_marks(self) -> list[tuple[int, str]]:
        found = [(mark, key) for key, row in self.accounts.items() for mark in row.marks]
        found += [(mark, one.key) for one, _ in self.past for mark in (one.when, one.until)] if found else []
        many = defaultdict(set)
        for mark, key in found:
            many[mark].add(key)
        return sorted({(mark, key) for mark, key in found if len(many[mark]) == 1})

    def by_same_mark(self, targets: Sequence[Target]) -> Guesses:
        whose = dict(self.account_marks())
        return {one.id: whose[mark] for one in targets for mark in self.marks(one) if mark in whose}

    def by_near_mark(self, targets: Sequence[Target]) -> Guesses:
        """Of the accounts it may be, or any that is no candidate of another: who wrote right before or after."""
        all_marks, found = self.account_marks(), Guesses()
        for one in targets:
            near = [(abs(theirs - mine), key) for mine in self.marks(one) for theirs, key in all_marks]
            if near:
                found[one.id] = min(near)[1]
        return found

    def by_commit(self, targets: Sequence[Target]) -> Guesses:
        """The log tells the commit that brought an item: whose conversation changed in it, or had a draft till then."""
        found = Guesses()
        for one in targets:
            commit = self.haul.appeared.get(one.id)
            if commit is None:
                continue
            ended = [past.key for past, read in self.past if read.draft and past.until <= commit]
            same = {past.key for past, _ in self.past if past.when == commit}
            if len(same) == 1 or ended:
                found[one.id] = same.pop() if len(same) == 1 else ended[-1]
        return found

    def moment_of(self, target: Target) -> str:
        """When it was sent, as far as the item tells; else when it was first there."""
        for name in set(target.answers) - FORM_ANSWERS:
            value = str(target.answers[name])
            if value in self.claims:
                return self.diary.first[value]
            if "T" in value:
                return self.diary.after(value)
        return self.diary.first[target.id]

    def by_moment(self, targets: Sequence[Target]) -> Guesses:
        return self.chosen(targets, lambda one, key: self.moment_of(one) in self.diary.ended[key])

    def by_return(self, targets: Sequence[Target]) -> Guesses:
        """Items that a batch changed, by those who were active in the week before it."""
        replied = {row.values["item"] for row in self.haul.rows["notes"] if not row.values["from_staff"]}
        changed = [one for one in targets if one.id in replied or not one.row.values["sharing"]]
        return self.chosen(changed, lambda one, key: max(self.diary.active[key], default="") > self.diary.first[one.id])

    def chosen(self, targets: Sequence[Target], fits: Callable[[Target, str], bool]) -> Guesses:
        found = Guesses()
        for one in targets:
            left = [key for key in one.candidates if fits(one, key)]
            if left:
                found[one.id] = self.dice.choice(left)
        return found

    def by_log(self, targets: Sequence[Target]) -> Guesses:
        """An account's hash in the lines around an item's id."""
        lines, found = self.logs.splitlines(), Guesses()
        for one in targets:
            at = [number for number, line in enumerate(lines) if one.id in line]
            near = "\n".join(line for number in at for line in lines[max(0, number - 3) : number + 4])
            hashes = [key for key in self.accounts if key in near]
            if hashes:
                found[one.id] = hashes[-1]
        return found

    def item_orders(self, targets: Sequence[Target]) -> dict[str, dict[str, Any]]:
        """What could tell the order in which items came, by name; only where it differs between items."""
        orders: dict[str, dict[str, Any]] = defaultdict(dict)
        for one in targets:
            orders["item's place"][one.id] = one.row.place
            orders["item's size"][one.id] = len(str(one.row.values["answers"]))
            for name, value in (("item's mark", (*one.row.marks, 0)[0]), ("item's rowid", one.row.rowid or 0)):
                orders[name][one.id] = value
            for name in set(one.answers) - FORM_ANSWERS:
                claim = self.claims.get(str(one.answers[name]))
                orders[f"item's {name}"][one.id] = (0, claim.place) if claim else (1, str(one.answers[name]))
        return {name: order for name, order in orders.items() if len(set(order.values())) > len(order) / 2}

    def account_orders(self) -> dict[str, dict[str, Any]]:
        rows = self.accounts.items()
        orders: dict[str, dict[str, Any]] = {
            "conversations": {key: (row.rowid or 0, row.place) for key, row in rows},
            "last sent": {key: (max(self.diary.ended[key], default=""), row.place) for key, row in rows},
            "marks": {key: row.marks[0] for key, row in rows if row.marks},
            "versions": {key: row.values["version"] for key, row in rows},
            "sizes": {key: len(row.values["sealed"]) for key, row in rows},
            "drafts' ends": {one.key: one.until for one, read in self.past if read.draft},
        }
        for table in ("questions", "outbox", "items"):
            orders[table] = {str(row.values["account"]): row.place for row in self.haul.rows[table]}
        return orders


FORM_ANSWERS = {"kind", "sector", "job", "task", "words", "effects", "part", "loop", "better"}


def by_rank(targets: Sequence[Target], ours: dict[str, Any], theirs: dict[str, Any]) -> Guesses:
    """In each batch and language: the first item to the first account, the last to the last."""
    found = Guesses()
    for group in groups(targets):
        accounts = sorted((key for key in group[0].candidates if key in theirs), key=lambda key: theirs[key])
        if len({theirs[key] for key in accounts}) > 1:
            for place, one in enumerate(sorted(group, key=lambda one: ours[one.id])):
                found[one.id] = accounts[place * len(accounts) // len(group)]
    return found


def groups(targets: Sequence[Target]) -> Iterator[list[Target]]:
    found: dict[tuple[str, ...], list[Target]] = defaultdict(list)
    for one in targets:
        found[one.candidates].append(one)
    yield from found.values()
