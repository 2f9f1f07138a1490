"""How fast, how heavy: starts `bench.probe` and reads what it measured."""

import json
import os
import pathlib
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.probe import Task
from bot.content import Content
from bot.errors import Refused
from bot.faq import cache
from bot.faq.matcher import Matcher

ROOT = pathlib.Path(__file__).parent.parent
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Speed:
    """On one core. `start_s`: from the process's start to its first answer, the index being cached. `hostile`: which
    of the hostile texts cost most; it and a 10,000-character text in multiples of the median question."""

    asked: int
    per_second: float
    median_ms: float
    p99_ms: float
    long_times_median: float
    hostile_times_median: float
    hostile: str
    resident_mb: float | None
    start_s: float


def measure(matcher: Matcher, content: Content, questions: Sequence[str], *, reads_content: bool) -> Speed:
    """Ask the questions one by one in a fresh process; a slow machine's figures are its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        encoder = matcher.encoder.folder.absolute()
        cache.write(folder, cache.name(content.fingerprint(), encoder), matcher.index)
        task = Task(content, encoder, folder, list(questions), reads_content)
        (folder / "task").write_bytes(pickle.dumps(task))
        command = [sys.executable, "-m", "bench.probe", str(folder / "task"), str(time.time())]
        environment = {**os.environ, **dict.fromkeys(THREADS, "1"), "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise Refused(
            f"The speed could not be measured: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}"
        )
    return Speed(**json.loads(done.stdout))
