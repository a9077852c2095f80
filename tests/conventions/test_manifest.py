"""Conventions over dbt's manifest: names, layers, descriptions, keys, contracts, owners."""

from __future__ import annotations

import pytest

from tests.conventions.register import rules_that_need
from tests.conventions.rulebook import Project, Rule, require


@pytest.mark.parametrize("rule", rules_that_need("manifest"), ids=lambda rule: rule.name)
def test_the_models_keep_to_the_convention_that(rule: Rule, project: Project) -> None:
    require(rule, project)
