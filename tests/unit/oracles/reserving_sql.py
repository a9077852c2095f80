"""The models of development and ultimate, run on many programmes at once in memory.

Belongs here: rendering the models without dbt, their inputs, reading what they made. Does not
belong here: any expectation about it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd

from tests.unit.oracles.models_in_memory import rendered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.unit.oracles.reserving import Basis, Event

#: In the order in which they read each other.
MODELS = (
    "rpt_uptake_development",
    "fct_development_volumes",
    "fct_development_factors",
    "fct_cohort_positions",
    "fct_cohort_development",
    "fct_cohort_ultimates",
    "fct_uptake_totals",
)

LEVELS = ("low", "base", "high")


@dataclass
class Programmes:
    """Programmes and their events, valued together in one run."""

    as_of: date
    valuation_days: list[date]
    bases: list[dict[str, Any]] = field(default_factory=list)
    versions: list[dict[str, Any]] = field(default_factory=list)
    events: list[tuple[str, date, str, date, int, int]] = field(default_factory=list)

    def add(
        self, name: str, basis: Basis, events: Iterable[Event], *, from_opening: bool = False
    ) -> None:
        """Add a programme under a name of its own."""
        values: Mapping[str, tuple[float, float, float]] = {
            "take_up": basis.take_up,
            "half_life": basis.half_life,
        }
        self.bases.append(
            {
                "programme_id": name,
                "estimate_kind": "take_up",
                "measure": "incurred",
                "cohort_grain": basis.cohort_grain,
                "lag_grain": basis.lag_grain,
                "lag_from": "claims_open" if from_opening else "entitlement",
                "min_cohorts": basis.min_cohorts,
                "min_ages": basis.min_ages,
                "min_developed_share": basis.min_developed_share,
                "interval_z": basis.interval_z,
                **{
                    f"{key}_{level}": value
                    for key, triple in values.items()
                    for level, value in zip(LEVELS, triple, strict=True)
                },
            }
        )
        self.versions.append(
            {
                "programme_id": name,
                "is_current": True,
                "claim_opens_at": basis.opens_on,
                "claim_closes_at": basis.closes_on,
            }
        )
        self.events += [
            (name, event.cohort_on, event.kind, event.event_on, 1, event.krw) for event in events
        ]

    def run(self) -> duckdb.DuckDBPyConnection:
        """Build the models; the connection holds each under its name."""
        connection = duckdb.connect()
        connection.execute("set threads = 2")
        first = min([event[1] for event in self.events] or [self.as_of])
        frames = {
            "int_reserving_bases_known": pd.DataFrame(self.bases),
            "int_policy_versions_known": pd.DataFrame(self.versions),
            "int_binding_versions": pd.DataFrame(
                [
                    {**version, "known_from": date(2000, 1, 1), "replaced_on": None}
                    for version in self.versions
                ]
            ),
        }
        for name, frame in frames.items():
            connection.register("frame", frame)
            connection.execute(f"create table {name} as select * from frame")
            connection.unregister("frame")
        for table in ("int_policy_versions_known", "int_binding_versions"):
            for column in ("claim_opens_at", "claim_closes_at"):
                connection.execute(f"alter table {table} alter {column} type timestamp")
        for column in ("known_from", "replaced_on"):
            connection.execute(f"alter table int_binding_versions alter {column} type date")
        names = [
            "programme_id",
            "cohort_on",
            "event_kind",
            "event_on",
            "holder_count",
            "amount_krw",
        ]
        connection.register("frame", pd.DataFrame(self.events, columns=names))
        connection.execute(
            "create table fct_uptake_events as select programme_id::varchar as programme_id, "
            "cohort_on::date as cohort_on, event_kind::varchar as event_kind, "
            "event_on::date as event_on, sum(holder_count)::bigint as holder_count, "
            "sum(amount_krw)::bigint as amount_krw from frame group by 1, 2, 3, 4"
        )
        connection.execute(
            f"create table int_delivery_facts as select date '{self.as_of}' as as_of_date"
        )
        connection.execute(
            "create table ref_processing_calendar as select cast(day as date) as calendar_date "
            f"from range(date '{first - timedelta(days=1)}', "
            f"date '{self.as_of + timedelta(days=30)}', interval 1 day) as days (day)"
        )
        days = ", ".join(f"(date '{day}')" for day in self.valuation_days)
        connection.execute(
            "create table int_valuation_days as "
            f"select date_trunc('month', day) as cost_month, day as valuation_on "
            f"from (values {days}) as days (day)"
        )
        for model in MODELS:
            connection.execute(f"create table {model} as {rendered(model)}")
        return connection


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    """Rows of a query as dictionaries."""
    relation = connection.execute(query)
    names = [column[0] for column in relation.description]
    return [dict(zip(names, row, strict=True)) for row in relation.fetchall()]
