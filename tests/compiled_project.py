"""The SQL of the project as dbt compiles it, once per test run.

Belongs here: compiling, and what is read of it. Does not belong here: running the SQL.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from filelock import FileLock

from orchestration.settings import PROJECT_DIR
from tests import parsed_project

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Where all workers of a test run share what they compile; a folder of its own outside of pytest.
shared_folder: Path | None = None

_DONE: Final = "compiled.done"


@functools.cache
def nodes(raw_carrier: str, *selected: str) -> dict[str, dict[str, Any]]:
    """Models and tests by unique id, each with its `compiled_code`.

    Args:
        raw_carrier: whose raw relations the models read, `seeds` or `landing`.
        selected: what to compile, as dbt's `--select` has it.

    Raises:
        CalledProcessError: the project does not compile; dbt's words are on stderr.
    """
    name = hashlib.sha256(" ".join((raw_carrier, *selected)).encode()).hexdigest()[:8]
    folder = _folder() / f"compiled_{name}"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "compile.lock"):
        if not (folder / _DONE).exists():
            _compile(folder, raw_carrier, selected)
            (folder / _DONE).touch()
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    found: dict[str, dict[str, Any]] = manifest["nodes"]
    return {name: node for name, node in found.items() if node.get("compiled_code")}


def _folder() -> Path:
    return shared_folder or Path(tempfile.mkdtemp())


def _compile(folder: Path, raw_carrier: str, selected: Sequence[str]) -> None:
    (folder / "work").mkdir(exist_ok=True)
    parsed_project.take_over(folder.parent, folder, raw_carrier, folder)
    subprocess.run(
        [
            *(sys.executable, "-c", "import gc; gc.disable(); from dbt.cli.main import cli; cli()"),
            *("--quiet", "compile", "--no-introspect", "--no-populate-cache"),
            *("--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)),
            *("--target-path", str(folder), "--log-path", str(folder)),
            # As in the parse that was taken over.
            *("--vars", json.dumps({"raw_carrier": raw_carrier, "as_of_date": ""})),
            *("--select", *selected),
        ],
        check=True,
        cwd=PROJECT_DIR,
        env=os.environ
        | parsed_project.TOLD
        | {"AFTERMATH_BUILD_DIR": str(folder), "PYTHONPATH": str(PROJECT_DIR)},
        stdout=subprocess.DEVNULL,
    )
