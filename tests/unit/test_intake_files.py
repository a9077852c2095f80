"""Delivered files that are not what their manifest says."""

from __future__ import annotations

import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration import intake_files, manifests, raw_contract
from orchestration.errors import BadInput

DAY = "2025-09-01"
LINES = {"lines": [{"line_id": "L1"}, {"line_id": "L2"}]}
CSV_HEADER = ",".join(raw_contract.columns("benefit_choices"))


def checked(landing):
    listed = [
        file for batch in manifests.read_landing(landing.root).batches for file in batch.files
    ]
    return intake_files.check(listed)


def refusal(landing):
    with pytest.raises(BadInput) as caught:
        checked(landing)
    return caught.value


@pytest.fixture
def lines(landing):
    """Give the path of a file that was delivered right."""
    return landing.deliver(DAY, LINES) / "lines.parquet"


def test_a_right_file_passes(landing, lines):
    (file,) = checked(landing)
    assert file.size == lines.stat().st_size
    assert file.columns == raw_contract.columns("lines")
    assert file.extra_columns == ()


def test_a_missing_file_is_named(landing, lines, says):
    lines.unlink()
    says(refusal(landing), "is missing", str(lines), "deliver the file")


@pytest.mark.fault(
    kind="drift",
    tried="a column of the contract that is not delivered any more",
    holds="the delivery is refused with column and file",
)
def test_a_missing_column_is_named_with_its_file(landing, lines, says):
    pq.write_table(pq.read_table(lines).drop_columns(["imei", "imsi"]), lines)
    landing.sign(DAY)
    says(refusal(landing), "Column imsi, imei is missing", str(lines), "every column")


def test_a_column_in_another_spelling_is_missing(landing, lines, says):
    table = pq.read_table(lines)
    pq.write_table(table.rename_columns({"line_id": "Line_ID"}), lines)
    landing.sign(DAY)
    says(refusal(landing), "Column line_id is missing", "Line_ID", "every column")


@pytest.mark.fault(
    kind="drift",
    tried="a column that the contract does not know",
    holds="the delivery is taken, and a note names the column",
)
def test_an_extra_column_is_kept_and_reported(landing):
    landing.deliver(DAY, {"lines": [{"line_id": "L1", "loyalty": "gold"}]})
    (file,) = checked(landing)
    assert file.extra_columns == ("loyalty",)


@pytest.mark.parametrize("name", ["source_row", "Filename", "LINE_ID"])
def test_an_extra_column_that_would_hide_another_is_refused(landing, says, name):
    landing.deliver(DAY, {"lines": [{"line_id": "L1", name: "x"}]})
    says(refusal(landing), f"Column {name.lower()!r}", "lines.parquet", "rename or remove")


@pytest.mark.fault(
    kind="bad input",
    tried="a Parquet file that was cut short",
    holds="the delivery is refused with the name of the file",
)
def test_a_truncated_parquet_file_is_told_as_such(landing, lines, says):
    content = lines.read_bytes()
    for kept in (len(content) // 2, len(content) - 1, 3, 0):
        lines.write_bytes(content[:kept])
        says(refusal(landing), "cannot be read as Parquet: it is cut off", str(lines), "again")


def test_text_under_the_name_of_parquet_is_told_as_such(landing, lines, says):
    lines.write_text(CSV_HEADER)
    landing.sign(DAY)
    says(refusal(landing), "cannot be read as Parquet", str(lines), "again")


def test_a_row_count_other_than_the_manifests_is_told(landing, lines, says):
    landing.sign(DAY, rows={"lines.parquet": 3})
    says(refusal(landing), "says 3 rows, the file has 2", str(lines), "manifest anew")


@pytest.mark.fault(
    kind="bad input",
    tried="a file that was changed after its manifest was written",
    holds="the delivery is refused: its checksum differs",
)
def test_a_file_changed_after_the_manifest_is_told(landing, lines, says):
    table = pq.read_table(lines)
    pq.write_table(table.set_column(0, "line_id", pa.array(["L1", "L3"])), lines)
    says(refusal(landing), "its sha256 differs", str(lines), "manifest anew")


@pytest.mark.fault(
    kind="hostile input",
    tried="a symbolic link or a pipe in place of a data file",
    holds="the delivery is refused, and nothing waits for the pipe",
)
def test_a_link_or_a_pipe_in_place_of_a_file_is_refused(landing, lines, says, tmp_path):
    lines.rename(tmp_path / "elsewhere.parquet")
    lines.symlink_to(tmp_path / "elsewhere.parquet")
    says(refusal(landing), "A link stands", str(lines), "the file itself")
    lines.unlink()
    os.mkfifo(lines)
    says(refusal(landing), "not a plain file", str(lines), "again")


def test_every_spoiled_file_is_named_in_one_message(landing, lines, says):
    for month in range(10, 13):
        (landing.deliver(f"2025-{month}-01", LINES) / "lines.parquet").unlink()
    lines.unlink()
    error = refusal(landing)
    says(error, "is missing", str(lines), "deliver the file")
    for month in range(10, 13):
        assert f"2025-{month}-01/lines.parquet" in error.where


def test_a_message_with_many_places_stays_readable(landing):
    for day in range(1, 31):
        (landing.deliver(f"2025-09-{day:02}", LINES) / "lines.parquet").unlink()
    assert "... and 20 more" in refusal(landing).where


def test_a_text_file_in_another_encoding_is_told_with_its_line(landing, says):
    text = f"{CSV_HEADER}\nL1,I1,2025-10-30,할인,{DAY}\n"
    path = landing.deliver_csv(DAY, "benefit_choices", text.encode("cp949"), rows=1)
    says(refusal(landing), "not UTF-8", f"{path}, line 2", "UTF-8")


def test_another_encoding_is_found_in_the_header_and_far_down(landing, says):
    header = CSV_HEADER + ",비고"
    landing.deliver_csv(DAY, "benefit_choices", header.encode("cp949"), rows=0)
    landing.rewrite_manifest(DAY, lambda m: m["files"][0].update(rows=1))
    says(refusal(landing), "not UTF-8", "line 1", "UTF-8")
    row = f"L1,I1,2025-10-30,discount,{DAY}\n"
    many = 2 * intake_files.BLOCK_BYTES // len(row)
    text = f"{CSV_HEADER}\n{row * many}".encode() + b"\xb1\xe8\n"
    path = landing.root / DAY / "benefit_choices.csv"
    path.write_bytes(text)
    says(refusal(landing), "not UTF-8", f"line {many + 2}", "UTF-8")


def test_a_character_cut_by_a_block_is_no_fault(landing):
    start = f"{CSV_HEADER}\n".encode()
    padding = b"x" * (intake_files.BLOCK_BYTES - len(start) - 1)
    text = start + padding + "가,I1,2025-10-30,discount,2025-09-01\n".encode()
    landing.deliver_csv(DAY, "benefit_choices", text, rows=1)
    assert len(checked(landing)) == 1


def test_a_nul_byte_is_told_with_its_line(landing, says):
    text = f"{CSV_HEADER}\nL1,I1,2025-10-30,discount,{DAY}\nL\0,,,,\n"
    path = landing.deliver_csv(DAY, "benefit_choices", text, rows=2)
    says(refusal(landing), "NUL", f"{path}, line 3", "again")


def test_a_byte_order_mark_belongs_to_no_column(landing):
    text = f"\ufeff{CSV_HEADER}\r\nL1,I1,2025-10-30,discount,{DAY}\r\n"
    landing.deliver_csv(DAY, "benefit_choices", text, rows=1)
    assert checked(landing)[0].columns == raw_contract.columns("benefit_choices")


@pytest.mark.parametrize("text", ["", "\n", "line_id;incident_id;chosen_on;choice;batch_date\n"])
def test_a_text_file_without_its_header_is_told(landing, says, text):
    landing.deliver_csv(DAY, "benefit_choices", text, rows=1)
    says(refusal(landing), "Column line_id, incident_id", "benefit_choices.csv", "every column")
