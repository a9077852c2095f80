"""The suites' SQL in the words of Spark.

Belongs here: the few words of DuckDB that rules use and Spark says otherwise. Does not belong here:
rules, and anything about a table.

Rules are written once, in DuckDB's words. A word that neither engine shares and that stands in no
line below fails loudly: Spark cannot evaluate the rule, and such a rule has failed.
"""

from __future__ import annotations

import re
from typing import Final

# A call's argument: no comma of its own outside brackets, which may hold others.
_ARGUMENT: Final = r"((?:[^(),]|\((?:[^()]|\([^()]*\))*\))+?)"
_WORDS: Final = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (r"\bas varchar\)", "as string)"),
        (r"\bstrlen\(", "octet_length("),
        (r"\barg_max\(", "max_by("),
        (r"\barg_min\(", "min_by("),
        # Rules ask it of days alone.
        (r"\bepoch\(", "86400 * unix_date("),
        # Midnights between two moments, as DuckDB counts; Spark's other way counts full 24 hours.
        (rf"\bdate_diff\(\s*'day', {_ARGUMENT}, {_ARGUMENT}\)", r"datediff(\2, \1)"),
        # First days of a month between two days, likewise.
        (
            rf"\bdate_diff\(\s*'month', {_ARGUMENT}, {_ARGUMENT}\)",
            r"(12 * (year(\2) - year(\1)) + month(\2) - month(\1))",
        ),
    )
)


def in_spark(sql: str) -> str:
    """Return a rule's SQL as Spark reads it; whitespace outside quoted text is of no account."""
    for pattern, said in _WORDS:
        sql = pattern.sub(said, sql)
    return sql
