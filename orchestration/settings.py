"""Every environment variable of the project, read in one place.

Belongs here: names, defaults and paths derived from them. Does not belong here: any decision about
what a run does with them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

PROJECT_DIR = Path(__file__).resolve().parents[1]

#: Marked as a demo: accepted for the bundled sample and for generated scenarios, never for a
#: carrier's own exports.
DEMO_PSEUDONYM_KEY = "aftermath-demo-key-not-a-secret"

RawCarrier = Literal["seeds", "landing"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a run reads, works and publishes.

    Every field has one environment variable; the README lists them from here.
    """

    build_dir: Path
    """AFTERMATH_BUILD_DIR: work database, dbt target, Data Docs, published generations."""

    landing: Path | None
    """AFTERMATH_LANDING: a landing area of raw exports; unset means the bundled sample."""

    reference: Path
    """AFTERMATH_REFERENCE: the rules and registers of the incident, as CSV."""

    as_of: str
    """AFTERMATH_AS_OF: `YYYY-MM-DD`; empty means the newest batch delivered."""

    pseudonym_key: str
    """AFTERMATH_PSEUDONYM_KEY: secret of the keyed pseudonyms; empty means none was given."""

    keep_generations: int
    """AFTERMATH_KEEP_GENERATIONS: published generations kept, the current one included."""

    memory_limit: str
    """AFTERMATH_MEMORY_LIMIT: what DuckDB may hold in memory before it spills to disk."""

    is_full: bool = False
    """AFTERMATH_FULL: `true` builds every table anew, whatever stands from the batch before."""

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; raises ValueError for a number that is none."""
        env = os.environ if environ is None else environ
        landing = env.get("AFTERMATH_LANDING", "").strip()
        build_dir = Path(env.get("AFTERMATH_BUILD_DIR") or PROJECT_DIR / "build").resolve()
        keep = env.get("AFTERMATH_KEEP_GENERATIONS") or "5"
        if not keep.isdigit() or int(keep) < 1:
            raise ValueError(f"AFTERMATH_KEEP_GENERATIONS={keep!r}: give a whole number from 1 up")
        return cls(
            build_dir=build_dir,
            landing=Path(landing).resolve() if landing else None,
            reference=Path(
                env.get("AFTERMATH_REFERENCE") or PROJECT_DIR / "seeds" / "reference"
            ).resolve(),
            as_of=env.get("AFTERMATH_AS_OF", "").strip(),
            pseudonym_key=env.get("AFTERMATH_PSEUDONYM_KEY", ""),
            keep_generations=int(keep),
            memory_limit=env.get("AFTERMATH_MEMORY_LIMIT") or "8GB",
            is_full=env.get("AFTERMATH_FULL", "").strip().lower() == "true",
        )

    @property
    def raw_carrier(self) -> RawCarrier:
        """Which carrier of the raw contract this run reads."""
        return "landing" if self.landing else "seeds"

    @property
    def work_dir(self) -> Path:
        """Private to the running batch; readers never open anything in it."""
        return self.build_dir / "work"

    @property
    def work_db(self) -> Path:
        """Raw, staging and intermediate."""
        return self.work_dir / "warehouse.duckdb"

    @property
    def candidate_db(self) -> Path:
        """The marts of the running batch, until they are published or dropped."""
        return self.work_dir / "candidate.duckdb"

    @property
    def published_dir(self) -> Path:
        """Generations, and `current.duckdb`, a link to the newest."""
        return self.build_dir / "published"

    @property
    def current_db(self) -> Path:
        """What readers open."""
        return self.published_dir / "current.duckdb"

    @property
    def dbt_target_dir(self) -> Path:
        """One dbt target per raw carrier, so that neither spoils the other's partial parse."""
        return self.build_dir / "dbt" / self.raw_carrier

    @property
    def dagster_home(self) -> Path:
        """Run records of the Dagster instance."""
        return self.build_dir / "dagster"

    @property
    def data_docs_dir(self) -> Path:
        """Great Expectations' evidence, one folder per run, bounded in number."""
        return self.build_dir / "data_docs"
