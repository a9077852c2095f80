"""What dbt reads of the project is what decides whether it is parsed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration import fingerprints
from orchestration.settings import PROJECT_DIR

if TYPE_CHECKING:
    from tests.conventions.rulebook import Project


def test_every_file_that_dbt_reads_is_looked_at(project: Project) -> None:
    read = {
        path
        for kind in ("nodes", "macros", "docs", "unit_tests", "metrics", "sources")
        for each in project.manifest[kind].values()
        if each["package_name"] == project.manifest["metadata"]["project_name"]
        for path in (each["original_file_path"], (each.get("patch_path") or "").partition("://")[2])
        # The registers, which may be another folder, are looked at beside the project.
        if path and not path.startswith("seeds/reference/")
    }
    assert len(read) > len(project.manifest["nodes"]) / 2
    looked_at = fingerprints.files_parsed(PROJECT_DIR)
    assert not {PROJECT_DIR / path for path in read} - set(looked_at)
