"""Keeps one member's flood from the others: nobody's messages are looked at faster than a person can write.

A token bucket a member, in the process only: an empty one is said once, and then nothing until it is full again.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

BURST = 20  # messages that may come at once
SECONDS = 20.0  # in which an empty bucket fills again, if nothing comes
TRACKED = 10_000  # members, the latest to write

Verdict = Literal["answer", "warn", "ignore"]


@dataclass
class Bucket:
    left: float
    at: float
    flooding: bool = False


class Flood:
    """Who writes too fast; knows members by keyed hashes. `clock`: seconds, only ever forward."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.buckets: dict[str, Bucket] = {}  # the longest silent first

    def judge(self, account: str) -> Verdict:
        """What to do with one more message of this account."""
        now = self.clock()
        bucket = self.buckets.pop(account, None) or Bucket(BURST, now)
        self.buckets[account] = bucket
        if len(self.buckets) > TRACKED:
            del self.buckets[next(iter(self.buckets))]
        bucket.left = min(BURST, bucket.left + (now - bucket.at) * BURST / SECONDS)
        bucket.at = now
        if bucket.flooding and bucket.left < BURST:
            bucket.left = max(0.0, bucket.left - 1)
            return "ignore"
        bucket.flooding = bucket.left < 1
        if bucket.flooding:
            return "warn"
        bucket.left -= 1
        return "answer"
