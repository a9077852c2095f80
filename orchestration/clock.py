"""The clock of the project: Korean time, as the operator's systems and the tables have it.

Belongs here: reading the machine's clock. Does not belong here: the as-of day, the clock of what is
known, which comes from the delivery (intake).
"""

from __future__ import annotations

import datetime as dt
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = "Asia/Seoul"
KST: Final = ZoneInfo(ZONE)


def now() -> dt.datetime:
    """Tell the time, without zone, as timestamps of the tables are."""
    return dt.datetime.now(KST).replace(tzinfo=None)


def at(since_epoch: float) -> dt.datetime:
    """Tell the time that a file or a run gives in seconds, without zone."""
    return dt.datetime.fromtimestamp(since_epoch, KST).replace(tzinfo=None)
