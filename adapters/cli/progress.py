"""Messages and progress on standard error; on a real terminal in lines that break between words, and with a bar."""

import shutil
import sys
import textwrap
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


def say(message: str) -> None:
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns - 1
        message = "\n".join(textwrap.fill(one, width) for one in message.splitlines())
    print(message, file=sys.stderr, flush=True)  # noqa: T201
