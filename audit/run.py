"""`python -m audit.run`: that what the project is built from is locked, licensed and reasoned.

Belongs here: reading the project's files, running every check, saying the outcome. Does not belong
here: the checks. What can be told without a network always is; the index is asked when there is
one, and what it could not be asked about is said loudly.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from audit import environment, index, licences, lock, reasons
from audit.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audit.lock import Locked

ROOT = Path(__file__).resolve().parents[1]
_HERE = Path(__file__).resolve().parent
_NAMES_SHOWN = 8


def main(argv: Sequence[str] | None = None) -> int:
    """Audit; 0 when nothing was found, 1 otherwise, 2 when --online could not be answered."""
    parser = argparse.ArgumentParser(prog="python -m audit.run", description=__doc__)
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--offline", action="store_true", help="do not ask the index")
    group.add_argument("--online", action="store_true", help="fail if the index does not answer")
    parser.add_argument("--only", nargs="+", metavar="PACKAGE", help="ask about these only")
    arguments = parser.parse_args(argv)

    locked, findings = lock.read((ROOT / "requirements.lock").read_text("utf-8"))
    tools, more = lock.read((ROOT / "bootstrap.lock").read_text("utf-8"))
    accepted, stale = accepted_vulnerabilities(dt.datetime.now(tz=dt.UTC).date(), locked)
    there = environment.installed()
    findings += more + stale
    findings += environment.findings(locked, tools, there)
    findings += licences.findings(
        [each.name for each in locked if each.name in there], licence_exceptions()
    )
    findings += reasons.findings(
        (ROOT / "pyproject.toml").read_text("utf-8"),
        (ROOT / "docs" / "decisions" / "0001-dependencies.md").read_text("utf-8"),
    )
    print(f"Offline: {len(locked) + len(tools)} locked packages, {len(there)} installed.")
    answered = True
    if arguments.offline:
        print("Index: not asked (--offline). Vulnerabilities were NOT checked.")
    else:
        chosen = [
            each
            for each in (*tools, *locked)
            if not arguments.only or each.name in map(lock.canonical, arguments.only)
        ]
        told = _asked(chosen, accepted)
        answered = told is not None
        findings += told.findings if told else []
    for finding in findings:
        print(f"FOUND {finding}", file=sys.stderr)
    print(f"{len(findings)} findings." if findings else "Nothing found.")
    if findings:
        return 1
    return 2 if arguments.online and not answered else 0


def _asked(packages: Sequence[Locked], accepted: frozenset[tuple[str, str]]) -> index.Told | None:
    address = index.configured()
    if address is None:
        print("WARNING: pip has no index to ask. Vulnerabilities were NOT checked.")
        return None
    try:
        told = index.examine(packages, index.asking(address), accepted)
    except index.Unreachable:
        print("WARNING: the package index does not answer. Vulnerabilities were NOT checked.")
        return None
    print(f"Index: asked about {told.asked} packages.")
    for names, what in (
        (told.unknown, "on vulnerabilities of the locked version"),
        (told.unlisted, "on the files"),
    ):
        if names:
            shown = ", ".join(names[:_NAMES_SHOWN]) + (" ..." if len(names) > _NAMES_SHOWN else "")
            print(f"WARNING: the index has no data {what} of {len(names)} packages: {shown}")
    return told if len(told.unknown) < told.asked else None


def accepted_vulnerabilities(
    today: dt.date, locked: Sequence[Locked], path: Path = _HERE / "accepted_vulnerabilities.csv"
) -> tuple[frozenset[tuple[str, str]], list[Finding]]:
    """Read the vulnerabilities that are lived with, and name the entries that hold no more."""
    versions = {each.name: each.version for each in locked}
    accepted, findings = set(), []
    for row in _rows(path):
        name = lock.canonical(row["package"])
        if not row["reason"].strip():
            findings.append(Finding(name, f"{row['vulnerability']} has no reason", "give one"))
        elif dt.date.fromisoformat(row["ends_on"]) < today:
            findings.append(
                Finding(
                    name,
                    f"{row['vulnerability']} was accepted until {row['ends_on']}",
                    "move to a mended version, or decide anew",
                )
            )
        elif versions.get(name) != row["version"]:
            findings.append(
                Finding(
                    name,
                    f"{row['vulnerability']} was accepted for {row['version']}",
                    "take the entry out: another version is locked",
                )
            )
        else:
            accepted.add((name, row["vulnerability"]))
    return frozenset(accepted), findings


def licence_exceptions(path: Path = _HERE / "licence_exceptions.csv") -> dict[str, str]:
    """Package to the licence for which its use was decided."""
    return {lock.canonical(row["package"]): row["licence"] for row in _rows(path) if row["reason"]}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


if __name__ == "__main__":
    sys.exit(main())
