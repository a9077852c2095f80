"""What Spark answers, asked once per test run.

Belongs here: that a second worker waits for the answer of the first, and how a script is run in
the environment of Spark. Does not belong here: the questions, which the tests hold.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from filelock import FileLock

from orchestration.settings import PROJECT_DIR

if TYPE_CHECKING:
    from collections.abc import Callable

SPARK_PYTHON: Final = PROJECT_DIR / ".venv-spark" / "bin" / "python"

#: Two of the options in profiles.yml: code that runs once for a few rows is not compiled well.
_SMALL_JAVA: Final = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


def in_spark(script: str, *arguments: str, given: str = "", **environment: str) -> str:
    """Run a script of a test in the environment of Spark; returns its last line.

    Args:
        script: Python.
        arguments: its own, as text.
        given: what it reads from its standard input.
        environment: further variables.
    """
    done = subprocess.run(
        [SPARK_PYTHON, "-c", script, *arguments],
        cwd=PROJECT_DIR,
        env=os.environ
        | {"PYTHONPATH": str(PROJECT_DIR), "JAVA_TOOL_OPTIONS": _SMALL_JAVA, **environment},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, (done.stdout + done.stderr)[-3000:]
    return done.stdout.splitlines()[-1]


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
