"""The bundled sample is the generation at one in a thousand, as committed."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from orchestration.raw_contract import BATCH_FILES, ENTITIES, columns
from scenarios.generator import sample

if TYPE_CHECKING:
    from pathlib import Path


def test_the_committed_sample_is_what_the_generator_writes(tmp_path: Path) -> None:
    sample.write(tmp_path, quiet=True)
    made = {file.name: file.read_bytes() for file in tmp_path.glob("*.csv")}
    committed = {file.name: file.read_bytes() for file in sample.DEFAULT_DIRECTORY.glob("*.csv")}
    assert sorted(made) == sorted(committed)
    changed = [name for name in made if made[name] != committed[name]]
    assert not changed, f"run `python -m scenarios.generate --sample`: {changed} would change"


def test_every_entity_has_a_file_with_the_columns_of_the_contract() -> None:
    for entity in ENTITIES:
        with (sample.DEFAULT_DIRECTORY / f"raw_{entity}.csv").open(encoding="utf-8") as stream:
            assert tuple(next(csv.reader(stream))) == columns(entity)


def test_the_sample_stays_under_five_megabytes() -> None:
    assert sum(file.stat().st_size for file in sample.DEFAULT_DIRECTORY.iterdir()) < 5_000_000


def test_the_list_of_files_adds_up_to_the_rows() -> None:
    listed: dict[str, int] = {}
    with (sample.DEFAULT_DIRECTORY / "raw_batch_files.csv").open(encoding="utf-8") as stream:
        reader = csv.DictReader(stream)
        assert tuple(reader.fieldnames or ()) == BATCH_FILES
        for row in reader:
            listed[row["entity"]] = listed.get(row["entity"], 0) + int(row["row_count"])
            assert row["file_name"] == f"{row['batch_date']}/{row['entity']}.parquet"
            assert row["sample_rate"] == sample.SCALE
    for entity in ENTITIES:
        with (sample.DEFAULT_DIRECTORY / f"raw_{entity}.csv").open(encoding="utf-8") as stream:
            assert sum(1 for _ in csv.DictReader(stream)) == listed.get(entity, 0)
