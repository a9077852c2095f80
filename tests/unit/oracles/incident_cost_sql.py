"""The models of the cost of an incident on many rows in memory.

Belongs here: their inputs, and loading thousands of rows at once. Does not belong here: cases and
expectations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tests.unit.oracles.models_in_memory import Row, Tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MODELS = {
    "fct_programme_outlook": "programme_id varchar, incident_id varchar, cost_line varchar,"
    " treatment varchar, announced_krw bigint, incurred_krw bigint, outstanding_krw bigint,"
    " to_come_low_krw bigint, to_come_base_krw bigint, to_come_high_krw bigint,"
    " estimate_driver_id varchar",
    "int_cost_assumptions_known": "incident_id varchar, programme_id varchar, parameter varchar,"
    " assumption_id varchar, unit varchar, low decimal(18;6), base decimal(18;6),"
    " high decimal(18;6)",
    "int_excess_leavers": "incident_id varchar, plan_code varchar, days bigint, leavers bigint,"
    " expected_thousandths bigint, excess_thousandths bigint",
    "ref_plans": "plan_code varchar, monthly_fee_krw bigint",
    "ref_cost_lines": "cost_line varchar, line_order bigint, cost_line_name varchar,"
    " cost_group varchar, programme_kinds varchar, treatment_code varchar,"
    " use_parameters varchar, fx_claim_id varchar, is_sampled boolean",
    "ref_fx_rates": "rate_id varchar, claim_id varchar, rate_on date, currency varchar,"
    " krw_per_unit decimal(12;4), known_from date",
    "ref_accounting_treatments": "treatment_code varchar, statement_effect varchar",
    "int_delivery_facts": "as_of_date date, sample_rate decimal(18;6), observed_from date",
}


class Bulk(Tables):
    """Tables that take many rows at once."""

    def __init__(self) -> None:
        super().__init__({name: text.replace(";", ",") for name, text in MODELS.items()})

    def load(self, rows: Mapping[str, Sequence[Row]]) -> None:
        """Replace the rows of every input, from texts that the table's types read."""
        for name, columns in self._columns.items():
            self._connection.execute(f"delete from {name}")
            if rows.get(name):
                names = [column for column in columns if column in rows[name][0]]
                texts = pd.DataFrame(
                    [
                        [None if row[column] is None else str(row[column]) for column in names]
                        for row in rows[name]
                    ],
                    columns=names,
                    dtype=object,
                )
                self._connection.register("texts", texts)
                listed = ", ".join(names)
                self._connection.execute(
                    f"insert into {name} ({listed}) select {listed} from texts"
                )
