"""Charts of lines: what happened to them, who left, where to, who stayed.

Belongs here: the chart of each such figure. Does not belong here: won (charts_of_won), what charts
share (marks).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import altair as alt

from briefing.marks import (
    BLUE,
    ROWS,
    SKY,
    VERMILLION,
    Drawn,
    colours,
    data,
    day,
    height_of,
    labels_beside,
    tip,
    wrapped,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefing.figures import Generation, Row
    from briefing.words import Words

_ANYWHERE: Final = "all"


def timeline(rows: Sequence[Row], words: Words, _: Generation) -> list[Drawn]:
    """Draw events as points, a row for each kind."""
    told = [
        {**row, **{name: words.of_code(name, row[name]) for name in ("event_kind", "body")}}
        for row in rows
    ]
    kinds = list(dict.fromkeys(row["event_kind"] for row in told))
    chart = (
        alt.Chart(data())
        .mark_point(filled=True, size=130, opacity=0.9)
        .encode(
            x=day("occurred_on", words),
            y=alt.Y("event_kind:N", sort=kinds, title=None, axis=alt.Axis(grid=True)),
            color=alt.Color("event_kind:N", scale=colours(kinds), legend=None),
            tooltip=[tip(name, words) for name in ("occurred_on", "event_kind", "body", "note")],
        )
        .properties(height=height_of(kinds))
    )
    return [Drawn(chart, {ROWS: told})]


def lines_lost_daily(rows: Sequence[Row], words: Words, _: Generation) -> list[Drawn]:
    """Draw all days of all destinations, and beside each other the incident's days of each one."""
    observed = [row for row in rows if row["actual"] is not None]
    told = [{**row, "phase": words.of_code("phase", row["phase"])} for row in observed]
    drawn = [
        Drawn(_with_band(words, height=280), {ROWS: its}, words.of_code("recipient", _ANYWHERE))
        for its in [[row for row in told if row["recipient"] == _ANYWHERE]]
        if its
    ]
    for recipient in sorted({row["recipient"] for row in told} - {_ANYWHERE}):
        its = [row for row in told if row["recipient"] == recipient]
        its = [row for row in its if row["phase"]] or its
        title = words.of_code("recipient", recipient)
        chart = _with_band(words, height=150, is_small=True)
        drawn.append(Drawn(chart, {ROWS: its}, title, "third"))
    return drawn


def _with_band(
    words: Words, *, height: int, is_small: bool = False
) -> alt.LayerChart | alt.FacetChart:
    """Draw what came about before what was to be expected, and the range of that."""
    actual, expected, band = (words(f"legend.{name}") for name in ("actual", "expected", "band"))
    ink = alt.Color(
        "series:N",
        scale=colours((actual, expected, band), (VERMILLION, BLUE, SKY)),
        legend=None if is_small else alt.Legend(),
    )
    title = None if is_small else words("axes.lines_a_day")
    base = alt.Chart(data()).encode(x=day("processed_on", words))
    area = (
        base.transform_calculate(series=f"'{band}'")
        .mark_area(opacity=0.35)
        .encode(y=alt.Y("expected_low:Q", title=title), y2="expected_high:Q", color=ink)
    )
    counterfactual = (
        base.transform_calculate(series=f"'{expected}'")
        .mark_line(strokeWidth=1.5)
        .encode(y=alt.Y("expected:Q", title=title), color=ink)
    )
    observed = (
        base.transform_calculate(series=f"'{actual}'")
        .mark_line(strokeWidth=1.5, point=alt.OverlayMarkDef(size=9))
        .encode(
            y=alt.Y("actual:Q", title=title),
            color=ink,
            tooltip=[
                tip("processed_on", words),
                tip("phase", words),
                tip("actual", words, ",.0f"),
                tip("expected", words, ",.1f"),
                tip("expected_low", words, ",.1f"),
                tip("expected_high", words, ",.1f"),
            ],
        )
    )
    return alt.layer(area, counterfactual, observed).properties(height=height)


def share_by_basis(rows: Sequence[Row], words: Words, _: Generation) -> list[Drawn]:
    """Draw one panel per period and in it one bar per basis, divided by destination."""
    told = [
        {
            **row,
            "basis": wrapped(words.of_code("basis", row["basis"])),
            "recipient": words.of_code("recipient", row["recipient"]),
        }
        for row in rows
        if row["share"] is not None
    ]
    recipients = sorted({row["recipient"] for row in told})
    drawn = []
    for first, last in sorted({(row["period_from"], row["period_to"]) for row in told}):
        its = [row for row in told if (row["period_from"], row["period_to"]) == (first, last)]
        placed = [{**row, "place": recipients.index(row["recipient"])} for row in its]
        base = alt.Chart(data()).encode(y=labels_beside("basis"), order="place:Q")
        bars = base.mark_bar().encode(
            x=_stacked(),
            color=alt.Color("recipient:N", scale=colours(recipients), legend=alt.Legend(columns=1)),
            tooltip=[
                tip("basis", words),
                tip("recipient", words),
                tip("ports", words, ",.0f"),
                tip("total_ports", words, ",.0f"),
                tip("share", words, ".1%"),
            ],
        )
        # White on the one dark ink, black on the others.
        ink = alt.condition(
            alt.datum.recipient == recipients[0], alt.value("#fff"), alt.value("#000")
        )
        numbers = base.mark_text(fontSize=12).encode(
            x=_stacked().bandPosition(0.5), text=alt.Text("share:Q", format=".0%"), color=ink
        )
        height = height_of((row["basis"] for row in its), 16)
        chart = alt.layer(bars, numbers).properties(height=height)
        title = words("legend.period", first=first, last=last)
        drawn.append(Drawn(chart, {ROWS: placed}, title, "half"))
    return drawn


def _stacked() -> alt.X:
    """Give the axis of shares one after the other."""
    return alt.X(
        "share:Q",
        stack="zero",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format="%", title=None, tickCount=5),
    )


def exposure(rows: Sequence[Row], words: Words, _: Generation) -> list[Drawn]:
    """Draw lines confirmed so far, a bar for each thing exposed on each day of a statement."""
    told = [{**row, "element": words.of_code("element", row["element"])} for row in rows]
    elements = list(dict.fromkeys(row["element"] for row in told))
    chart = (
        alt.Chart(data())
        .mark_bar()
        .encode(
            x=alt.X("confirmed_on:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
            xOffset=alt.XOffset("element:N", sort=elements),
            y=alt.Y("cumulative_lines:Q", title=words("columns.cumulative_lines")),
            color=alt.Color("element:N", scale=colours(elements)),
            tooltip=[
                tip("confirmed_on", words),
                tip("element", words),
                tip("confirmed_lines", words, ",.0f"),
                tip("cumulative_lines", words, ",.0f"),
            ],
        )
        .properties(height=220)
    )
    return [Drawn(chart, {ROWS: told})]


def survival_by_exposure(rows: Sequence[Row], words: Words, _: Generation) -> list[Drawn]:
    """Draw a step curve with its band for each class; the last step ends where the curve does."""
    told = [
        {**row, "exposure_class": words.of_code("exposure_class", row["exposure_class"])}
        for row in rows
    ]
    ends = [{**row, "day_number": row["until_day"]} for row in told if row["until_day"]]
    classes = list(dict.fromkeys(row["exposure_class"] for row in told))
    base = alt.Chart(data()).encode(
        x=alt.X(
            "day_number:Q",
            title=words("axes.days_since"),
            scale=alt.Scale(nice=False),
            axis=alt.Axis(grid=False),
        ),
        color=alt.Color("exposure_class:N", scale=colours(classes)),
    )
    scale = alt.Scale(zero=False)
    axis = alt.Axis(format=".1%", title=words("axes.still_in_service"))
    band = base.mark_area(opacity=0.25, interpolate="step-after").encode(
        y=alt.Y("survival_low:Q", scale=scale, axis=axis), y2="survival_high:Q"
    )
    curve = base.mark_line(interpolate="step-after", strokeWidth=2).encode(
        y=alt.Y("survival:Q", scale=scale, axis=axis),
        color=alt.Color(
            "exposure_class:N",
            scale=colours(classes),
            legend=alt.Legend(symbolType="stroke", symbolStrokeWidth=4),
        ),
        tooltip=[
            tip("exposure_class", words),
            tip("day_number", words, "d"),
            tip("at_risk", words, ",.0f"),
            tip("survival", words, ".2%"),
        ],
    )
    return [Drawn(alt.layer(band, curve).properties(height=260), {ROWS: [*told, *ends]})]
