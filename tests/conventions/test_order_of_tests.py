"""What is put first exists, and nothing is lost by it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests import order_of_tests
from tests.conventions.rulebook import ROOT

NAMED = (*order_of_tests.ON_THE_SAMPLE, *order_of_tests.ON_THEIR_OWN)


@pytest.mark.parametrize("module", NAMED)
def test_a_module_that_is_put_first_exists(module: str) -> None:
    assert (ROOT / "tests" / module).exists()


def test_each_half_begins_with_its_list_and_every_test_is_kept() -> None:
    modules = ("unit/test_a.py", order_of_tests.ON_THEIR_OWN[0], order_of_tests.ON_THE_SAMPLE[0])
    given: list[Any] = [
        SimpleNamespace(nodeid=f"tests/{module}::test_{number}")
        for module in modules
        for number in range(4)
    ]
    ordered = [*given]
    order_of_tests.longest_first(ordered)
    found = [item.nodeid for item in ordered]
    assert sorted(found) == sorted(item.nodeid for item in given)
    assert found[:4] == [item.nodeid for item in given[8:]]
    assert found[8:] == [item.nodeid for item in given[4:8]]
