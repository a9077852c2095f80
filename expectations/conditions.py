"""Fragments of SQL that several suites need.

Belongs here: wording a condition once. Does not belong here: thresholds.
"""

from __future__ import annotations


def nothing_delivered(entity: str) -> str:
    """Return a condition: the manifests name no row of this entity."""
    return (
        "(select coalesce(sum(cast(row_count as bigint)), 0) = 0 from raw.raw_batch_files "  # noqa: S608
        f"where entity = '{entity}')"
    )


def nothing_accepted(entity: str) -> str:
    """Return a condition: no delivered row of this entity is known yet and keeps the contract."""
    return (
        "(select coalesce(sum(accepted), 0) = 0 from staging.stg_operator__row_status "  # noqa: S608
        f"where entity = '{entity}')"
    )


def only_the_opening_known() -> str:
    """Return a condition on marts: one delivery is known, which says who is there and no more.

    What happens to lines is told by the difference between two deliveries at least.
    """
    return "(select count(distinct batch_date) < 2 from reconciliation.rpt_batch_conservation)"


def either(*others: str) -> str:
    """Return a condition: one of the others holds."""
    return " or ".join(others)


def filled(column: str) -> str:
    """Return a condition: a delivered column of whatever type says something."""
    return f"nullif(cast({column} as varchar), '') is not null"


def readable(column: str, type_name: str) -> str:
    """Return a condition: a delivered value can be read as a type."""
    return f"try_cast({column} as {type_name}) is not null"


def at_night(column: str) -> str:
    """Return a condition: a delivered timestamp lies between midnight and six in the morning.

    Not exactly at midnight, which is how a day without a time of day reads.
    """
    moment = f"try_cast({column} as timestamp)"
    return f"(hour({moment}) < 6 and {moment} <> date_trunc('day', {moment}))"
