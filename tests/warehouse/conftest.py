"""Warehouses of the bundled sample, shared by the tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.batch_on_the_sample import folder_of_the_test_run
from tests.warehouse import sample_warehouse

if TYPE_CHECKING:
    from tests.warehouse.sample_warehouse import SampleWarehouse


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SampleWarehouse:
    """The sample as of its newest batch and of the replayed days."""
    return sample_warehouse.built(folder_of_the_test_run(tmp_path_factory))
