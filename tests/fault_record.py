"""The record of faults: planted by tests, written down from the test run itself.

Belongs here: reading the `fault` markers, keeping their outcomes, rendering docs/reliability.md.
Does not belong here: planting anything.

    python -m tests.fault_record --write     render docs/reliability.md from the last outcomes

Every test run keeps the outcomes of the faults that it ran in build/faults.json, beside those of
earlier runs; a page is rendered only if the outcome of every fault is known. The last record of the
soak (benchmarks/soak.py) stands below the table and is taken over as it is.
"""

from __future__ import annotations

import argparse
import ast
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = "docs/reliability.md"
OUTCOMES = ROOT / "build" / "faults.json"
SOAK = ROOT / "build" / "soak.json"

#: Kinds of faults, in the order of the page, with what they have in common.
KINDS = {
    "crash": "A process ends at a moment of its own choosing.",
    "contention": "Two want the same thing, or one does not let go of it.",
    "rerun": "The same is done twice.",
    "late data": "Rows come after the day they speak of.",
    "bad input": "A delivery or a register is not what it says.",
    "hostile input": "A delivery is made to do harm.",
    "drift": "A source changes its form.",
    "roll-back": "Readers return to an older generation.",
    "privacy": "Somebody may not see a subscriber.",
    "alert": "Somebody has to be told.",
}
SOAK_HEADING = "## Soak"

#: What becomes of a fault.
SURVIVED = "survived"
NOT_SURVIVED = "NOT SURVIVED"
NOT_RUN = "not run"

_PROPERTY = "fault"
_NO_SOAK = "No record yet: `make soak` writes one.\n"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault class: the marker of a test."""

    kind: str
    test: str
    tried: str
    holds: str


def faults_of(path: str, text: str) -> list[Fault]:
    """Read the markers of a test module without importing it.

    Args:
        path: of the module, from the root of the project.
        text: its source.

    Raises:
        ValueError: a marker does not give kind, tried and holds as plain texts.
    """
    found = []
    for node in ast.walk(ast.parse(text, filename=path)):
        if not isinstance(node, ast.FunctionDef):
            continue
        for mark in node.decorator_list:
            if not (isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.fault"):
                continue
            given = {
                word.arg: word.value.value
                for word in mark.keywords
                if isinstance(word.value, ast.Constant) and isinstance(word.value.value, str)
            }
            if mark.args or set(given) != {"kind", "tried", "holds"} or given["kind"] not in KINDS:
                raise ValueError(
                    f"{path}: line {mark.lineno}: a fault has kind (one of {', '.join(KINDS)}), "
                    "tried and holds as plain texts"
                )
            found.append(Fault(test=f"{path}::{node.name}", **given))
    return found


def all_faults(texts: Mapping[str, str]) -> list[Fault]:
    """Read the markers of all test modules (path -> source), in the order of the page."""
    order = list(KINDS)
    found = [
        fault
        for path, text in sorted(texts.items())
        if path.startswith("tests/") and path.endswith(".py") and "mark.fault" in text
        for fault in faults_of(path, text)
    ]
    return sorted(found, key=lambda fault: (order.index(fault.kind), fault.test, fault.tried))


def row(fault: Fault, outcome: str) -> str:
    """Write the row of a fault."""
    path, _, name = fault.test.partition("::")
    cells = (fault.tried, fault.holds, f"[`{name}`](../{path})", outcome)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def page(faults: Iterable[Fault], outcomes: Mapping[str, str], soak: str) -> str:
    """Render the page: date-free, so that it changes only with what it says."""
    faults = list(faults)
    survived = sum(outcomes.get(fault.test) == SURVIVED for fault in faults)
    lines = [
        "# Reliability: faults tried and survived",
        "",
        "Written from the outcomes of the test run by `make reliability` (tests/fault_record.py).",
        "Every row is a test that plants the fault and fails if what is said to hold does not; a",
        "convention fails if this page and the tests differ.",
        "",
        f"Faults tried: {len(faults)}, survived: {survived}.",
    ]
    for kind, meaning in KINDS.items():
        rows = [
            row(fault, outcomes.get(fault.test, NOT_RUN)) for fault in faults if fault.kind == kind
        ]
        if rows:
            lines += ["", f"## {kind.capitalize()}", "", meaning, ""]
            lines += ["| tried | what holds | test | outcome |", "|---|---|---|---|", *rows]
    return "\n".join([*lines, "", SOAK_HEADING, "", soak])


def soak_section(existing: str) -> str:
    """Take the newest record of the soak, else what the page has already."""
    if SOAK.exists():
        return str(json.loads(SOAK.read_text(encoding="utf-8"))["markdown"])
    _, found, text = existing.partition(f"{SOAK_HEADING}\n\n")
    return text if found else _NO_SOAK


def write(*, partial: bool = False) -> int:
    """Render docs/reliability.md; returns the exit code.

    Args:
        partial: say "not run" of faults whose outcome is unknown, rather than refuse.
    """
    texts = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in (ROOT / "tests").rglob("*.py")
    }
    faults = all_faults(texts)
    outcomes: dict[str, str] = {}
    if OUTCOMES.exists():
        outcomes = json.loads(OUTCOMES.read_text(encoding="utf-8"))
    unknown = sorted({fault.test for fault in faults} - set(outcomes))
    if unknown and not partial:
        print(f"{len(unknown)} faults were not tried yet: make test", *unknown, sep="\n  ")
        return 1
    target = ROOT / PAGE
    existing = target.read_text(encoding="utf-8") if target.exists() else ""
    target.write_text(page(faults, outcomes, soak_section(existing)), encoding="utf-8")
    failed = sorted({fault.test for fault in faults if outcomes.get(fault.test) == NOT_SURVIVED})
    if failed:
        print(f"{PAGE} says that {len(failed)} faults were not survived", *failed, sep="\n  ")
    return 1 if failed else 0


# Hooks of pytest, taken over by tests/conftest.py: markers travel with the reports of the workers,
# the controlling process keeps what became of them.


def note_markers(items: Iterable[pytest.Item]) -> None:
    """Let the reports of a test say that it plants a fault."""
    for item in items:
        if item.get_closest_marker("fault"):
            path, *_, name = item.nodeid.partition("[")[0].split("::")
            item.user_properties.append((_PROPERTY, f"{path}::{name}"))


class Outcomes:
    """What became of the faults of one test run, test by test and over all its parameters."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}

    def add(self, report: pytest.TestReport) -> None:
        """Take in a report; one that is not good outweighs those that are."""
        test = dict(report.user_properties).get(_PROPERTY)
        if test is None or (report.passed and report.when != "call"):
            return
        outcome = {"passed": SURVIVED, "failed": NOT_SURVIVED}.get(report.outcome, "skipped")
        worse = (SURVIVED, "skipped", NOT_SURVIVED)
        before = self._found.get(str(test), SURVIVED)
        self._found[str(test)] = max(before, outcome, key=worse.index)

    def keep(self, path: Path = OUTCOMES) -> None:
        """Write them down beside those of earlier runs."""
        if not self._found:
            return
        kept: dict[str, Any] = {}
        if path.exists():
            kept = json.loads(path.read_text(encoding="utf-8"))
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps(dict(sorted({**kept, **self._found}.items())), indent=2))
        beside.replace(path)


def main() -> int:
    """Render the page if asked to; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fault_record", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"render {PAGE}")
    parser.add_argument("--partial", action="store_true", help="also where outcomes are unknown")
    given = parser.parse_args()
    if given.write:
        return write(partial=given.partial)
    parser.print_usage()
    return 2


if __name__ == "__main__":
    sys.exit(main())
