"""The Dagster instance of a build directory: the records of its runs.

Belongs here: its home, opening it, and closing the books on runs that were killed. Does not belong
here: its settings (dagster.yaml).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.settings import PROJECT_DIR

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.settings import Settings

_CONFIG = "dagster.yaml"


def prepare_home(settings: Settings) -> Path:
    """Make the home of the instance, with the project's `dagster.yaml`, and tell Dagster of it."""
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    wanted = (PROJECT_DIR / _CONFIG).read_bytes()
    config = home / _CONFIG
    if not config.exists() or config.read_bytes() != wanted:
        config.write_bytes(wanted)
    os.environ["DAGSTER_HOME"] = str(home)
    # Events that Dagster hands over together are stored together.
    os.environ["DAGSTER_EVENT_BATCH_SIZE"] = "1000"
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "yes"
    return home


def open_instance(settings: Settings) -> dg.DagsterInstance:
    """Open the instance; it closes as a context manager."""
    return dg.DagsterInstance.from_config(str(prepare_home(settings)))


def close_killed_runs(instance: dg.DagsterInstance) -> int:
    """Record runs whose process is gone as failed; returns how many.

    To be called under the batch lock: whoever holds it knows that no other run is under way.
    """
    under_way = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
    for run in under_way:
        instance.report_run_failed(
            run, "The process of this run ended before the run did; found by the next batch."
        )
    return len(under_way)
