"""Who on this machine may read what a run writes.

Belongs here: modes of the build directory and of what stands in it. Does not belong here: access
levels of tables (dbt's `meta`), what is in which file (publishing).

Three circles. The user who runs batches reads everything. The group of the build directory reads
what is for inside: marts, logs, Data Docs, run records. Everybody else reaches one file by its
name, the public generation, and can list nothing. Landing conversions, work databases and the vault
are the batch user's alone. To give the group to analysts: `chgrp analysts build; chmod g+s build`.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.settings import Settings

#: Nothing that a run writes is open to others, or writable by the group, unless it is made so.
UMASK: Final = 0o027

#: A folder of the batch user alone.
PRIVATE_FOLDER: Final = 0o700

#: A folder whose files the group lists and others pass through, to a name they have to know.
PASSAGE: Final = 0o751

#: Folders of exports, by the audience of the file that they were made from.
INTERNAL_FOLDER: Final = 0o750
PUBLIC_FOLDER: Final = 0o755

INTERNAL_FILE: Final = 0o640
INTERNAL_GENERATION: Final = 0o440
PUBLIC_GENERATION: Final = 0o444


def tighten_process() -> None:
    """Let this process and the programs it starts write nothing that is open to others."""
    os.umask(UMASK)


def prepare(settings: Settings) -> None:
    """Make the folders of a build directory, or put their modes right."""
    for folder in (settings.build_dir, settings.published_dir):
        folder.mkdir(parents=True, exist_ok=True)
        _set(folder, PASSAGE)
    for folder in (settings.work_dir, settings.vault_dir):
        make_private(folder)


def make_private(folder: Path) -> None:
    """Make a folder that the batch user alone can enter."""
    folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    _set(folder, PRIVATE_FOLDER)


def _set(folder: Path, mode: int) -> None:
    """Set the mode and keep the bit that hands the folder's group on."""
    found = folder.stat()
    wanted = mode | (found.st_mode & stat.S_ISGID)
    if stat.S_IMODE(found.st_mode) != wanted and found.st_uid == os.geteuid():
        folder.chmod(wanted)
