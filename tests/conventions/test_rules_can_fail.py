"""Each convention is shown to hold on a project that keeps it and to fail on one that does not."""

from __future__ import annotations

import pytest

from tests.conventions.register import ALL_RULES, Rule
from tests.conventions.small_project import small_project


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.name)
def test_a_project_that_keeps_every_convention_passes(rule: Rule) -> None:
    assert list(rule.check(small_project())) == []


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.name)
def test_a_breach_is_found_by(rule: Rule) -> None:
    spoilt = small_project()
    rule.spoil(spoilt)
    assert list(rule.check(spoilt)) != []
