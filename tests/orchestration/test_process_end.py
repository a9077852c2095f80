"""A batch's process ends at once, and still says everything and puts in order what asked for it."""

from __future__ import annotations

import subprocess
import sys

from orchestration.settings import PROJECT_DIR

_ENDS = """
import atexit
from orchestration import run
atexit.register(print, "and put in order", end="")
class Slow:
    def __del__(self):
        print("taken apart")
kept = Slow()
print("said ", end="")
run._end(3)
"""


def test_what_was_said_is_written_and_nothing_is_taken_apart() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _ENDS], cwd=PROJECT_DIR, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (3, "said and put in order"), ended.stderr
