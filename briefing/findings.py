"""The one sentence of a figure that its rows decide: what it comes to.

Belongs here: which numbers that sentence holds. Does not belong here: the sentence (words).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from briefing.figures import Row

#: Facts of a sentence: name to (column, value), as the cells of a table are written.
Facts = dict[str, tuple[str, Any]]


def of(name: str, rows: Sequence[Row]) -> Facts | None:
    """Give the facts of a figure's sentence; None where it has none, or the rows hold none."""
    find = _FINDINGS.get(name)
    return find(rows) if find and rows else None


def _worst_day(rows: Sequence[Row]) -> Facts | None:
    known = [row for row in rows if row["recipient"] == "all" and row["expected"] is not None]
    if not known:
        return None
    # Of two days alike the first.
    worst = max(known, key=lambda row: row["actual"])
    return {name: (name, worst[name]) for name in ("processed_on", "actual", "expected")}


def _share_hangs_on_basis(rows: Sequence[Row]) -> Facts | None:
    # What a period comes to is known when it is over.
    shares = [row for row in rows if row["share"] is not None and row["is_complete"]]
    if not shares:
        return None
    period = max((row["period_to"], row["period_from"]) for row in shares)
    last = [row for row in shares if (row["period_to"], row["period_from"]) == period]
    most = max(last, key=lambda row: row["ports"])
    its = [row["share"] for row in last if row["recipient"] == most["recipient"]]
    return {
        **{name: (name, most[name]) for name in ("period_from", "period_to", "recipient")},
        "low": ("share", min(its)),
        "high": ("share", max(its)),
    }


def _paid(rows: Sequence[Row]) -> Facts | None:
    amounts = {row["refund_state"]: row["amount_krw"] for row in rows}
    payable = sum(amounts.get(state, 0) for state in ("paid", "outstanding", "reversed", "expired"))
    return {"share": ("share", amounts.get("paid", 0) / payable)} if payable else None


def _between(rows: Sequence[Row]) -> Facts | None:
    costs = [row["expected_cost_krw"] for row in rows]
    in_force = [row["expected_cost_krw"] for row in rows if row["is_reference"]]
    if len(in_force) != 1:
        return None
    return {
        name: ("won", value)
        for name, value in (("low", min(costs)), ("high", max(costs)), ("in_force", in_force[0]))
    }


def _verdicts(rows: Sequence[Row]) -> Facts:
    verdicts = [row["verdict"] for row in rows]
    counted = ("agrees", "agrees_only_on_basis", "contradicts", "not_measurable")
    return {
        "readings": ("count", sum(verdict in counted for verdict in verdicts)),
        **{verdict: ("count", verdicts.count(verdict)) for verdict in counted},
    }


def _rows_kept_back(rows: Sequence[Row]) -> Facts:
    return {
        name: (name, sum(row[name] for row in rows))
        for name in ("delivered", "quarantined", "overdue")
    }


_FINDINGS: Final[dict[str, Callable[[Sequence[Row]], Facts | None]]] = {
    "lines_lost_daily": _worst_day,
    "share_by_basis": _share_hangs_on_basis,
    "refunds_by_state": _paid,
    "policy_scenarios": _between,
    "published_claims": _verdicts,
    "data_quality": _rows_kept_back,
}
