"""Why a run failed, in one message.

Belongs here: reading it out of Dagster's events. The first thing that broke leads; whatever broke
as a consequence is left to the log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dagster as dg

from orchestration import errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: A message names so many broken checks; the others are counted.
_NAMED = 3


def why(events: Sequence[dg.DagsterEvent]) -> str:
    """Say what a person has to know: step, and table, rule and rows or the input at fault."""
    broken = list(_broken_gates(events))
    if broken:
        step = broken[0][0]
        named = "\n".join(message for _, message in broken[:_NAMED])
        more = len(broken) - _NAMED
        return f"{_titled(step)}\n{named}" + (f"\n... and {more} more" if more > 0 else "")
    for event in events:
        if event.is_step_failure:
            return f"{_titled(event.step_key or 'run')}\n{_explained(event)}"
    for event in events:
        if event.is_job_event and event.event_type_value in {"PIPELINE_FAILURE", "RUN_FAILURE"}:
            error = event.job_failure_data.error
            return _sentence(error) if error else (event.message or "the run failed")
    return "the run failed without saying why"


def _broken_gates(events: Sequence[dg.DagsterEvent]) -> Iterator[tuple[str, str]]:
    """Find step and message of each blocking check of Great Expectations that failed."""
    for event in events:
        if event.event_type is not dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            continue
        check = event.asset_check_evaluation_data
        is_gate = (event.step_key or "").startswith("gate_")
        if is_gate and not check.passed and check.severity is dg.AssetCheckSeverity.ERROR:
            yield event.step_key or "", check.description or check.check_name


def _titled(step: str) -> str:
    kind, _, layer = step.partition("_")
    if kind == "gate":
        return f"Stopped at the gate of the {layer} layer."
    if kind == "dbt":
        return f"Stopped while dbt built the {layer} layer."
    if step == "intake":
        return "Stopped at intake."
    return "Stopped before publishing."


def _explained(event: dg.DagsterEvent) -> str:
    data = event.step_failure_data
    if data.user_failure_data and data.user_failure_data.description:
        return data.user_failure_data.description
    return _sentence(data.error) if data.error else "no reason was recorded"


def _sentence(error: Any) -> str:
    """Take the message of the innermost error; an expected one says all by itself.

    `error` is Dagster's serialised error, a type that Dagster does not export: `message`, `cause`.
    """
    while error.cause:
        error = error.cause
    text = error.message.strip()
    kind, _, message = text.partition(": ")
    name = kind.rpartition(".")[2]
    if isinstance(getattr(errors, name, None), type):
        return str(message)
    return f"unexpected error, {text}"


def is_expected(events: Sequence[dg.DagsterEvent]) -> bool:
    """Tell whether the message says all; an unexpected error is worth a traceback."""
    return "unexpected error" not in why(events)
