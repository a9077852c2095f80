"""The guards of the rule seeds: silent on the seeds as they are, and outspoken on damaged ones."""

from __future__ import annotations

import pytest

from tests.unit.oracles.fees_and_eligibility_sql import problems_found

UNHARMED = "select 1"

DAMAGE = [
    (
        "no_two_binding_policy_versions_start_on_one_day",
        "update ref_policies set is_binding = true where status = 'reading'",
        ["fee_waiver", "announced-2025-12-30-exclusive"],
    ),
    (
        "policy_paths_of_a_version_do_not_overlap",
        "update ref_policy_paths set terminated_to = '2025-12-31' "
        "where path = 'retroactive' and policy_version = 'terms-2026-01-14'",
        ["fee_waiver terms-2026-01-14", "retroactive"],
    ),
    (
        "policy_paths_of_a_version_do_not_overlap",
        "update ref_policy_paths set terminated_to = '2025-08-31' "
        "where path = 'retroactive' and policy_version = 'terms-2026-01-14'",
        ["ends before it begins"],
    ),
    (
        "fee_rules_do_not_overlap",
        "update ref_fee_rules set valid_to = null where rule_id = 'SUB-OWN-24-2014'",
        ["SUB-OWN-24-2014", "SUB-OWN-24-2017"],
    ),
    (
        "step_tables_cover_each_month_once",
        "delete from ref_fee_steps where from_month = 7",
        ["STEP-24", "month 13"],
    ),
    (
        "step_tables_cover_each_month_once",
        "update ref_fee_rules set step_table_id = 'NONE' where method = 'step_table'",
        ["SEL-HOSTED-24", "no known step table"],
    ),
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
]


@pytest.mark.parametrize("guard", sorted({guard for guard, _, _ in DAMAGE}))
def test_the_seeds_as_they_are_pass(guard: str) -> None:
    assert problems_found(guard, UNHARMED) == []


@pytest.mark.parametrize(("guard", "damage", "words"), DAMAGE)
def test_damaged_seeds_are_named(guard: str, damage: str, words: list[str]) -> None:
    problems = "\n".join(problems_found(guard, damage))
    assert all(word in problems for word in words), problems
