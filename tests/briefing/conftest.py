"""The published sample, and its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestration import tables
from tests.briefing import pages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pages.sample(tmp_path_factory)


@pytest.fixture(scope="session")
def published(sample: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with tables.reader(sample) as connection:
        yield connection


@pytest.fixture(scope="session")
def text(sample: Path) -> str:
    return pages.rendered(sample)
