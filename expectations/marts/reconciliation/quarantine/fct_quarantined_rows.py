"""The time of rows in quarantine.

Is each row worked on by the one whose turn it is? To be plausible this table must answer: what is
overdue, and is it of a kind that must not wait?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("entity", "source_file", "source_row", "reason_code", "owner")
EMPTY_WHEN = "(select coalesce(sum(quarantined), 0) = 0 from reconciliation.rpt_batch_conservation)"


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectNoRowsWhere(
            condition="is_overdue and overdue_severity = 'warning'",
            description="No row is held for longer than its owner has to mend it",
            notes="The owner of the reason has promised a time: ask, or have the row closed",
            severity=kinds.WARNING,
        ),
        kinds.ExpectNoRowsWhere(
            condition="is_overdue and overdue_severity = 'critical'",
            description="No row is overdue for a reason that must not wait",
            notes="The register says that nothing is published over such a row: mend it first",
            severity=kinds.CRITICAL,
        ),
    ]
