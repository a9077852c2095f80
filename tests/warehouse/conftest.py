"""Warehouses of the bundled sample, shared by the tests of this folder."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import duckdb
import pytest

from tests import batch_on_the_sample
from tests.batch_on_the_sample import folder_of_the_test_run
from tests.warehouse import sample_warehouse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.warehouse.sample_warehouse import SampleWarehouse


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SampleWarehouse:
    """The sample as of its newest batch and of the replayed days."""
    return sample_warehouse.built(folder_of_the_test_run(tmp_path_factory))


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the published file of the sample: others open the file with other settings."""
    build = batch_on_the_sample.published(folder_of_the_test_run(tmp_path_factory))
    copy = tmp_path_factory.mktemp("published") / "published.duckdb"
    shutil.copyfile(build / "published" / "current.duckdb", copy)
    with duckdb.connect(str(copy), read_only=True) as connection:
        yield connection
