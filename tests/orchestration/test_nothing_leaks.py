"""What a batch leaves behind names nobody, and the key is nowhere."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from orchestration.settings import DEMO_PSEUDONYM_KEY
from tests.batch_on_the_sample import terminal_of
from tests.orchestration import leaks

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.fault(
    kind="privacy",
    tried="every file that a whole batch wrote is searched for every identifier of its exports and "
    "for the key: published files by value and by byte, logs, Data Docs, run records with what is "
    "packed in them, dbt's files, the terminal",
    holds="identifiers stand in the restricted area alone, the key in no file at all",
)
def test_a_batch_leaves_neither_identifiers_nor_the_key(published_build: Path) -> None:
    told = terminal_of(published_build)
    assert "Published" in told
    assert leaks.leaks(published_build, told, DEMO_PSEUDONYM_KEY) == set()


def test_a_leak_would_be_found(published_build: Path, tmp_path: Path) -> None:
    """The same search on what does hold identifiers, and with a word that is there as the key."""
    for place in ("work/warehouse.duckdb", "dagster/history/runs.db", "published/audit.jsonl"):
        source = published_build / place
        if source.exists():
            target = tmp_path / "copy" / place.replace("work/", "published/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    number = next(each for each in sorted(leaks.identifiers()) if each.startswith("010"))
    found = leaks.leaks(tmp_path, f"line {number} is wrong", key="readers_moved")
    assert ("copy/published/warehouse.duckdb", "identifier") in found
    assert ("copy/published/audit.jsonl", "key") in found
    assert ("terminal", "identifier") in found
