"""The journal of the compensation.

Does it move like a journal? To be plausible this table must answer: do entries become known soon
after they happened, are few taken back, and is most of what is charged collected?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("entry_id", "programme_id", "event_kind")
EMPTY_WHEN = "(select count(*) = 0 from compensation.fct_termination_fees)"


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition="is_reversal",
            min_value=0,
            max_value=0.1,
            least_rows=200,
            description="At most one entry in ten takes another one back",
            notes=(
                "Reversals follow corrections of the exports, of a rule or of the code; many at "
                "once mean that one of them changed the past"
            ),
            severity=kinds.WARNING,
        ),
        kinds.ExpectShareToBeBetween(
            condition="date_diff('day', posted_on, known_from) > 90",
            among="event_kind = 'fee_charged'",
            min_value=0,
            max_value=0.8,
            least_rows=200,
            description="At least a fifth of the fees is known within three months of the bill",
            notes="Only the opening delivery brings old bills; later ones bring new ones",
            severity=kinds.WARNING,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate=(
                "sum(amount_krw) filter (where event_kind = 'fee_collected' and not is_reversal) / "
                "cast(nullif(sum(amount_krw) filter (where event_kind = 'fee_charged' "
                "and not is_reversal), 0) as double)"
            ),
            min_value=0.3,
            max_value=1,
            none_is_plausible=True,
            description="Between three tenths and all of the fees charged are collected",
            notes="Fees are charged on the final bill; what is never paid is never refunded",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate="avg(amount_krw) filter (where line_key is not null)",
            min_value=1_000,
            max_value=2_000_000,
            none_is_plausible=True,
            description="An entry of a line is 1,000 to 2,000,000 won on average",
            notes="A factor of ten or more is another unit",
            severity=kinds.CRITICAL,
        ),
    ]
