"""Lines added and lost by day.

Is this the pulse of a network? To be plausible this table must answer: are losses and gains of
one order of magnitude, is any one day out of all proportion, and does no month pass without a
change?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("changed_on", "line_kind", "network_brand")
EMPTY_WHEN = "(select count(*) = 0 from staging.stg_operator__lines)"


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select sum(changes.gross_adds) as gained, sum(changes.deactivations) as lost
                from {batch} as changes
                inner join intermediate.int_delivery_facts as facts
                    on changes.changed_on >= facts.observed_from
                having gained + lost >= 200 and (lost < 0.05 * gained or gained < 0.05 * lost)
                """,
            description="A line is lost for between one twentieth and twenty lines gained",
            notes="Outside, one of the two feeds is missing",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select changed_on, sum(deactivations) as lost
                from {batch}
                group by changed_on
                having lost >= 100 and lost > 0.5 * (select sum(deactivations) from {batch})
                """,
            description="No day has half of all the lines lost",
            notes="A clean-up of the source dated on one day, not customers leaving",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    min(changes.changed_on) as first_day,
                    max(changes.changed_on) as last_day,
                    count(distinct date_trunc('month', changes.changed_on)) as months_with_gains
                from {batch} as changes
                inner join intermediate.int_delivery_facts as facts
                    on changes.changed_on >= facts.observed_from
                where changes.gross_adds > 0
                having months_with_gains < 1 + date_diff('month', first_day, last_day)
                """,
            description="No month passes without a line gained",
            notes="A month of activations that was never delivered",
            severity=kinds.CRITICAL,
        ),
    ]
