"""What a batch builds on: the record of the one before, from its start to the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from orchestration import audit_trail, batch_start, publishing, standing
from tests.unit.publisher import NO_PROJECT, publish

if TYPE_CHECKING:
    from orchestration.settings import Settings
    from tests.unit.conftest import LandingArea

OPENING = [{"line_id": f"L{number}", "customer_id": f"C{number}"} for number in range(100)]
ARRIVED = {"lines": [{"line_id": "L7", "customer_id": "C7"}]}


@pytest.fixture
def stands(settings: Settings, landing: LandingArea) -> Settings:
    """One batch that was published, and another one that has arrived since; no register has a rule
    that begins or ends on these days."""
    landing.deliver("2019-03-04", {"lines": OPENING})
    first = batch_start.begin(settings, NO_PROJECT)
    assert "no published batch stands" in first.told
    with duckdb.connect(str(settings.work_db)) as connection:
        # What the batch made, as far as the scope looks at it.
        for made in (
            "restricted.stg_operator__customer_vault (customer_id varchar, birth_date date)",
            "restricted.stg_operator__line_vault (line_id varchar, line_key bigint)",
            "intermediate.int_termination_charges (line_key bigint, contract_id varchar)",
            "intermediate.int_contract_fees_recomputed "
            "(line_key bigint, contract_id varchar, terminated_on date, recomputed_krw bigint)",
        ):
            connection.execute(f"create schema if not exists {made.partition('.')[0]}")
            connection.execute(f"create table {made}")
        connection.execute("create schema reference")
        for register in ("ref_age_bands", "ref_assumptions", "ref_policies"):
            rows = settings.reference / f"{register}.csv"
            connection.execute(f"create table reference.{register} as from '{rows}'")
    publish(settings, 1)
    batch_start.ended(settings, first.intake)
    landing.deliver("2019-03-05", ARRIVED)
    return settings


def test_the_next_batch_builds_what_arrived(stands: Settings) -> None:
    start = batch_start.begin(stands, NO_PROJECT)
    assert start.intake.is_incremental
    assert start.told.startswith("Built anew: 1 lines and 0 customers; 1 files arrived")
    with duckdb.connect(str(stands.work_db), read_only=True) as connection:
        found = connection.execute("select distinct line_id from raw.lines_in_scope").fetchall()
    assert found == [("L7",)]
    assert standing.read(stands) is None, "nothing stands until it is published"


@pytest.mark.fault(
    kind="crash",
    tried="a batch that builds on the one before is killed",
    holds="the next one builds everything anew",
)
def test_after_a_kill_everything_is_built_anew(stands: Settings) -> None:
    batch_start.begin(stands, NO_PROJECT)
    again = batch_start.begin(stands, NO_PROJECT)
    assert not again.intake.is_incremental
    assert "no published batch stands" in again.told


@pytest.mark.fault(
    kind="roll-back",
    tried="readers were taken back to an earlier generation before the next batch",
    holds="the next batch builds everything anew",
)
def test_after_a_roll_back_everything_is_built_anew(stands: Settings) -> None:
    publish(stands, 2)
    start = batch_start.begin(stands, NO_PROJECT)
    assert not start.intake.is_incremental
    assert "another generation than the last batch's is current" in start.told


@pytest.mark.fault(
    kind="privacy",
    tried="the published file that the next batch would start from was changed",
    holds="it is on record as a break, and everything is built anew",
)
def test_a_spoilt_file_is_not_built_on(stands: Settings) -> None:
    current = publishing.generations(stands)[-1].path
    current.chmod(0o600)
    with duckdb.connect(str(current)) as connection:
        connection.execute("create schema spoilt")
    start = batch_start.begin(stands, NO_PROJECT)
    assert not start.intake.is_incremental
    assert "is not the file that was published" in start.told
    assert not audit_trail.verify(stands).is_sound
