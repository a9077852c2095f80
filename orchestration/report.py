"""What a batch tells on the terminal: short, and where to look for more.

Belongs here: wording. The figures are read from the published marts, so that they are what readers
see. A figure whose mart is not there is left out rather than guessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.key_figures import key_figures
from orchestration.layer import BUILT_LAYERS, Layer
from orchestration.logs import log_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from orchestration.batch import Outcome
    from orchestration.settings import Settings


def success(settings: Settings, outcome: Outcome, total: float, generated: float) -> str:
    """Text for a batch that was published."""
    batch = outcome.batch
    lines = [f"Published {outcome.generation}"]
    if batch:
        lines.append(
            f"as of {batch.as_of_date}, {batch.batches} batches from "
            f"{settings.landing or 'the bundled sample'}, sample rate {batch.sample_rate}"
        )
        lines += [f"note: {note}" for note in batch.notes]
    lines += ["", *_layers(outcome), "", *_figures(settings)]
    lines += ["", *_times(outcome, total, generated), "", *_where(settings, outcome)]
    return "\n".join(lines)


def failure(settings: Settings, outcome: Outcome, total: float) -> str:
    """Text for a batch that was stopped, or whose page could not be made."""
    current = settings.current_db
    kept = current.resolve().stem if current.exists() else "none yet"
    published = (
        f"Published all the same: {outcome.generation}; make briefing writes its page"
        if outcome.generation
        else f"Nothing was published; current generation: {kept}"
    )
    lines = ["FAILED. " + outcome.why, "", published]
    page = settings.data_docs_dir / outcome.run_id / "index.html"
    if page.exists():
        lines.append(f"Evidence: {page}")
    lines.append(f"Log: {log_file(settings)} and dbt.log beside it ({total:.1f} s)")
    return "\n".join(lines)


def _layers(outcome: Outcome) -> Iterator[str]:
    rows = [("layer", "tables", "rows", "dbt tests", "suites", "warnings")]
    steps = {step.name: step for step in outcome.steps}
    for layer in BUILT_LAYERS:
        # Raw entities of a landing area come out of intake, those of the sample out of dbt.
        builders = ("intake", "dbt_raw") if layer is Layer.RAW else (f"dbt_{layer}",)
        built = [steps[name] for name in builders if name in steps]
        gates = [steps[name] for name in (f"gate_{layer}",) if name in steps]
        rows.append(
            (
                layer.value,
                f"{sum(step.tables for step in built):,}",
                f"{sum(step.rows for step in built):,}",
                f"{sum(step.passed for step in built):,} passed",
                f"{sum(step.passed for step in gates):,} passed",
                f"{sum(step.warned for step in (*built, *gates)):,}",
            )
        )
    return _aligned(rows)


def _figures(settings: Settings) -> Iterator[str]:
    figures = [(figure.name, figure.value) for figure in key_figures(settings.current_db)]
    return _aligned(figures, str.ljust)


def _times(outcome: Outcome, total: float, generated: float) -> Iterator[str]:
    """Wall time by step; what is neither dbt nor generating is named as such."""
    steps = sum(step.seconds for step in outcome.steps)
    laps = dict(outcome.seconds)
    known = steps + sum(laps.values()) + generated
    parts = {
        **({"generate": generated} if generated else {}),
        "start": total - known,
        **laps,
        **{step.name: step.seconds for step in outcome.steps},
    }
    yield "seconds: " + ", ".join(f"{name} {seconds:.1f}" for name, seconds in parts.items())
    outside = total - generated - outcome.dbt_seconds
    yield (
        f"total {total:.1f} s; outside dbt and DuckDB {outside:.1f} s "
        f"({outside / max(total - generated, 0.001):.0%}): start, dbt's parse, gates, Dagster"
    )


def _where(settings: Settings, outcome: Outcome) -> Iterator[str]:
    yield "Look at it:"
    if settings.briefing_page.exists():
        yield f"  {settings.briefing_page}"
    yield '  make sql Q="from reconciliation.rpt_published_claims"'
    yield "  make ui    then http://127.0.0.1:3000"
    page = settings.data_docs_dir / outcome.run_id / "index.html"
    if page.exists():
        yield f"  {page}"


def _aligned(
    rows: Sequence[tuple[str, ...]], adjusted: Callable[[str, int], str] = str.rjust
) -> Iterator[str]:
    """Lay rows below each other: the first column on the left, the others `adjusted`."""
    if not rows:
        return
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        first, *others = row
        cells: Iterable[str] = (
            first.ljust(widths[0]),
            *(adjusted(cell, width) for cell, width in zip(others, widths[1:], strict=True)),
        )
        yield "  " + "  ".join(cells).rstrip()
