"""What became of every delivered row.

Is what was kept out small enough to go on? To be plausible this table must answer: how much of an
entity is in quarantine, is one batch of it lost as a whole, and does the source deliver the same
rows again and again?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("entity", "batch_date")


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsFrom(
            query="""
                select entity, sum(quarantined) as in_quarantine, sum(delivered) as delivered_rows
                from {batch}
                group by entity
                having in_quarantine > greatest(10, 0.02 * delivered_rows)
                """,
            description="At most one row in fifty of an entity is in quarantine",
            notes=(
                "Single bad rows are reported and left out; beyond a fiftieth results "
                "would miss lines or money"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select entity, batch_date, quarantined, delivered
                from {batch}
                where quarantined > greatest(10, 0.2 * delivered)
                order by entity, batch_date
                """,
            description="At most a fifth of one delivery of an entity is in quarantine",
            notes=(
                "One bad file among two hundred good ones stays below any rate over all of them"
            ),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select
                    entity,
                    sum(quarantined_krw) as krw_in_quarantine,
                    sum(delivered_krw) as krw_delivered
                from {batch}
                group by entity
                having sum(quarantined) > 10 and abs(krw_in_quarantine) > 0.1 * abs(krw_delivered)
                """,
            description="At most a tenth of the money of an entity is in quarantine",
            notes="Few rows may hold most of the money",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectNoRowsFrom(
            query="""
                select entity, sum(duplicate) as duplicates, sum(delivered) as delivered_rows
                from {batch}
                group by entity
                having duplicates > greatest(20, 0.05 * delivered_rows)
                """,
            description="At most one row in twenty of an entity is delivered twice unchanged",
            notes=(
                "Duplicates are harmless here, but a source that repeats itself may also leave out"
            ),
            severity=kinds.WARNING,
        ),
    ]
