"""The few figures that a batch shows when it is published.

Belongs here: one short query per figure, on the published marts; docs/metrics.md defines what they
count. They are figures of the exports as delivered: of a sample, those of the sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from orchestration import tables

if TYPE_CHECKING:
    from pathlib import Path

#: Each query returns rows of two texts: what is counted, and the count.
_QUERIES = (
    # Which window counts is the policy's; which policy counts is the newest binding version known.
    """
    select
        'ended in the window of ' || policy_id,
        format('{:,} lines', count(*)) || ', ported out '
            || format('{:,}', count(*) filter (where is_ported_out))
    from (
        select
            policy_id,
            (line_key, terminated_on) in (
                select (line_key, deactivated_on) from churn.fct_deactivations
                where kind = 'port_out'
            ) as is_ported_out
        from compensation.fct_waiver_decisions
        where is_current and path = 'window'
    )
    group by policy_id
    order by policy_id
    """,
    """
    select
        'eligible under ' || policy_id || ' ' || policy_version,
        format('{:,} lines', count(*) filter (where is_eligible)) || ', refunded '
            || format('{:,} won', cast(coalesce(sum(paid_krw), 0) as bigint))
    from compensation.fct_waiver_decisions
    where is_current
    group by policy_id, policy_version
    order by policy_id
    """,
    """
    select
        'books of the compensation',
        format('{:,} entries', (select count(*) from compensation.fct_ledger_entries))
            || ', owed and not paid '
            || format('{:,} won', cast(coalesce(sum(outstanding_krw), 0) as bigint))
    from compensation.fct_refund_positions
    """,
    """
    select
        'cost of ' || incident_id,
        format('{:,} won', krw) || ', between ' || format('{:,}', low_krw) || ' and '
            || format('{:,}', high_krw)
    from compensation.rpt_incident_cost
    where is_total
    order by incident_id
    """,
    """
    select
        'published claims',
        string_agg(format('{} {}', claims, replace(verdict, '_', ' ')), ', ' order by verdict)
    from (
        select verdict, count(*) as claims
        from reconciliation.rpt_published_claims
        group by verdict
    )
    having count(*) > 0
    """,
    """
    select
        'rows delivered',
        format('{:,}', cast(coalesce(sum(delivered), 0) as bigint)) || ', in quarantine '
            || format('{:,}', cast(coalesce(sum(quarantined), 0) as bigint))
    from reconciliation.rpt_batch_conservation
    """,
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and its value, as text."""

    name: str
    value: str


def key_figures(database: Path) -> tuple[Figure, ...]:
    """Ask the published marts; a figure whose mart is not there is left out rather than guessed."""
    found: list[Figure] = []
    with tables.reader(database) as connection:
        for query in _QUERIES:
            try:
                rows = connection.execute(query).fetchall()
            except (duckdb.CatalogException, duckdb.BinderException):
                continue
            found += [Figure(str(name), str(value)) for name, value in rows]
    return tuple(found)
