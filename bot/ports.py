"""What the core needs from outside, each port two to four methods. The store runs the core's work in one transaction.

Work is a plain function of a UnitOfWork. The store commits when it returns, rolls back when it raises.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from bot.desk import Inquiries, Inquiry, Notes, Outbox, Triage
from bot.events import AnyEvent
from bot.feedback import Feedback
from bot.replies import Outcome, Reply

if TYPE_CHECKING:
    from bot.exporting import Exports
    from bot.owned import Owned
    from bot.releasing import Releases, Shared
    from bot.report.source import Reports
    from bot.rotation import Seals
    from bot.servers import Servers
    from bot.upkeep import Marks, Upkeep

T = TypeVar("T")


@dataclass(frozen=True)
class Claim:
    """Whether this is the first time an event is seen; if not, whether its reply was delivered, and what it was."""

    first: bool
    delivered: bool
    note: str


@dataclass(frozen=True)
class Stored:
    """A sealed conversation and the version it was read at."""

    key: str
    version: int
    sealed: bytes


@dataclass(frozen=True)
class Envelope:
    """What waits for the next batch: a sealed anonymous item, or what is to be changed of a filed one.

    `receipt`: a keyed hash of its receipt's hash (Vault.envelopes), or of the changed item's id. `week`: from when it
    waits.
    """

    id: str
    receipt: str
    language: str
    week: str
    sealed: bytes


class Claims(Protocol):
    """Which events were handled. A second claim writes too, so that a failover cannot acknowledge what it lost."""

    def claim(self, keys: Sequence[str], day: str) -> Claim: ...
    def note(self, keys: Sequence[str], note: str) -> None: ...
    def delivered(self, keys: Sequence[str]) -> None: ...


class Conversations(Protocol):
    """Sealed conversations under a keyed hash; `load` with `lock` holds the row to the end of the transaction."""

    def load(self, keys: Sequence[str], *, lock: bool) -> Stored | None: ...
    def save(self, key: str, sealed: bytes, before: Stored | None, day: str) -> None: ...
    def forget(self, keys: Sequence[str]) -> None: ...
    def touch_all(self) -> None: ...


class Items(Protocol):
    """Filed feedback."""

    def add(self, item: Feedback) -> None: ...
    def all(self, form: str) -> Iterator[Feedback]: ...


class Envelopes(Protocol):
    """What waits for the batch. `remove` tells which of them were still there.

    `add` raises Changed where another transaction put one under the same hash meanwhile.
    """

    def add(self, envelope: Envelope) -> None: ...
    def waiting(self) -> list[Envelope]: ...
    def under(self, receipts: Sequence[str]) -> list[Envelope]: ...
    def remove(self, ids: Sequence[str]) -> list[str]: ...
    def last_batch(self, week: str | None = None) -> str: ...


class Count(NamedTuple):
    """What a counter counts; `topic` "" but for answers."""

    week: str
    outcome: str
    topic: str
    language: str


class Counters(Protocol):
    """Weekly counts without content or member; `between` two weeks, both included, "" for no limit.

    `mingle` rewrites those of a week and later, so that all carry its mark.
    """

    def add(self, one: Count, count: int = 1) -> None: ...
    def mingle(self, since: str) -> None: ...
    def between(self, since: str, until: str) -> Mapping[Count, int]: ...


class Questions(Protocol):
    """Questions that members sent to staff. `of`: those of an account that wait for an answer.

    `forget_asker`: account and address go, the words stay; only of a question of one of these accounts. `mingle`
    rewrites those without an account, so that all carry its mark.
    """

    def add(
        self, text: str, language: str, week: str, account: str | None = None, address: bytes | None = None
    ) -> None: ...
    def of(self, accounts: Sequence[str]) -> list[Inquiry]: ...
    def forget_asker(self, question: str, accounts: Sequence[str]) -> None: ...
    def mingle(self) -> None: ...


class Audit(Protocol):
    """Who took what out, when and why."""

    def add(self, action: str, purpose: str, details: str) -> None: ...


class UnitOfWork(Protocol):
    """One transaction."""

    claims: Claims
    conversations: Conversations
    items: Items
    envelopes: Envelopes
    counters: Counters
    questions: Questions
    audit: Audit
    triage: Triage
    notes: Notes
    inquiries: Inquiries
    outbox: Outbox
    owned: "Owned"
    reports: "Reports"
    upkeep: "Upkeep"
    exports: "Exports"
    shared: "Shared"
    releases: "Releases"
    marks: "Marks"
    seals: "Seals"
    servers: "Servers"


class Store(Protocol):
    """Runs work. Raises StoreAway when the database does not answer.

    `write`: in a transaction. `read`: each question by itself sees what is committed, which costs least. `snapshot`:
    reads too, and all questions see the same moment, whatever is written meanwhile.
    `sweep` takes what was deleted from these tables out of the raw files; False where somebody was in the way. `settle`
    takes out of the log what was written when, and out of these tables' files the rows' earlier versions.
    """

    async def read(self, work: Callable[[UnitOfWork], T]) -> T: ...
    async def snapshot(self, work: Callable[[UnitOfWork], T]) -> T: ...
    async def write(self, work: Callable[[UnitOfWork], T]) -> T: ...
    async def sweep(self, tables: Sequence[str]) -> bool: ...
    async def settle(self, tables: Sequence[str]) -> None: ...
    async def close(self) -> None: ...


class Adapter(Protocol):
    """A platform. `listen` calls back with each event until the platform ends; `deliver` shows an outcome there."""

    async def connect(self) -> None: ...
    async def listen(self, respond: Callable[[AnyEvent], Awaitable[None]]) -> None: ...
    async def deliver(self, event: AnyEvent, outcome: Outcome) -> None: ...


class ChatPlatform(Adapter, Protocol):
    """A platform that members and staff share. `push` writes to a member first, `announce` to a channel of staff's.

    Both say False where the platform does not let the bot, and raise where it may go later. `stop`: `listen` takes
    nothing new, finishes what is under way and ends. `close`: lets go of what `connect` took, where nobody listens.
    """

    async def push(self, to: tuple[str, ...], reply: Reply) -> bool: ...
    async def announce(self, channel: str, reply: Reply, language: str) -> bool: ...
    async def is_ready(self) -> bool: ...
    def stop(self) -> None: ...
    async def close(self) -> None: ...
