"""Garbage in circles is given back while it is made, and the process is left as it was."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import pytest

from orchestration import garbage

if TYPE_CHECKING:
    from collections.abc import Iterator


class Context:
    """Refers to itself, as the macros of a node do."""

    def __init__(self) -> None:
        self.macros = [self]


@pytest.fixture(autouse=True)
def not_collecting() -> Iterator[None]:
    was_enabled = gc.isenabled()
    gc.disable()
    yield
    if was_enabled:
        gc.enable()


def most_alive(nodes: int) -> int:
    alive: weakref.WeakSet[Context] = weakref.WeakSet()
    most = 0
    for _ in range(nodes):
        alive.add(Context())
        most = max(most, len(alive))
    return most


def test_what_was_made_is_given_back_before_the_end() -> None:
    nodes = 3 * garbage.THRESHOLDS[0]
    assert most_alive(nodes) == nodes
    with garbage.given_back(is_wanted=True):
        assert most_alive(nodes) < nodes


def test_where_it_is_not_wanted_everything_lives_until_the_end() -> None:
    nodes = 3 * garbage.THRESHOLDS[0]
    with garbage.given_back(is_wanted=False):
        assert most_alive(nodes) == nodes


def test_the_process_is_left_as_it_was() -> None:
    before = gc.get_threshold(), gc.get_freeze_count()
    with garbage.given_back(is_wanted=True):
        pass
    assert (gc.get_threshold(), gc.get_freeze_count()) == before
    assert not gc.isenabled()


def test_what_was_there_before_can_be_collected_afterwards() -> None:
    left = weakref.ref(Context())
    with garbage.given_back(is_wanted=True):
        pass
    gc.collect()
    assert left() is None


def test_a_process_that_collects_goes_on_as_it_did() -> None:
    gc.enable()
    before = gc.get_threshold()
    with garbage.given_back(is_wanted=True):
        assert gc.get_threshold() == before
    assert gc.isenabled()
