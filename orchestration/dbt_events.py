"""What dbt tells of its work, without what it tells for the sake of debugging it.

Belongs here: which events are told. Does not belong here: where they are written (dbt_session).

dbt puts every event into a message, with time, process and thread, before it looks whether anybody
listens: some fifteen for each node, a tenth of the time that a batch spends in Python.

Importing this module imports a part of dbt: import it late.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbt_common.events.base_types import EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.events.event_manager_client import ctx_set_event_manager

if TYPE_CHECKING:
    from dbt_common.events.base_types import BaseEvent


class _WithoutDebugging(EventManager):
    """Drops an event for debugging before anything is made of it."""

    def fire_event(
        self,
        e: BaseEvent,
        level: EventLevel | None = None,
        node: Any = None,
        force_warn_or_error_handling: bool = False,
    ) -> None:
        """Tell of an event as dbt does, if it is for more than debugging."""
        if (level or e.level_tag()) is not EventLevel.DEBUG or force_warn_or_error_handling:
            super().fire_event(e, level, node, force_warn_or_error_handling)


def leave_out_debugging() -> None:
    """Have dbt tell nothing that is for debugging, in this process from now on."""
    ctx_set_event_manager(_WithoutDebugging())
