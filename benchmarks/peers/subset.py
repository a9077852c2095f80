"""What every peer builds: seven models, their inputs, and the keys of the four marts compared."""

from __future__ import annotations

import re
from typing import Final

#: Models of the subset in the order in which they can be built.
MODELS: Final = (
    "int_lines_changed_daily",
    "rpt_churn_daily",
    "int_port_flows_daily",
    "fct_port_flows_daily",
    "fct_waiver_decisions",
    "fct_programme_movements",
    "rpt_compensation_cost_monthly",
)

#: Marts that are compared, with schema and key.
MARTS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "rpt_churn_daily": ("churn", ("service_date", "segment_kind", "segment")),
    "fct_port_flows_daily": ("churn", ("processed_on", "donor_carrier", "recipient_carrier")),
    "fct_waiver_decisions": ("compensation", ("policy_id", "policy_version", "line_key")),
    "rpt_compensation_cost_monthly": ("compensation", ("programme_id", "row_kind", "cost_month")),
}

#: Marts outside the subset that the suites of the four look at.
ASKED_BY_SUITES: Final = (
    ("candidate", "churn", "fct_deactivations"),
    ("candidate", "core", "dim_dates"),
    ("candidate", "core", "dim_programmes"),
)

_RELATION: Final = re.compile(r'"(warehouse|candidate)"\."(\w+)"\."(\w+)"')


def relations(sql: str) -> set[tuple[str, str, str]]:
    """Find database, schema and name of each table that a compiled model reads."""
    return {(each[1], each[2], each[3]) for each in _RELATION.finditer(sql)}


def renamed(sql: str, pattern: str) -> str:
    """Replace each relation by `pattern`, in which {name} stands for the table's name."""
    return _RELATION.sub(lambda found: pattern.format(name=found[3]), sql)
