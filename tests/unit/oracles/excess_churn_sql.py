"""The models of excess churn on daily counts in memory, many series in one run.

Belongs here: the inputs of the fit, as registers and counts. Does not belong here: cases and
expectations.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.unit.oracles.excess_churn import DAY, Calendar, Feature, Period, Terms
from tests.unit.oracles.models_in_memory import PROJECT_DIR, Row, Tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

REGISTERS = PROJECT_DIR / "seeds" / "reference"

INPUTS = {
    "int_delivery_facts": "as_of_date date, observed_from date, newest_batch_on date",
    "int_port_days": "service_date date, covered_by date, is_feed_missing boolean",
    "stg_operator__batch_files": "batch_date date, entity varchar",
    "int_lines_ended": "terminated_on date",
    "stg_operator__incidents": "incident_id varchar, carrier varchar",
    "ref_carriers": "carrier_code varchar, is_operator boolean",
    "ref_processing_calendar": "calendar_date date, holiday_name varchar,"
    " is_processing_day boolean",
    "ref_incident_periods": "incident_id varchar, period_kind varchar, period_from date,"
    " period_to date, known_from date",
    "ref_baseline_terms": "known_from date, termination_kind varchar, confidence double,"
    " normal_quantile double, min_fit_days bigint, min_fit_ports bigint, month_deviation double",
    "ref_baseline_features": "feature_order bigint, feature_kind varchar, weekdays varchar,"
    " is_on_holidays boolean, period_kind varchar, half_width_days bigint, min_own_share double",
    "stg_operator__contracts": "line_key bigint, contract_kind varchar, signed_on date,"
    " term_days bigint",
    "int_port_outs_by_series": "segment_kind varchar, segment varchar, recipient varchar,"
    " processed_on date, ports bigint",
}

CHAIN = (
    "int_baseline_terms_known",
    "int_incident_days",
    "int_baseline_days",
    "int_baseline_fit_days",
    "int_expiry_loads_daily",
    "int_baseline_design",
    "int_baseline_cross_products",
    "int_baseline_inverse",
    "int_baseline_coefficients",
    "int_excess_expected_daily",
    "int_baseline_months",
    "int_baseline_spans",
    "int_baseline_fits",
    "int_excess_target_days",
    "int_excess_targets",
    "int_excess_estimates",
)


def register(name: str) -> list[dict[str, str]]:
    """Rows of a register as it is bundled."""
    with (REGISTERS / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def features() -> list[Feature]:
    """Features of the bundled register."""
    return [
        Feature(
            order=int(row["feature_order"]),
            kind=row["feature_kind"],
            weekdays=frozenset(int(day) for day in row["weekdays"].split("|") if day),
            on_holidays=row["is_on_holidays"] == "true",
            period_kind=row["period_kind"],
            half_width_days=int(row["half_width_days"] or 0),
            min_own_share=float(row["min_own_share"] or 0),
        )
        for row in register("ref_baseline_features")
    ]


def terms() -> Terms:
    """The newest terms of the bundled register."""
    row = register("ref_baseline_terms")[-1]
    return Terms(
        float(row["normal_quantile"]),
        int(row["min_fit_days"]),
        int(row["min_fit_ports"]),
        float(row["month_deviation"]),
    )


def periods() -> list[Period]:
    """Every period of the bundled register in its newest version."""
    newest = {
        (row["incident_id"], row["period_kind"]): row
        for row in sorted(register("ref_incident_periods"), key=lambda row: row["known_from"])
    }
    return [
        Period(
            incident,
            kind,
            dt.date.fromisoformat(row["period_from"]),
            dt.date.fromisoformat(row["period_to"]),
        )
        for (incident, kind), row in newest.items()
    ]


def calendar(first: dt.date, last: dt.date, expiries: Mapping[dt.date, int] = {}) -> Calendar:
    """Days of the bundled calendar that deliveries observe."""
    rows = register("ref_processing_calendar")
    return Calendar(
        first,
        last,
        frozenset(
            dt.date.fromisoformat(row["calendar_date"])
            for row in rows
            if row["is_processing_day"] == "false"
        ),
        frozenset(
            dt.date.fromisoformat(row["calendar_date"]) for row in rows if row["holiday_name"]
        ),
        dict(expiries),
    )


@dataclass
class Run:
    """One run of the models over all series at once; the total is their sum."""

    calendar: Calendar
    terms: Terms = field(default_factory=terms)
    features: Sequence[Feature] = field(default_factory=features)
    periods: Sequence[Period] = field(default_factory=periods)
    operators: frozenset[str] = frozenset({"KT-2025"})
    """Incidents that are the operator's own."""

    def tables(self, ports: Mapping[str, Mapping[dt.date, int]]) -> Tables:
        """Fill the inputs."""
        days = self.calendar.processing_days()
        total = {day: sum(counts.get(day, 0) for counts in ports.values()) for day in days}
        series = [("total", "total", total)] + [
            ("series", name, dict(counts)) for name, counts in ports.items()
        ]
        first = self.calendar.first - DAY * 20
        span = (self.calendar.last - first).days + 21
        tables = Tables(INPUTS)
        tables.fill_many(
            {
                "int_delivery_facts": [
                    {
                        "as_of_date": self.calendar.last,
                        "observed_from": self.calendar.first,
                        "newest_batch_on": self.calendar.newest_batch_on or self.calendar.last,
                    }
                ],
                "int_port_days": [
                    {
                        "service_date": day,
                        "covered_by": day,
                        "is_feed_missing": day in self.calendar.missing,
                    }
                    for day in days
                ],
                "stg_operator__batch_files": [
                    {"batch_date": day, "entity": "lines"} for day in days
                ],
                "int_lines_ended": [],
                "ref_carriers": [
                    {"carrier_code": "operator", "is_operator": True},
                    {"carrier_code": "another", "is_operator": False},
                ],
                "stg_operator__incidents": [
                    {
                        "incident_id": incident,
                        "carrier": "operator" if incident in self.operators else "another",
                    }
                    for incident in sorted({each.incident for each in self.periods})
                ],
                "ref_processing_calendar": [
                    {
                        "calendar_date": day,
                        "holiday_name": "holiday" if day in self.calendar.holidays else None,
                        "is_processing_day": day not in self.calendar.closed,
                    }
                    for day in (first + DAY * number for number in range(span))
                ],
                "ref_incident_periods": [
                    {
                        "incident_id": each.incident,
                        "period_kind": each.kind,
                        "period_from": each.first,
                        "period_to": each.last,
                        "known_from": self.calendar.first,
                    }
                    for each in self.periods
                ],
                "ref_baseline_terms": [
                    {
                        "known_from": self.calendar.first,
                        "termination_kind": "port_out",
                        "confidence": 0.95,
                        "normal_quantile": self.terms.z,
                        "min_fit_days": self.terms.min_fit_days,
                        "min_fit_ports": self.terms.min_fit_ports,
                        "month_deviation": self.terms.month_deviation,
                    }
                ],
                "ref_baseline_features": [
                    {
                        "feature_order": each.order,
                        "feature_kind": each.kind,
                        "weekdays": "|".join(str(day) for day in sorted(each.weekdays)) or None,
                        "is_on_holidays": each.on_holidays if each.kind == "request_days" else None,
                        "period_kind": each.period_kind or None,
                        "half_width_days": each.half_width_days,
                        "min_own_share": each.min_own_share or None,
                    }
                    for each in self.features
                ],
                "stg_operator__contracts": [
                    {"line_key": 1, "contract_kind": "k", "signed_on": day - DAY, "term_days": 1}
                    for day, commitments in self.calendar.expiries.items()
                    for _ in range(commitments)
                ],
                "int_port_outs_by_series": [
                    {
                        "segment_kind": kind,
                        "segment": name,
                        "recipient": "all",
                        "processed_on": day,
                        "ports": counts.get(day, 0),
                    }
                    for kind, name, counts in series
                    for day in days
                ],
            }
        )
        return tables

    def estimates(self, ports: Mapping[str, Mapping[dt.date, int]]) -> list[Row]:
        """Every estimate of every series."""
        return self.tables(ports).build(*CHAIN)
