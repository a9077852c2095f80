"""dbt's parse of the project, made once per test run and raw carrier.

Belongs here: making it, and handing it to other build directories. Does not belong here: what is
built with it. Run as a module it is the process that parses: its arguments are a build directory
and the carrier.

What dbt reads of the project is the same wherever it builds, and takes a quarter of a minute. But
it parses everything anew where the profile leads to another place, by a checksum that stands in
what it keeps. Here that checksum is put in the place of the one before. One that is wrong costs a
parse and nothing else: dbt compares the files themselves as ever.
"""

from __future__ import annotations

import gc
import hashlib
import os
import pprint
import shutil
import subprocess
import sys
from argparse import Namespace
from typing import TYPE_CHECKING, Final

from filelock import FileLock

from orchestration.dbt_session import DbtSession
from orchestration.settings import DEMO_PSEUDONYM_KEY, PROJECT_DIR, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_KEPT: Final = "partial_parse.msgpack"
_MANIFEST: Final = "manifest.json"

#: What dbt is told in a session, beside the build directory.
TOLD: Final = {"AFTERMATH_REFERENCE": "seeds/reference", "AFTERMATH_MEMORY_LIMIT": "4GB"}


def take_over(shared: Path, build: Path, carrier: str, target: Path | None = None) -> None:
    """Lay the parse of the test run where dbt looks for its own; the first to ask makes it.

    Args:
        shared: the folder that all workers of the test run share.
        build: the build directory that the project is to be built in.
        carrier: whose raw relations the models read, `seeds` or `landing`.
        target: dbt's target folder, if it is not that of a batch.
    """
    parsed = parsed_in(shared, carrier)
    target = target or build / "dbt" / carrier
    target.mkdir(parents=True, exist_ok=True)
    for name in (_KEPT, _MANIFEST):
        shutil.copyfile(parsed / "dbt" / carrier / name, target / name)
    move(target, parsed, build)


def parsed_in(shared: Path, carrier: str) -> Path:
    """The build directory of the parse of the test run."""
    parsed = shared / f"parsed_{carrier}"
    parsed.mkdir(exist_ok=True)
    with FileLock(parsed / "parse.lock"):
        if not (parsed / "done").exists():
            _parse(parsed, carrier)
            (parsed / "done").touch()
    return parsed


def move(target: Path, before: Path, now: Path) -> None:
    """Let dbt take what it kept in `target` for one build directory as that of another."""
    kept = target / _KEPT
    was, becomes = (_checksum(build).encode() for build in (before, now))
    text = kept.read_bytes()
    assert text.count(was) == 1, "dbt keeps another checksum: see this module"
    kept.write_bytes(text.replace(was, becomes))


def _checksum(build: Path) -> str:
    """What dbt knows the profile by, as its ManifestLoader works it out."""
    # Late: they take seconds, and most tests know no dbt.
    from dbt.config.runtime import load_profile  # noqa: PLC0415
    from dbt.flags import set_from_args  # noqa: PLC0415
    from dbt_common.context import set_invocation_context  # noqa: PLC0415

    where = str(PROJECT_DIR)
    set_from_args(
        Namespace(PROFILES_DIR=where, PROJECT_DIR=where, WHICH="parse", TARGET=None), None
    )
    set_invocation_context(_environment(build))
    found = load_profile(where, {}, None, None).credentials.connection_info()
    return hashlib.sha256(pprint.pformat(sorted(found)).encode()).hexdigest()


def _environment(build: Path) -> Mapping[str, str]:
    clean = {name: value for name, value in os.environ.items() if "AFTERMATH" not in name}
    return clean | TOLD | {"AFTERMATH_BUILD_DIR": str(build)}


def _parse(build: Path, carrier: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.parsed_project", str(build), carrier],
        cwd=PROJECT_DIR,
        env={name: value for name, value in os.environ.items() if "AFTERMATH" not in name}
        # As the batch on the sample has it: it must show up in nothing that dbt keeps.
        | {"AFTERMATH_PSEUDONYM_KEY": DEMO_PSEUDONYM_KEY},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, f"the project was not parsed:\n{run.stderr[-4000:]}"


if __name__ == "__main__":
    # What a parse makes lives until it ends.
    gc.disable()
    landing = sys.argv[1] if sys.argv[2] == "landing" else ""
    DbtSession(
        Settings.from_env({"AFTERMATH_BUILD_DIR": sys.argv[1], "AFTERMATH_LANDING": landing})
    ).manifest()
