"""What all tests share."""

from __future__ import annotations

import pytest

from tests import compiled_project
from tests.batch_on_the_sample import folder_of_the_test_run


@pytest.fixture(scope="session", autouse=True)
def _compile_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    compiled_project.shared_folder = folder_of_the_test_run(tmp_path_factory)
