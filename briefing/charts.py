"""The charts: a Vega-Lite specification for the rows of each figure, in one language.

Belongs here: marks, scales and colours. Does not belong here: words (words), the script that draws
(bundle), the inks of text and axes, which the style of the page sets for screen, dark and paper.

Colours are those of Okabe and Ito, told apart by every kind of sight. Every chart takes the width
of the page; what would be facets are panels beside each other, so that a phone shows them below.
"""

from __future__ import annotations

import datetime as dt
import textwrap
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import altair as alt

from briefing import formats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from briefing.figures import Generation, Row
    from briefing.words import Words

BLUE, ORANGE, GREEN, VERMILLION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, PURPLE, GREY = "#56B4E9", "#CC79A7", "#8A8F98"
PALETTE: Final = (BLUE, ORANGE, GREEN, PURPLE, VERMILLION, SKY, GREY)

#: Rows that a chart takes into the page at most; a year of days of six destinations.
MOST_ROWS: Final = 2500

_FONT: Final = (
    'system-ui, -apple-system, "Segoe UI", "Noto Sans KR", "Noto Sans CJK KR", '
    '"Apple SD Gothic Neo", "Malgun Gothic", sans-serif'
)
_EVERYWHERE: Final = "all"


@dataclass(frozen=True, slots=True)
class Panel:
    """One drawing of a figure; the title is empty where the figure has one only."""

    title: str
    spec: dict[str, Any]
    is_wide: bool = True


def panels(name: str, rows: Sequence[Row], words: Words, generation: Generation) -> list[Panel]:
    """Draw a figure; nothing where there are no rows.

    Raises:
        ValueError: there are more rows than belong into a page.
    """
    if not rows:
        return []
    if len(rows) > MOST_ROWS:
        raise ValueError(f"{name} has {len(rows)} rows, a chart takes {MOST_ROWS}")
    return [
        Panel(panel.title, _spec(panel.chart), panel.is_wide)
        for panel in _DRAWN[name](rows, words, generation)
    ]


@dataclass(frozen=True, slots=True)
class _Drawn:
    chart: alt.Chart | alt.LayerChart
    title: str = ""
    is_wide: bool = True


def _spec(chart: alt.Chart | alt.LayerChart) -> dict[str, Any]:
    configured = (
        chart.configure(font=_FONT, background="transparent", lineBreak="\n")
        .configure_view(stroke=None)
        .configure_axis(labelFontSize=12, titleFontSize=12, titleFontWeight="normal", ticks=False)
        .configure_legend(labelFontSize=12, orient="top", title=None, labelLimit=260, columns=2)
        .properties(
            width="container",
            autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        )
    )
    spec: dict[str, Any] = configured.to_dict()
    return spec


def _data(rows: Iterable[Row]) -> alt.Data:
    return alt.Data(values=[{name: _plain(value) for name, value in row.items()} for row in rows])


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a table holds
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal | float):
        return round(float(value), 6)
    return value


def _day(field: str, words: Words) -> alt.X:
    # In UTC: a day is the same day for a reader in any zone.
    axis = alt.Axis(format=words("formats.month"), title=None, grid=False, labelOverlap=True)
    return alt.X(f"{field}:T", scale=alt.Scale(type="utc"), axis=axis)


def _tip(field: str, words: Words, kind: str = "N", form: str = "") -> alt.Tooltip:
    shown = {"format": form} if form else {}
    return alt.Tooltip(f"{field}:{kind}", title=words(f"columns.{field}"), **shown)


def _day_tip(field: str, words: Words) -> alt.Tooltip:
    return alt.Tooltip(f"{field}:N", title=words(f"columns.{field}"))


def _colours(labels: Sequence[str], colours: Sequence[str] = PALETTE) -> alt.Scale:
    return alt.Scale(domain=list(labels), range=list(colours[: len(labels)]))


def _wrapped(text: str, language: str) -> str:
    width = {"ko": 14}.get(language, 24)
    return "\n".join(textwrap.wrap(text, width))


def _timeline(rows: Sequence[Row], words: Words, _: Generation) -> list[_Drawn]:
    told = [
        {**row, "event_kind": words.of_code("event_kind", row["event_kind"])}
        | {"body": words.of_code("body", row["body"])}
        for row in rows
    ]
    kinds = list(dict.fromkeys(row["event_kind"] for row in told))
    chart = (
        alt.Chart(_data(told))
        .mark_point(filled=True, size=130, opacity=0.9)
        .encode(
            x=_day("occurred_on", words),
            y=alt.Y("event_kind:N", sort=kinds, title=None, axis=alt.Axis(grid=True)),
            color=alt.Color("event_kind:N", scale=_colours(kinds), legend=None),
            tooltip=[
                _day_tip("occurred_on", words),
                *(_tip(name, words) for name in ("event_kind", "body", "note")),
            ],
        )
        .properties(height=26 * len(kinds) + 10)
    )
    return [_Drawn(chart)]


def _lines_lost_daily(rows: Sequence[Row], words: Words, _: Generation) -> list[_Drawn]:
    recipients = sorted({row["recipient"] for row in rows}, key=lambda name: (name != "all", name))
    drawn = []
    for recipient in recipients:
        its = [
            {name: row[name] for name in row if name not in {"recipient", "phase"}}
            | {"phase": words.of_code("phase", row["phase"])}
            for row in rows
            if row["recipient"] == recipient and row["actual"] is not None
        ]
        if its:
            is_all = recipient == _EVERYWHERE
            chart = _with_band(its, words, height=280 if is_all else 150, is_all=is_all)
            drawn.append(_Drawn(chart, words.of_code("recipient", recipient), is_all))
    return drawn


def _with_band(its: list[Row], words: Words, *, height: int, is_all: bool) -> alt.LayerChart:
    """Draw what came about before what was to be expected, and the interval of that."""
    actual, expected, band = (words(f"legend.{name}") for name in ("actual", "expected", "band"))
    series = alt.Color(
        "series:N",
        scale=_colours((actual, expected, band), (VERMILLION, BLUE, SKY)),
        legend=alt.Legend() if is_all else None,
    )
    tips = [
        _day_tip("processed_on", words),
        _tip("phase", words),
        _tip("actual", words, "Q", ",.0f"),
        _tip("expected", words, "Q", ",.1f"),
        _tip("expected_low", words, "Q", ",.1f"),
        _tip("expected_high", words, "Q", ",.1f"),
    ]
    title = words("axes.lines_a_day")
    base = alt.Chart(_data(its)).encode(x=_day("processed_on", words))
    interval = (
        base.transform_calculate(series=f"'{band}'")
        .mark_area(opacity=0.35)
        .encode(y=alt.Y("expected_low:Q", title=title), y2="expected_high:Q", color=series)
    )
    counterfactual = (
        base.transform_calculate(series=f"'{expected}'")
        .mark_line(strokeWidth=1.5)
        .encode(y=alt.Y("expected:Q", title=title), color=series)
    )
    observed = (
        base.transform_calculate(series=f"'{actual}'")
        .mark_line(strokeWidth=1.5, point=alt.OverlayMarkDef(size=14))
        .encode(y=alt.Y("actual:Q", title=title), color=series, tooltip=tips)
    )
    return alt.layer(interval, counterfactual, observed).properties(height=height)


def _share_by_basis(rows: Sequence[Row], words: Words, _: Generation) -> list[_Drawn]:
    told = [
        {**row, "basis": _wrapped(words.of_code("basis", row["basis"]), words.language)}
        | {"recipient": words.of_code("recipient", row["recipient"])}
        for row in rows
        if row["share"] is not None
    ]
    recipients = sorted({row["recipient"] for row in told})
    drawn = []
    for period in sorted({(row["period_from"], row["period_to"]) for row in told}):
        its = [row for row in told if (row["period_from"], row["period_to"]) == period]
        bases = len({row["basis"] for row in its})
        bars = alt.Chart(_data(its)).encode(
            x=alt.X(
                "share:Q",
                stack="zero",
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format="%", title=None, tickCount=5),
            ),
            y=alt.Y("basis:N", title=None),
            order=alt.Order("recipient:N"),
        )
        shown = bars.mark_bar().encode(
            color=alt.Color("recipient:N", scale=_colours(recipients)),
            tooltip=[
                _tip("basis", words),
                _tip("recipient", words),
                _tip("ports", words, "Q", ",.0f"),
                _tip("total_ports", words, "Q", ",.0f"),
                _tip("share", words, "Q", ".1%"),
            ],
        )
        title = words("legend.period", first=period[0], last=period[1])
        drawn.append(_Drawn(shown.properties(height=48 * bases), title, is_wide=False))
    return drawn


def _exposure(rows: Sequence[Row], words: Words, _: Generation) -> list[_Drawn]:
    told = [{**row, "element": words.of_code("element", row["element"])} for row in rows]
    elements = list(dict.fromkeys(row["element"] for row in told))
    chart = (
        alt.Chart(_data(told))
        .mark_bar()
        .encode(
            x=alt.X("confirmed_on:O", title=words("columns.confirmed_on"), axis=_level()),
            xOffset=alt.XOffset("element:N", sort=elements),
            y=alt.Y("cumulative_lines:Q", title=words("columns.cumulative_lines")),
            color=alt.Color("element:N", sort=elements, scale=_colours(elements)),
            tooltip=[
                _day_tip("confirmed_on", words),
                _tip("element", words),
                _tip("confirmed_lines", words, "Q", ",.0f"),
                _tip("cumulative_lines", words, "Q", ",.0f"),
            ],
        )
        .properties(height=220)
    )
    return [_Drawn(chart)]


def _level() -> alt.Axis:
    return alt.Axis(labelAngle=0, labelOverlap=True)


def _survival(rows: Sequence[Row], words: Words, _: Generation) -> list[_Drawn]:
    told = [{**row, "exposure_class": _exposed(words, row)} for row in rows]
    ends = [{**row, "day_number": row["until_day"]} for row in told if row["until_day"]]
    classes = list(dict.fromkeys(row["exposure_class"] for row in told))
    base = alt.Chart(_data([*told, *ends])).encode(
        x=alt.X("day_number:Q", title=words("axes.days_since"), axis=alt.Axis(grid=False)),
        color=alt.Color("exposure_class:N", scale=_colours(classes)),
    )
    share = alt.Axis(format=".1%", title=words("axes.still_in_service"))
    band = base.mark_area(opacity=0.25, interpolate="step-after").encode(
        y=alt.Y("survival_low:Q", scale=alt.Scale(zero=False), axis=share), y2="survival_high:Q"
    )
    curve = base.mark_line(interpolate="step-after", strokeWidth=2).encode(
        y=alt.Y("survival:Q", scale=alt.Scale(zero=False), axis=share),
        tooltip=[
            _tip("exposure_class", words),
            _tip("day_number", words, "Q"),
            _tip("at_risk", words, "Q", ",.0f"),
            _tip("survival", words, "Q", ".2%"),
        ],
    )
    return [_Drawn(alt.layer(band, curve).properties(height=260))]


def _exposed(words: Words, row: Row) -> str:
    return words.of_code("exposure_class", row["exposure_class"])


def _refunds_by_state(rows: Sequence[Row], words: Words, _: Generation) -> list[_Drawn]:
    size, name = formats.unit(words, max(row["amount_krw"] for row in rows))
    told = [
        {**row, "amount": row["amount_krw"] / size}
        | {"refund_state": _wrapped(words.of_code("refund_state", row["refund_state"]), "")}
        for row in rows
    ]
    return [_Drawn(_bars(told, "refund_state", words("axes.won", unit=name), words))]


def _bars(told: list[Row], name: str, title: str, words: Words) -> alt.Chart:
    """Draw one bar per row in the order of the rows; its length is `amount`, its ink `shade`."""
    shades = list(dict.fromkeys(row["shade"] for row in told if "shade" in row))
    chart = alt.Chart(_data(told)).mark_bar(color=BLUE)
    encoded = chart.encode(
        x=alt.X("amount:Q", title=title, axis=alt.Axis(tickCount=5)),
        y=alt.Y(f"{name}:N", sort=None, title=None, axis=alt.Axis(labelLimit=220)),
        tooltip=[
            _tip(name, words),
            alt.Tooltip("amount:Q", title=title, format=",.2~f"),
        ],
    )
    if shades:
        encoded = encoded.encode(color=alt.Color("shade:N", scale=_colours(shades)))
    names = {row[name] for row in told}
    return encoded.properties(height=sum(18 + 14 * each.count("\n") + 8 for each in names))


def _cost_by_programme(
    rows: Sequence[Row], words: Words, generation: Generation
) -> list[_Drawn]:
    """Draw on a logarithmic axis, raised to all lines: what was announced is of all lines too."""
    measures = {
        "announced_krw": ORANGE,
        "cumulative_incurred_krw": GREEN,
        "ultimate_krw": BLUE,
    }
    labels = {name: words(f"columns.{name}") for name in measures}
    raised = [_raised(row, words, generation) for row in rows]
    largest = max((row["ultimate_krw"] or 0) for row in raised)
    size, unit = formats.unit(words, largest / 1000)
    points = [
        {"programme": row["programme"], "measure": labels[name], "amount": row[name] / size}
        for row in raised
        for name in measures
        if row[name]
    ]
    ranges = [
        {
            "programme": row["programme"],
            "low": row["ultimate_low_krw"] / size,
            "high": row["ultimate_high_krw"] / size,
        }
        for row in raised
        if row["ultimate_low_krw"] and row["ultimate_high_krw"]
    ]
    title = words("axes.won_log", unit=unit)
    log = alt.Scale(type="log", nice=False)
    y = alt.Y("programme:N", sort=None, title=None, axis=alt.Axis(labelLimit=220, grid=True))
    shown = alt.Axis(title=title, tickCount=6, format=",~g", labelOverlap=True)
    lines = (
        alt.Chart(_data(ranges))
        .mark_rule(color=BLUE, strokeWidth=5, opacity=0.35)
        .encode(x=alt.X("low:Q", scale=log, axis=shown), x2="high:Q", y=y)
    )
    marks = (
        alt.Chart(_data(points))
        .mark_point(filled=True, size=110, opacity=1)
        .encode(
            x=alt.X("amount:Q", scale=log, axis=shown),
            y=y,
            color=alt.Color(
                "measure:N", scale=_colours(list(labels.values()), list(measures.values()))
            ),
            shape=alt.Shape(
                "measure:N",
                scale=alt.Scale(
                    domain=list(labels.values()), range=["diamond", "square", "circle"]
                ),
            ),
            tooltip=[
                alt.Tooltip("programme:N", title=words("columns.programme_name")),
                alt.Tooltip("measure:N", title=" "),
                alt.Tooltip("amount:Q", title=title, format=",.3~f"),
            ],
        )
    )
    shown_programmes = {row["programme"] for row in points}
    return [_Drawn(alt.layer(lines, marks).properties(height=38 * len(shown_programmes)))]


def _raised(row: Row, words: Words, generation: Generation) -> Row:
    """Raise what was counted on a sample to all lines; what was announced is whole already."""
    times = 1 if row["is_whole"] else generation.lines_per_line
    raised = {
        name: value * times if name.endswith("_krw") and value is not None else value
        for name, value in row.items()
    }
    name = row["programme_name"] or row["programme_id"]
    return raised | {
        "announced_krw": row["announced_krw"],
        "programme": _wrapped(name, words.language if words.language != "ko" else "en"),
    }


def _policy_scenarios(rows: Sequence[Row], words: Words, _: Generation) -> list[_Drawn]:
    size, unit = formats.unit(words, max(row["expected_cost_krw"] for row in rows))
    told = [
        {
            "scenario_name": _wrapped(row["scenario_name"], "en"),
            "amount": row["expected_cost_krw"] / size,
            "shade": words(f"legend.{'in_force' if row['is_reference'] else 'what_if'}"),
        }
        for row in rows
    ]
    return [_Drawn(_bars(told, "scenario_name", words("axes.won", unit=unit), words))]


def _published_claims(rows: Sequence[Row], words: Words, _: Generation) -> list[_Drawn]:
    verdicts = dict.fromkeys((*_VERDICTS, *(row["verdict"] for row in rows)))
    told = [
        {"verdict": words.of_code("verdict", verdict), "amount": count}
        for verdict in verdicts
        if (count := sum(row["verdict"] == verdict for row in rows))
    ]
    return [_Drawn(_bars(told, "verdict", words("axes.claims"), words))]


_VERDICTS: Final = ("agrees", "agrees_only_on_basis", "contradicts")


def _data_quality(rows: Sequence[Row], words: Words, _: Generation) -> list[_Drawn]:
    told = [
        {
            "entity": words.of_code("entity", row["entity"]),
            "amount": count,
            "shade": words(f"legend.{shade}"),
        }
        for row in rows
        if row["quarantined"]
        for shade, count in (
            ("overdue", row["overdue"]),
            ("in_time", row["quarantined"] - row["overdue"]),
        )
    ]
    return [_Drawn(_bars(told, "entity", words("axes.rows"), words))] if told else []


_DRAWN: Final[dict[str, Callable[[Sequence[Row], Words, Generation], list[_Drawn]]]] = {
    "timeline": _timeline,
    "lines_lost_daily": _lines_lost_daily,
    "share_by_basis": _share_by_basis,
    "exposure": _exposure,
    "survival_by_exposure": _survival,
    "refunds_by_state": _refunds_by_state,
    "cost_by_programme": _cost_by_programme,
    "policy_scenarios": _policy_scenarios,
    "published_claims": _published_claims,
    "data_quality": _data_quality,
}
