"""Churn by segment as it may be handed out.

Is this worth handing out, and does it look like churn? To be plausible this table must answer: is
enough of it shown, does a split have more than one segment, and is no segment's churn out of
proportion to the whole on ordinary days?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("month", "segment_kind", "segment")
EMPTY_WHEN = "(select count(*) = 0 from churn.fct_churn_segments_monthly where is_complete)"


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select month, opening_lines, is_suppressed
                from {batch}
                where
                    segment_kind = 'total'
                    and is_suppressed
                    and (select max(opening_lines) from churn.fct_churn_segments_monthly) >= 1000
                """,
            description="The total of a network of a thousand lines is shown",
            notes="A threshold of another unit, or months without a leaver: nothing can be read",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select segments.month, segments.segment_kind, segments.segment, segments.churn_rate
                from {batch} as segments
                inner join {batch} as totals
                    on segments.month = totals.month and totals.segment_kind = 'total'
                where
                    segments.average_lines >= 1000
                    and segments.churn_rate > greatest(0.1, 10 * totals.churn_rate)
                """,
            description="No segment of a thousand lines loses ten times the share of the whole",
            notes=(
                "Not even victims leave like that; lines were given a segment by the way they "
                "ended, so that it holds the leavers only"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    count(distinct segment_kind) as kinds,
                    count(distinct segment_kind) filter (where is_suppressed) as with_gaps
                from {batch}
                where (select max(opening_lines) from churn.fct_churn_segments_monthly) >= 1000000
                having
                    count(*) filter (where is_suppressed and segment_kind not like 'exposure%')
                    > 0.5 * count(*) filter (where segment_kind not like 'exposure%')
                """,
            description="Of a network of a million lines most segments are shown",
            notes=(
                "Segments of a large network are no small cells: values of a dimension were split "
                "into slivers, or the threshold is one of persons in thousands"
            ),
            severity=kinds.WARNING,
        ),
    ]
