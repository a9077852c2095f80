"""Generations of the reference incident with the truth beside them, made once per test run.

Belongs here: generating at small scales, and handing out the truth and the exports. Does not belong
here: any expectation about them.

The bundled sample is the generation at `SAMPLE_SCALE` with the scenario's own seed, so that the
truth of one is the truth of the other: `of_sample(folder)`.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
from filelock import FileLock

from scenarios.generator import generation, sample
from scenarios.generator.scenario import Scenario, load

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE_SCALE = sample.SCALE

Row = dict[str, Any]


@dataclass(frozen=True)
class Generated:
    """A generated landing area and what is true behind it."""

    folder: Path

    @property
    def landing(self) -> Path:
        """The exports, one folder per batch."""
        return self.folder / "landing"

    @property
    def planted(self) -> dict[str, Any]:
        """Counts of what was planted."""
        counts: dict[str, Any] = json.loads((self.folder / "truth" / "planted.json").read_text())
        return counts

    def truth(self, table: str) -> list[Row]:
        """Rows of a table of the truth: eligibility, fees, bad_rows, left_because, late_rows ..."""
        return self.query(f"select * from {self.truth_table(table)}")

    def truth_table(self, table: str) -> str:
        """The table as a relation for a query of the caller's own."""
        return f"read_parquet('{self.folder / 'truth' / f'{table}.parquet'}')"

    def delivered(self, entity: str) -> str:
        """All rows delivered of an entity, as a relation."""
        return f"read_parquet('{self.landing}/*/{entity}.parquet', union_by_name = true)"

    def good(self, entity: str, *key: str) -> str:
        """The newest good version of every row: what is left when the planted ones are taken away.

        Planted rows are known from the truth, not recognised by rules of the warehouse.
        """
        kept = self.folder.parent / f"{self.folder.name}-good" / f"{entity}.parquet"
        if not kept.exists():
            kept.parent.mkdir(exist_ok=True)
            natural_id = " || '|' || ".join(f"cast({column} as varchar)" for column in key)
            unfinished = kept.with_suffix(f".{os.getpid()}")
            self.query(
                f"copy (select * from {self.delivered(entity)} as delivered where not exists ("
                f" select 1 from {self.truth_table('bad_rows')} as bad"
                f" where bad.entity = '{entity}' and bad.batch_date = delivered.batch_date"
                f" and bad.natural_id is not distinct from {natural_id})"
                f" qualify row_number() over (partition by {', '.join(key)}"
                f" order by batch_date desc) = 1) to '{unfinished}' (format parquet)"
            )
            unfinished.replace(kept)
        return f"read_parquet('{kept}')"

    def query(self, sql: str) -> list[Row]:
        """Rows of a query."""
        with duckdb.connect(":memory:") as connection:
            relation = connection.execute(sql)
            names = [column[0] for column in relation.description]
            return [dict(zip(names, row, strict=True)) for row in relation.fetchall()]

    def value(self, sql: str) -> Any:
        """The one value of a query."""
        rows = self.query(sql)
        assert len(rows) == 1, rows
        assert len(rows[0]) == 1, rows
        return next(iter(rows[0].values()))


def at_scale(folder: Path, scale: str) -> Generated:
    """Generate the reference incident once; other workers of the run wait for it."""
    folder.mkdir(parents=True, exist_ok=True)
    out = folder / f"scale-{scale}"
    with FileLock(folder / f"scale-{scale}.lock"):
        generation.generate(out, scale, quiet=True)
    return Generated(out)


def of_sample(folder: Path) -> Generated:
    """Exports and truth of the bundled sample."""
    return at_scale(folder, SAMPLE_SCALE)


def reference_scenario() -> Scenario:
    """Parameters of the reference incident."""
    return load(generation.DEFAULT_SCENARIO)
