"""How many lines left because of an incident.

Is the answer one? To be plausible this table must answer: do two methods tell of the same loss, is
a phase no larger than any incident known, and is the interval narrow enough to be of use?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = (
    "incident_id",
    "method",
    "phase",
    "segment_kind",
    "segment",
    "recipient",
)
EMPTY_WHEN = "(select count(*) = 0 from churn.rpt_excess_churn_daily where incident_id is not null)"


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select incident_id, method, phase, actual, expected
                from {batch}
                where
                    segment_kind = 'total'
                    and recipient = 'all'
                    and expected >= 20
                    and actual > 50 * expected
                """,
            description="No phase of an incident loses fifty times what was expected",
            notes="Quiet days lack rows of their deliveries, or a period has the wrong year",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select first_method.incident_id, first_method.excess_lines, other.excess_lines
                from {batch} as first_method
                inner join {batch} as other
                    on
                        first_method.incident_id = other.incident_id
                        and other.method <> first_method.method
                        and other.phase = 'whole'
                        and other.segment_kind = 'total'
                        and other.recipient = 'all'
                where
                    first_method.is_headline
                    and (
                        first_method.excess_lines_low > other.excess_lines_high
                        or first_method.excess_lines_high < other.excess_lines_low
                    )
                """,
            description="Both methods tell of the same loss",
            notes="Quote neither before it is clear which days differ: rpt_excess_churn_daily",
            severity=kinds.WARNING,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select incident_id, excess_lines_low, excess_lines_high, actual
                from {batch}
                where
                    is_headline
                    and actual >= 50
                    and excess_lines_high - excess_lines_low > 2 * actual
                """,
            description="An interval is no wider than twice what left",
            notes="The quiet days are too few or too scattered to say more: do not quote it",
            severity=kinds.WARNING,
        ),
    ]
