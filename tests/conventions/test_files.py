"""Conventions that need the text of the project only: fast enough for a commit hook."""

from __future__ import annotations

import pytest

from tests.conventions.register import rules_that_need
from tests.conventions.rulebook import Project, Rule, require


@pytest.mark.parametrize("rule", rules_that_need("files"), ids=lambda rule: rule.name)
def test_the_files_keep_to_the_convention_that(rule: Rule, files: Project) -> None:
    require(rule, files)
