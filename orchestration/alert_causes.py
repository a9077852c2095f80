"""What an alert says of a run that failed: rule, table, rows, link and remedy.

Belongs here: reading it from Dagster's records, and leaving out whatever could name a subscriber.
Messages of the database can quote a cell, so they stay in the log; what is taken over is cut to
rules, tables and counts. Does not belong here: how an alert travels (alerts).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import dagster as dg

from orchestration import alerts, errors, failures
from orchestration.alerts import Alert, Broken
from orchestration.jobs import BATCH
from orchestration.partitions import PARTITION_TAG

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from orchestration.settings import Settings

#: The kind of alert that the next published batch resolves.
KIND: Final = "batch"

_PAGE: Final = "http://127.0.0.1:3000/runs/"
_RULES_TOLD: Final = 5

#: Five digits in a row may be part of an identifier; counts are written with commas.
_TELLING: Final = re.compile(r"[\w@.+-]*\d{5,}[\w@.+-]*")
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"")


def run_ended(instance: dg.DagsterInstance, settings: Settings, run: dg.DagsterRun) -> None:
    """Raise the alert of a run that failed; close the alerts of runs when one is published."""
    events = [record.dagster_event for record in instance.all_logs(run.run_id)]
    tell(settings, run, [event for event in events if event])


def tell(settings: Settings, run: dg.DagsterRun, events: Sequence[dg.DagsterEvent]) -> None:
    """Do so with the events at hand."""
    if run.status is dg.DagsterRunStatus.FAILURE:
        alerts.raise_alert(settings, of_failure(settings, run, events))
    elif run.status is dg.DagsterRunStatus.SUCCESS and run.job_name != BATCH:
        alerts.resolve(settings, _kind(run))
    elif run.status is dg.DagsterRunStatus.SUCCESS and any(
        event.is_step_materialization and "generation" in _metadata(event) for event in events
    ):
        # A run of an earlier day says nothing about what failed since.
        alerts.resolve(settings, KIND, known_to=run.tags.get(PARTITION_TAG, ""))


def nothing_was_run(settings: Settings, error: errors.OperatorError) -> None:
    """Raise the alert of a run that did not even start."""
    what = _sentence(_QUOTED.sub("…", error.what))
    alerts.raise_alert(
        settings,
        Alert(
            cause=f"{KIND}:start:{what}",
            title=f"No batch was run. {what}",
            remedy=_sentence(error.remedy),
        ),
    )


def of_failure(settings: Settings, run: dg.DagsterRun, events: Sequence[dg.DagsterEvent]) -> Alert:
    """Word a run that failed."""
    broken = tuple(_broken(events))
    step = next((event.step_key or "" for event in events if event.is_step_failure), "")
    what, remedy = _told(events)
    first = f"{broken[0].table}:{broken[0].rule}" if broken else what
    page = settings.data_docs_dir / run.run_id / "index.html"
    title = failures.why(events).partition("\n")[0] if step or broken else "The run died."
    return Alert(
        cause=f"{_kind(run)}:{step}:{first}",
        title=title if broken else f"{title} {what}".strip(),
        remedy=remedy,
        broken=broken[:_RULES_TOLD],
        as_of=run.tags.get(PARTITION_TAG, ""),
        run_id=run.run_id,
        page=f"{_PAGE}{run.run_id}",
        evidence=str(page) if page.exists() else "",
    )


def _kind(run: dg.DagsterRun) -> str:
    """Name what a run is about: batches, or another job, whose trouble no batch ends."""
    return KIND if run.job_name == BATCH else f"job {run.job_name}"


def _metadata(event: dg.DagsterEvent) -> dict[str, Any]:
    return dict(event.step_materialization_data.materialization.metadata)


def _broken(events: Sequence[dg.DagsterEvent]) -> Iterator[Broken]:
    """Find the blocking rules that failed, those of suites one by one."""
    for event in events:
        if event.event_type is not dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            continue
        check = event.asset_check_evaluation_data
        if check.passed or check.severity is not dg.AssetCheckSeverity.ERROR:
            continue
        table = ".".join(check.asset_key.path)
        results = check.metadata.get("results")
        if isinstance(results, dg.JsonMetadataValue) and isinstance(results.data, dict):
            yield from _broken_rules(table, results.data)
            continue
        rules = check.metadata.get("broken_rules")
        if isinstance(rules, dg.JsonMetadataValue) and isinstance(rules.data, dict):
            yield from (Broken(table, rule, rows) for rule, rows in rules.data.items())
            continue
        rows = check.metadata.get("failed_rows")
        count = rows.value if isinstance(rows, dg.IntMetadataValue) else None
        yield Broken(table, check.check_name, count)


def _broken_rules(table: str, verdict: dict[str, Any]) -> Iterator[Broken]:
    rules = [rule for rule in verdict.get("rules", []) if not rule["passed"]]
    rows = verdict.get("row_count")
    of_all = f" on a table of {rows:,} rows" if isinstance(rows, int) else ""
    for rule in rules:
        observed = without_identifiers(rule["observed"] or "no answer")
        yield Broken(table, rule["rule"], observed=f"{observed}{of_all}")
    if not rules:
        yield Broken(table, "every suite gives a verdict")


def _told(events: Sequence[dg.DagsterEvent]) -> tuple[str, str]:
    """Take over what a failure says of itself and what to do, as far as it names nobody."""
    look = "see the run's page and docs/runbook.md, A gate is shut; then run again."
    for event in events:
        if not event.is_step_failure:
            continue
        data = event.step_failure_data
        if data.user_failure_data and data.user_failure_data.description:
            # After the first colon stands what a database or a library said.
            return _sentence(data.user_failure_data.description.partition(": ")[0]), look
        return _explained(data.error, look)
    for event in events:
        if event.event_type is dg.DagsterEventType.RUN_FAILURE:
            return _explained(event.job_failure_data.error, look)
    return "", look


def _explained(error: Any, look: str) -> tuple[str, str]:
    """Take over what an expected error says; of an unexpected one its kind.

    `error` is Dagster's serialised error, a type that Dagster does not export: `message`, `cause`.
    """
    while error is not None and error.cause:
        error = error.cause
    if error is None:
        return "", look
    name, _, message = error.message.strip().partition(": ")
    kind = name.rpartition(".")[2]
    if not isinstance(getattr(errors, kind, None), type):
        return f"Unexpected {kind}; the log has its message.", look
    what, _, rest = message.partition(".\n")
    remedy = rest.partition("what to do: ")[2].partition("\n")[0]
    return _sentence(_QUOTED.sub("…", what)), _sentence(remedy) or look


def _sentence(text: str) -> str:
    cleaned = without_identifiers(" ".join(text.split())).rstrip(".")
    return f"{cleaned}." if cleaned else ""


def without_identifiers(text: str) -> str:
    """Replace words that hold so many digits in a row that they could name somebody."""
    return _TELLING.sub("…", text)
