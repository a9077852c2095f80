"""What Spark answers, asked once per test run.

Belongs here: that a second worker waits for the answer of the first, and how Java is started for
it. Does not belong here: the questions, which the tests hold.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from filelock import FileLock

if TYPE_CHECKING:
    from collections.abc import Callable

#: Two of the options in profiles.yml: code that runs once for a few rows is not compiled well.
SMALL_JAVA: Final = {"JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}


def asked_once(folder: Path, ask: Callable[[Path], str]) -> dict[str, Any]:
    """Ask with a folder to work in, unless another worker has: Spark takes a minute to answer."""
    folder.mkdir(exist_ok=True)
    answer = folder / "answer.json"
    with FileLock(folder / "ask.lock"):
        if not answer.exists():
            # Into an empty one: what a question that failed left behind would hide why.
            answer.write_text(ask(Path(tempfile.mkdtemp(dir=folder))), "utf-8")
    found: dict[str, Any] = json.loads(answer.read_text("utf-8"))
    return found
