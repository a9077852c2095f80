"""dbt-duckdb plugin: DuckDB keeps the blocks it frees, up to its memory limit, for the next ones.

Asking the system for each block and giving it back is a page fault for every four kilobytes, a
fifth of the processor time of a large batch. The price is that memory once used stays with the
process until its database is closed.
"""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING, Any

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin

from orchestration import memory_sizes

if TYPE_CHECKING:
    from dbt.adapters.duckdb.credentials import DuckDBCredentials


class Plugin(BasePlugin):
    """Found by dbt-duckdb under this name."""

    def update_connection_config(self, _: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Reserve as much as the profile lets DuckDB hold."""
        config.update(reserve(str(config.get("memory_limit", ""))))


def reserve(memory_limit: str) -> dict[str, str]:
    """Write the setting that reserves a memory limit; nothing where it cannot be had.

    DuckDB reserves addresses for all that it would hold without a limit. If a limit is more than
    that, or the system refuses, it ends the whole process: so both are looked at first.

    Args:
        memory_limit: as DuckDB reads it, such as 5GB or 4GiB; a share of the machine reserves
            nothing.
    """
    with duckdb.connect() as unlimited:
        ((largest,),) = unlimited.execute("select current_setting('memory_limit')").fetchall()
    addresses = memory_sizes.in_bytes(largest)
    if not 0 < memory_sizes.in_bytes(memory_limit) <= addresses:
        return {}
    try:
        mmap.mmap(-1, addresses, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    except OSError:
        return {}
    return {"block_allocator_memory": memory_limit}
