"""A batch built anew in a directory of its own, without gates: nothing is shown to readers.

Belongs here: building all models from the delivery and the published ledger that another work area
was built from, for comparisons. Does not belong here: the comparison (equality), publishing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from orchestration import intake, work_area
from orchestration.dbt_session import DbtError, DbtSession
from orchestration.layer import BUILT_LAYERS
from orchestration.sql_text import literal

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.dbt_session import DbtResult
    from orchestration.intake import Intake
    from orchestration.settings import Settings


_LEDGER = ("ledger_entries", "ledger_days")


class RuleBroken(DbtError):  # noqa: N818 - named for what was found
    """A data test finds rows that break its rule."""


def anew(
    settings: Settings, delivery: intake.Delivery, ledger_of: Path, *, is_tested: bool = False
) -> Intake:
    """Build every table from what was delivered; to be called under the batch lock.

    Args:
        settings: where to read and to work.
        delivery: of these settings, from `intake.inspect`.
        ledger_of: work database whose published ledger is carried on, as it stood for its batch.
        is_tested: whether the data tests are run as well, on all rows.

    Raises:
        RuleBroken: a test fails.
        DbtError: a table cannot be built; the message is dbt's.
        OperatorError: what was delivered cannot be taken in.
    """
    work_area.empty(settings)
    delivery.make_readable()
    batch = delivery.intake
    _copy_ledger(settings, ledger_of)
    environment = os.environ.copy()
    try:
        session = DbtSession(settings)
        manifest = session.manifest()
        tables = [node for layer in BUILT_LAYERS for node in manifest.assets(layer)]
        tests = [node for layer in BUILT_LAYERS for node in manifest.tests(layer)]
        run = session.build([*tables, *(tests if is_tested else ())], batch.as_of_date)
    finally:
        # A session names its build directory to dbt, and this one is not the process's own.
        os.environ.clear()
        os.environ.update(environment)
    # Tests first: dbt skips what comes after a table whose test fails.
    failed = [each for each in run.results if each.is_broken and each.unique_id not in tables]
    if failed:
        raise RuleBroken(_word(failed[0]))
    unbuilt = [each for each in run.results if not each.is_built and each.unique_id in tables]
    if unbuilt:
        raise DbtError(_word(unbuilt[0]))
    return batch


def _word(result: DbtResult) -> str:
    return f"{result.unique_id}: {result.message or result.status}"


def _copy_ledger(settings: Settings, ledger_of: Path) -> None:
    with intake.open_work_database(settings) as connection:
        connection.execute(f"attach {literal(str(ledger_of))} as other (read_only)")
        connection.execute("create schema if not exists published")
        for table in _LEDGER:
            connection.execute(
                f"create or replace table published.{table} as from other.published.{table}"
            )
        connection.execute("detach other")
