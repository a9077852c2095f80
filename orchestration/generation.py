"""Raw exports of a scenario for a batch at scale.

Belongs here: where they are put and how the generator is called. Does not belong here: generating.
The generator is a process of its own, so that its memory is free again when the batch starts.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from orchestration.errors import BadInput
from orchestration.settings import PROJECT_DIR, environment_without_keys

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
    folder = settings.build_dir / "scenarios" / f"{chosen.scenario.stem}-{chosen.scale}"
    command = [
        *(sys.executable, "-m", "scenarios.generate"),
        *("--scenario", str(chosen.scenario)),
        *("--reference", str(settings.reference)),
        *("--scale", str(chosen.scale)),
        *("--out", str(folder)),
        # A batch that is killed takes its generator along: two must not write to one place.
        "--tied",
        *(("--seed", str(chosen.seed)) if chosen.seed is not None else ()),
        *(() if chosen.verbose else ("--quiet",)),
    ]
    print(f"Generating {chosen.scenario.stem} at scale {chosen.scale} ...", file=sys.stderr)
    said = ""
    with subprocess.Popen(  # noqa: S603 - our own module, no shell
        command,
        cwd=PROJECT_DIR,
        env=environment_without_keys(),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as generator:
        for line in generator.stderr or ():
            if chosen.verbose:
                sys.stderr.write(line)
            said = line.strip() or said
    if generator.returncode:
        raise BadInput(
            f"The generator stopped: {said.removeprefix('error: ') or 'it said nothing'}",
            " ".join(word for word in command[1:] if word != "--tied"),
            "mend what it names; that command runs it by itself",
        )
    return folder / "landing"
