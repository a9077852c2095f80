"""Deliveries that are made to harm the machine, the message or the neighbour's data."""

from __future__ import annotations

import json
import os
import shutil
import tracemalloc
import unicodedata
from dataclasses import replace
from types import SimpleNamespace

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration import (
    intake,
    intake_files,
    landing_seal,
    manifests,
    publication,
    raw_contract,
)
from orchestration.dbt_manifest import DbtManifest
from orchestration.errors import BadInput
from orchestration.intake_limits import Limits

DAY = "2025-09-01"
LINES = {"lines": [{"line_id": "L1"}]}
HEADER = ",".join(raw_contract.columns("benefit_choices"))
ROW = f"L1,I1,2025-10-30,discount,{DAY}\n"
MEGABYTE = 1 << 20


def hostile(tried, holds):
    return pytest.mark.fault(kind="hostile input", tried=tried, holds=holds)


def read(landing, limits):
    batches = manifests.read_landing(landing.root, None, limits).batches
    return intake_files.check([file for batch in batches for file in batch.files], limits)


def refusal(landing, limits=None):
    with pytest.raises(BadInput) as caught:
        read(landing, limits)
    return caught.value


def peak_of(action):
    """Bytes that Python holds at most while it runs."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.fixture
def manifest(landing):
    """Give the manifest of a batch that was delivered right."""
    return landing.deliver(DAY, LINES) / "_manifest.json"


@hostile(
    "a manifest of a gigabyte",
    "it is refused after the first 16 MiB, with the limit and its setting in the message",
)
def test_a_manifest_of_a_gigabyte_is_not_read(landing, manifest, says):
    os.truncate(manifest, 1 << 30)
    peak = peak_of(
        lambda: says(refusal(landing), "beyond what is read", str(manifest), "manifest_bytes=<n>")
    )
    assert peak < 3 * Limits().manifest_bytes


@hostile(
    "manifests nested a hundred thousand deep, with a number of ten thousand digits, with a name "
    "said twice, with NaN, and with an exponent of a billion",
    "each is refused with its reason and without a traceback",
)
@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[" * 100_000, "nested too deep"),
        ('{"rows": ' + "9" * 10_000 + "}", "10,000 digits"),
        ('{"batch_date": "2025-09-01", "batch_date": "2025-09-02"}', "'batch_date' is said twice"),
        ('{"batch_date": "2025-09-01", "sample_rate": NaN}', "sample_rate is"),
        ('{"batch_date": "2025-09-01", "sample_rate": 1e999999999}', "sample_rate is"),
        ('{"batch_date": "2025-09-01", "sample_rate": 1e-999999999}', "sample_rate is"),
    ],
)
def test_a_manifest_bomb_is_told(landing, manifest, says, text, what):
    manifest.write_text(text)
    says(refusal(landing), what, str(manifest), "")


@hostile("a manifest that lists millions of files", "it is refused at the limit of files")
def test_a_manifest_of_too_many_files_is_refused(landing, manifest, says):
    document = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**document, "files": document["files"] * 4}))
    says(refusal(landing, Limits(manifest_files=3)), "more than 3 files", str(manifest), "raise")


@hostile("a pipe in place of a manifest", "nobody waits for it: the manifest is refused")
def test_a_pipe_in_place_of_a_manifest_is_not_waited_for(landing, manifest, says):
    manifest.unlink()
    os.mkfifo(manifest)
    says(refusal(landing), "not a plain file", str(manifest), "write the manifest again")


NAMES = [
    "*.parquet",
    "lin[e]s.parquet",
    "lines?.parquet",
    "{lines,contracts}.parquet",
    "lines\0.parquet",
    "lines\u200b.parquet",
    "\u202elines.parquet",
    "../lines.parquet",
    "..\\lines.parquet",
    "C:\\lines.parquet",
    "/dev/stdin.csv",
    "l" * 300 + ".csv",
    "\ud800.csv",
]


@hostile(
    "names that are patterns, paths out of the folder, of Windows or of a device, that hold NUL or "
    "invisible characters, half a character, or more than a disk takes",
    "none is opened: only plain names inside the folder are",
)
@pytest.mark.parametrize("name", NAMES, ids=ascii)
@pytest.mark.usefixtures("manifest")
def test_a_name_that_means_something_else_is_refused(landing, says, name):
    landing.rewrite_manifest(DAY, lambda document: document["files"][0].update(name=name))
    says(refusal(landing), "not the name of a data file", "file 1", "plain names")


@hostile(
    "two names of one manifest that differ in case or in composition only",
    "the manifest is refused: on some disks they are one file, counted twice",
)
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("lines.parquet", "Lines.parquet"),
        (unicodedata.normalize("NFC", "é.csv"), unicodedata.normalize("NFD", "é.csv")),
    ],
)
def test_names_that_are_one_on_some_disks_are_refused(landing, manifest, says, first, second):
    entry = json.loads(manifest.read_text())["files"][0]
    for name in (first, second):
        (manifest.parent / name).write_bytes(b"")
    files = [{**entry, "name": first}, {**entry, "name": second}]
    landing.rewrite_manifest(DAY, lambda document: document.update(files=files))
    says(refusal(landing), "listed twice", str(manifest), "again")


@hostile(
    "entity, file and column names with escape sequences of a terminal and forged lines",
    "messages show them quoted; nothing in them is obeyed",
)
def test_a_message_holds_nothing_that_a_terminal_obeys(landing, manifest):
    evil = "\x1b[2J\r\nAll is well.\u202e"
    landing.rewrite_manifest(DAY, lambda document: document["files"][0].update(entity=evil))
    assert str(refusal(landing)).replace("\n", "").isprintable()
    landing.sign(DAY)
    table = pq.read_table(manifest.parent / "lines.parquet").rename_columns({"imsi": evil})
    pq.write_table(table, manifest.parent / "lines.parquet")
    landing.sign(DAY)
    error = refusal(landing)
    assert "Column imsi is missing" in error.what
    assert str(error).replace("\n", "").isprintable()


@hostile(
    "a text file of one endless line, and one with a value of 10 MB",
    "both are refused at the limit of a line, in bounded memory",
)
@pytest.mark.parametrize("filler", ["x", "가"])
def test_an_endless_line_is_not_held_in_memory(landing, says, filler):
    path = landing.deliver_csv(DAY, "benefit_choices", f"{HEADER}\n{ROW}", rows=1)
    with path.open("ab") as stream:
        for _ in range(24):
            stream.write((filler * MEGABYTE).encode())
    landing.rewrite_manifest(DAY, lambda document: document["files"][0].update(rows=2))
    peak = peak_of(lambda: says(refusal(landing), "line_bytes", str(path), "raise the limit"))
    assert peak < 16 * MEGABYTE


@pytest.mark.parametrize("length", [1_000, 2_000, 2_500])
def test_lines_are_measured_across_blocks(length):
    text = (b"y" * 700 + b"\n") * 3 + b"x" * length + b"\n" + b"z" * 300 + b"\n"
    for size in (1, 7, 600, 5_000):
        open_line = longest = 0
        for start in range(0, len(text), size):
            open_line = intake_files._open_line(text[start : start + size], open_line, 2_000)
            longest = max(longest, open_line)
            if longest > 2_000:
                break
        assert (longest > 2_000) == (length > 2_000), size


@hostile(
    "a quoted value that runs over many lines to 10 MB, or is never closed",
    "DuckDB's reader stops at the limit of a row and the message says which file",
)
@pytest.mark.parametrize(
    ("end", "what"), [('"', "longer than 2,000,000 bytes"), ("", "an open quote")]
)
def test_a_value_over_many_lines_is_bounded_too(landing, settings, says, end, what):
    long = 'L1,I1,2025-10-30,"' + ("discount\n" * 400_000) + end + f",{DAY}\n"
    path = landing.deliver_csv(DAY, "benefit_choices", f"{HEADER}\n{long}", rows=1)
    with pytest.raises(BadInput) as caught:
        intake.take_in(settings)
    says(caught.value, what, str(path), "")


@hostile(
    "text files of a hundred thousand columns, and a Parquet column of three thousand parts",
    "they are refused at the limit of columns with a short message",
)
def test_very_many_columns_are_refused(landing, says):
    wide = ",".join([HEADER, *(f"c{number}" for number in range(100_000))])
    path = landing.deliver_csv(DAY, "benefit_choices", f"{wide}\n", rows=0)
    landing.rewrite_manifest(DAY, lambda document: document["files"][0].update(rows=1))
    error = refusal(landing)
    says(error, "columns is 100,005, the limit is 2,000", str(path), "columns=<n>")
    assert len(str(error)) < 1_000
    shutil.rmtree(path.parent)
    folder = landing.deliver(DAY, LINES)
    parts = pa.array([{f"p{number}": 1 for number in range(3_000)}])
    table = pq.read_table(folder / "lines.parquet").append_column("extra", parts)
    pq.write_table(table, folder / "lines.parquet")
    landing.sign(DAY)
    says(refusal(landing), "columns is 3,017, the limit is 2,000", "lines.parquet", "columns=<n>")


@hostile(
    "a Parquet file of a few kilobytes that unpacks to a hundred megabytes, a row group above the "
    "limit, and a footer above the limit",
    "it is refused by what its footer says, before anything is unpacked",
)
def test_a_parquet_bomb_is_refused_by_its_footer(landing, says):
    path = landing.deliver(DAY, LINES) / "lines.parquet"
    table = pq.read_table(path)
    many = pa.concat_tables([table] * 700)
    bomb = many.append_column("extra", pa.array(["0" * 150_000] * 700))
    pq.write_table(bomb, path, compression="zstd", use_dictionary=False)
    landing.sign(DAY)
    assert path.stat().st_size < MEGABYTE
    says(refusal(landing), "expansion is", str(path), "expansion=<n>")
    says(refusal(landing, Limits(row_group_bytes=1 << 20)), "row_group_bytes", str(path), "raise")
    says(refusal(landing, Limits(footer_bytes=100)), "footer_bytes is", str(path), "raise")


@hostile(
    "column names that are SQL, hold quotes, line ends, NUL or nothing but blanks",
    "extra columns of any name are kept as they are called; no name becomes a statement",
)
def test_names_of_columns_are_never_statements(landing, settings):
    names = ['a"b', "x'); drop table raw.raw_lines; --", "select", "line\nend", "  ", "${jndi}"]
    row = {"line_id": "L1", **dict.fromkeys(names, "kept")}
    landing.deliver(DAY, {"lines": [row]})
    quotes = '"say ""so"""'
    text = f"{HEADER},{quotes},it's\n{ROW.strip()},1,2\n"
    landing.deliver_csv("2025-09-02", "benefit_choices", text, rows=1)
    intake.take_in(settings)
    with duckdb.connect(str(settings.work_db), read_only=True) as connection:
        relation = connection.execute("select * from raw.raw_lines")
        values = dict(
            zip([each[0] for each in relation.description], *relation.fetchall(), strict=True)
        )
        assert {name: values[name] for name in names} == dict.fromkeys(names, "kept")
        relation = connection.execute("select * from raw.raw_benefit_choices")
        assert {'say "so"', "it's"} <= {each[0] for each in relation.description}


@hostile(
    "text in two encodings, half a surrogate pair, and UTF-16",
    "the file is refused with the line of the first byte that is not UTF-8, or as NUL",
)
@pytest.mark.parametrize(
    ("content", "what"),
    [
        (f"{HEADER}\nL1,".encode() + "할".encode("cp949") + f",,,{DAY}\n".encode(), "not UTF-8"),
        (f"{HEADER}\nL1,".encode() + b"\xed\xa0\x80" + f",,,{DAY}\n".encode(), "not UTF-8"),
        (f"{HEADER}\n{ROW}".encode("utf-16"), "not UTF-8"),
        (f"{HEADER}\n".encode() + ROW.encode("utf-16-le"), "NUL"),
    ],
)
def test_text_in_several_encodings_is_refused(landing, says, content, what):
    path = landing.deliver_csv(DAY, "benefit_choices", content, rows=1)
    says(refusal(landing), what, str(path), "")


def swap_by_rename(path, other):
    other.rename(path)


def write_in_place(path, other):
    path.write_bytes(other.read_bytes())


def link_elsewhere(path, other):
    path.unlink()
    path.symlink_to(other)


def remove(path, other):
    assert other.exists()
    path.unlink()


@hostile(
    "between the check and the end of the batch a file is replaced, rewritten in place, linked "
    "elsewhere or removed, with the size and the times of the checked one",
    "the batch asks again before it publishes, names the file and publishes nothing",
)
@pytest.mark.parametrize("swap", [swap_by_rename, write_in_place, link_elsewhere, remove])
def test_a_file_swapped_after_the_check_is_noticed(landing, settings, says, tmp_path, swap):
    path = landing.deliver(DAY, {"lines": [{"line_id": "L1"}]}) / "lines.parquet"
    intake.take_in(settings)
    landing_seal.require_unbroken(settings)
    before = path.stat()
    other = tmp_path / "other.parquet"
    shutil.copyfile(path, other)
    swap(path, other)
    if path.exists():
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(BadInput) as caught:
        landing_seal.require_unbroken(settings)
    says(caught.value, "was changed while the batch", str(path), "run again")


def test_a_folder_swapped_after_the_check_is_noticed(landing, settings, tmp_path):
    folder = landing.deliver(DAY, LINES)
    intake.take_in(settings)
    shutil.copytree(folder, tmp_path / "elsewhere")
    folder.rename(tmp_path / "away")
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadInput, match="was changed while"):
        landing_seal.require_unbroken(settings)


def test_nothing_is_published_over_files_that_nobody_remembers(settings):
    settings.work_dir.mkdir(parents=True)
    with pytest.raises(BadInput, match="Nothing says which delivered files"):
        landing_seal.require_unbroken(settings)


def test_limits_are_read_from_their_setting(settings):
    assert Limits.from_text("") == Limits()
    assert Limits.from_text(" columns=5, line_bytes=9 ") == replace(
        Limits(), columns=5, line_bytes=9
    )
    for text in ("columns=0", "columns=-1", "columns=x", "colums=5", "columns", "columns=\u0665"):
        with pytest.raises(ValueError, match="AFTERMATH_INTAKE_LIMITS"):
            Limits.from_text(text)
    assert settings.intake_limits == Limits()


def test_the_step_that_publishes_asks_for_the_seals(landing, settings, monkeypatch, tmp_path):
    path = landing.deliver(DAY, LINES) / "lines.parquet"
    taken = intake.take_in(settings)
    for module, name, answer in (
        (publication, "require_open", None),
        (publication, "require_filled", None),
        (publication.tables, "existing", {}),
        (publication.work_area, "read_facts", taken),
        (publication.partitions, "require_day", None),
        (publication.partitions, "readers_may_move", True),
    ):
        monkeypatch.setattr(module, name, lambda *_, answer=answer: answer)
    shutil.copyfile(path, tmp_path / "other")
    (tmp_path / "other").rename(path)
    step = publication.publication(
        DbtManifest({"nodes": {}, "sources": {}, "macros": {}}, "landing"), None, []
    )
    context = SimpleNamespace(instance=None, run=SimpleNamespace(tags={}, run_id="a run"))
    with pytest.raises(BadInput, match="was changed while"):
        step.op.compute_fn.decorated_fn(context, settings)
    assert not settings.published_dir.exists()
