"""The registers of an incident against their description."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from orchestration import intake
from orchestration.errors import BadInput
from orchestration.settings import PROJECT_DIR

REGISTERS = {
    "ref_carriers": (
        {"carrier_code": "varchar", "host_carrier": "varchar", "is_operator": "boolean"},
        ["A,A,true", "B,B,false"],
    ),
    "ref_programmes": (
        {"programme_id": "varchar", "known_from": "date", "quantity": "bigint"},
        ["waiver,2025-12-30,1", "waiver,2026-01-14,2", "data,2025-12-30,"],
    ),
    "ref_policies": (
        {
            "policy_id": "varchar",
            "policy_version": "varchar",
            "known_from": "date",
            "is_binding": "boolean",
            "programme_id": "varchar",
        },
        ["fee,v1,2025-12-29,false,waiver", "fee,v2,2025-12-30,true,waiver"],
    ),
    "ref_policy_rules": (
        {"policy_id": "varchar", "policy_version": "varchar", "starts_at": "timestamp"},
        ["fee,v1,2026-01-14 09:00:00", "fee,v2,"],
    ),
    "ref_code_lists": (
        {"code_list": "varchar", "code": "varchar"},
        ["bill_item_kind,bundle_penalty", "line_kind,iot"],
    ),
    "ref_items": ({"item_kind": "varchar"}, ["bundle_penalty"]),
    "ref_rates": (
        {"carrier_code": "varchar", "rate": "decimal(18,6)", "note": None},
        ['A,1446.5,"one, two"', ",,"],
    ),
}


@pytest.fixture
def reference(settings, tmp_path):
    """Give a reference folder with registers that are right, and a way to check it."""

    class Reference:
        folder = tmp_path / "reference"

        def write(self, name, *rows, header=None):
            lines = [header or ",".join(REGISTERS[name][0]), *rows]
            (self.folder / f"{name}.csv").write_text("\n".join(lines) + "\n")

        def add(self, name, row):
            with (self.folder / f"{name}.csv").open("a") as stream:
                stream.write(row + "\n")

        def check(self):
            intake.check_reference(replace(settings, reference=self.folder), tmp_path / "described")

        def refusal(self):
            with pytest.raises(BadInput) as caught:
                self.check()
            return caught.value

    given = Reference()
    given.folder.mkdir()
    described = []
    for name, (columns, rows) in REGISTERS.items():
        given.write(name, *rows)
        types = {column: kind for column, kind in columns.items() if kind}
        described.append(
            {
                "name": name,
                "config": {"column_types": types},
                "columns": [{"name": column} for column in columns],
            }
        )
    (tmp_path / "described").mkdir()
    (tmp_path / "described" / "_all__seeds.yml").write_text(yaml.safe_dump({"seeds": described}))
    return given


def test_right_registers_pass(reference):
    reference.check()


def test_the_registers_of_the_project_pass(settings):
    intake.check_reference(replace(settings, reference=PROJECT_DIR / "seeds" / "reference"))


def test_a_folder_or_register_that_is_missing_is_told(reference, says):
    (reference.folder / "ref_policies.csv").unlink()
    says(reference.refusal(), "is missing", "ref_policies.csv", "put it there")
    reference.folder = reference.folder / "elsewhere"
    says(reference.refusal(), "does not exist", "elsewhere", "AFTERMATH_REFERENCE")


def test_a_missing_column_is_told_and_an_extra_one_is_not(reference, says):
    reference.write("ref_rates", "A,x", header="carrier_code,note")
    says(reference.refusal(), "Column rate is missing", "ref_rates.csv", "add the column")
    reference.write("ref_rates", "A,1,x,y", header="carrier_code,rate,note,more")
    reference.check()


@pytest.mark.parametrize(
    ("name", "row", "found"),
    [
        ("ref_carriers", "C,X,false", ("Unknown host_carrier 'X'", "ref_carriers.csv, line 4")),
        ("ref_rates", "X,1,", ("Unknown carrier_code 'X'", "ref_rates.csv, line 4")),
        (
            "ref_policies",
            "fee,v3,2026-02-10,true,waver",
            ("Unknown programme_id 'waver'", "ref_policies.csv, line 4"),
        ),
        (
            "ref_policy_rules",
            "fee,v9,",
            ("Unknown policy_id and policy_version 'fee v9'", "ref_policy_rules.csv, line 4"),
        ),
    ],
)
def test_an_unknown_code_is_told_with_file_and_line(reference, says, name, row, found):
    reference.add(name, row)
    says(reference.refusal(), *found, "or add its row there")


def test_a_code_that_its_list_does_not_have_is_told_with_file_and_line(reference, says):
    reference.add("ref_items", "iot")
    says(reference.refusal(), "Unknown item_kind 'iot'", "ref_items.csv, line 3", "bill_item_kind")


def test_two_binding_versions_known_from_one_day_are_refused(reference, says):
    reference.add("ref_policies", "fee,v3,2025-12-30,true,waiver")
    error = reference.refusal()
    says(
        error, "Policy versions overlap", "ref_policies.csv, line 4 and line 3", "is_binding=false"
    )
    assert "policy_id=fee, known_from=2025-12-30" in error.where


def test_a_version_that_does_not_bind_may_be_known_from_the_same_day(reference):
    reference.add("ref_policies", "fee,v3,2025-12-30,false,waiver")
    reference.check()


@pytest.mark.parametrize(
    ("name", "row", "what"),
    [
        ("ref_policies", "fee,v2,2026-02-10,true,waiver", "A policy version stands twice"),
        ("ref_carriers", "A,A,false", "A carrier stands twice"),
        ("ref_carriers", "C,C,true", "Two carriers are marked as the operator"),
    ],
)
def test_rows_that_contradict_each_other_are_refused(reference, says, name, row, what):
    reference.add(name, row)
    says(reference.refusal(), what, f"{name}.csv, line 4 and line", "")


def test_a_register_of_carriers_without_operator_is_refused(reference, says):
    reference.write("ref_carriers", "A,A,false", "B,B,false")
    says(reference.refusal(), "No carrier is marked", "ref_carriers.csv", "set is_operator")


@pytest.mark.parametrize(
    ("name", "row", "told"),
    [
        ("ref_programmes", "data,2026-1-1,1", "'2026-1-1' is not of type date"),
        ("ref_programmes", "data,2026-02-30,1", "'2026-02-30' is not of type date"),
        ("ref_programmes", "data,2026-01-01,1.5", "'1.5' is not of type bigint"),
        ("ref_programmes", 'data,2026-01-01,"1,000"', "'1,000' is not of type bigint"),
        ("ref_carriers", "C,C,maybe", "'maybe' is not of type boolean"),
        ("ref_policy_rules", "fee,v1,2026-01-14", "'2026-01-14' is not of type timestamp"),
        ("ref_rates", "A,dear,", "'dear' is not of type decimal(18,6)"),
        ("ref_rates", "A,nan,", "'nan' is not of type decimal(18,6)"),
    ],
)
def test_a_value_of_the_wrong_type_is_told_with_file_and_line(reference, says, name, row, told):
    reference.add(name, row)
    says(reference.refusal(), told, f"{name}.csv, line", "YYYY-MM-DD")


def test_a_ragged_row_another_encoding_and_an_open_quote_are_told(reference, says):
    reference.add("ref_rates", "A,1")
    says(reference.refusal(), "A row has 2 values", "ref_rates.csv, line 4", "one value per column")
    reference.write("ref_rates", 'A,1,"open')
    says(reference.refusal(), "not a table", "ref_rates.csv, line 2", "save it as CSV")
    (reference.folder / "ref_rates.csv").write_bytes(
        "carrier_code,rate,note\nA,1,가\n".encode() + "A,1,비고\n".encode("cp949")
    )
    says(reference.refusal(), "not UTF-8", "ref_rates.csv, line 3", "UTF-8")


def test_all_findings_of_one_kind_are_in_one_message(reference):
    reference.add("ref_rates", "X,1,")
    reference.add("ref_rates", "Y,1,")
    error = reference.refusal()
    assert "line 4" in error.where
    assert "Unknown carrier_code 'Y'" in error.where
    assert "line 5" in error.where
