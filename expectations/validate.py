"""Validates the tables of one layer, read-only, and fails closed.

Belongs here: the one entry for those who run layers, and loading Great Expectations late. Does not
belong here: rules (the suites), asking Great Expectations (reader.py, outcomes.py), wording
(verdicts.py), what a failure means for a run.

Closed means: a table that is missing, empty without a reason, without a suite or without a result
has failed, and so has a rule that raised or that looked at no row.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from expectations import suites
from expectations.verdicts import Outcome, TableVerdict

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from pathlib import Path
    from types import ModuleType


def validate_layer(
    layer: str,
    database: Path,
    tables: Collection[str] | None = None,
    *,
    memory_limit: str | None = None,
    turns: Callable[[Sequence[str]], Iterable[str]] | None = None,
) -> dict[str, TableVerdict]:
    """Validate tables of a layer (`schema.table`; None: all that have a suite) in a DuckDB file.

    Returns one verdict per table asked for, in name order. The file is opened read-only and is let
    go of before this returns, so that a writer in this process may open it. `memory_limit` is what
    DuckDB may use ("4GB"). `turns` gives out the tables, where another process judges some of them.
    Raises ValueError for a layer that is none.
    """
    known = suites(layer)
    wanted = sorted(known if tables is None else set(tables))
    if not database.is_file():
        missing = Outcome("the database exists", "critical", passed=False, error=f"no {database}")
        return {table: TableVerdict(layer, table, (missing,)) for table in wanted}
    taken = turns(wanted) if turns else wanted
    found: dict[str, TableVerdict] = load().verdicts(layer, database, taken, known, memory_limit)
    return found


def load() -> ModuleType:
    """Import Great Expectations, which takes seconds of one core, and what asks it."""
    return importlib.import_module("expectations.reader")
