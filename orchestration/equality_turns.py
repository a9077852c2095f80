"""How many comparisons with a rebuild there were, so that every table has its turn.

Belongs here: the count, kept in the build directory. Days do not serve as one: a feed that delivers
on one day of the week would have the same tables compared for ever. Does not belong here: which
tables a turn compares (equality_check).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.settings import Settings

_FILE: Final = "equality_turns.json"


@dataclass(frozen=True, slots=True)
class Turns:
    """What came of the job so far.

    Attributes:
        done: comparisons that found everything equal; one that did not is repeated.
        idle: times in succession that nothing could be compared.
    """

    done: int = 0
    idle: int = 0


def read(settings: Settings) -> Turns:
    """Tell what came of the job so far; nothing where no record can be read."""
    try:
        return Turns(**json.loads(_path(settings).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return Turns()


def write(settings: Settings, turns: Turns) -> None:
    """Record it, whole or not at all."""
    path = _path(settings)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(asdict(turns)), encoding="utf-8")
    draft.replace(path)


def _path(settings: Settings) -> Path:
    return settings.build_dir / _FILE
