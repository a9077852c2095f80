"""Data Docs: one page per run that says what was expected, what was seen, and which rows broke it.

Belongs here: writing that page from verdicts, once per run, and keeping the newest runs only. Does
not belong here: evaluating anything.

Great Expectations' own site is not used: each of its pages loads styles and scripts from other
hosts, so it is unreadable offline; it shows values of the rows, which may be identifiers;
and it takes about as long to render as all suites take to run. This page is one file without any
link, and what it shows went through the evidence filter of outcomes.py.
"""

from __future__ import annotations

import json
import os
import shutil
from html import escape
from typing import TYPE_CHECKING

from expectations import LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from expectations.verdicts import Outcome, TableVerdict

PAGE = "index.html"
RESULTS = "results.json"

_STYLE = """
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem; }
th, td { border-bottom: 1px solid #8884; padding: .3rem .6rem; text-align: left;
  vertical-align: top; }
td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
summary { cursor: pointer; padding: .2rem 0; }
code, .rows { font: 12.5px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
.rows { margin: .3rem 0 0; padding-left: 1.2rem; }
.reason { opacity: .75; }
.pass { color: #1a7f37; } .warn { color: #9a6700; } .fail { color: #cf222e; }
.pass, .warn, .fail { font-weight: 600; white-space: nowrap; }
"""


def build(
    verdicts: Iterable[TableVerdict],
    directory: Path,
    run: str,
    *,
    facts: Mapping[str, str] | None = None,
    keep: int = 20,
) -> Path:
    """Write `<directory>/<run>/index.html` and `results.json`; return the path of the page.

    `facts` are shown at the top (what was validated, as of when). The newest `keep` runs stay,
    older ones are removed. A page appears whole or not at all; the same run again replaces its own.
    Raises ValueError if `run` is no plain name or `keep` is less than one, OSError if the disk
    refuses.
    """
    if run in {"", ".", ".."} or run.startswith(".") or "/" in run or "\\" in run:
        raise ValueError(f"run {run!r} is no plain name of a folder")
    if keep < 1:
        raise ValueError(f"keep={keep}: at least the page just written has to stay")
    ordered = sorted(verdicts, key=lambda verdict: (_place(verdict.layer), verdict.table))
    target, draft = directory / run, directory / f".{run}.{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        (draft / PAGE).write_text(page(ordered, run, facts or {}), encoding="utf-8")
        results = [verdict.results_json for verdict in ordered]
        (draft / RESULTS).write_text(
            json.dumps(results, ensure_ascii=False, indent=1), encoding="utf-8"
        )
        shutil.rmtree(target, ignore_errors=True)
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    _keep_newest(directory, run, keep)
    return target / PAGE


def page(verdicts: Sequence[TableVerdict], run: str, facts: Mapping[str, str]) -> str:
    """Return the page: the same verdicts give the same text."""
    failed = [verdict for verdict in verdicts if not verdict.passed]
    blocking = sum(verdict.blocking for verdict in verdicts)
    rules = sum(len(verdict.outcomes) for verdict in verdicts)
    summary = (
        f"{len(verdicts)} tables, {rules} rules; {len(failed)} tables with a broken rule, "
        f"{blocking} of them blocking."
    )
    lines = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Data Docs {escape(run)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>Data Docs {escape(run)}</h1><p>{summary}</p>",
        "<table>" if facts else "",
        *(
            f"<tr><th>{escape(name)}</th><td>{escape(fact)}</td></tr>"
            for name, fact in facts.items()
        ),
        "</table>" if facts else "",
    ]
    for layer in sorted({verdict.layer for verdict in verdicts}, key=_place):
        lines.append(f"<h2>{escape(layer)}</h2>")
        for verdict in verdicts:
            if verdict.layer == layer:
                lines += _table(verdict)
    return "\n".join([*lines, "</body></html>", ""])


def _table(verdict: TableVerdict) -> Iterator[str]:
    rows = "rows unknown" if verdict.row_count is None else f"{verdict.row_count:,} rows"
    rules = f"{len(verdict.outcomes)} rules"
    broken = f", {verdict.failed} broken" if verdict.failed else ""
    yield f"<details{'' if verdict.passed else ' open'}><summary>"
    yield f"{_mark(verdict.passed, verdict.blocking)} {escape(verdict.table)}"
    yield f" <span class=reason>{rows}, {rules}{broken}</span></summary><table>"
    yield "<tr><th></th><th>rule</th><th>observed</th><th>expected</th></tr>"
    for outcome in verdict.failures + tuple(o for o in verdict.outcomes if o.passed):
        yield _rule(outcome)
    yield "</table></details>"


def _rule(outcome: Outcome) -> str:
    reason = f"<div class=reason>{escape(outcome.reason)}</div>" if outcome.reason else ""
    rows = "".join(
        f"<li>{escape(', '.join(f'{key}={value}' for key, value in row.items()))}</li>"
        for row in outcome.rows
    )
    evidence = f"<ul class=rows>{rows}</ul>" if rows else ""
    return (
        f"<tr><td>{_mark(outcome.passed, outcome.blocking)}</td>"
        f"<td>{escape(outcome.rule)}{reason}{evidence}</td>"
        f"<td class=n>{escape(outcome.error or outcome.observed)}</td>"
        f"<td><code>{escape(outcome.expected)}</code></td></tr>"
    )


def _mark(passed: bool, blocking: bool) -> str:
    if passed:
        return "<span class=pass>PASS</span>"
    return "<span class=fail>FAIL</span>" if blocking else "<span class=warn>WARN</span>"


def _place(layer: str) -> tuple[int, str]:
    return (LAYERS.index(layer) if layer in LAYERS else len(LAYERS), layer)


def _keep_newest(directory: Path, run: str, keep: int) -> None:
    others = [path for path in directory.iterdir() if (path / PAGE).is_file() and path.name != run]
    others.sort(key=lambda path: ((path / PAGE).stat().st_mtime_ns, path.name), reverse=True)
    for path in others[keep - 1 :]:
        shutil.rmtree(path)
