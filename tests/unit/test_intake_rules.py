"""The rules of the project's own incident, damaged one at a time, and what the intake says.

Belongs here: rules that contradict each other or leave a hole. Does not belong here: types, codes
and missing registers (`test_intake_reference`).
"""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from orchestration import intake
from orchestration.errors import BadInput
from orchestration.settings import PROJECT_DIR, Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Row = dict[str, str]


class Reference:
    """A copy of the project's registers, to be damaged."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        shutil.copytree(PROJECT_DIR / "seeds" / "reference", folder)
        self._folder, self._settings = folder, settings

    def edit(self, name: str, change: Callable[[list[Row]], list[Row]]) -> None:
        """Replace the rows of a register by what `change` makes of them."""
        path = self._folder / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        header = list(rows[0])
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, header, lineterminator="\n")
            writer.writeheader()
            writer.writerows(change(rows))

    def set(self, name: str, where: dict[str, str], **values: str) -> None:
        """Write values into the rows that hold `where`; there has to be one."""

        def change(rows: list[Row]) -> list[Row]:
            hit = [row for row in rows if where.items() <= row.items()]
            assert hit, f"{name} has no row with {where}"
            for row in hit:
                row.update(values)
            return rows

        self.edit(name, change)

    def add(self, name: str, where: dict[str, str], **values: str) -> None:
        """Append a copy of the row that holds `where`, with other values."""

        def change(rows: list[Row]) -> list[Row]:
            [original] = [row for row in rows if where.items() <= row.items()]
            return [*rows, {**original, **values}]

        self.edit(name, change)

    def drop(self, name: str, where: dict[str, str]) -> None:
        """Take the rows away that hold `where`."""
        self.edit(name, lambda rows: [row for row in rows if not where.items() <= row.items()])

    def check(self) -> None:
        """Check it as a run does."""
        intake.check_reference(replace(self._settings, reference=self._folder))

    def refusal(self) -> BadInput:
        """What the intake says to it."""
        with pytest.raises(BadInput) as caught:
            self.check()
        return caught.value


Says = Any


@pytest.fixture
def reference(tmp_path: Path, settings: Settings) -> Reference:
    return Reference(tmp_path / "reference", settings)


def test_the_rules_as_they_are_pass(reference: Reference) -> None:
    reference.check()


def test_a_programme_without_policy_is_refused(reference: Reference, says: Says) -> None:
    reference.add(
        "ref_programmes", {"programme_id": "victim_fee_waiver"}, programme_id="second_waiver"
    )
    says(
        reference.refusal(),
        "Programme 'second_waiver' waives fees and has no policy",
        "ref_programmes.csv, line 15",
        "add the policy that entitles to it to ref_policies.csv",
    )


def test_a_policy_without_programme_is_refused(reference: Reference, says: Says) -> None:
    reference.set("ref_policies", {"policy_version": "draft-2025-12-29"}, programme_id="")
    says(
        reference.refusal(),
        "Policy 'fee_waiver' has no programme",
        "ref_policies.csv, line 3",
        "programme_id of a row in ref_programmes.csv",
    )


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("ref_programmes", {"programme_id": "data_grant", "known_from": "2026-01-14"}),
        ("ref_assumptions", {"assumption_id": "waiver_take_up"}),
        ("ref_investment_plan", {"year": "2027"}),
        ("ref_incident_periods", {"period_kind": "window"}),
    ],
)
def test_two_versions_known_from_one_day_are_refused(
    reference: Reference, says: Says, name: str, where: dict[str, str]
) -> None:
    reference.add(name, where, **{"source" if name != "ref_assumptions" else "reasoning": "again"})
    says(
        reference.refusal(),
        "Versions overlap: two are known from the same day",
        f"{name}.csv, line",
        "its own known_from",
    )


def test_two_rates_of_one_claim_known_from_one_day_are_refused(
    reference: Reference, says: Says
) -> None:
    reference.add("ref_fx_rates", {"rate_id": "fx-W17"}, rate_id="fx-W17-again")
    says(reference.refusal(), "Versions overlap", "claim_id=W17", "its own known_from")


def test_fee_rules_that_overlap_are_refused(reference: Reference, says: Says) -> None:
    reference.set("ref_fee_rules", {"rule_id": "SUB-OWN-24-2014"}, valid_to="2017-04-02")
    says(
        reference.refusal(),
        "Fee rules overlap: SUB-OWN-24-2014 and SUB-OWN-24-2017 both apply to device_subsidy of 24"
        " months, mno",
        "ref_fee_rules.csv, line 5 and line 4",
        "let valid_to of SUB-OWN-24-2014 be valid_from of SUB-OWN-24-2017",
    )


def test_an_open_fee_rule_overlaps_the_one_after_it(reference: Reference, says: Says) -> None:
    reference.set("ref_fee_rules", {"rule_id": "SUB-OWN-24-2014"}, valid_to="")
    says(reference.refusal(), "Fee rules overlap", "line 5 and line 4", "valid_to")


def test_fee_rules_that_leave_a_gap_are_refused(reference: Reference, says: Says) -> None:
    reference.set("ref_fee_rules", {"rule_id": "SUB-HOSTED-24-2014"}, valid_to="2017-03-31")
    says(
        reference.refusal(),
        "Fee rules leave a gap: no rule applies to device_subsidy of 24 months, mvno from"
        " 2017-03-31",
        "ref_fee_rules.csv, line 8 and line 7",
        "let valid_to of SUB-HOSTED-24-2014 be valid_from of SUB-HOSTED-24-2017",
    )


def test_a_fee_rule_that_ends_before_it_begins_is_refused(reference: Reference, says: Says) -> None:
    reference.set("ref_fee_rules", {"rule_id": "SEL-OWN-12"}, valid_to="2014-10-01")
    says(reference.refusal(), "'SEL-OWN-12' ends before it begins", "line 3", "valid_to")


def test_paths_of_one_version_that_share_a_day_are_refused(
    reference: Reference, says: Says
) -> None:
    version = {"policy_version": "terms-2026-01-14", "path": "retroactive"}
    reference.set("ref_policy_paths", version, terminated_to="2025-12-31")
    says(
        reference.refusal(),
        "Paths overlap: retroactive and window of policy fee_waiver terms-2026-01-14",
        "ref_policy_paths.csv, line 8 and line 9",
        "end retroactive on the day before window begins",
    )


def test_a_path_that_ends_before_it_begins_is_refused(reference: Reference, says: Says) -> None:
    reference.set("ref_policy_paths", {"path": "retroactive"}, terminated_to="2025-08-31")
    says(reference.refusal(), "ends before it begins", "ref_policy_paths.csv, line", "both days")


def test_a_step_table_with_a_gap_is_refused(reference: Reference, says: Says) -> None:
    reference.drop("ref_fee_steps", {"from_month": "7"})
    says(
        reference.refusal(),
        "Step table STEP-24 has a gap: the step of months 13 to 16 does not follow month 6",
        "ref_fee_steps.csv, line 3",
        "the month after the one before it",
    )


def test_a_step_table_with_an_overlap_is_refused(reference: Reference, says: Says) -> None:
    reference.set("ref_fee_steps", {"from_month": "7"}, from_month="6")
    says(reference.refusal(), "Step table STEP-24 overlaps", "ref_fee_steps.csv, line 3", "in 1")


def test_a_step_table_that_begins_late_is_refused(reference: Reference, says: Says) -> None:
    reference.set("ref_fee_steps", {"from_month": "1"}, from_month="2")
    says(reference.refusal(), "does not follow month 0", "ref_fee_steps.csv, line 2", "in 1")


def test_a_fee_rule_by_a_step_table_that_is_not_named_is_refused(
    reference: Reference, says: Says
) -> None:
    reference.set("ref_fee_rules", {"rule_id": "SEL-HOSTED-24"}, step_table_id="")
    says(reference.refusal(), "'SEL-HOSTED-24' is by step table", "line 6", "step_table_id")


def test_a_negative_premium_is_refused(reference: Reference, says: Says) -> None:
    reference.set("ref_assumptions", {"assumption_id": "scam_insurance_unit_cost"}, low="-150")
    says(
        reference.refusal(),
        "Assumption unit_cost_krw of scam_insurance_unit_cost is negative: -150 / 300 / 600",
        "ref_assumptions.csv, line 4",
        "a premium",
    )


@pytest.mark.parametrize(
    ("name", "where", "column"),
    [
        ("ref_programmes", {"programme_id": "security_investment"}, "announced_krw"),
        ("ref_plans", {"plan_code": "5G_PREMIUM"}, "monthly_fee_krw"),
        ("ref_investment_plan", {"year": "2026"}, "planned_krw"),
        ("ref_fx_rates", {"rate_id": "fx-W17"}, "krw_per_unit_low"),
    ],
)
def test_money_below_zero_is_refused_in_every_register(
    reference: Reference, says: Says, name: str, where: dict[str, str], column: str
) -> None:
    reference.set(name, where, **{column: "-1"})
    says(reference.refusal(), f"{column} is negative: -1", f"{name}.csv, line", "0 or more")


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"low": "0.85"}, "is not in order: low 0.85, base 0.8, high 0.95"),
        ({"high": "0.7"}, "is not in order: low 0.6, base 0.8, high 0.7"),
        ({"high": "1.01"}, "is a share above 1: 0.6 / 0.8 / 1.01"),
        ({"base": ""}, "lacks one of low, base and high"),
    ],
)
def test_an_assumption_out_of_range_is_refused(
    reference: Reference, says: Says, values: dict[str, str], what: str
) -> None:
    reference.set("ref_assumptions", {"assumption_id": "waiver_take_up"}, **values)
    says(reference.refusal(), what, "ref_assumptions.csv, line", "give")


def test_a_share_of_exactly_one_and_a_range_of_one_value_pass(reference: Reference) -> None:
    reference.set(
        "ref_assumptions", {"assumption_id": "waiver_take_up"}, base="1", high="1", low="1"
    )
    reference.check()


def test_a_rate_outside_its_own_range_is_refused(reference: Reference, says: Says) -> None:
    reference.set("ref_fx_rates", {"rate_id": "fx-W21"}, krw_per_unit="1446")
    says(reference.refusal(), "Rate 'fx-W21' does not lie in its range", "line 3", "krw_per_unit")


def test_an_assumption_about_an_incident_is_held_to_the_same(
    reference: Reference, says: Says
) -> None:
    reference.set("ref_incident_assumptions", {"assumption_id": "excess_months"}, low="13")
    says(reference.refusal(), "is not in order", "ref_incident_assumptions.csv, line 3", "give")


def test_a_period_that_ends_before_it_begins_is_refused(reference: Reference, says: Says) -> None:
    reference.set("ref_incident_periods", {"period_kind": "window"}, period_to="2025-12-30")
    says(reference.refusal(), "ends before it begins", "ref_incident_periods.csv, line 5", "order")


def test_periods_of_one_incident_that_share_days_are_refused(
    reference: Reference, says: Says
) -> None:
    reference.set("ref_incident_periods", {"period_kind": "anticipation"}, period_to="2025-12-31")
    says(
        reference.refusal(),
        "Periods of incident KT-2025 overlap: anticipation and window, as known on 2025-12-30",
        "ref_incident_periods.csv, line 5",
        "known from",
    )


def test_a_period_that_a_later_row_shortens_may_have_reached_further(
    reference: Reference,
) -> None:
    reference.set(
        "ref_incident_periods",
        {"period_kind": "disclosure", "known_from": "2025-09-11"},
        period_to="2027-01-01",
    )
    reference.check()


def test_all_findings_of_one_rule_are_in_one_message(reference: Reference) -> None:
    reference.set("ref_policy_paths", {"path": "retroactive"}, terminated_to="2026-01-01")
    assert reference.refusal().where.count("also: Paths overlap") == 3
