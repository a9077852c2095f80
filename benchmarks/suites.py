"""What the suites ask of DuckDB, of a finished batch: `python -m benchmarks.suites --build build`.

Validates every layer once more and counts the statements of each table and their seconds, by the
events of SQLAlchemy. Great Expectations puts the aggregates of a batch of metrics into one
statement; what it sends beside that is what a suite could save.

Belongs here: counting. Does not belong here: the rules (expectations), the gates (orchestration).
"""

from __future__ import annotations

import argparse
import importlib
import json
import re
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Engine, event

from expectations import tables
from expectations.validate import validate_layer

if TYPE_CHECKING:
    from collections.abc import Sequence

LAYERS: Final = ("raw", "staging", "intermediate", "marts")
#: Statements that read rows of a table.
_READS: Final = re.compile(r"\bfrom\b", re.IGNORECASE)
_CATALOGUE: Final = re.compile(
    r"pg_catalog|information_schema|duckdb_(tables|columns|views)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the suite of a table sent: statements that read its rows, others, and seconds."""

    table: str
    rules: int
    scans: int
    others: int
    seconds: float


class _Count:
    """Counts the statements of this process while it listens."""

    def __init__(self) -> None:
        self.scans = 0
        self.others = 0
        importlib.import_module("great_expectations")
        event.listen(Engine, "before_cursor_execute", self._note)

    def start(self) -> None:
        self.scans = self.others = 0

    def stop(self) -> None:
        event.remove(Engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if _READS.search(statement) and not _CATALOGUE.search(statement):
            self.scans += 1
        else:
            self.others += 1


def ask(build: Path, memory_limit: str) -> list[Asked]:
    """Validate every table that has a suite, one after another.

    Raises:
        RuntimeError: a suite did not hold; what it asked for then says nothing.
    """
    count = _Count()
    found = []
    try:
        for layer in LAYERS:
            published = (build / "published" / "current.duckdb").resolve()
            database = published if layer == "marts" else build / "work" / "warehouse.duckdb"
            for table in tables(layer):
                count.start()
                begun = time.perf_counter()
                verdict = validate_layer(layer, database, [table], memory_limit=memory_limit)[table]
                seconds = time.perf_counter() - begun
                if verdict.blocking:
                    raise RuntimeError(f"the suite of {table} does not hold")
                found.append(
                    Asked(table, len(verdict.outcomes), count.scans, count.others, seconds)
                )
    finally:
        count.stop()
    return found


def table_of(asked: Sequence[Asked], most: int = 15) -> str:
    """Write the dearest suites and the sums as Markdown."""
    by_scans = Counter(each.scans for each in asked)
    lines = [
        f"{len(asked)} suites, {sum(each.rules for each in asked)} rules, "
        f"{sum(each.scans for each in asked)} statements that read rows, "
        f"{sum(each.seconds for each in asked):.1f} s one after another.",
        "Statements that read rows, by suites: "
        + ", ".join(f"{number} in {count}" for number, count in sorted(by_scans.items()))
        + ".",
        "",
        "| suite | rules | reads | others | s |",
        "|---|---:|---:|---:|---:|",
    ]
    dearest = sorted(asked, key=lambda each: -each.seconds)[:most]
    lines += [
        f"| {each.table} | {each.rules} | {each.scans} | {each.others} | {each.seconds:.2f} |"
        for each in dearest
    ]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Count and print; keep the figures as JSON if asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.suites", description=__doc__)
    parser.add_argument("--build", type=Path, default=Path("build"))
    parser.add_argument("--memory-limit", default="4GB")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    given = parser.parse_args(argv)
    asked = ask(given.build, given.memory_limit)
    print(table_of(asked))
    if given.json:
        given.json.write_text(json.dumps([asdict(each) for each in asked], indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
