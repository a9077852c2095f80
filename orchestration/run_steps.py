"""What the steps of a run did, read from its events.

Belongs here: counting tables, rows and checks per step, and the table that Dagster's page shows of
them. Does not belong here: what the terminal says (report).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.translator import INTAKE_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the job that ran: tables built with their rows, checks, and wall time."""

    name: str
    seconds: float
    tables: int
    rows: int
    passed: int
    warned: int
    failed: int


def steps(
    events: Iterable[dg.DagsterEvent], instance: dg.DagsterInstance, run_id: str
) -> tuple[Step, ...]:
    """List the steps in the order in which they ran; one that was skipped is not among them."""
    walls = {
        wall.step_key: wall.end_time - wall.start_time
        for wall in instance.get_run_step_stats(run_id)
        if wall.start_time is not None and wall.end_time is not None
    }
    counts: dict[str, Counter[str]] = {}
    for event in events:
        step = event.step_key
        if step is None or step not in walls:
            continue
        count = counts.setdefault(step, Counter())
        if event.is_step_materialization and event.asset_key != INTAKE_KEY:
            rows = event.step_materialization_data.materialization.metadata.get("dagster/row_count")
            count["tables"] += 1
            count["rows"] += (rows.value or 0) if isinstance(rows, dg.IntMetadataValue) else 0
        elif event.event_type is dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            check = event.asset_check_evaluation_data
            is_warning = check.severity is dg.AssetCheckSeverity.WARN
            count["passed" if check.passed else "warned" if is_warning else "failed"] += 1
    return tuple(
        Step(
            name=step,
            seconds=walls[step],
            tables=count["tables"],
            rows=count["rows"],
            passed=count["passed"],
            warned=count["warned"],
            failed=count["failed"],
        )
        for step, count in counts.items()
    )


def so_far(instance: dg.DagsterInstance, run_id: str) -> tuple[Step, ...]:
    """List the steps of a run that have ended, from the event log."""
    entries = instance.all_logs(
        run_id,
        of_type={
            dg.DagsterEventType.ASSET_MATERIALIZATION,
            dg.DagsterEventType.ASSET_CHECK_EVALUATION,
            dg.DagsterEventType.STEP_SUCCESS,
        },
    )
    events = (entry.dagster_event for entry in entries if entry.dagster_event)
    return steps(events, instance, run_id)


def as_markdown(ran: Sequence[Step]) -> str:
    """Write the steps as a table."""
    lines = ["| step | seconds | tables | rows | checks |", "|---|--:|--:|--:|---|"]
    lines += [
        f"| {step.name} | {step.seconds:.1f} | {step.tables:,} | {step.rows:,} | {_checks(step)} |"
        for step in ran
    ]
    return "\n".join(lines)


def _checks(step: Step) -> str:
    counts = {"passed": step.passed, "warned": step.warned, "failed": step.failed}
    return ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
