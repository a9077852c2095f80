"""Validates the tables of one layer, read-only, and fails closed.

Belongs here: the one entry for those who run layers, and loading Great Expectations late. Does not
belong here: rules (the suites), asking Great Expectations (reader.py, outcomes.py), wording
(verdicts.py), what a failure means for a run.

Closed means: a table that is missing, empty without a reason, without a suite or without a result
has failed, and so has a rule that raised or that looked at no row.
"""

from __future__ import annotations

import importlib
import threading
from typing import TYPE_CHECKING

from expectations import suites
from expectations.verdicts import Outcome, TableVerdict

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

# In steps, so that a run that ends early does not wait for the whole import.
_IMPORTS = ("pandas", "scipy.stats", "altair", "great_expectations", "expectations.reader")

_preloading: threading.Thread | None = None


def validate_layer(
    layer: str,
    database: Path,
    tables: Collection[str] | None = None,
    *,
    memory_limit: str | None = None,
) -> dict[str, TableVerdict]:
    """Validate tables of a layer (`schema.table`; None: all that have a suite) in a DuckDB file.

    Returns one verdict per table asked for, in name order. The file is opened read-only and is let
    go of before this returns, so that a writer in this process may open it. `memory_limit` is what
    DuckDB may use ("4GB"). Raises ValueError for a layer that is none.
    """
    known = suites(layer)
    wanted = sorted(known if tables is None else set(tables))
    if not database.is_file():
        missing = Outcome("the database exists", "critical", passed=False, error=f"no {database}")
        return {table: TableVerdict(layer, table, (missing,)) for table in wanted}
    if _preloading is not None:
        _preloading.join()
    reader = importlib.import_module("expectations.reader")
    found: dict[str, TableVerdict] = reader.verdicts(layer, database, wanted, known, memory_limit)
    return found


def preload() -> None:
    """Start importing Great Expectations in the background; returns at once, may be called twice.

    It takes seconds of one core, and most of a run is spent inside DuckDB, which leaves the
    interpreter free. Call it when the caller's own imports are done: two threads that import the
    same package at the same time may see it half made. Never raises: what fails here is tried again
    and reported by validate_layer().
    """
    global _preloading  # noqa: PLW0603 - one import per process is the point
    if _preloading is None:
        _preloading = threading.Thread(target=_import_in_steps, name="preload-great-expectations")
        _preloading.start()


def _import_in_steps() -> None:
    for module in _IMPORTS:
        if not threading.main_thread().is_alive():
            return
        try:
            importlib.import_module(module)
        except (ImportError, RuntimeError):
            # RuntimeError: the program is ending, and some modules refuse to be imported then.
            return
