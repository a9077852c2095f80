"""What is worth a second try: a lock that somebody is about to let go of, and nothing else.

A rule that data break, a query that is wrong and an export that is missing stay so: they fail at
once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Steps raise `DatabaseLocked` as it is and everything final through `final_failure`.
ON_A_LOCK = dg.RetryPolicy(max_retries=2, delay=2, backoff=dg.Backoff.EXPONENTIAL)


def final_failure(message: str, **evidence: Mapping[str, str] | str) -> dg.Failure:
    """Make a failure that no second try can put right; the message is for the operator."""
    return dg.Failure(
        description=message,
        metadata={
            name: dg.MetadataValue.text(value)
            if isinstance(value, str)
            else dg.MetadataValue.json(dict(value))
            for name, value in evidence.items()
        },
        allow_retries=False,
    )
