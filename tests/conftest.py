"""What all tests share: compiled project, browser, the outcomes of the faults (fault_record)."""

from __future__ import annotations

import gc
import os
import signal
from typing import TYPE_CHECKING

import pytest

from tests import compiled_project
from tests.batch_on_the_sample import folder_of_the_test_run
from tests.browser import chromium
from tests.fault_record import Outcomes, note_markers
from tests.order_of_tests import longest_first

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

_OUTCOMES = Outcomes()
#: As Python begins with them.
_HANDLERS = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}


@pytest.fixture(scope="session", autouse=True)
def _compile_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    compiled_project.shared_folder = folder_of_the_test_run(tmp_path_factory)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests of a worker: Playwright runs once in a process."""
    with chromium.started() as running:
        yield running


@pytest.fixture(autouse=True)
def _signals_are_heard() -> Iterator[None]:
    """What is ignored here is ignored by every process that a later test starts and asks to end."""
    yield
    assert not _hear_again(), "the test leaves signals ignored"


def _hear_again() -> list[signal.Signals]:
    """Handle again what is ignored; returns which signals were."""
    deaf = [each for each in _HANDLERS if signal.getsignal(each) is signal.SIG_IGN]
    for each in deaf:
        signal.signal(each, _HANDLERS[each])
    return deaf


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    note_markers(items)
    longest_first(items)


def pytest_configure() -> None:
    # dbt and Dagster make many objects that stay: looking for garbage among them again and again
    # was a tenth of the time of the tests that run a batch.
    gc.set_threshold(100_000, 20, 50)
    # A shell that starts us in the background has us ignore Ctrl-C. Dagster then ignores SIGTERM as
    # well, and so would every process that a test starts and asks to end.
    _hear_again()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _OUTCOMES.add(report)


def pytest_sessionfinish() -> None:
    # Workers hand their reports to the process that started them, which keeps all of them.
    if not os.environ.get("PYTEST_XDIST_WORKER"):
        _OUTCOMES.keep()
