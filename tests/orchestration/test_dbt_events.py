"""What dbt tells while it works: everything but what is for debugging."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from dbt.adapters.events.types import SQLCommit
from dbt.events.types import LogModelResult, LogStartLine
from dbt_common.events import event_manager_client
from dbt_common.events.base_types import EventLevel
from dbt_common.events.functions import fire_event
from dbt_common.events.types import Note

from orchestration import dbt_events, dbt_session

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def told() -> Iterator[list[str]]:
    """What a callback hears of dbt's events."""
    before = event_manager_client.get_event_manager()
    dbt_events.leave_out_debugging()
    heard: list[str] = []
    event_manager_client.add_callback_to_manager(lambda event: heard.append(event.info.msg))
    yield heard
    event_manager_client.ctx_set_event_manager(before)


def test_what_is_for_debugging_is_not_told(told: list[str]) -> None:
    for level in EventLevel:
        fire_event(Note(msg=level.value), level=level)
    assert told == ["test", "info", "warn", "error"]


def test_an_event_is_as_loud_as_its_class_if_nobody_says_otherwise(told: list[str]) -> None:
    fire_event(Note(msg="a note"))
    fire_event(SQLCommit(conn_name="a connection"))
    assert told == ["a note"]


def test_a_message_that_nobody_hears_is_not_worded(
    told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Note, "message", lambda _: pytest.fail("worded"))
    fire_event(Note(msg="what is for debugging"), level=EventLevel.DEBUG)
    assert not told


def test_who_waits_for_a_model_is_told_when_dbt_has_built_it(told: list[str]) -> None:
    built: list[str] = []
    event_manager_client.add_callback_to_manager(
        lambda event: dbt_session._tell_of_model(built.append, event)
    )
    node = {"unique_id": "model.small.fees"}
    place: dict[str, Any] = {"index": 1, "total": 2, "node_info": node, "description": "fees"}
    fire_event(LogStartLine(**place))
    assert (len(told), built) == (1, [])
    result = LogModelResult(**place, status="success", execution_time=0.1)
    fire_event(result, level=EventLevel.ERROR)
    assert (len(told), built) == (2, [])
    fire_event(result, level=EventLevel.INFO)
    assert (len(told), built) == (3, ["model.small.fees"])
