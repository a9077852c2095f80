"""The page: words, charts, numbers and queries of a generation put into one file.

Belongs here: what the template is given. Does not belong here: the file (edition), the rows
(figures), how a chart is drawn (charts).

Nothing is fetched: the one script is named by its hash in the policy of the page, which allows
nothing else to run and no address to be asked.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import jinja2
from jinja2.filters import do_mark_safe

from briefing import bundle, charts, figures, findings, formats, words

if TYPE_CHECKING:
    import duckdb
    from markupsafe import Markup

    from briefing.figures import Generation, Row
    from briefing.words import Words

_HERE: Final = Path(__file__).parent


def render(connection: duckdb.DuckDBPyConnection, kept: Path) -> str:
    """Write the page of the published file that is open.

    Args:
        connection: of a published file for inside.
        kept: folder in which the bundled script is kept between two pages.
    """
    generation = figures.generation(connection)
    answers = figures.answers(connection)
    spoken = {language: words.read(language) for language in words.LANGUAGES}
    drawn = {
        language: {
            name: charts.panels(name, answers[name].rows, its, generation)
            for name in figures.FIGURES
        }
        for language, its in spoken.items()
    }
    script = "\n".join((bundle.script(kept), (_HERE / "page.js").read_text(encoding="utf-8")))
    environment = jinja2.Environment(
        autoescape=True,
        loader=jinja2.FileSystemLoader(_HERE),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    both = _Both(spoken)
    environment.globals |= {"t": both, "kind": formats.kind}
    return environment.get_template("page.html.j2").render(
        generation=generation,
        incidents=answers[figures.INCIDENT].rows,
        headlines=answers[figures.HEADLINE].rows,
        answers=answers,
        figures=figures.FIGURES,
        findings={name: findings.of(name, answers[name].rows) for name in figures.FIGURES},
        open=figures.TOLD_IN_WORDS,
        panels={name: both.panels(name, drawn) for name in figures.FIGURES},
        languages=spoken,
        style=do_mark_safe((_HERE / "page.css").read_text(encoding="utf-8")),
        script=do_mark_safe(script),
        script_hash=_hash(script),
        charts=_as_data(drawn),
    )


class _Both:
    """A text in every language, of which the style of the page shows one."""

    def __init__(self, spoken: dict[str, Words]) -> None:
        self._spoken = spoken

    def __call__(self, key: str, **facts: object) -> Markup:
        return self._each(lambda its: its(key, **{n: _said(its, f) for n, f in facts.items()}))

    def has(self, key: str) -> bool:
        """Whether there is such a text."""
        return all(its.has(key) for its in self._spoken.values())

    def cell(self, column: str, value: Any) -> Markup:
        """Write a value of a table."""
        return self._each(lambda its: formats.cell(its, column, value))

    def measure(self, name: str, value: float | None) -> Markup:
        """Write won or lines."""
        return self._each(lambda its: formats.measure(its, name, value))

    def range(self, row: Row) -> Markup:
        """Write the ends of an interval."""
        return self._each(
            lambda its: formats.interval(its, row["headline"], row["low"], row["high"])
        )

    def raised(self, row: Row, generation: Generation) -> Markup:
        """Write the amount raised to all lines."""
        whole = row["amount"] * generation.lines_per_line
        return self._each(
            lambda its: its("page.raised", value=formats.measure(its, row["headline"], whole))
        )

    def panels(
        self, name: str, drawn: dict[str, dict[str, list[charts.Panel]]]
    ) -> list[tuple[Markup, str]]:
        """Title and width of each panel of a figure."""
        return [
            (
                self._each(lambda its, place=place: drawn[its.language][name][place].title),
                panel.width,
            )
            for place, panel in enumerate(drawn[words.LANGUAGES[0]][name])
        ]

    def _each(self, say: Any) -> Markup:
        said = {language: say(its) for language, its in self._spoken.items()}
        if len(set(said.values())) == 1:
            return do_mark_safe(html.escape(next(iter(said.values()))))
        return do_mark_safe(
            "".join(
                f'<span class="t-{language}" lang="{language}">{html.escape(text)}</span>'
                for language, text in said.items()
            )
        )


def _said(its: Words, fact: object) -> object:
    """Write a fact given as (column, value) as a cell is; anything else stands for itself."""
    if not isinstance(fact, tuple):
        return fact
    return formats.cell(its, *fact) or its("page.unknown")


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _as_data(drawn: dict[str, dict[str, list[charts.Panel]]]) -> Markup:
    """Write the specifications as data: no text in them can end the element or start another."""
    specs = {
        language: {
            f"{name}-{place}": panel.spec
            for name, panels in by_figure.items()
            for place, panel in enumerate(panels)
        }
        for language, by_figure in drawn.items()
    }
    text = json.dumps(specs, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return do_mark_safe(text.replace("<", "\\u003c"))
