"""That the delivered files are still the ones that were checked.

Belongs here: how a file is known again, and the question at the end of a batch. Does not belong
here: checking a file (intake_files).

Files of a landing area are read where they lie, from the check to the last query of staging, by
their path. Who may write there can put another file in that place meanwhile, or back again, so the
batch asks once more before it publishes. What is compared cannot be set by a program without
changing the last of it: device, number, size, time of change of content and of description.
"""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orchestration.errors import BadInput

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from orchestration.settings import Settings

_SEALS: Final = "landing_seals.json"


@dataclass(frozen=True, slots=True)
class Seal:
    """What a file is known again by."""

    device: int
    number: int
    size: int
    content_changed_ns: int
    described_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> Seal:
        """Take the seal of an open file or a path."""
        return cls(
            status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
        )


def keep(settings: Settings, seals: Mapping[Path, Seal]) -> None:
    """Remember the files that the batch reads."""
    written = {str(path): astuple(seal) for path, seal in seals.items()}
    (settings.work_dir / _SEALS).write_text(json.dumps(written))


def require_unbroken(settings: Settings) -> None:
    """Ask whether every file is still the one that was checked.

    Raises:
        BadInput: a file was changed, replaced or removed since, or none was remembered.
    """
    path = settings.work_dir / _SEALS
    try:
        kept = json.loads(path.read_text())
    except FileNotFoundError:
        raise BadInput(
            "Nothing says which delivered files the batch read", str(path), "run the whole job"
        ) from None
    broken = [name for name, values in kept.items() if _seal(Path(name)) != Seal(*values)]
    if broken:
        raise BadInput.of_several(
            [
                BadInput(
                    "A delivered file was changed while the batch was reading it",
                    name,
                    "leave the landing area alone during a batch; deliver the file again if it is "
                    "not the right one, then run again",
                )
                for name in broken
            ]
        )


def _seal(path: Path) -> Seal | None:
    try:
        return Seal.of(path.lstat())
    except OSError:
        return None
