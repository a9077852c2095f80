"""The guards of the registers of benefits: silent as they are, outspoken on damaged ones."""

from __future__ import annotations

import pytest

from tests.unit.oracles.fees_and_eligibility_sql import problems_found

RULES, EXCLUSIONS = "every_benefit_has_its_rules", "exclusions_name_a_scope_that_fits"

DAMAGE = [
    (
        RULES,
        "delete from ref_programme_eligibility where programme_id = 'victim_data'",
        ["victim_data", "no rule of eligibility"],
    ),
    (
        RULES,
        "update ref_programme_eligibility set known_from = '2026-01-15' "
        "where programme_id = 'scam_insurance'",
        ["scam_insurance", "no rule of eligibility"],
    ),
    (RULES, "delete from ref_partner_offers", ["partner_discounts", "no partner offer"]),
    (
        RULES,
        "delete from ref_insurance_terms where programme_id = 'victim_insurance'",
        ["victim_insurance", "no insurance terms"],
    ),
    (
        RULES,
        "update ref_partner_offers set share_base_krw = 5000 where partner_category = 'cafe'",
        ["cafe", "not in order"],
    ),
    (
        RULES,
        "update ref_partner_offers set take_up_high_rate = 1.2 where partner_category = 'cinema'",
        ["cinema", "not in order"],
    ),
    (
        RULES,
        "update ref_programme_eligibility set line_kinds = 'handset|phone' "
        "where programme_id = 'data_grant'",
        ["data_grant", "line_kind: handset|phone"],
    ),
    (
        RULES,
        "update ref_programme_eligibility set customer_types = 'persons' "
        "where programme_id = 'scam_insurance'",
        ["scam_insurance", "customer_type: persons"],
    ),
    (
        RULES,
        "update ref_insurance_terms set covered_percent = 700 "
        "where programme_id = 'scam_insurance'",
        ["scam_insurance", "cover no part of a loss, or more"],
    ),
    (
        EXCLUSIONS,
        "update ref_programme_exclusions set scope = 'line' where scope = 'return'",
        ["fee_waiver and fee_waiver", "scope line"],
    ),
    (
        EXCLUSIONS,
        "update ref_programme_exclusions set relation = 'offset' where scope = 'line_month'",
        ["victim_data and data_grant", "scope line_month"],
    ),
    (
        EXCLUSIONS,
        "insert into ref_programme_exclusions select * replace (programme_b as programme_a, "
        "programme_a as programme_b) from ref_programme_exclusions where scope = 'line_month'",
        ["data_grant and victim_data", "both ways"],
    ),
]


@pytest.mark.parametrize("guard", [RULES, EXCLUSIONS])
def test_the_registers_as_they_are_pass(guard: str) -> None:
    assert problems_found(guard, "select 1") == []


@pytest.mark.parametrize(("guard", "damage", "words"), DAMAGE)
def test_damaged_registers_are_named(guard: str, damage: str, words: list[str]) -> None:
    problems = "\n".join(problems_found(guard, damage))
    assert all(word in problems for word in words), problems
