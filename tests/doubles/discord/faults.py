"""Faults a test orders: errors instead of an answer or after the request took effect, limits, delays."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass


@dataclass
class Fault:
    """What befalls the next `times` requests to `path` (a glob without /api/v10) with `method` ("*": any).

    `status` 0 and `delay`: only late. `cut`: the connection is closed instead of an answer.
    `after_commit`: the request takes effect, then the status is answered.
    `retry_after` seconds for a 429; `everywhere`: a global limit. `via` False: a 429 of the firewall in front.
    """

    path: str = "*"
    method: str = "*"
    status: int = 0
    times: int = 1
    after_commit: bool = False
    retry_after: float = 0.2
    everywhere: bool = False
    via: bool = True
    delay: float = 0.0
    cut: bool = False
    hits: int = 0

    def meets(self, method: str, path: str) -> bool:
        return self.hits < self.times and self.method in ("*", method) and fnmatch.fnmatchcase(path, self.path)
