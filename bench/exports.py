"""Exports of many items beside a bare cursor loop in the same run: ./run bench exports.

Each line is a process of its own: the real command on a real SQLite file, and a loop that a bare sqlite3 cursor feeds,
which writes the same columns without guard, filter, audit or atomic move. Rates leave out what the same process takes
with no items; memory is the peak above its peak with no items.
"""

import csv
import json
import os
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import orjson

from bench.tables import table

ROOT = pathlib.Path(__file__).parent.parent
DATABASE = "worker-voice.sqlite3"
FORM = "ai-at-work"
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
WORDS = "the app changes my shift and nobody asks whether the patient in room four is stable, so we do it by hand =1+1"
COLUMNS = "id, form, form_version, level, language, week, answers, sharing, contact, status, revision, receipt"
QUERY = "SELECT id, form, form_version, week, language, level, name, status, sharing, contact, answers FROM items"
CHOICES = ("kind", "sector", "part")
HEADS = ("format", "items/s", "of the bare loop's time", "peak MB above start")
BARE = ("csv", "jsonl")
FORMATS = (*BARE, "xlsx", "parquet")


@dataclass(frozen=True)
class Line:
    """`bare`: seconds an item of the loop beside it."""

    name: str
    seconds: float
    bare: float
    megabytes: float


def measure(items: int, say: Callable[[str], None], kinds: Sequence[str] = FORMATS) -> str:
    """The table. `say` hears what is being done. A format without a loop of its own stands beside that of CSV."""
    with tempfile.TemporaryDirectory() as folder:
        empty, full = pathlib.Path(folder) / "empty", pathlib.Path(folder) / "full"
        for place, count in ((empty, 0), (full, items)):
            say(f"Filling a store with {count:,} items...")
            export(place, "csv", "first.csv")
            fill(place / DATABASE, count)
        lines: list[Line] = []
        bare: dict[str, float] = {}
        for kind in kinds:
            if kind in BARE:
                bare[kind], size = beside(f"bare {kind}", empty, full, items, say)
                lines.append(Line(f"bare {kind}", bare[kind], bare[kind], size))
            seconds, size = beside(kind, empty, full, items, say)
            lines.append(Line(kind, seconds, bare.get(kind, bare["csv"]), size))
    return table(HEADS, [shown(line) for line in lines])


def shown(line: Line) -> tuple[str, ...]:
    return line.name, f"{1 / line.seconds:,.0f}", f"{line.seconds / line.bare:.2f}", f"{line.megabytes:.0f}"


def beside(
    name: str, empty: pathlib.Path, full: pathlib.Path, items: int, say: Callable[[str], None]
) -> tuple[float, float]:
    """Seconds an item and peak megabytes of one way, over those with no items."""
    say(f"{name}...")
    kind = name.split()[-1]
    run = bare_loop if name.startswith("bare") else export
    start, end = (run(place, kind, f"{name.replace(' ', '-')}.{kind}") for place in (empty, full))
    return (end[0] - start[0]) / items, end[1] - start[1]


def export(folder: pathlib.Path, kind: str, name: str) -> tuple[float, float]:
    """Run the command in a process of its own; seconds and peak megabytes."""
    folder.mkdir(exist_ok=True)
    words = ["export", "feedback", "--purpose", "bench", "--format", kind, "-o", str(folder / name)]
    return child(folder, f"sys.argv[1:] = {words!r}; import app; status = app.main()")


def bare_loop(folder: pathlib.Path, kind: str, name: str) -> tuple[float, float]:
    call = f"bare_{kind}({str(folder / DATABASE)!r}, {str(folder / name)!r})"
    return child(folder, f"import bench.exports; bench.exports.{call}; status = 0")


def child(folder: pathlib.Path, program: str) -> tuple[float, float]:
    program = f"import sys; {program}; import bench.exports; print(bench.exports.peak()); sys.exit(status)"
    environment = os.environ | {"PYTHONPATH": str(ROOT), "DATA_DIR": str(folder), "DATABASE_URL": ""}
    start = time.perf_counter()
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(done.stderr)
    return time.perf_counter() - start, float(done.stdout)


def peak() -> float:
    """This process's peak memory in megabytes. (getrusage would tell the parent's, where that is larger.)"""
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1000
    raise RuntimeError("this kernel does not tell the peak")


def fill(database: pathlib.Path, count: int) -> None:
    places = ", ".join("?" * (COLUMNS.count(",") + 1))
    with sqlite3.connect(database) as connection:
        connection.executemany(f"INSERT INTO items ({COLUMNS}) VALUES ({places})", rows(count))  # noqa: S608
    connection.close()


def rows(count: int) -> Iterator[tuple[object, ...]]:
    draw, words = random.Random(1), WORDS.split()
    for _ in range(count):
        answers = {
            "kind": draw.choice(("knowledge", "concern", "idea")),
            "sector": draw.choice(("health", "education", "public")),
            "job": "nurse",
            "task": "the scheduling app",
            "words": " ".join(draw.choices(words, k=40)),
            "effects": draw.choice((("safety", "time"), ("quality",), ("pay", "skills", "privacy"))),
            "part": "after_yes",
            "loop": None,
            "better": " ".join(draw.choices(words, k=15)),
        }
        own, receipt = ("".join(draw.choices(LETTERS, k=10)) for _ in range(2))
        week = f"2026-W{draw.randrange(1, 45):02d}"
        fixed = ("anonymous", draw.choice(("en", "en", "en", "es")), week, json.dumps(answers), True, False)
        yield own, FORM, 1, *fixed, "new", 1, receipt


def bare_rows(database: str) -> Iterator[dict[str, object]]:
    connection = sqlite3.connect(database)
    for own, form, version, week, language, level, name, status, sharing, contact, text in connection.execute(QUERY):
        answers = orjson.loads(text)
        row = {"id": own, "form": f"{form} {version}", "week": week, "language": language, "level": level}
        row |= {"name": name, "status": status, "sharing": sharing, "contact": contact, **answers}
        row["effects"] = "; ".join(answers["effects"])
        for choice in (*CHOICES, "effects"):
            row[choice + "_label"] = row[choice]
        yield row
    connection.close()


def bare_csv(database: str, path: str) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        for row in bare_rows(database):
            writer.writerow(row.values())


def bare_jsonl(database: str, path: str) -> None:
    with open(path, "wb") as file:
        for row in bare_rows(database):
            file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
