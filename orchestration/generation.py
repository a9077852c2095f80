"""Raw exports of a scenario for a batch at scale.

Belongs here: where they are put and how the generator is called. Does not belong here: generating.
The generator is a process of its own, so that its memory is free again when the batch starts.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from orchestration.errors import BadInput
from orchestration.settings import PROJECT_DIR

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.arguments import Arguments
    from orchestration.settings import Settings


def generate(settings: Settings, chosen: Arguments) -> Path:
    """Generate the exports and return the landing area.

    Raises:
        BadInput: the generator refused; its message is passed on.
    """
    if chosen.scenario is None or chosen.scale is None:
        raise ValueError("a scenario and a scale are needed")
    landing = settings.build_dir / "scenarios" / f"{chosen.scenario.stem}-{chosen.scale}"
    command = [
        *(sys.executable, "-m", "scenarios.generate"),
        *("--scenario", str(chosen.scenario)),
        *("--scale", str(chosen.scale)),
        *("--out", str(landing)),
        *(("--seed", str(chosen.seed)) if chosen.seed is not None else ()),
    ]
    done = subprocess.run(  # noqa: S603 - our own module, no shell
        command, cwd=PROJECT_DIR, check=False, stderr=subprocess.PIPE, text=True
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["it said nothing"]
        raise BadInput(
            f"The generator failed: {lines[-1]}",
            " ".join(command[1:]),
            "run that command by itself to see all it says",
        )
    return landing
