"""Sizes of memory as DuckDB writes them: 5GB, 4GiB.

Belongs here: reading and dividing them. Does not belong here: how much what may hold (settings).
"""

from __future__ import annotations

import re
from typing import Final

_SIZE: Final = re.compile(r"([\d.]+)\s*([kmgt])(i?)b", re.IGNORECASE)


def in_bytes(size: str) -> int:
    """Read a size; 0 of what is none, such as a share of the machine."""
    found = _SIZE.fullmatch(size.strip())
    if not found:
        return 0
    base = 1024 if found[3] else 1000
    return int(float(found[1]) * base ** " kmgt".index(found[2].lower()))


def half(size: str) -> str:
    """Write half of a size; what is none stays as it is."""
    known = in_bytes(size)
    return f"{known / 2000:.3f}KB" if known else size
