"""For each layer: one fault, and nothing comes after it.

The raw layer's stops a whole batch; those of later layers are run on what the layers before left,
of the layer itself only what the fault needs, with all that comes after the layer.
A fault is planted into a table after dbt has built it and before its gate looks at it, so that the
suites that are run are the real ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from orchestration import tables
from orchestration.dbt_manifest import DbtManifest
from orchestration.dbt_session import DbtRun, DbtSession
from orchestration.layer import BUILT_LAYERS, Layer
from orchestration.settings import DEMO_PSEUDONYM_KEY, Settings
from orchestration.translator import LayerTranslator
from tests.orchestration import leaks

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    from tests.orchestration.conftest import BuildArea


@dataclass(frozen=True)
class Fault:
    """A column that is spoiled, and the rule that has to find it."""

    layer: Layer
    table: str
    column: str
    spoiled: str
    rule: str


FAULTS = [
    Fault(Layer.RAW, "raw.raw_lines", "activated_at", "'soon'", "Activation times can be read"),
    Fault(
        Layer.STAGING,
        "staging.stg_operator__lines",
        "is_own_brand",
        "false",
        "At least a tenth of the lines is of the operator's own brand",
    ),
    Fault(
        Layer.INTERMEDIATE,
        "intermediate.int_lines_ended",
        "recipient_carrier",
        "null",
        "Nearly every port-out has a port request",
    ),
    Fault(
        Layer.MARTS,
        "churn.fct_deactivations",
        "contract_month",
        "null",
        "A running contract is known for some of those who leave",
    ),
]


def replace(database: Path, table: str, query: str) -> None:
    """Put the result of a query in the place of a table or view that it may read."""
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"create temp table spoiled as {query}")
        schema, name = table.split(".")
        [(kind,)] = connection.execute(
            "select table_type from information_schema.tables "
            "where table_schema = ? and table_name = ?",
            [schema, name],
        ).fetchall()
        connection.execute(f"drop {'view' if kind == 'VIEW' else 'table'} {table}")
        connection.execute(f"create table {table} as from spoiled")


def spoil(monkeypatch: pytest.MonkeyPatch, fault: Fault) -> None:
    """Spoil the table each time dbt has built its layer."""
    build = DbtSession.build

    def build_and_spoil(
        self: DbtSession, unique_ids: Sequence[str], as_of_date: dt.date, **options: Any
    ) -> DbtRun:
        run = build(self, unique_ids, as_of_date, **options)
        if set(self.manifest().assets(fault.layer)) & set(unique_ids):
            replace(
                fault.layer.database(Settings.from_env()),
                fault.table,
                f"select * replace ({fault.spoiled} as {fault.column}) from {fault.table}",
            )
        return run

    monkeypatch.setattr(DbtSession, "build", build_and_spoil)


def keys_of_later_layers(area: BuildArea, layer: Layer) -> set[object]:
    """Assets that must not have been made."""
    manifest = DbtManifest.read(
        area.settings.dbt_target_dir / "manifest.json", area.settings.raw_carrier
    )
    translator = LayerTranslator(manifest)
    later = BUILT_LAYERS[BUILT_LAYERS.index(layer) + 1 :]
    return {translator.spec(node).key for each in later for node in manifest.assets(each)}


@pytest.mark.fault(
    kind="bad input",
    tried="rows of the raw layer spoilt behind the back of dbt",
    holds="the gate names table, rule and rows, nothing is built on it, readers see no change, and "
    "no identifier gets out",
)
def test_a_fault_stops_the_batch_at_the_first_gate(
    area: BuildArea, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = FAULTS[0]
    before = area.published()
    spoil(monkeypatch, fault)

    ended = area.batch("--full")

    assert ended.code == 1
    assert "Traceback" not in ended.err
    assert_stopped(area, fault, ended.err, area.last_run().run_id)
    assert area.published() == before
    later = {layer.value for layer in BUILT_LAYERS[1:]}
    assert not {schema for schema, _ in tables.existing(area.settings.work_db)} & later
    told = ended.out + ended.err
    assert leaks.leaks(area.settings.build_dir, told, DEMO_PSEUDONYM_KEY) == set()


@pytest.mark.fault(
    kind="bad input",
    tried="rows spoilt in each later layer behind the back of dbt; the table and all layers after "
    "its own are run",
    holds="the gate of that layer names table, rule and rows, nothing is built on it, and "
    "readers see no change",
)
@pytest.mark.parametrize("fault", FAULTS[1:], ids=lambda fault: fault.layer.value)
def test_a_fault_stops_the_run_at_the_gate_of_its_layer(
    area: BuildArea, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    before = area.published()
    spoil(monkeypatch, fault)
    # The file of the marts is new: what the tests of this one read has to be built too.
    alone = () if fault.layer is Layer.MARTS else (fault.table,)
    why, run_id = area.layers(fault.layer, *alone)
    assert_stopped(area, fault, why, run_id)
    assert area.published() == before


def assert_stopped(area: BuildArea, fault: Fault, told: str, run_id: str) -> None:
    assert f"gate of the {fault.layer} layer" in told
    assert fault.table in told
    assert fault.rule in told
    assert " rows" in told
    made = area.materialised(run_id)
    assert made
    assert not made & keys_of_later_layers(area, fault.layer)


@pytest.mark.fault(
    kind="bad input",
    tried="rows that break a data test of dbt",
    holds="the run stops inside the layer, and readers see no change",
)
def test_a_broken_data_test_stops_the_run_inside_its_layer(area: BuildArea) -> None:
    before = area.published()
    table = "staging.stg_operator__waiver_claims"
    replace(area.settings.work_db, table, f"from {table} union all from {table}")

    why, run_id = area.layers(Layer.INTERMEDIATE, "intermediate.int_policy_refunds")

    assert "while dbt built the intermediate layer" in why
    assert "dbt test one_row_per_" in why
    assert " rows that break it" in why
    assert area.published() == before
    assert not area.materialised(run_id) & keys_of_later_layers(area, Layer.INTERMEDIATE)


@pytest.mark.fault(
    kind="bad input",
    tried="a register that lost the ids which rows of a mart name",
    holds="the run stops inside the layer and says which rule of the table broke, on how many rows",
)
def test_a_broken_rule_of_a_table_is_named_with_its_rows(area: BuildArea) -> None:
    before = area.published()
    table = "reference.ref_fee_rules"
    replace(area.settings.work_db, table, f"select * replace ('' as rule_id) from {table}")

    why, _ = area.layers(Layer.MARTS, "compensation.fct_termination_fees")

    assert "while dbt built the marts layer" in why
    assert re.search(
        r"compensation\.fct_termination_fees: dbt test integrity_fct_termination_fees found "
        r"([\d,]+) rows that break it: rule_id is no rule_id of ref_fee_rules \(\1 rows\)",
        why,
    )
    assert area.published() == before
