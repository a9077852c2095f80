"""Scenario rows that cannot be priced are refused with file, line and remedy."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestration import intake
from orchestration.errors import BadInput
from orchestration.settings import PROJECT_DIR

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.settings import Settings

SEEDS = PROJECT_DIR / "seeds" / "reference"
HEADER = (SEEDS / "ref_policy_scenarios.csv").read_text("utf-8").splitlines()[0].split(",")
RIGHT = {
    "scenario_id": "tried",
    "known_from": "2025-12-30",
    "scenario_name": "Tried",
    "is_reference": "false",
    "policy_id": "fee_waiver",
    "source": "Assumption: a test",
}


def refusal(settings: Settings, folder: Path, **row: str) -> BadInput | None:
    """What is said of the project's registers with one scenario more."""
    shutil.copytree(SEEDS, folder)
    values = RIGHT | row
    with (folder / "ref_policy_scenarios.csv").open("a", encoding="utf-8") as file:
        file.write(",".join(values.get(column, "") for column in HEADER) + "\n")
    try:
        intake.check_reference(replace(settings, reference=folder))
    except BadInput as found:
        return found
    return None


def test_a_scenario_is_one_row(settings: Settings, tmp_path: Path) -> None:
    row = {"dropped_rules": "own_brand_line|device_unchanged", "percent_bundle_penalty": "100"}
    assert refusal(settings, tmp_path / "reference", **row) is None


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"policy_id": "fee_waver"}, ("starts from the unknown policy 'fee_waver'",)),
        ({"policy_version": "terms-2026"}, ("Unknown policy_id and policy_version",)),
        ({"percent_bundle_penalty": "101"}, ("percent_bundle_penalty 101 is no percentage",)),
        ({"take_up_percent": "-1"}, ("take_up_percent -1 is no percentage", "0 to 100")),
        ({"fee_cap_krw": "-5"}, ("fee_cap_krw is negative: -5",)),
        ({"dropped_rules": "own_brand_line|born_on_a_sunday"}, ("'born_on_a_sunday'",)),
        (
            {"terminated_from": "2026-01-02", "terminated_to": "2026-01-01"},
            ("ends before it begins", "exchange"),
        ),
        ({"bill_credit_percent": "50"}, ("both its percentage and its day",)),
        ({"bill_credit_on": "2026-01-31"}, ("both its percentage and its day",)),
        ({"victim_signs": "payment|rumour"}, ("unknown sign of a victim 'rumour'",)),
        ({"is_reference": "true"}, ("Two scenarios are marked as the reference",)),
        ({"base_date": "1 September"}, ("is not of type date",)),
    ],
)
def test_a_scenario_that_cannot_be_priced_is_refused(
    settings: Settings, tmp_path: Path, row: dict[str, str], words: tuple[str, ...]
) -> None:
    found = refusal(settings, tmp_path / "reference", **row)
    assert found is not None
    for part in ("ref_policy_scenarios.csv, line", *words):
        assert part in str(found)
