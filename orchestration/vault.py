"""What the vault knows of changes of the pseudonym key.

Belongs here: the register of rotations, and which books and lines lead where under them. Does not
belong here: making a map (key_rotation).

The vault stands beside the published folder, is the batch user's alone, and outlives batches and
generations: it is the one place where pseudonyms of two keys meet.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.settings import Settings

_REGISTER: Final = "rotations.json"


@dataclass(frozen=True, slots=True)
class Rotation:
    """A change of keys; keys by their names, books by their ids, the map by its file."""

    at: str
    old_key: str
    new_key: str
    old_book: str
    new_book: str
    map_file: str


def rotations(settings: Settings) -> tuple[Rotation, ...]:
    """List every change of keys so far, oldest first."""
    try:
        text = (settings.vault_dir / _REGISTER).read_text("utf-8")
    except FileNotFoundError:
        return ()
    return tuple(Rotation(**each) for each in json.loads(text))


def register(settings: Settings, rotation: Rotation) -> None:
    """Add a rotation; from now on a batch under the new key takes the old books over."""
    path = settings.vault_dir / _REGISTER
    known = [each for each in rotations(settings) if each.new_book != rotation.new_book]
    written = path.with_name(f"{_REGISTER}.new")
    descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump([asdict(each) for each in (*known, rotation)], stream, indent=2)
        stream.flush()
        os.fsync(stream.fileno())
    written.replace(path)


def books_before(settings: Settings, book: str) -> dict[str, tuple[Path, ...]]:
    """List the books that a book continues, itself among them, each with the maps that lead here.

    The maps stand in the order in which they have to be applied.
    """
    found: dict[str, tuple[Path, ...]] = {book: ()}
    for rotation in reversed(rotations(settings)):
        if rotation.new_book in found and rotation.old_book not in found:
            path = settings.vault_dir / rotation.map_file
            found[rotation.old_book] = (path, *found[rotation.new_book])
    return found


def successor(settings: Settings, book: str) -> str:
    """Name the books that a book went on as; empty if it goes on under its own name."""
    followed = {each.old_book: each.new_book for each in rotations(settings)}
    newest = book
    while newest in followed:
        newest = followed.pop(newest)
    return newest if newest != book else ""


def leads(settings: Settings, old_key: str, new_key: str) -> bool:
    """Tell whether rotations lead from one key to another; keys by their names."""
    followed = {each.old_key: each.new_key for each in rotations(settings)}
    while old_key in followed and old_key != new_key:
        old_key = followed.pop(old_key)
    return old_key == new_key
