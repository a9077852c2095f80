"""A small export of an operator, delivered into a landing area of the test's own."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration import raw_contract
from orchestration.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from orchestration.errors import OperatorError

Row = dict[str, Any]


@dataclass(frozen=True)
class LandingArea:
    """Writes batches as an operator's export does; what a test spoils it spoils afterwards."""

    root: Path

    def deliver(self, date: str, entities: Mapping[str, Sequence[Row]], **manifest: Any) -> Path:
        """Deliver a batch of Parquet files with a right manifest; returns its folder."""
        folder = self.root / date
        folder.mkdir(parents=True)
        for entity, rows in entities.items():
            names = list(raw_contract.columns(entity))
            names += sorted({name for row in rows for name in row}.difference(names))
            full = [{"batch_date": date, **row} for row in rows]
            table = {name: pa.array([row.get(name) for row in full]) for name in names}
            empty = {name: pa.array([], pa.string()) for name in names}
            pq.write_table(pa.table(table if rows else empty), folder / f"{entity}.parquet")
        self.sign(date, **manifest)
        return folder

    def deliver_csv(self, date: str, entity: str, text: str | bytes, rows: int) -> Path:
        """Deliver a batch of one text file as it is; returns the file."""
        folder = self.root / date
        folder.mkdir(parents=True)
        path = folder / f"{entity}.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        self.sign(date, rows={path.name: rows})
        return path

    def sign(
        self, date: str, rows: Mapping[str, int] | None = None, **manifest: Any
    ) -> dict[str, Any]:
        """Write the manifest of a batch for the files as they stand."""
        folder = self.root / date
        files = [
            {
                "entity": path.stem,
                "name": path.name,
                "rows": rows[path.name] if rows else _rows(path),
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
            for path in sorted(folder.iterdir())
            if path.suffix in {".parquet", ".csv"}
        ]
        document = {
            "batch_date": date,
            "sample_rate": 1,
            "is_demo": True,
            "files": files,
            **manifest,
        }
        (folder / "_manifest.json").write_text(json.dumps(document))
        return document

    def rewrite_manifest(self, date: str, change: Callable[[dict[str, Any]], None]) -> None:
        """Change a manifest that is already written."""
        path = self.root / date / "_manifest.json"
        document = json.loads(path.read_text())
        change(document)
        path.write_text(json.dumps(document))


def _rows(path: Path) -> int:
    try:
        return int(pq.read_metadata(path).num_rows)
    except pa.ArrowInvalid:
        return 1


@pytest.fixture
def landing(tmp_path: Path) -> LandingArea:
    """Give an empty landing area."""
    root = tmp_path / "landing"
    root.mkdir()
    return LandingArea(root)


@pytest.fixture
def settings(tmp_path: Path, landing: LandingArea) -> Settings:
    """Give settings that read that landing area and build in a folder of the test's own."""
    return replace(Settings.from_env({}), build_dir=tmp_path / "build", landing=landing.root)


@pytest.fixture
def says() -> Callable[[OperatorError, str, str, str], None]:
    """Assert that a message tells what, where and what to do."""

    def check(error: OperatorError, what: str, where: str, remedy: str) -> None:
        assert what in error.what
        assert where in error.where
        assert remedy in error.remedy
        for part in (error.what, error.where, error.remedy):
            assert part in str(error)

    return check
