"""What a look at the landing area says, at every stage of a delivery."""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import replace

import pytest

from orchestration import delivered, intake, manifests, partitions
from orchestration.errors import BadInput
from orchestration.settings import Settings

DAY = dt.date(2026, 1, 2)


def one_line(number=1):
    return {"lines": [{"line_id": f"L{number}"}]}


def test_a_folder_without_its_manifest_is_not_there_yet(landing, settings):
    landing.deliver("2026-01-01", one_line())
    landing.deliver("2026-01-02", one_line())
    manifest = landing.root / "2026-01-02" / manifests.MANIFEST_NAME
    text = manifest.read_text()
    manifest.unlink()

    found = delivered.look(settings)
    assert found.days == (dt.date(2026, 1, 1),)
    assert [str(each) for each in found.waiting] == [
        "2026-01-02 has no manifest yet, delivered files: 1"
    ]
    assert not found.malformed

    manifest.write_text(text)
    assert delivered.look(settings).days == (dt.date(2026, 1, 1), DAY)


@pytest.mark.fault(
    kind="bad input",
    tried="a tick of the landing sensor while a manifest is half written, and one with a file less",
    holds="the batch is not there yet: other batches are seen, nothing is started from it",
)
def test_a_half_written_manifest_is_malformed_and_a_missing_file_is_awaited(landing, settings):
    landing.deliver("2026-01-01", one_line())
    folder = landing.deliver("2026-01-02", one_line())
    manifest = folder / manifests.MANIFEST_NAME
    whole = manifest.read_text()
    manifest.write_text(whole[: len(whole) // 2])

    [waiting] = delivered.look(settings).waiting
    assert waiting.is_malformed
    assert "A manifest is not JSON" in str(waiting)

    manifest.write_text(whole)
    file = folder / "lines.parquet"
    file.rename(folder / "_lines.part")
    [waiting] = delivered.look(settings).waiting
    assert not waiting.is_malformed
    assert "lacks 1 of the 1 files of its manifest, the first is lines.parquet" in str(waiting)

    (folder / "_lines.part").rename(file)
    assert not delivered.look(settings).waiting


def test_a_link_in_the_place_of_a_folder_is_malformed(landing, settings, tmp_path):
    landing.deliver("2026-01-01", one_line())
    (landing.root / "2026-01-02").symlink_to(tmp_path)
    assert delivered.look(settings).malformed
    assert delivered.look(settings).days == (dt.date(2026, 1, 1),)


def test_the_state_changes_with_every_copy_and_only_then(landing, settings):
    folder = landing.deliver("2026-01-02", one_line())
    before = delivered.look(settings).state
    assert delivered.look(settings).state == before
    file = folder / "lines.parquet"
    marks = file.stat()
    os.utime(file, ns=(marks.st_atime_ns, marks.st_mtime_ns + 1))
    assert delivered.look(settings).state != before


def test_it_names_the_delivery_as_intake_does(landing, settings):
    for day in ("2026-01-01", "2026-01-02", "2026-01-05"):
        landing.deliver(day, one_line())
    found = delivered.look(settings)
    for as_of in (dt.date(2026, 1, 1), dt.date(2026, 1, 4), dt.date(2026, 1, 5)):
        batches = manifests.read_landing(landing.root, as_of).batches
        named = intake.fingerprints.of_files(
            (str(file.batch_date), file.path.name, file.sha256)
            for batch in batches
            for file in batch.files
        )
        assert found.sha256(as_of) == named
    assert found.day_known_at(dt.date(2026, 1, 4)) == DAY
    assert found.day_known_at(dt.date(2025, 12, 31)) is None


def test_the_sample_is_delivered_as_intake_takes_it_in(settings):
    sample = Settings.from_env({"AFTERMATH_BUILD_DIR": str(settings.build_dir)})
    found = delivered.look(sample)
    taken_in = intake.take_in(sample)
    assert found.days[-1] == taken_in.as_of_date
    assert len(found.days) == taken_in.batches
    assert found.sha256(taken_in.as_of_date) == taken_in.delivery_sha256


def test_a_landing_area_that_is_not_there_is_said_to_be(landing, settings, says):
    landing.root.rmdir()
    with pytest.raises(BadInput) as caught:
        delivered.look(settings)
    says(caught.value, "does not exist", str(landing.root), "LANDING=")


def test_a_manifest_that_is_mended_is_read_again(landing, settings):
    folder = landing.deliver("2026-01-02", one_line())
    delivered.look(settings)
    path = folder / manifests.MANIFEST_NAME
    document = json.loads(path.read_text())
    document["files"][0]["sha256"] = "0" * 64
    path.write_text(json.dumps(document, indent=1))
    assert delivered.look(settings).files[0][2] == "0" * 64


@pytest.mark.fault(
    kind="bad input",
    tried="a run of the command line while the newest batch is malformed or lacks a file",
    holds="no day before it is run in its place: intake reads it and says what is wrong",
)
def test_no_day_is_run_in_the_place_of_a_newest_one_that_is_broken(landing, settings):
    landing.deliver("2026-01-01", one_line())
    folder = landing.deliver("2026-01-02", one_line())
    assert partitions.of_run(settings) == "2026-01-02"
    (folder / manifests.MANIFEST_NAME).write_text("{")
    assert partitions.of_run(settings) is None
    assert partitions.of_run(replace(settings, as_of="2026-01-01")) == "2026-01-01"


def test_manifests_are_read_within_the_limits_of_the_settings(landing, settings):
    landing.deliver("2026-01-01", one_line())
    small = replace(settings, intake_limits=replace(settings.intake_limits, manifest_bytes=10))
    assert delivered.look(small).malformed
    assert not delivered.look(settings).malformed
