"""The text of a manifest, read without believing in it.

Belongs here: size, encoding and JSON that means one thing only. Does not belong here: what a
manifest has to say (manifests).
"""

from __future__ import annotations

import json
import os
import stat
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from orchestration.errors import BadInput
from orchestration.intake_limits import SETTING, Limits

if TYPE_CHECKING:
    from pathlib import Path

AS_EXPORTED: Final = "let the export write the manifest again"

_DIGITS: Final = 40
_SHOWN: Final = 80


def read(path: Path, limits: Limits) -> dict[str, Any]:
    """Read a JSON object from a plain file.

    Raises:
        BadInput: it is no plain file, too large, not UTF-8, not JSON, or says a name twice.
    """
    content = _content(path, limits)
    try:
        document = json.loads(
            content.decode("utf-8"),
            parse_float=Decimal,
            parse_int=_whole,
            object_pairs_hook=_without_repetition,
        )
    except UnicodeDecodeError as error:
        raise BadInput(
            "A manifest is not UTF-8 text", f"{path}, byte {error.start}", AS_EXPORTED
        ) from error
    except json.JSONDecodeError as error:
        raise BadInput(
            f"A manifest is not JSON: {error.msg}",
            f"{path}, line {error.lineno}, column {error.colno}",
            AS_EXPORTED,
        ) from error
    except (ValueError, InvalidOperation, RecursionError) as error:
        why = "nested too deep" if isinstance(error, RecursionError) else str(error)
        raise BadInput(f"A manifest cannot be read: {why}", str(path), AS_EXPORTED) from error
    if not isinstance(document, dict):
        raise BadInput("A manifest is not a JSON object", str(path), AS_EXPORTED)
    return document


def _content(path: Path, limits: Limits) -> bytes:
    """Read a plain file of bounded size; a link or a pipe is never followed or waited for."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise BadInput("A manifest is not a plain file", str(path), AS_EXPORTED) from error
    with os.fdopen(descriptor, "rb") as stream:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise BadInput("A manifest is not a plain file", str(path), AS_EXPORTED)
        # It may still be growing: one byte more than it has tells.
        content = stream.read(min(status.st_size, limits.manifest_bytes) + 1)
    if len(content) > limits.manifest_bytes:
        raise too_large(path, "manifest_bytes", limits.manifest_bytes)
    return content


def too_large(path: Path, name: str, limit: int) -> BadInput:
    """Say that a manifest is over a limit."""
    return BadInput(
        f"A manifest is beyond what is read: more than {limit:,} {name.partition('_')[2]}",
        str(path),
        f"ask the export what it sent; if it is right, raise the limit: {SETTING}={name}=<n>",
    )


def _whole(text: str) -> int:
    if len(text) > _DIGITS:
        raise ValueError(f"a number has {len(text):,} digits")
    return int(text)


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse what a reader could take for either of two things."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{told(twice)} is said twice in one object")
    return found


def told(value: object) -> str:
    """Show a value in a message: nothing that a terminal obeys, and not all of it."""
    text = ascii(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
