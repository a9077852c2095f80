"""What a landing area says it holds, and what is refused of it."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest

from orchestration import manifests
from orchestration.errors import BadInput

LINES = {"lines": [{"line_id": "L1"}]}


def refusal(landing, as_of=None):
    with pytest.raises(BadInput) as caught:
        manifests.read_landing(landing.root, as_of)
    return caught.value


def test_batches_come_in_order_of_their_date(landing):
    landing.deliver("2025-09-02", LINES, sample_rate=0.25, is_demo=False)
    landing.deliver("2025-03-31", LINES)
    first, second = manifests.read_landing(landing.root).batches
    assert first.batch_date == dt.date(2025, 3, 31)
    assert first.is_demo
    assert second.sample_rate == Decimal("0.25")
    assert not second.is_demo
    assert [file.relative_name for file in second.files] == ["2025-09-02/lines.parquet"]


def test_a_manifest_that_does_not_say_demo_is_no_demo(landing):
    landing.deliver("2025-03-31", LINES)
    landing.rewrite_manifest("2025-03-31", lambda manifest: manifest.pop("is_demo"))
    assert not manifests.read_landing(landing.root).batches[0].is_demo


@pytest.mark.fault(
    kind="bad input",
    tried="a delivery that is half copied: its manifest is not there yet",
    holds="it does not exist for the run, which says so",
)
def test_a_folder_without_manifest_is_not_there_yet(landing):
    landing.deliver("2025-03-31", LINES)
    (landing.deliver("2025-04-30", LINES) / "_manifest.json").unlink()
    (landing.root / "_truth").mkdir()
    found = manifests.read_landing(landing.root)
    assert [str(day) for day in found.days] == ["2025-03-31"]
    assert found.not_there_yet == ("2025-04-30",)


def test_batches_after_the_as_of_day_are_not_looked_into(landing):
    landing.deliver("2025-03-31", LINES)
    (landing.deliver("2025-04-30", LINES) / "_manifest.json").write_text("{")
    found = manifests.read_landing(landing.root, dt.date(2025, 4, 29))
    assert len(found.batches) == 1
    assert found.later == (dt.date(2025, 4, 30),)
    assert "not JSON" in refusal(landing, dt.date(2025, 4, 30)).what


def test_a_landing_area_that_is_missing_or_empty_is_refused(landing, says):
    says(refusal(landing), "no complete batch", str(landing.root), "deliver at least one")
    landing.root.rmdir()
    says(refusal(landing), "does not exist", str(landing.root), "LANDING=")


@pytest.mark.parametrize("name", ["2025-9-1", "20250901", "2025-09-01 (copy)", "2025-09-02"])
def test_two_batches_with_the_same_date_are_refused_however_they_are_spelled(landing, says, name):
    landing.deliver("2025-09-01", LINES)
    landing.deliver(name, LINES, batch_date="2025-09-01")
    says(refusal(landing), "Two batches have the same date 2025-09-01", name, "keep the right one")


def test_a_folder_named_otherwise_than_its_date_is_refused(landing, says):
    landing.deliver("2025-09-02", LINES, batch_date="2025-09-01")
    says(refusal(landing), "named 2025-09-02", "2025-09-02/_manifest.json", "folder of its date")


@pytest.mark.parametrize("date", ["2025-9-1", "20250901", "2025-02-30", None, 20250901, ["x"]])
def test_a_batch_date_that_is_no_day_is_refused(landing, says, date):
    landing.deliver("2025-09-01", LINES, batch_date=date)
    says(refusal(landing), "batch_date is", "2025-09-01/_manifest.json", "write the manifest again")


@pytest.mark.parametrize("rate", [0, -1, None, "1", True, [1], float("nan"), float("inf")])
def test_a_sample_rate_that_is_no_share_is_refused(landing, says, rate):
    landing.deliver("2025-09-01", LINES, sample_rate=rate)
    says(refusal(landing), "sample_rate is", "2025-09-01/_manifest.json", "1 = all")


@pytest.mark.parametrize(
    ("manifest", "what"),
    [
        (b"\xb1\xe8", "not UTF-8"),
        (b'{"batch_date": ', "not JSON"),
        (b"[]", "not a JSON object"),
        (b"", "not JSON"),
    ],
)
def test_a_manifest_that_cannot_be_read_is_refused(landing, says, manifest, what):
    (landing.deliver("2025-09-01", LINES) / "_manifest.json").write_bytes(manifest)
    says(refusal(landing), what, "2025-09-01/_manifest.json", "write the manifest again")


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("entity", "line", "Unknown entity 'line'"),
        ("entity", None, "Unknown entity None"),
        ("rows", -1, "rows is -1"),
        ("rows", "1", "rows is '1'"),
        ("rows", 1.5, "rows is"),
        ("rows", True, "rows is True"),
        ("sha256", "abc", "sha256 is 'abc'"),
        ("sha256", None, "sha256 is None"),
    ],
)
def test_an_entry_that_is_malformed_is_refused(landing, says, field, value, what):
    landing.deliver("2025-09-01", LINES)
    landing.rewrite_manifest("2025-09-01", lambda m: m["files"][0].update({field: value}))
    says(refusal(landing), what, "_manifest.json, file 1", "")


@pytest.mark.fault(
    kind="hostile input",
    tried="names of files in a manifest that lead out of the folder of the batch",
    holds="the delivery is refused with the name",
)
@pytest.mark.parametrize(
    "name",
    [
        "../2025-08-31/lines.parquet",
        "/etc/passwd",
        "..",
        "sub/lines.parquet",
        "..\\lines.parquet",
        "lines.parquet\n",
        "lines.txt",
        "",
        None,
        7,
    ],
)
def test_a_name_that_leads_out_of_the_folder_or_is_no_data_file_is_refused(landing, says, name):
    landing.deliver("2025-09-01", LINES)
    landing.rewrite_manifest("2025-09-01", lambda m: m["files"][0].update(name=name))
    says(refusal(landing), "not the name of a data file", "file 1", "nothing outside the folder")


@pytest.mark.fault(
    kind="hostile input",
    tried="a symbolic link in place of a batch folder or of a manifest",
    holds="the delivery is refused",
)
def test_a_link_in_place_of_a_batch_folder_or_manifest_is_refused(landing, says, tmp_path):
    landing.deliver("2025-09-01", LINES)
    manifest = landing.root / "2025-09-01" / "_manifest.json"
    manifest.rename(tmp_path / "elsewhere.json")
    manifest.symlink_to(tmp_path / "elsewhere.json")
    says(refusal(landing), "not a plain file", str(manifest), "write the manifest again")
    (landing.root / "2025-09-01").rename(tmp_path / "2025-09-01")
    (landing.root / "2025-09-01").symlink_to(tmp_path / "2025-09-01")
    says(refusal(landing), "A link stands", "2025-09-01", "the folder itself")


def test_a_file_listed_twice_or_not_at_all_is_refused(landing, says):
    landing.deliver("2025-09-01", {**LINES, "customers": [{"customer_id": "C1"}]})
    landing.rewrite_manifest("2025-09-01", lambda m: m["files"].append(m["files"][0]))
    says(refusal(landing), "customers.parquet is listed twice", "2025-09-01", "again")
    landing.rewrite_manifest("2025-09-01", lambda m: m["files"].__delitem__(slice(1, None)))
    says(refusal(landing), "does not list 1 data files", "lines.parquet", "take it out")


@pytest.mark.parametrize("rows", [[], None])
def test_a_batch_without_any_row_is_refused(landing, says, rows):
    landing.deliver("2025-09-01", {} if rows is None else {"lines": rows, "customers": rows})
    says(refusal(landing), "A batch is empty", "2025-09-01/_manifest.json", "take the folder away")


def test_files_that_are_no_list_are_refused(landing, says):
    landing.deliver("2025-09-01", LINES, files={"lines": 1})
    says(refusal(landing), "files is not a list", "2025-09-01/_manifest.json", "again")
    landing.sign("2025-09-01", files=["lines.parquet"])
    says(refusal(landing), "not a JSON object", "file 1", "again")


def test_a_sample_rate_keeps_its_decimal_digits(landing):
    landing.deliver("2025-09-01", LINES)
    path = landing.root / "2025-09-01" / "_manifest.json"
    path.write_text(path.read_text().replace('"sample_rate": 1', '"sample_rate": 0.001'))
    assert json.loads(path.read_text())["sample_rate"] == 0.001
    assert manifests.read_landing(landing.root).batches[0].sample_rate == Decimal("0.001")
