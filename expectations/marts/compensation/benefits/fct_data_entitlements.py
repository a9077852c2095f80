"""Who is entitled to data, by programme and line.

Do the rules of the register fit the lines? To be plausible this table must answer: are some
entitled and some not, does about as large a part gain nothing as has an unlimited plan, and do few
have the grant for one month only?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("programme_id", "line_key")
EMPTY_WHEN = (
    "not exists (select 1 from core.dim_programmes where kind = 'data') or "
    "(select count(*) = 0 from core.dim_lines)"
)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    programme_id,
                    count(*) as lines,
                    count(*) filter (where is_entitled) as entitled
                from {batch}
                where programme_id not in (
                    select programme_id from core.dim_programmes where is_victims_only
                )
                group by programme_id
                having lines >= 1000 and (entitled < 0.2 * lines or entitled = lines)
                """,
            description="A grant for all is given to a fifth of the lines at least, not to all",
            notes=(
                "A reference day in the wrong year, a kind of line spelt otherwise, or rules "
                "that exclude nobody"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="not is_gaining",
            among="is_entitled",
            min_value=0.02,
            max_value=0.8,
            least_rows=1000,
            description="Between one in fifty and four of five of those entitled gain nothing",
            notes="Unlimited plans are not marked in the register of plans, or all are",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="entitled_months = 1",
            among="is_entitled",
            max_value=0.25,
            least_rows=1000,
            description="Hardly anybody has the grant for one month only",
            notes="First or last month of a programme in the wrong year",
            severity=kinds.WARNING,
        ),
    ]
