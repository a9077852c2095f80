"""Writes what is true behind the exports, beside them and for tests only.

Belongs here: files of the truth and the counts of what was planted. Does not belong here: anything
that the warehouse may read.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scenarios.generator.database import Workshop, literal

if TYPE_CHECKING:
    from pathlib import Path

    from scenarios.generator.planning import Planner
    from scenarios.generator.progress import Progress

TABLES = (
    "left_because",
    "counterfactual_ports",
    "quiet_changes",
    "missing_feeds",
    "eligibility",
    "fees",
    "bad_rows",
    "misdecided_claims",
    "claims",
    "late_rows",
    "planted_cases",
    "returners",
    "exposed_lines",
    "benefit_faults",
    "enrolments",
    "insurance_population",
    "insurance_claims",
)


def write(workshop: Workshop, directory: Path, planner: Planner, progress: Progress) -> None:
    """Write every table of the truth and `planted.json`."""
    directory.mkdir(parents=True)
    for table in TABLES:
        workshop.connection.execute(
            f"copy (select * from truth.{table} order by all) "  # noqa: S608
            f"to {literal(str(directory / f'{table}.parquet'))} (format parquet, compression zstd)"
        )
    planted = counts(workshop, planner)
    (directory / "planted.json").write_text(
        json.dumps(planted, indent=2, sort_keys=True) + "\n", encoding="utf-8"
    )
    progress.say("truth")


def counts(workshop: Workshop, planner: Planner) -> dict[str, object]:
    """Count what was planted in the rows that were made."""

    def grouped(query: str) -> dict[str, int]:
        rows = workshop.connection.execute(query).fetchall()
        return {"/".join(str(part) for part in row[:-1]): int(row[-1]) for row in rows}

    return {
        "scale": float(planner.scale),
        "bad_rows": grouped(
            "select entity, reason_code, count(*) from truth.bad_rows group by all order by all"
        ),
        "late_rows": grouped("select entity, count(*) from truth.late_rows group by all"),
        "fees_charged_wrongly": grouped(
            "select error_kind, count(*) from truth.fees where is_charged_wrongly group by all"
        ),
        "misdecided_claims": grouped(
            "select error_kind, count(*) from claims where error_kind is not null group by all"
        ),
        "planted_cases": grouped(
            "select case_name, count(*) from truth.planted_cases group by all"
        ),
        "populations": grouped("select population, lines from openings order by position"),
        "returners": workshop.count("truth.returners"),
        "rejoins": workshop.count("rejoins"),
        "reversed_ports": workshop.count("reversals"),
        "eligibility": grouped(
            "select coalesce(path, 'none'), reason_code, count(*) "
            "from truth.eligibility group by all order by all"
        ),
        "left_because_of_incident": workshop.count("truth.left_because where because_of_incident"),
    }
