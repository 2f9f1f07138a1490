"""Progress on standard error: a bar, only on a real terminal."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SECONDS = 0.2
WIDTH = 30


@contextmanager
def bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """Yields a function that is told how many are done, and of how many; it may be called from any thread."""
    shown = time.monotonic()

    def tell(done: int, count: int) -> None:
        nonlocal shown
        if sys.stderr.isatty() and time.monotonic() - shown > SECONDS:
            shown = time.monotonic()
            full = WIDTH * min(done, count) // (count or 1)
            sys.stderr.write(f"\r[{'#' * full}{'.' * (WIDTH - full)}] {done:,} of {count:,} {what}\x1b[K")
            sys.stderr.flush()

    try:
        yield tell
    finally:
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
