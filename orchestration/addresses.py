"""Where the web server of `make ui` shows the pages that batches write.

Belongs here: the addresses that metadata in Dagster links to. Does not belong here: serving them
(report_pages), whose import the batch need not wait for.
"""

from __future__ import annotations

from typing import Final

REPORTS: Final = "/reports"
BRIEFING: Final = f"{REPORTS}/briefing"
DOCS: Final = f"{REPORTS}/docs/index.html"


def evidence(run_id: str) -> str:
    """Address of what Great Expectations saw in a run."""
    return f"{REPORTS}/evidence/{run_id}/index.html"


def picture(generation: str, figure: str) -> str:
    """Address of a figure of the briefing of a generation, as a picture."""
    return f"{REPORTS}/picture/{generation}/{figure}.png"
