"""One figure of the page as a picture, for pages that take no script: Dagster's.

Belongs here: drawing without a browser. Does not belong here: the charts (charts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import vl_convert

from briefing import charts, figures, words

if TYPE_CHECKING:
    import duckdb

#: Pixels across.
_WIDTH: Final = 760


def png(connection: duckdb.DuckDBPyConnection, name: str, language: str = "en") -> bytes | None:
    """Draw the first panel of a figure of the open published file; None if it has no rows."""
    rows = figures.answers(connection, [name])[name].rows
    panels = charts.panels(name, rows, words.read(language), figures.generation(connection))
    if not panels:
        return None
    spec = panels[0].spec | {"width": _WIDTH}
    spec["config"] = spec["config"] | {"background": "white"}
    drawn: bytes = vl_convert.vegalite_to_png(spec)
    return drawn
