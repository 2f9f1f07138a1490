"""What the benchmarks of chat platforms share: the program as a process beside a bare client, in turns, and a crowd.

Both write to a server shaped like the platform, in the process that measures; what that server takes is in the
figures of both. Members are many, as one who asks twenty things at once would be told to wait (bot/flood.py).
"""

import asyncio
import itertools
import pathlib
import random
import tempfile
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from bench.beside import Line, line, shown
from bench.crowd import Crowd, crowd
from bench.members import Steps
from bench.probe import resident
from bench.serving import App, Program
from bench.startup import House
from bot.content import Content

PEOPLE, CROWD = 400, 1000  # who ask, in turn; who give feedback at once
COMMAND = ["help"]  # nothing has to be matched


@dataclass(frozen=True)
class Memory:
    """Megabytes of the program's process: once it serves, after the questions, after the crowd; None: not told."""

    served: float | None
    asked: float | None
    crowded: float | None


@dataclass(frozen=True)
class Pair:
    """The bare client and the program, each on a double of its own."""

    bare: App
    ours: App
    program: Program


@dataclass(frozen=True)
class Report:
    platform: str
    seconds: float
    rounds: int
    lines: list[Line]
    crowd: Crowd
    memory: Memory


Opens = Callable[[House, pathlib.Path], AbstractAsyncContextManager[Pair]]  # on a new folder


async def measure(
    house: House,
    opens: Opens,
    say: Callable[[str], None],
    platform: str,
    seconds: float,
    *,
    members: Sequence[int] = (1, 8, 64),
    rounds: int = 3,
    people: int = PEOPLE,
    crowded: int = CROWD,
) -> Report:
    """All figures; `say` hears what is being done. What is stored goes afterwards."""
    names = [f"U{number}" for number in range(people)]
    said = {"question": phrasings(house.content(example=True)), "command": COMMAND}
    several: list[Line] = []
    with tempfile.TemporaryDirectory() as name:
        async with opens(house, pathlib.Path(name)) as pair:
            served = resident(pair.program.pid)
            say(f"{people} members say hello...")
            await welcomed(pair.bare, names)
            await welcomed(pair.ours, names)
            for what, count in itertools.product(said, members):
                say(f"{what}, {count} at once: {rounds} rounds, bare and ours...")
                several.append(await compared(pair, names, what, said[what], count, seconds, rounds))
            after = resident(pair.program.pid)
            say(f"{crowded} members give feedback at once...")
            found = await crowd(house, pair.ours, pair.program, [f"C{number}" for number in range(crowded)])
            memory = Memory(served, after, resident(pair.program.pid))
    return Report(platform, seconds, rounds, several, found, memory)


async def compared(
    pair: Pair, people: Sequence[str], what: str, said: Sequence[str], members: int, seconds: float, rounds: int
) -> Line:
    """So many members ask at once, each the next question once the last was answered; bare and ours in turn."""
    pairs = [
        (
            await asked(pair.bare, people, said, members, seconds),
            await asked(pair.ours, people, said, members, seconds),
        )
        for _ in range(rounds)
    ]
    return line(what, members, pairs)


async def asked(app: App, people: Sequence[str], said: Sequence[str], members: int, seconds: float) -> Steps:
    """Nobody asks again before everybody else did."""
    waiting, dice = deque(people), random.Random(len(people))
    took: list[float] = []
    start = time.perf_counter()

    async def one_after_another() -> None:
        while (before := time.perf_counter()) < start + seconds:
            who = waiting.popleft()
            await app.ask(who, dice.choice(said))
            took.append(time.perf_counter() - before)
            waiting.append(who)

    await asyncio.gather(*(one_after_another() for _ in range(members)))
    return Steps(sorted(took), time.perf_counter() - start)


def phrasings(content: Content) -> list[str]:
    """The content's own questions: what is measured is not how well they are understood."""
    return [one.replace("\n", " ") for found in content.entries.values() for one in found["en"].phrasings]


async def welcomed(app: App, people: Sequence[str]) -> None:
    """Each is known from now on, and was welcomed."""
    for start in range(0, len(people), 8):
        await asyncio.gather(*(app.say(who, "hello") for who in people[start : start + 8]))


def plain(report: Report, bare: str) -> str:
    """`bare`: what was measured beside the program."""
    found, memory = report.crowd, report.memory
    held = ", ".join(
        f"{'unknown' if one is None else f'{one:.0f} MB'} {when}"
        for one, when in (
            (memory.served, "once it serves"),
            (memory.asked, "after the questions"),
            (memory.crowded, "after the crowd"),
        )
    )
    return "\n\n".join(
        [
            f"{report.platform}: from a member's words or command to the reply, the program as its operators run it, "
            f"beside {bare}. Medians of {report.rounds} rounds of {report.seconds:g} s, in turn.",
            "Whoever asks a question waits for the matching too (./run bench answers); a command has nothing to match.",
            shown("asked", report.lines),
            f"{found.members:,} members in feedback at once, from level to receipt and sent: {found.steps:,} steps in "
            f"{found.seconds:.0f} s, {found.steps / found.seconds:.0f} a second, p99 {found.p99:.1f} s. "
            f"{found.receipts:,} receipts, {found.kept:,} items stored once, {found.lost} lost, {found.doubled} "
            f"doubled, {found.strange} that nobody sent.",
            f"Memory of the program's process: {held}.",
        ]
    )
