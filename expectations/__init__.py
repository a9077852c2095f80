"""What plausible data looks like: Great Expectations suites as code, one file per table.

Belongs here: volume, ranges, rates, distributions, coverage and sense across columns of a table
as it was delivered or built, with evidence a person can read. Does not belong here: keys,
relationships and arithmetic identities (dbt tests), logic on given rows (dbt unit tests), and what
a failure means for a run (orchestration). Nothing here knows Dagster or `orchestration`.

The tree names the tables: `expectations/<layer>/**/<table>.py` speaks of `<layer>.<table>`; under
`marts` the folder below names the schema, as in `models/marts`. A suite is a module with

- a docstring: the questions this table must answer to be plausible;
- `KEYS`: the columns that name a row in evidence, never a direct identifier;
- `expectations()`: the rules, each with a sentence (`description`), its reason (`notes`) and a
  severity: `critical` blocks what comes after, `warning` is shown;
- `EMPTY_WHEN`, only where a sound run may deliver no row at all: a condition in SQL that tells so.

This module imports no Great Expectations, so that naming the tables costs nothing.
"""

from __future__ import annotations

from pathlib import Path

LAYERS = ("raw", "staging", "intermediate", "marts")

_ROOT = Path(__file__).parent


def suites(layer: str) -> dict[str, str]:
    """Return the suites of a layer: `schema.table` -> name of the Python module, sorted.

    Raises ValueError for a layer that is none.
    """
    if layer not in LAYERS:
        raise ValueError(f"no layer {layer!r}: give one of {', '.join(LAYERS)}")
    found = {}
    for path in sorted((_ROOT / layer).rglob("*.py")):
        if path.name.startswith("_"):
            continue
        parts = path.relative_to(_ROOT).with_suffix("").parts
        schema = parts[1] if layer == "marts" else layer
        found[f"{schema}.{path.stem}"] = ".".join((__name__, *parts))
    return dict(sorted(found.items()))


def tables(layer: str) -> tuple[str, ...]:
    """Return the tables of a layer that have a suite, as `schema.table`, sorted."""
    return tuple(suites(layer))
