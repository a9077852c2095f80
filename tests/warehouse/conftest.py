"""Warehouses of the bundled sample, shared by the tests of this folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.warehouse import sample_warehouse

if TYPE_CHECKING:
    from tests.warehouse.sample_warehouse import SampleWarehouse


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SampleWarehouse:
    """The sample as of its newest batch and of the replayed days."""
    folder = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        folder = folder.parent
    return sample_warehouse.built(folder / "sample_warehouse")
