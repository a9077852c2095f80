"""The bundled sample built again with a few changes: what reads them alone, and everything anew.

Belongs here: changing a copy of the project and building it both ways, by dbt itself. Does not
belong here: the verdict of a test. Run as a module it is a process of its own:
`python -m tests.warehouse.repeat_runs <folder of databases> <work folder>`.
"""

from __future__ import annotations

import gc
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orchestration import equality, fingerprints, plans, unaffected, work_area
from orchestration import tables as tables_of
from orchestration.dbt_session import DbtSession
from orchestration.restatement_tables import is_filled
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.standing import Standing
from tests.warehouse.sample_warehouse import NEWEST

if TYPE_CHECKING:
    from collections.abc import Collection

    from orchestration.dbt_manifest import DbtManifest
    from orchestration.equality import Difference

_PARTS: Final = ("models", "macros", "seeds", "tests/dbt", "dbt_project.yml", "profiles.yml")

#: A row of what was delivered, a row of a register, and a model: file, what it says, what it is to.
CHANGES: Final = (
    (
        "seeds/raw/raw_benefit_redemptions.csv",
        "cinema,2026-03-31,4000,2400",
        "cinema,2026-03-31,4000,2100",
    ),
    (
        "seeds/reference/ref_assumptions.csv",
        "krw_per_gb,20,50,120,2025-12-30",
        "krw_per_gb,20,60,120,2025-12-30",
    ),
    (
        "models/intermediate/policies/int_terminated_lines_profiled.sql",
        "select * from final",
        "select * from final where line_key % 7 != 0",
    ),
)

#: The generation that stands published before the changes.
_GENERATION: Final = "before.duckdb"


def main(databases: Path, folder: Path) -> int:
    """Build both ways and compare all tables; tells how many nodes stood."""
    project = folder / "project"
    for part in _PARTS:
        copy = shutil.copytree if (PROJECT_DIR / part).is_dir() else shutil.copyfile
        (project / part).parent.mkdir(parents=True, exist_ok=True)
        copy(PROJECT_DIR / part, project / part)
    os.environ["AFTERMATH_BUILD_DIR"] = str(folder / "build")
    os.environ["AFTERMATH_REFERENCE"] = str(project / "seeds" / "reference")
    settings = Settings.from_env()
    shutil.copytree(databases, settings.work_dir)
    settings.published_dir.mkdir()
    settings.candidate_db.rename(settings.published_dir / _GENERATION)

    session = DbtSession(settings, project)
    before = _standing(session.manifest(), project)
    for name, was, becomes in CHANGES:
        text = (project / name).read_text("utf-8")
        assert text.count(was) == 1, f"{name} does not say {was} once"
        (project / name).write_text(text.replace(was, becomes), "utf-8")
    session = DbtSession(settings, project)
    manifest = session.manifest()
    plan = plans.decide(before, _standing(manifest, project), (), standing_bytes=0)
    assert plan.is_incremental, plan.reason
    stands = unaffected.nodes(manifest, plan.nodes)
    work_area.keep(settings, _GENERATION, manifest.kept_marts(stands, by_key=False))
    # As the step of a layer does.
    filled = [node for node in map(manifest.node, stands) if is_filled(node)]
    tables_of.empty(settings.candidate_db, [(node["schema"], node["alias"]) for node in filled])
    tables = [node for node in manifest.layer_by_asset if not node.startswith("source.")]
    _build(session, [node for node in tables if node not in stands])
    kept = settings.build_dir / "kept"
    shutil.copytree(settings.work_dir, kept)
    _build(session, tables)
    for difference in (found := _differences(settings, kept)):
        print(difference)
    shutil.copyfile(settings.published_dir / _GENERATION, kept / settings.candidate_db.name)
    changed = {difference.table for difference in _differences(settings, kept)}
    print(f"{len(tables)} tables, {len(stands)} nodes stand, changed: {' '.join(sorted(changed))}")
    return 1 if found else 0


def _standing(manifest: DbtManifest, project: Path) -> Standing:
    return Standing(
        as_of_date=NEWEST,
        book_id="book",
        sample_rate="0.001",
        reference_sha256="",
        code_sha256="",
        generation=_GENERATION,
        full_bytes=0,
        files=(),
        carrier="seeds",
        nodes=fingerprints.of_nodes(manifest.content["nodes"], project),
    )


def _build(session: DbtSession, nodes: Collection[str]) -> None:
    outcome = session.build(sorted(nodes), NEWEST)
    broken = [f"{each.unique_id}: {each.message}" for each in outcome.results if not each.is_built]
    assert not broken, "\n".join(broken)


def _differences(settings: Settings, kept: Path) -> list[Difference]:
    return [
        difference
        for path, schemas in (
            (settings.work_db, equality.WORK_SCHEMAS),
            (settings.candidate_db, ()),
        )
        for difference in equality.compare(kept / path.name, path, schemas=schemas)
    ]


if __name__ == "__main__":
    # What a build makes lives until it ends: looking for garbage would be a tenth of its time.
    gc.disable()
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
