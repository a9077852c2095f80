"""Every convention, by what it needs: importing this module fills the register."""

from __future__ import annotations

from tests.conventions import (  # noqa: F401 - each enters its rules into the register
    rules_columns,
    rules_docs,
    rules_faults,
    rules_files,
    rules_layers,
    rules_names,
    rules_python,
    rules_quarantine,
    rules_scenarios,
    rules_sql,
    rules_sums,
)
from tests.conventions.rulebook import RULES, Needs, Rule

#: In the order of the modules above.
ALL_RULES = tuple(RULES)


def rules_that_need(needs: Needs) -> list[Rule]:
    """Conventions that look at this kind of thing."""
    return [rule for rule in ALL_RULES if rule.needs == needs]
