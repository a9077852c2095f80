"""Memory that dbt and the lineage of columns let go of, given back while they work.

Belongs here: when a process that does not look for garbage does so after all. Does not belong here:
what makes it (dbt_session, lineage), what DuckDB may hold (settings).

A batch runs without Python's collector, since most of what it makes lives until it ends. Two kinds
do not: for every node dbt makes a context of all macros, which refer to each other in circles, and
so do the parts of a parsed statement. What was there before is left out, so that only what was made
since is looked through.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Objects made between two looks at the youngest, some nodes' worth; and looks at these before one
#: at those that were left, and so on.
THRESHOLDS: Final = (100_000, 5, 10)


@contextmanager
def given_back(*, is_wanted: bool) -> Iterator[None]:
    """Collect what is made meanwhile; where the process collects anyway, nothing is changed.

    `is_wanted` says whether memory is dearer than the time: it is of a landing area, beside what
    DuckDB holds of it, and not of the bundled sample.
    """
    if gc.isenabled() or not is_wanted:
        yield
        return
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    gc.enable()
    try:
        yield
    finally:
        gc.disable()
        gc.collect(1)
        gc.set_threshold(*before)
        gc.unfreeze()
