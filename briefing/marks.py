"""What all charts share: inks, axes, tooltips, and the bars that most of them are made of.

Belongs here: pieces of a Vega-Lite specification. Does not belong here: a figure (charts_of_lines,
charts_of_won), the inks of text and axes, which the style of the page sets for screen and paper.

Colours are those of Okabe and Ito, told apart by every kind of sight.
"""

from __future__ import annotations

import datetime as dt
import textwrap
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Literal

import altair as alt

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from briefing.figures import Row
    from briefing.words import Words

BLUE, ORANGE, GREEN, VERMILLION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, PURPLE, GREY = "#56B4E9", "#CC79A7", "#8A8F98"
PALETTE: Final = (BLUE, ORANGE, GREEN, PURPLE, VERMILLION, SKY, GREY)

#: Characters of a line of a label beside a bar; a Korean one takes the room of two Latin ones.
_LABEL: Final = 26

#: Name of the rows of a chart that has one kind of them.
ROWS: Final = "rows"

Width = Literal["whole", "half", "third"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One panel of a figure: the chart, its rows by the names of `data`, title and width.

    Rows are put beside the chart once it is a specification: Altair would copy and judge each of
    them at every step.
    """

    chart: alt.Chart | alt.LayerChart | alt.FacetChart
    rows: Mapping[str, Sequence[Row]]
    title: str = ""
    width: Width = "whole"


def data(name: str = ROWS) -> alt.NamedData:
    """Refer to rows that stand beside the chart."""
    return alt.NamedData(name=name)


def plain(rows: Iterable[Row]) -> list[Row]:
    """Give rows as JSON has them: days as text, decimals as numbers."""
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal | float):
        return round(float(value), 6)
    return value


def day(field: str, words: Words) -> alt.X:
    """Give an axis of days, in UTC: a day is the same day for a reader in any zone."""
    return alt.X(
        f"{field}:T",
        scale=alt.Scale(type="utc", padding=10),
        axis=alt.Axis(
            format=words("formats.month"),
            title=None,
            grid=False,
            labelOverlap=True,
            tickCount=alt.TimeIntervalStep(interval="month", step=1),
        ),
    )


def tip(field: str, words: Words, form: str = "") -> alt.Tooltip:
    """Give a line of the tooltip; `form` is that of a number, none for text and days."""
    title = words(f"columns.{field}")
    if form:
        return alt.Tooltip(f"{field}:Q", title=title, format=form)
    return alt.Tooltip(f"{field}:N", title=title)


def colours(labels: Sequence[str], inks: Sequence[str] = PALETTE) -> alt.Scale:
    """Give each label its ink; inks come again where there are more labels."""
    return alt.Scale(
        domain=list(labels), range=[inks[place % len(inks)] for place in range(len(labels))]
    )


def wrapped(text: str) -> str:
    """Break a label into lines."""
    wide = sum(ord(letter) > 0x1100 for letter in text) > len(text) / 3
    return "\n".join(textwrap.wrap(text, _LABEL // 2 if wide else _LABEL))


def height_of(labels: Iterable[str], room: int = 10) -> int:
    """Give the height, in pixels, of a row for each of these labels with room for the longest."""
    rows = set(labels)
    return len(rows) * (room + 16 * max(label.count("\n") + 1 for label in rows))


def labels_beside(field: str) -> alt.Y:
    """Give an axis of rows in the order in which they come."""
    return alt.Y(f"{field}:N", sort=None, title=None, axis=alt.Axis(labelLimit=240))


def bars(rows: Sequence[Row], field: str, title: str, words: Words) -> Drawn:
    """Draw one bar per row; its length is `amount`, its ink follows `shade` where rows have one."""
    shades = list(dict.fromkeys(row["shade"] for row in rows if "shade" in row))
    told = [{**row, field: wrapped(row[field])} for row in rows]
    chart = (
        alt.Chart(data())
        .mark_bar(color=BLUE)
        .encode(
            x=alt.X("amount:Q", title=title, axis=alt.Axis(tickCount=5)),
            y=labels_beside(field),
            tooltip=[tip(field, words), alt.Tooltip("amount:Q", title=title, format=",.2~f")],
        )
        .properties(height=height_of(row[field] for row in told))
    )
    if shades:
        chart = chart.encode(color=alt.Color("shade:N", scale=colours(shades)))
    return Drawn(chart, {ROWS: told})
