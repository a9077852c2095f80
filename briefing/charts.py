"""The charts: a Vega-Lite specification for the rows of each figure, in one language.

Belongs here: which chart a figure has, and what all have in common. Does not belong here: the
charts themselves (charts_of_lines, charts_of_won), the script that draws them (bundle).

Every chart takes the width that it is given; what would be facets are panels beside each other, so
that a phone shows them below each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from briefing import charts_of_lines, charts_of_won
from briefing.marks import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from briefing.figures import Generation, Row
    from briefing.marks import Drawn, Width
    from briefing.words import Words

#: Rows that a chart takes into the page at most: the newest days of ten destinations.
MOST_ROWS: Final = 4000

_FONT: Final = (
    'system-ui, -apple-system, "Segoe UI", "Noto Sans KR", "Noto Sans CJK KR", '
    '"Apple SD Gothic Neo", "Malgun Gothic", sans-serif'
)


#: As wide as the page gives room for.
_COMMON: Final = {"width": "container", "autosize": {"type": "fit-x", "contains": "padding"}}

_CONFIG: Final = {
    "font": _FONT,
    "background": "transparent",
    "lineBreak": "\n",
    "view": {"stroke": None},
    "axis": {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "ticks": False},
    "legend": {
        "labelFontSize": 12,
        "labelLimit": 260,
        "orient": "top",
        "title": None,
        "columns": 2,
        "symbolOpacity": 1,
    },
}

_CHARTS: Final[dict[str, Callable[[Sequence[Row], Words, Generation], list[Drawn]]]] = {
    "timeline": charts_of_lines.timeline,
    "lines_lost_daily": charts_of_lines.lines_lost_daily,
    "share_by_basis": charts_of_lines.share_by_basis,
    "exposure": charts_of_lines.exposure,
    "survival_by_exposure": charts_of_lines.survival_by_exposure,
    "refunds_by_state": charts_of_won.refunds_by_state,
    "cost_by_programme": charts_of_won.cost_by_programme,
    "policy_scenarios": charts_of_won.policy_scenarios,
    "published_claims": charts_of_won.published_claims,
    "data_quality": charts_of_won.data_quality,
}


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel of a figure as the page shows it; the title is empty where there is only one."""

    title: str
    spec: dict[str, Any]
    width: Width


def panels(name: str, rows: Sequence[Row], words: Words, generation: Generation) -> list[Panel]:
    """Draw a figure; nothing where there are no rows.

    Raises:
        ValueError: there are more rows than belong into a page.
    """
    if not rows:
        return []
    if len(rows) > MOST_ROWS:
        raise ValueError(f"{name} has {len(rows)} rows, a chart takes {MOST_ROWS}")
    drawn = _CHARTS[name](rows, words, generation)
    return [Panel(each.title, _spec(each), each.width) for each in drawn]


def _spec(drawn: Drawn) -> dict[str, Any]:
    # Whether it is a good one hangs on the code and not on the rows: the tests ask, once.
    spec: dict[str, Any] = drawn.chart.to_dict(validate=False)
    rows = {name: plain(rows) for name, rows in drawn.rows.items()}
    return {**spec, **_COMMON, "config": _CONFIG, "datasets": rows}
