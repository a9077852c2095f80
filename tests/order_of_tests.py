"""The order of the tests: what takes longest first, so that all workers end together.

Belongs here: the two lists, and what is made of them. Does not belong here: what a test needs.

pytest-xdist gives each of two workers one half of the tests and lets who is ready first take from
the end of the other's. So one half opens with what stands on the batch on the sample, the other
with what makes a world of its own: neither waits while the other builds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

#: Modules by the seconds that they take, the longest first.
ON_THE_SAMPLE: Final = (
    "orchestration/test_ledger_grows.py",
    "warehouse/test_repeat_equals_anew.py",
    "warehouse/test_incremental_equals_anew.py",
    "warehouse/test_benefits_on_the_sample.py",
    "orchestration/test_page_in_a_browser.py",
    "orchestration/test_gates_block.py",
    "browser/test_site.py",
    "orchestration/test_what_stands_is_not_built.py",
    "orchestration/test_bad_input.py",
    "orchestration/test_one_writer.py",
)
ON_THEIR_OWN: Final = (
    "spark/test_publishing.py",
    "warehouse/test_every_line_at_one_percent.py",
    "warehouse/test_second_incident.py",
    "conventions/test_build_on_no_rows.py",
    "warehouse/test_staging_truth.py",
    "spark/test_gates.py",
    "spark/test_engine_macros.py",
    "orchestration/test_definitions.py",
    "warehouse/test_scenario_generation.py",
    "unit/test_ledger.py",
)


def longest_first(items: list[pytest.Item]) -> None:
    """Put both lists at the beginning of a half each; the tests of a module stay together."""
    first, second = _of(items, ON_THE_SAMPLE), _of(items, ON_THEIR_OWN)
    dear = {id(item) for item in (*first, *second)}
    others = [item for item in items if id(item) not in dear]
    half = max(0, len(items) // 2 - len(first))
    while half < len(others) and _module(others[half]) == _module(others[half - 1]):
        half += 1
    items[:] = [*first, *others[:half], *second, *others[half:]]


def _of(items: Sequence[pytest.Item], modules: Sequence[str]) -> list[pytest.Item]:
    return [item for module in modules for item in items if _module(item) == f"tests/{module}"]


def _module(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]
