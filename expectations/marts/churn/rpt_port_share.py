"""Shares of recipients by period and basis.

Are they those of a market? To be plausible this table must answer: does one recipient take
everything, and do shares stay near their usual level?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("period_kind", "period_from", "basis", "recipient")
EMPTY_WHEN = "(select count(*) = 0 from churn.fct_deactivations where kind = 'port_out')"


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    months.period_from,
                    months.basis,
                    months.recipient,
                    months.share,
                    usual.median_share
                from {batch} as months
                inner join (
                    select basis, recipient, median(share) as median_share
                    from {batch}
                    where period_kind = 'month' and total_ports >= 200
                    group by basis, recipient
                ) as usual
                    on months.basis = usual.basis and months.recipient = usual.recipient
                where
                    months.period_kind = 'month'
                    and months.total_ports >= 200
                    and abs(months.share - usual.median_share) > 0.5
                """,
            description="No recipient's monthly share is half the market off its usual one",
            notes=("Even an incident moves shares by less: a brand changed its class or its code"),
            severity=kinds.WARNING,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select period_from, basis, recipient, ports, total_ports
                from {batch}
                where period_kind = 'month' and total_ports >= 200 and share > 0.98
                """,
            description="No recipient takes everything in a month with two hundred ports",
            notes="One destination for everybody is a default of the exporting system",
            severity=kinds.CRITICAL,
        ),
    ]
