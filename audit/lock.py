"""The lock files: what is installed, exactly.

Belongs here: reading them and what is wrong with their form. Does not belong here: what an index
or an environment says of a package.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

_PIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\,*]+)(?![^\s;\\])")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})\b")
_ADDRESS = re.compile(r"://|--(?:index-url|extra-index-url|find-links|trusted-host)|\s@\s|^-e\s")


@dataclass(frozen=True, slots=True)
class Locked:
    """One pinned package: the files that may be installed are those of its hashes."""

    name: str
    version: str
    hashes: frozenset[str]


def canonical(name: str) -> str:
    """Package names compare without case and with one kind of separator."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read(text: str) -> tuple[list[Locked], list[Finding]]:
    """Read a lock file: its packages, and every entry that leaves open what is installed."""
    packages: dict[str, Locked] = {}
    findings = []
    for entry in _entries(text):
        first = entry.split("\n")[0].strip()
        pinned = _PIN.match(entry)
        if _ADDRESS.search(entry):
            findings.append(Finding(first, "names an address", "lock it by name, version and hash"))
            continue
        if not pinned:
            findings.append(Finding(first, "is not pinned to one version", "write the lock anew"))
            continue
        name, version = canonical(pinned[1]), pinned[2]
        hashes = frozenset(_HASH.findall(entry))
        if not hashes:
            findings.append(Finding(name, "has no sha256", "write the lock anew with hashes"))
        if name in packages and packages[name].version != version:
            findings.append(Finding(name, "is locked to two versions", "write the lock anew"))
        packages[name] = Locked(name, version, hashes)
    return list(packages.values()), findings


def _entries(text: str) -> Iterable[str]:
    """Yield each requirement with the lines that go on with it, without comments."""
    entry: list[str] = []
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if entry and not line[0].isspace():
            yield "\n".join(entry)
            entry = []
        entry.append(line)
    if entry:
        yield "\n".join(entry)
