"""Links that readers open, swapped in one step.

Belongs here: a link leads to the old or to the new file, never to none in between. Does not belong
here: which file readers are to see (publishing).
"""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

#: Links half made, which a killed process leaves.
PREFIX: Final = ".current."


def target(link: Path) -> str | None:
    """Name the file that a link leads to; None if there is no link."""
    try:
        return link.readlink().name
    except FileNotFoundError:
        return None


def point(link: Path, name: str) -> None:
    """Let a link lead to a file beside it."""
    made = link.with_name(f"{PREFIX}{secrets.token_hex(4)}")
    made.symlink_to(name)
    made.replace(link)
    sync(link.parent)


def follow(link: Path, path: Path) -> None:
    """Let a link lead to a file if that is there, and to nothing if it is not."""
    if not path.exists():
        if link.is_symlink():
            link.unlink()
    elif target(link) != path.name:
        point(link, path.name)


def sync(path: Path) -> None:
    """Have a file or a folder on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
