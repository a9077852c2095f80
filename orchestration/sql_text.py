"""Names and values as SQL text.

Belongs here: quoting, for statements that take no parameters and for small ones too: to bind a
parameter, DuckDB's Python client imports pandas, which is half a second of a small run. Does not
belong here: statements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def quoted(*parts: str) -> str:
    """Quote an identifier, qualified if several parts are given."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def literal(text: str) -> str:
    """Write text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def literals(texts: Iterable[str]) -> str:
    """Write texts as a comma-separated list of SQL literals."""
    return ", ".join(map(literal, texts))
