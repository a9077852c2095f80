"""What every test run keeps: the outcomes of the faults that it planted (fault_record)."""

from __future__ import annotations

import os

import pytest

from tests.fault_record import Outcomes, note_markers

_OUTCOMES = Outcomes()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    note_markers(items)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _OUTCOMES.add(report)


def pytest_sessionfinish() -> None:
    # Workers hand their reports to the process that started them, which keeps all of them.
    if not os.environ.get("PYTEST_XDIST_WORKER"):
        _OUTCOMES.keep()
