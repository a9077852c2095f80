"""The guards of the rule seeds: silent on the seeds as they are, and outspoken on damaged ones."""

from __future__ import annotations

import pytest

from tests.unit.oracles.fees_and_eligibility_sql import problems_found

UNHARMED = "select 1"

DAMAGE = [
    (
        "every_policy_version_has_rules_paths_and_items",
        "delete from ref_policy_paths where policy_id = 'victim_package'",
        ["victim_package", "has no path"],
    ),
    (
        "every_policy_version_has_rules_paths_and_items",
        "update ref_policy_rules set policy_version = 'misspelt' "
        "where policy_id = 'victim_package'",
        ["misspelt", "not in ref_policies"],
    ),
    (
        "every_policy_rule_is_implemented",
        "update ref_policy_rules set rule_code = 'born_on_a_sunday' where rule_order = 80",
        ["born_on_a_sunday", "not implemented"],
    ),
    (
        "every_policy_rule_is_implemented",
        "update ref_policy_rules set threshold = '2025-02-30' "
        "where rule_code = 'in_service_at_base_date'",
        ["in_service_at_base_date", "type date"],
    ),
    (
        "one_policy_reads_each_source_of_claims",
        "update ref_policies set claim_source = 'waiver_claims'",
        ["waiver_claims", "victim_package"],
    ),
    (
        "programmes_of_a_kind_do_not_overlap",
        "update ref_programmes set kind = 'data' where programme_id = 'partner_discounts'",
        ["data_grant", "partner_discounts"],
    ),
    (
        "programmes_costed_by_use_have_a_unit_cost",
        "update ref_assumptions set base = 50.5 where assumption_id = 'data_unit_cost'",
        ["data_grant"],
    ),
    (
        "every_rule_says_where_it_is_from_and_since_when",
        "update ref_programmes set known_from = null where programme_id = 'data_grant'",
        ["ref_programmes"],
    ),
    (
        "every_kind_of_programme_has_one_cost_line",
        "update ref_cost_lines set programme_kinds = 'partner_discount' "
        "where cost_line = 'insurance'",
        ["insurance stand in 0 cost lines", "partner_discount stand in 2 cost lines"],
    ),
    (
        "every_kind_of_programme_has_one_cost_line",
        "delete from ref_cost_lines where programme_kinds is null",
        ["0 cost lines without a kind"],
    ),
    (
        "every_incident_with_a_window_can_be_valued",
        "update ref_incident_assumptions set known_from = '2026-01-01' "
        "where parameter = 'forgone_months'",
        ["KT-2025 has no forgone_months"],
    ),
]


@pytest.mark.parametrize("guard", sorted({guard for guard, _, _ in DAMAGE}))
def test_the_seeds_as_they_are_pass(guard: str) -> None:
    assert problems_found(guard, UNHARMED) == []


@pytest.mark.parametrize(("guard", "damage", "words"), DAMAGE)
def test_damaged_seeds_are_named(guard: str, damage: str, words: list[str]) -> None:
    problems = "\n".join(problems_found(guard, damage))
    assert all(word in problems for word in words), problems
