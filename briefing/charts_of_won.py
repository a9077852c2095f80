"""Charts of won, and of what the figures rest on: claims and deliveries.

Belongs here: the chart of each such figure. Does not belong here: lines (charts_of_lines), what
charts share (marks).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import altair as alt

from briefing import formats
from briefing.marks import (
    BLUE,
    GREEN,
    ORANGE,
    Drawn,
    bars,
    colours,
    data,
    height_of,
    labels_beside,
    wrapped,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefing.figures import Generation, Row
    from briefing.words import Words

#: What is drawn of a programme: ink and shape, so that neither is needed to tell it.
_MEASURES: Final = {
    "announced_krw": (ORANGE, "diamond"),
    "cumulative_incurred_krw": (GREEN, "square"),
    "ultimate_krw": (BLUE, "circle"),
}

#: Won of the largest programme for one of the unit of the axis, which spans many powers of ten.
_SPAN: Final = 10_000

#: Names of the rows of the chart that has two kinds of them.
_SPANS: Final = "spans"
_DOTS: Final = "dots"


def refunds_by_state(rows: Sequence[Row], words: Words, _: Generation) -> list[Drawn]:
    """Draw a bar for each state."""
    size, unit = formats.unit(words, max(row["amount_krw"] for row in rows))
    told = [
        {
            "refund_state": words.of_code("refund_state", row["refund_state"]),
            "amount": row["amount_krw"] / size,
        }
        for row in rows
    ]
    return [bars(told, "refund_state", unit, words)]


def cost_by_programme(rows: Sequence[Row], words: Words, generation: Generation) -> list[Drawn]:
    """Draw dots for what was announced, incurred and will be, and the range of the last.

    Raised to all lines, as what was announced is. The axis is logarithmic, so that a programme of
    nothing has no dot; it stands in the table.
    """
    raised = [_raised(row, generation) for row in rows]
    size, unit = formats.unit(words, max(row["ultimate_krw"] or 0 for row in raised) / _SPAN)
    labels = {name: words(f"columns.{name}") for name in _MEASURES}
    dots = [
        {"programme": row["programme"], "measure": labels[name], "amount": row[name] / size}
        for row in raised
        for name in _MEASURES
        if (row[name] or 0) > 0
    ]
    if not dots:
        return []
    ranges = [
        {
            "programme": row["programme"],
            "measure": labels["ultimate_krw"],
            "low": row["ultimate_low_krw"] / size,
            "high": row["ultimate_high_krw"] / size,
        }
        for row in raised
        if (row["ultimate_low_krw"] or 0) > 0
    ]
    title = words("axes.won_log", unit=unit)
    axis = alt.Axis(title=title, tickCount=6, format=",~g", labelOverlap=True)
    scale = alt.Scale(type="log", nice=False, padding=8)
    beside = alt.YOffset("measure:N", sort=list(labels.values()))
    spans = (
        alt.Chart(data(_SPANS))
        .mark_rule(color=BLUE, strokeWidth=6, opacity=0.35)
        .encode(
            x=alt.X("low:Q", scale=scale, axis=axis),
            x2="high:Q",
            y=labels_beside("programme"),
            yOffset=beside,
        )
    )
    inks, shapes = zip(*_MEASURES.values(), strict=True)
    points = (
        alt.Chart(data(_DOTS))
        .mark_point(filled=True, size=80, opacity=1)
        .encode(
            x=alt.X("amount:Q", scale=scale, axis=axis),
            y=labels_beside("programme"),
            yOffset=beside,
            color=alt.Color("measure:N", scale=colours(list(labels.values()), inks)),
            shape=alt.Shape(
                "measure:N", scale=alt.Scale(domain=list(labels.values()), range=list(shapes))
            ),
            tooltip=[
                alt.Tooltip("programme:N", title=words("columns.programme_name")),
                alt.Tooltip("measure:N", title=words("columns.measure")),
                alt.Tooltip("amount:Q", title=title, format=",.3~f"),
            ],
        )
    )
    height = height_of((row["programme"] for row in dots), 18)
    chart = alt.layer(spans, points).properties(height=height)
    return [Drawn(chart, {_SPANS: ranges, _DOTS: dots})]


def _raised(row: Row, generation: Generation) -> Row:
    """Raise what was counted on a sample to all lines; what was announced is of all already."""
    times = 1 if row["is_whole"] else generation.lines_per_line
    counted = {
        name: value * times
        for name, value in row.items()
        if name.endswith("_krw") and value is not None and name != "announced_krw"
    }
    return {**row, **counted, "programme": wrapped(row["programme_name"] or row["programme_id"])}


def policy_scenarios(rows: Sequence[Row], words: Words, _: Generation) -> list[Drawn]:
    """Draw a bar for each scenario, the terms in force in another ink; a panel for each policy."""
    policies = list(dict.fromkeys(row["policy_id"] for row in rows))
    drawn = [
        _scenarios_of([row for row in rows if row["policy_id"] == policy], words)
        for policy in policies
    ]
    if len(policies) == 1:
        return drawn
    return [
        replace(each, title=words.of_code("policy_id", policy))
        for each, policy in zip(drawn, policies, strict=True)
    ]


def _scenarios_of(rows: Sequence[Row], words: Words) -> Drawn:
    size, unit = formats.unit(words, max(row["expected_cost_krw"] for row in rows))
    told = [
        {
            "scenario_name": row["scenario_name"],
            "amount": row["expected_cost_krw"] / size,
            "shade": words(f"legend.{'in_force' if row['is_reference'] else 'what_if'}"),
        }
        for row in rows
    ]
    return bars(told, "scenario_name", unit, words)


def published_claims(rows: Sequence[Row], words: Words, _: Generation) -> list[Drawn]:
    """Draw how many readings there are of each verdict, the most first."""
    verdicts = [row["verdict"] for row in rows]
    told = [
        {"verdict": words.of_code("verdict", verdict), "amount": verdicts.count(verdict)}
        for verdict in sorted(set(verdicts), key=lambda each: (-verdicts.count(each), each))
    ]
    return [bars(told, "verdict", words("axes.claims"), words)]


def data_quality(rows: Sequence[Row], words: Words, _: Generation) -> list[Drawn]:
    """Draw rows in quarantine, those that are overdue in another ink; nothing if all is well."""
    told = [
        {
            "entity": words.of_code("entity", row["entity"]),
            "amount": count,
            "shade": words(f"legend.{shade}"),
        }
        for row in rows
        if row["quarantined"]
        for shade, count in (
            ("in_time", row["quarantined"] - row["overdue"]),
            ("overdue", row["overdue"]),
        )
    ]
    return [bars(told, "entity", words("axes.rows"), words)] if told else []
