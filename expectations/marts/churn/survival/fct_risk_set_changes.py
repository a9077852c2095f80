"""Lines that come under observation and leave it.

Is this the park of an operator, looked at for a while? To be plausible this table must answer: did
part of the lines begin long before the deliveries, and is the destination of those who left known?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("curve_id", "day_number", "change_kind", "recipient")
EMPTY_WHEN = "(select count(*) = 0 from core.dim_lines)"


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate=(
                "sum(case when day_number > 1 and change_kind = 'entered' and stratum = 'total'"
                " and time_origin = 'activation' then lines else 0 end)"
                " / sum(case when change_kind = 'entered' and stratum = 'total'"
                " and time_origin = 'activation' then lines end)"
            ),
            min_value=0.1,
            none_is_plausible=True,
            description="A tenth of the lines at least is older than the deliveries",
            notes="Every line seems to begin with the deliveries: days of activation were lost",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate=(
                "sum(case when recipient = 'unknown' then lines else 0 end)"
                " / sum(case when change_kind = 'port_out' then lines end)"
            ),
            max_value=0.05,
            none_is_plausible=True,
            description="At most one port-out in twenty goes nobody knows where",
            notes="Port requests of whole days are missing, or do not name the line",
            severity=kinds.CRITICAL,
        ),
    ]
