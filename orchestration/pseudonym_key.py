"""dbt-duckdb plugin: gives the session the key of the pseudonyms as a DuckDB variable.

The key reaches SQL as `getvariable('pseudonym_key')`, so it stands in no compiled file and no log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbt.adapters.duckdb.plugins import BasePlugin

from orchestration.settings import DEMO_PSEUDONYM_KEY, Settings
from orchestration.sql_text import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class Plugin(BasePlugin):
    """Found by dbt-duckdb under this name."""

    def configure_cursor(self, cursor: DuckDBPyConnection) -> None:
        """Set the variable on every cursor: DuckDB keeps variables per connection, not per file."""
        key = Settings.from_env().pseudonym_key or DEMO_PSEUDONYM_KEY
        cursor.execute(f"set variable pseudonym_key = {literal(key)}")
