"""Whether a package may be used in a commercial product.

Belongs here: reading the licence that a distribution states, and the words that allow use. Does not
belong here: exceptions (licence_exceptions.csv has them, with reasons).
"""

from __future__ import annotations

import importlib.metadata
import re
from typing import TYPE_CHECKING

from audit.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: Words that a licence expression or classifier may consist of.
PERMISSIVE = (
    r"0BSD|Apache( Software License|-2\.0( WITH LLVM-exception)?)?"
    r"|BSD( License|-2-Clause|-3-Clause)?|3-Clause BSD License"
    r"|CC0-1\.0|CNRI-Python|ISC( License \(ISCL\))?|MIT(-0|-CMU)?( License)?|MPL-2\.0"
    r"|Mozilla Public License 2\.0 \(MPL 2\.0\)|PSF-2\.0|Python Software Foundation License|Zlib"
    r"|AND|OR|\(|\)|;| "
)


def stated(name: str) -> str:
    """Tell what an installed distribution says its licence is; empty if it is not installed."""
    try:
        metadata = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
    # Not by `[]`: what a missing field gives depends on which package put its finder in place.
    expressions = metadata.get_all("License-Expression") or []
    if expressions:
        return str(expressions[0])
    classifiers = [
        str(line).rpartition(" :: ")[2]
        for line in metadata.get_all("Classifier") or []
        if str(line).startswith("License :: ") and not str(line).endswith("OSI Approved")
    ]
    plain = metadata.get_all("License") or [""]
    return "; ".join(classifiers) or str(plain[0]).split("\n")[0]


def is_permissive(text: str) -> bool:
    """Whether an expression holds nothing but permissive licences."""
    return bool(text) and not re.sub(PERMISSIVE, "", text)


def findings(names: Iterable[str], exceptions: Mapping[str, str]) -> list[Finding]:
    """Name the packages whose licence is not known to allow commercial use.

    Args:
        names: installed packages.
        exceptions: package to the licence for which its use was decided; another one is a finding.
    """
    found = []
    for name in names:
        text = stated(name)
        if not is_permissive(text) and exceptions.get(name) != text:
            found.append(
                Finding(
                    name,
                    f"has licence {text or 'unknown'!r}, not known to allow commercial use",
                    "use another package, or decide and record it in audit/licence_exceptions.csv",
                )
            )
    return found
