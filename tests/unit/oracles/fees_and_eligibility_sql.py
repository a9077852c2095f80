"""The models under test, run on tables of a few rows in memory.

Belongs here: giving them their inputs, reading what they made. Does not belong here: any
expectation about it.
"""

from __future__ import annotations

import csv
import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import yaml

from tests import compiled_project

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROJECT_DIR = Path(__file__).resolve().parents[3]
REFERENCE_DIR = PROJECT_DIR / "seeds" / "reference"

#: In the order in which they read each other.
MODELS = {
    "int_delivery_facts": None,
    "int_fee_step_totals": "warehouse.intermediate",
    "int_contract_fees_recomputed": "warehouse.intermediate",
    "int_programmes_known": "warehouse.intermediate",
    "int_policy_versions_known": "warehouse.intermediate",
    "int_terminated_lines_profiled": "warehouse.intermediate",
    "int_policy_path_days": "warehouse.intermediate",
    "int_policy_claims": "warehouse.intermediate",
    "int_claims_judged": "warehouse.intermediate",
    "int_binding_versions": "warehouse.intermediate",
    "int_fee_kinds": "warehouse.intermediate",
    "int_refund_change_points": "warehouse.intermediate",
    "int_refund_eligibility": "warehouse.intermediate",
    "int_refund_claims_known": "warehouse.intermediate",
    "int_refund_amounts_known": "warehouse.intermediate",
    "int_refund_states": "warehouse.intermediate",
    "int_policy_refunds": "warehouse.intermediate",
    "int_ledger_billing": "warehouse.intermediate",
    "int_ledger_refunds": "warehouse.intermediate",
    "int_ledger_losses": "warehouse.intermediate",
    "int_ledger_benefits": "warehouse.intermediate",
    "int_ledger_investments": "warehouse.intermediate",
    "int_ledger_events": "warehouse.intermediate",
    "int_ledger_entries": "warehouse.intermediate",
    "int_ledger_published": "warehouse.intermediate",
    "int_ledger_entries_appended": "warehouse.intermediate",
    "fct_ledger_entries": "candidate.compensation",
    "fct_compensation_ledger": "candidate.compensation",
    "fct_waiver_decisions": "candidate.compensation",
    "fct_waiver_rule_results": "candidate.compensation",
}

#: dbt tests that are asked of the ledgers of generated histories.
LEDGER_GUARDS = ("every_reversal_takes_back_an_entry", "every_published_entry_stands_as_it_was")

#: Columns of the inputs that are no seed. Order matters: rows are given as tuples.
INPUTS = {
    "staging.stg_operator__lines": (
        "line_key bigint, line_kind varchar, network_brand varchar, is_own_brand boolean, "
        "activated_on date, last_device_change_on date, last_recontract_on date, "
        "rejoined_on date, terminated_on date, termination_kind varchar"
    ),
    "staging.stg_operator__contracts": (
        "contract_id varchar, line_key bigint, contract_kind varchar, signed_on date, "
        "term_months bigint, term_days bigint, monthly_discount_krw bigint, subsidy_krw bigint, "
        "ended_on date"
    ),
    "staging.stg_operator__bill_items": (
        "item_id varchar, line_key bigint, contract_id varchar, billed_on date, "
        "item_kind varchar, amount_krw bigint, paid_on date"
    ),
    "staging.stg_operator__waiver_claims": (
        "claim_id varchar, line_key bigint, claimed_at timestamp, payee_is_owner boolean, "
        "obstacle_ended_on date, operator_decision varchar, operator_reason varchar"
    ),
    "staging.stg_operator__refund_payments": (
        "refund_id varchar, claim_id varchar, paid_on date, amount_krw bigint, status varchar"
    ),
    "staging.stg_operator__bill_item_versions": (
        "item_id varchar, line_key bigint, item_kind varchar, amount_krw bigint, billed_on date, "
        "paid_on date, known_from date"
    ),
    "staging.stg_operator__waiver_claim_versions": (
        "claim_id varchar, line_key bigint, claimed_at timestamp, payee_is_owner boolean, "
        "obstacle_ended_on date, operator_decision varchar, known_from date"
    ),
    "staging.stg_operator__refund_payment_versions": (
        "refund_id varchar, claim_id varchar, paid_on date, amount_krw bigint, status varchar, "
        "known_from date"
    ),
    "staging.stg_operator__disputed_payment_versions": (
        "payment_id varchar, incident_id varchar, confirmed_on date, status varchar, "
        "known_from date"
    ),
    "staging.stg_operator__loss_refunds": (
        "refund_id varchar, payment_id varchar, paid_on date, amount_krw bigint, loaded_on date"
    ),
    "staging.stg_operator__benefit_choices": (
        "line_key bigint, incident_id varchar, chosen_on date, choice varchar, loaded_on date"
    ),
    "intermediate.int_unauthorised_payments": (
        "payment_id varchar, incident_id varchar, line_key bigint, amount_krw bigint, "
        "is_confirmed boolean"
    ),
    "intermediate.int_benefit_costs": (
        "event_kind varchar, programme_id varchar, benefit_month date, posted_on date, "
        "known_from date, amount_krw bigint"
    ),
    "intermediate.int_assumptions_known": (
        "programme_id varchar, parameter varchar, base decimal(18, 6)"
    ),
    "published.ledger_entries": (
        "entry_id varchar, edition_of_entry_id varchar, corrects_entry_id varchar, "
        "event_kind varchar, is_reversal boolean, reverses_entry_id varchar, source_id varchar, "
        "posted_on date, known_from date, programme_id varchar, line_key bigint, "
        "policy_version varchar, amount_krw bigint, debit_account varchar, "
        "debit_treatment varchar, credit_account varchar, credit_treatment varchar"
    ),
    "published.ledger_days": "published_to date",
    "intermediate.int_lines_ended": ("line_key bigint, network_brand varchar, terminated_on date"),
    "intermediate.int_incident_victims": (
        "incident_id varchar, line_key bigint, is_exposed boolean, is_payment_victim boolean, "
        "confirmed_on date, choice varchar, chosen_on date"
    ),
    "intermediate.int_delivery_facts": "as_of_date date",
}

SEEDS = (
    "ref_carriers",
    "ref_processing_calendar",
    "ref_cost_lines",
    "ref_incident_periods",
    "ref_incident_assumptions",
    "ref_fee_rules",
    "ref_fee_steps",
    "ref_programmes",
    "ref_policies",
    "ref_policy_paths",
    "ref_policy_rules",
    "ref_policy_covered_items",
    "ref_assumptions",
    "ref_accounting_treatments",
    "ref_investment_plan",
    "ref_ledger_accounts",
    "ref_posting_rules",
    "ref_code_lists",
    "ref_programme_eligibility",
    "ref_partner_offers",
    "ref_insurance_terms",
    "ref_programme_exclusions",
)


def seed_rows(name: str) -> list[dict[str, Any]]:
    """Read a reference seed as text, empty cells as None."""
    with (REFERENCE_DIR / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [{key: cell or None for key, cell in row.items()} for row in csv.DictReader(file)]


@functools.cache
def compiled_models() -> dict[str, str]:
    """SQL of the models and guards by name."""
    selected = (*MODELS, "path:tests/dbt/reference", *LEDGER_GUARDS)
    nodes = compiled_project.nodes("seeds", *selected)
    return {node["name"]: node["compiled_code"] for node in nodes.values()}


@functools.cache
def _reference() -> duckdb.DuckDBPyConnection:
    """One database with the reference seeds typed as the project types them."""
    types = _seed_types()
    connection = duckdb.connect()
    connection.execute("attach ':memory:' as warehouse; attach ':memory:' as candidate")
    for schema in ("reference", "staging", "intermediate", "published"):
        connection.execute(f"create schema warehouse.{schema}")
    connection.execute("create schema candidate.compensation; use warehouse")
    for seed in SEEDS:
        path = REFERENCE_DIR / f"{seed}.csv"
        connection.execute(
            f"create table warehouse.reference.{seed} as "
            f"select * from read_csv('{path}', header = true, types = {types[seed]})"
        )
    return connection


def _seed_types() -> dict[str, dict[str, str]]:
    types: dict[str, dict[str, str]] = {}
    for path in (PROJECT_DIR / "models" / "reference").glob("*.yml"):
        for seed in yaml.safe_load(path.read_text("utf-8"))["seeds"]:
            types[seed["name"]] = seed.get("config", {}).get("column_types", {})
    return types


def run_models(
    as_of: str, inputs: Mapping[str, Sequence[tuple[Any, ...]]], results: Sequence[str]
) -> list[list[dict[str, Any]]]:
    """Run the models on the rows given and hand back the rows of the results named.

    Inputs left out are empty tables. One row of a result is a dict by column name.
    """
    connection = _reference()
    for name, columns in INPUTS.items():
        connection.execute(f"create or replace table warehouse.{name} ({columns})")
        rows = [(as_of,)] if name.endswith("int_delivery_facts") else inputs.get(name, [])
        if rows:
            _insert(connection, f"warehouse.{name}", rows)
    needed = _models_for(results)
    for model in needed:
        place = MODELS[model]
        if place is not None:
            connection.execute(
                f"create or replace table {place}.{model} as {compiled_models()[model]}"
            )
    found = []
    for model in results:
        relation = connection.execute(f"select * from {MODELS[model]}.{model}")
        names = [column[0] for column in relation.description]
        found.append([dict(zip(names, row, strict=True)) for row in relation.fetchall()])
    return found


def _insert(
    connection: duckdb.DuckDBPyConnection, relation: str, rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows column by column: one statement per row would take most of a test's time."""
    columns = zip(*rows, strict=True)
    delivered = pa.table({f"column_{place}": list(values) for place, values in enumerate(columns)})
    connection.execute(f"insert into {relation} select * from delivered", [])
    del delivered


def problems_found(guard: str, damage: str) -> list[str]:
    """What a guard of the reference seeds says once a statement has damaged them."""
    connection = _reference()
    connection.execute("use warehouse.reference")
    connection.execute("begin transaction")
    try:
        connection.execute(damage)
        return [row[0] for row in connection.execute(compiled_models()[guard]).fetchall()]
    finally:
        connection.execute("rollback")


def guard_says(guard: str) -> list[tuple[Any, ...]]:
    """What a dbt test says of the tables that the last run of the models left."""
    return _reference().execute(compiled_models()[guard]).fetchall()


def _models_for(results: Sequence[str]) -> list[str]:
    """The results and every model they read, in the order of reading."""
    needed = set(results)
    for model in reversed(MODELS):
        if model in needed:
            needed |= {other for other in MODELS if f'"{other}"' in compiled_models()[model]}
    return [model for model in MODELS if model in needed]
