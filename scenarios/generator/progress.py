"""Progress lines on standard error, with the seconds since the start.

Belongs here: telling a person what is going on. Does not belong here: results - they go to standard
output or to files.
"""

from __future__ import annotations

import sys
import time


class Progress:
    """Prints one line per step; silent when nobody asked."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._start = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._start

    def say(self, message: str) -> None:
        """Print a line with the time."""
        if not self._quiet:
            sys.stderr.write(f"[{self.seconds:6.1f} s] {message}\n")
            sys.stderr.flush()
