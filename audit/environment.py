"""What is installed, beside what is locked.

Belongs here: comparing the two. Does not belong here: installing anything.
"""

from __future__ import annotations

import importlib.metadata
from typing import TYPE_CHECKING

from audit.findings import Finding
from audit.lock import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from audit.lock import Locked

#: Comes with every environment of Python.
_FROM_PYTHON = frozenset(("pip", "setuptools"))


def installed() -> dict[str, str]:
    """Package to version, of everything that this interpreter can import."""
    return {
        canonical(each.metadata["Name"]): each.version
        for each in importlib.metadata.distributions()
        if each.metadata["Name"]
    }


def findings(
    locked: Iterable[Locked], tools: Iterable[Locked], there: Mapping[str, str]
) -> list[Finding]:
    """Name what is installed and not locked, not installed, or of another version.

    Args:
        locked: what the project runs on; what is for another platform may be missing.
        tools: what installs it.
        there: what is installed.
    """
    known = {each.name: each.version for each in (*tools, *locked)}
    found = []
    for name, version in there.items():
        if name in known:
            if known[name] != version:
                found.append(
                    Finding(name, f"is {version}, locked is {known[name]}", "make setup anew")
                )
        elif name not in _FROM_PYTHON:
            found.append(
                Finding(
                    name, f"{version} is installed and not locked", "make setup anew, or lock it"
                )
            )
    return found
