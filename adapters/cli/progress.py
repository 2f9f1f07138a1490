"""Progress on standard error: a line that counts, only on a real terminal."""

import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

SECONDS = 0.2


@asynccontextmanager
async def counter(what: str) -> AsyncIterator[Callable[[int], None]]:
    """Yields a function that is told how many are done."""
    shown = time.monotonic()

    def tell(done: int) -> None:
        nonlocal shown
        if sys.stderr.isatty() and time.monotonic() - shown > SECONDS:
            shown = time.monotonic()
            sys.stderr.write(f"\r{done:,} {what}...")
            sys.stderr.flush()

    yield tell
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
