"""That every direct dependency is there for a reason.

Belongs here: comparing pyproject.toml with decision 1. Does not belong here: transitive packages.
"""

from __future__ import annotations

import re
import tomllib

from audit.findings import Finding
from audit.lock import canonical

_LEAST_WORDS = 8


def direct(pyproject: str) -> set[str]:
    """List the packages that the project names itself, those of its developers included."""
    document = tomllib.loads(pyproject)
    lines = [*document["project"]["dependencies"]]
    for group in document.get("dependency-groups", {}).values():
        lines += [line for line in group if isinstance(line, str)]
    return {canonical(re.split(r"[\s\[<>=!~;]", line, maxsplit=1)[0]) for line in lines}


def findings(pyproject: str, decision: str) -> list[Finding]:
    """Name the direct dependencies without a paragraph of their own, and paragraphs of none."""
    paragraphs = {
        canonical(name): words
        for name, words in re.findall(
            r"^### (\S+)(?: \([^)]*\))?\n(.+(?:\n.+)*)", decision, re.MULTILINE
        )
    }
    wanted = direct(pyproject)
    remedy = "write its paragraph in docs/decisions/0001-dependencies.md"
    found = [
        Finding(name, "is depended on without a reason", remedy)
        for name in sorted(wanted)
        if len(paragraphs.get(name, "").split()) < _LEAST_WORDS
    ]
    found += [
        Finding(name, "has a reason and is not depended on", "take its paragraph out")
        for name in sorted(set(paragraphs) - wanted)
    ]
    return found
