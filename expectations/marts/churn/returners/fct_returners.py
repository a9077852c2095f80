"""Customers who went back to the carrier they had left.

Are these people who tried another network, rather than an artefact of porting? To be plausible
this table must answer: are they the smaller part of those who leave, and did they stay away for a
while?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("line_key", "direction")
EMPTY_WHEN = "(select count(*) < 500 from churn.fct_deactivations where kind = 'port_out')"


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    count(*) filter (where direction = 'out') as went_home,
                    count(*) filter (where direction = 'in') as won_back,
                    (
                        select count(*) from churn.fct_deactivations where kind = 'port_out'
                    ) as port_outs
                from {batch}
                having
                    port_outs >= 100
                    and (went_home > 0.5 * port_outs or won_back > 0.5 * port_outs)
                """,
            description="Fewer than half of the port-outs go home, and fewer than half come back",
            notes=(
                "Donor and recipient of a line were filled from one column, or numbers given out "
                "again were taken for customers who came back"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="lag_days < 14",
            max_value=0.3,
            least_rows=100,
            description="Most returners were away for two weeks",
            notes="Shorter stays are ports taken back: reversals that were delivered as completed",
            severity=kinds.CRITICAL,
        ),
    ]
