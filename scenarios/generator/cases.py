"""Loads what single lines go through: contracts, the breach, the waiver, benefits, planted cases.

Belongs here: the parameters of cases and of dirt as tables. Does not belong here: populations and
days (`parameters`).
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from scenarios.generator.database import Workshop
    from scenarios.generator.planning import Planner

DATE, TEXT, WHOLE, FLAG = pa.date32(), pa.string(), pa.int64(), pa.bool_()
TIME = pa.timestamp("us")


def load(workshop: Workshop, planner: Planner) -> None:
    """All tables of cases."""
    for part in (_contracts, _incident, _waiver, _benefits, _planted, _dirt):
        part(workshop, planner)


def statements(planner: Planner) -> list[tuple[Any, int, int, int, int]]:
    """List per statement: day, exposed before, exposed, newly found victims, victims."""
    rows = []
    exposed_before = victims_before = 0
    for text, statement in planner.scenario.get("breach.statements").items():
        exposed, victims = (planner.scaled(statement[key]) for key in ("exposed", "victims"))
        rows.append(
            (
                dt.date.fromisoformat(text),
                exposed_before,
                exposed,
                max(0, victims - victims_before),
                victims,
            )
        )
        exposed_before, victims_before = exposed, victims
    return rows


def _contracts(workshop: Workshop, planner: Planner) -> None:
    scenario = planner.scenario
    workshop.create_table(
        "plan.contract_classes",
        {"class": TEXT, "contract_kind": TEXT, "term_months": WHOLE, "term_days": pa.int32()},
        [(key, row[0], row[1], row[2]) for key, row in scenario.get("contracts.classes").items()],
    )
    workshop.create_table(
        "plan.fee_rules",
        {"brand_class": TEXT, "contract_kind": TEXT, "term_months": WHOLE, "grace_days": WHOLE},
        scenario.get("fees.rules"),
    )
    percents = {
        month: percent
        for first, last, percent in scenario.get("fees.hosted_steps")
        for month in range(first, last + 1)
    }
    workshop.create_table(
        "plan.step_sums",
        {"months": WHOLE, "percent": WHOLE},
        [
            (months, sum(percents.get(month, 0) for month in range(1, months + 1)))
            for months in range(max(percents) + 1)
        ],
    )


def _incident(workshop: Workshop, planner: Planner) -> None:
    scenario = planner.scenario
    workshop.create_table(
        "plan.statements",
        {
            "stated_on": DATE,
            "exposed_before": WHOLE,
            "exposed_total": WHOLE,
            "new_victims": WHOLE,
            "victims_total": WHOLE,
        },
        statements(planner),
    )
    workshop.create_table(
        "plan.elements", {"element": TEXT}, [(e,) for e in scenario.get("breach.elements")]
    )
    names = ("incident_id", "carrier", "kind", "started_on", "ended_on", "detected_on")
    workshop.create_table(
        "plan.incidents",
        {name: DATE if name.endswith("_on") else TEXT for name in names}
        | {"reported_on": DATE, "first_on": DATE, "completed_on": DATE},
        scenario.get("breach.incidents"),
    )
    workshop.create_table(
        "plan.incident_events",
        {
            "event_id": TEXT,
            "incident_id": TEXT,
            "occurred_on": DATE,
            "event_kind": TEXT,
            "body": TEXT,
            "cause_code": TEXT,
            "note": TEXT,
        },
        scenario.get("breach.events"),
    )


def _waiver(workshop: Workshop, planner: Planner) -> None:
    scenario = planner.scenario
    workshop.create_table(
        "plan.claim_edges",
        {"place": WHOLE, "claimed_at": TIME},
        list(enumerate(scenario.get("waiver.claim_edges"), start=1)),
    )
    workshop.create_table(
        "plan.payment_runs",
        {
            "paid_on": DATE,
            "claimed_from": DATE,
            "claimed_to": DATE,
            "terminated_from": DATE,
            "terminated_to": DATE,
        },
        scenario.get("waiver.payment_runs"),
    )


def _benefits(workshop: Workshop, planner: Planner) -> None:
    scenario = planner.scenario
    workshop.create_table(
        "plan.data_months",
        {"usage_month": DATE, "is_for_victims": FLAG},
        [(month, False) for month in scenario.get("benefits.data_months")]
        + [(month, True) for month in scenario.get("benefits.victim_data_months")],
    )
    first = scenario.date("benefits.partner_from")
    months = []
    while first <= planner.last:
        months.append((first,))
        first = (first.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    workshop.create_table("plan.partner_months", {"first_on": DATE}, months)
    workshop.create_table(
        "plan.partners",
        {"category": TEXT, "face_value_krw": WHOLE, "share_percent": WHOLE},
        [(key, row[1], row[2]) for key, row in scenario.get("benefits.partners").items()],
    )
    workshop.create_table(
        "plan.domains",
        {"business_domain": TEXT, "attempts": WHOLE},
        list(scenario.get("network.domains").items()),
    )
    workshop.create_table(
        "plan.missing_reports",
        {"missing_on": DATE},
        [(day,) for day in scenario.get("network.report_missing")],
    )


def _planted(workshop: Workshop, planner: Planner) -> None:
    names = (
        ("population", TEXT),
        ("activated_at", TIME),
        ("terminated_at", TIME),
        ("kind", TEXT),
        ("contract", TEXT),
        ("signed_on", DATE),
        ("device_change_on", DATE),
        ("recontract_on", DATE),
        ("rejoined_at", TIME),
        ("expect", TEXT),
    )
    rows: list[tuple[Any, ...]] = []
    for case_name, case in planner.scenario.get("planted_cases").items():
        values = [case.get(name) for name, _ in names]
        for _ in range(planner.scaled(case["count"])):
            rows.append((len(rows) + 1, case_name, *values))
    workshop.create_table(
        "planted_lines", {"planted_no": WHOLE, "case_name": TEXT, **dict(names)}, rows
    )


def _dirt(workshop: Workshop, planner: Planner) -> None:
    dirt = planner.scenario.get("dirt")
    workshop.create_table(
        "plan.bad_rows",
        {"position": WHOLE, "entity": TEXT, "reason_code": TEXT, "n": WHOLE},
        [
            (position, entity, reason, planner.scaled(n))
            for entity, reasons in dirt["bad_rows"].items()
            for position, (reason, n) in enumerate(reasons.items())
        ],
    )
    workshop.create_table(
        "plan.duplicates",
        {"entity": TEXT, "n": WHOLE},
        [(entity, planner.scaled(n)) for entity, n in dirt["duplicates"].items()],
    )
    workshop.create_table(
        "plan.fee_errors",
        {"error_kind": TEXT, "n": WHOLE},
        [(kind, planner.scaled(n)) for kind, n in dirt["fees_charged_wrongly"].items()],
    )
