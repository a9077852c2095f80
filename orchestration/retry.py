"""Going on from the step that failed, if everything before it is still what a whole run would make.

Belongs here: what the work area was made of, and the question whether that has changed since. Does
not belong here: running (batch), whether gates are open (gate_records asks again, step by step).

The facts of the batch (work_area) name files and registers. Beside them stands what the code was,
layer by layer: a model of a layer that was not built yet may be mended in between.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import dagster as dg

from orchestration import delivered, fingerprints, published_ledger, work_area
from orchestration.errors import BadInput, WholeRunNeeded
from orchestration.jobs import BATCH
from orchestration.layer import BUILT_LAYERS, Layer
from orchestration.partitions import PARTITION_TAG, of_run
from orchestration.settings import DEMO_PSEUDONYM_KEY, PROJECT_DIR

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from orchestration.settings import Settings

_FILE: Final = "made_of.json"
_INTAKE: Final = "intake"
_PAGE: Final = f"{Layer.PUBLISHED}__briefing"

#: What every layer depends on; folders are read whole.
_COMMON: Final = ("macros", "orchestration", "dbt_project.yml", "profiles.yml")
_SUFFIXES: Final = {".sql", ".yml", ".py", ".csv"}


@dataclass(frozen=True, slots=True)
class Point:
    """Where a run can be taken up: the run that failed and its steps still to do, in order."""

    run_id: str
    steps: tuple[str, ...]


def note(settings: Settings, run: dg.DagsterRun) -> None:
    """Keep of what the work area is being made; to be called when intake is done."""
    made_of = {
        "run_id": run.root_run_id or run.run_id,
        "state": delivered.look(settings).state,
        "code": code_by_part(),
    }
    (settings.work_dir / _FILE).write_text(json.dumps(made_of, indent=2), encoding="utf-8")


def code_by_part(project: Path = PROJECT_DIR) -> dict[str, str]:
    """Name the code of each layer, and what all of them have in common, by its content."""
    parts = {
        layer.value: [
            project / "models" / layer,
            project / "tests" / "dbt" / layer,
            *([project / "seeds" / "raw"] if layer is Layer.RAW else []),
        ]
        for layer in BUILT_LAYERS
    }
    parts |= {f"gate_{layer}": [project / "expectations" / layer] for layer in BUILT_LAYERS}
    parts["common"] = [project / name for name in _COMMON]
    parts["common"] += sorted((project / "expectations").glob("*.py"))
    return {
        part: fingerprints.of_files(
            (str(path.relative_to(project)), fingerprints.of_file(path))
            for root in roots
            for path in _files(root)
        )
        for part, roots in parts.items()
    }


def point(instance: dg.DagsterInstance, settings: Settings) -> Point:
    """Find where the last run can be taken up.

    Raises:
        WholeRunNeeded: it did not fail, or what its first steps made would be different now.
    """
    records = instance.get_run_records(dg.RunsFilter(job_name=BATCH), limit=1)
    if not records:
        raise _whole("No batch has been run here", settings.work_dir)
    run = records[0].dagster_run
    if run.status is not dg.DagsterRunStatus.FAILURE:
        raise _whole(f"The last run did not fail: {run.status.value}", f"run {run.run_id}")
    steps = _steps_to_do(instance, run)
    if of_run(settings) != run.tags.get(PARTITION_TAG):
        raise _whole(
            f"The last run was of {run.tags.get(PARTITION_TAG, 'no batch')}, "
            f"this one would be of {of_run(settings) or 'no batch'}",
            f"run {run.run_id}",
        )
    require_unchanged(settings, run.root_run_id or run.run_id, steps)
    _require_other_answer(instance, settings, run, steps[0])
    return Point(run.run_id, steps)


def require_unchanged(settings: Settings, root_run_id: str, steps: Sequence[str]) -> None:
    """Refuse to go on with these steps of a run if what was made before them is not the same now.

    Raises:
        WholeRunNeeded: files, registers or code changed, or the work area is of another run.
    """
    if tuple(steps) == (_PAGE,):
        return  # It is made from the published file, and from nothing of the work area.
    if not steps or steps[0] == _INTAKE:
        raise _whole("The last run stopped before anything was built", settings.work_dir)
    try:
        made_of = _read(settings)
        facts = work_area.read_facts(settings)
    except (FileNotFoundError, BadInput):
        raise _whole("The work area holds no batch", settings.work_dir) from None
    if made_of["run_id"] != root_run_id:
        raise _whole(
            f"The work area is of another run, {made_of['run_id'][:8]}", f"run {root_run_id}"
        )
    found = delivered.look(settings)
    if found.state != made_of["state"]:
        raise _whole("Files were delivered or corrected since", settings.landing or "seeds/raw")
    if _book_id(settings, found) != facts.book_id:
        raise _whole("The pseudonym key is another one", "AFTERMATH_PSEUDONYM_KEY")
    if fingerprints.of_folder(settings.reference) != facts.reference_sha256:
        raise _whole("Rules or registers were changed since", settings.reference)
    now = code_by_part()
    changed = [
        part for part in ("common", *_built_before(steps[0])) if now[part] != made_of["code"][part]
    ]
    if changed:
        raise _whole(
            f"The code of what is built already was changed since: {', '.join(changed)}",
            PROJECT_DIR,
        )
    databases = [settings.work_db]
    databases += [settings.candidate_db] if Layer.MARTS in _built_before(steps[0]) else []
    gone = [path for path in databases if not path.exists()]
    if gone:
        raise _whole("A database of the work area is gone", gone[0])


def _book_id(settings: Settings, found: delivered.Delivered) -> str:
    """Name the books as intake does: by the files of the first batch and the key."""
    opening = found.days[0].isoformat()
    return published_ledger.book_id(
        (sha256 for day, _, sha256 in found.files if day == opening),
        settings.pseudonym_key or DEMO_PSEUDONYM_KEY,
    )


def _require_other_answer(
    instance: dg.DagsterInstance, settings: Settings, run: dg.DagsterRun, step: str
) -> None:
    """Refuse to ask a gate again that would see the same table and the same rules."""
    kind, _, layer = step.partition("_")
    if kind != "gate" or code_by_part()[step] != _read(settings)["code"][step]:
        return
    for record in instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION):
        event = record.dagster_event
        if event and event.step_key == step:
            check = event.asset_check_evaluation_data
            if not check.passed and check.severity is dg.AssetCheckSeverity.ERROR:
                raise _whole(
                    f"The gate of the {layer} layer found faults in the data, and would again",
                    ".".join(check.asset_key.path),
                    "deliver a correction, or mend the rule in a reviewed commit; then a whole run",
                )


def _steps_to_do(instance: dg.DagsterInstance, run: dg.DagsterRun) -> tuple[str, ...]:
    """List the steps of a run that did not succeed, in order; a retried one counts as its root."""
    done: set[str] = set()
    for each in [run.run_id, *_ancestors(instance, run)]:
        for stats in instance.get_run_step_stats(each):
            if stats.status and stats.status.value == "SUCCESS":
                done.add(stats.step_key)
    return tuple(step for step in _order() if step not in done)


def in_order(steps: Collection[str]) -> tuple[str, ...]:
    """Sort steps by the order in which a batch takes them; one of another job comes last."""
    order = {step: position for position, step in enumerate(_order())}
    return tuple(sorted(steps, key=lambda step: order.get(step, len(order))))


def goes_on(steps: Sequence[str]) -> bool:
    """Whether these steps go on from what an earlier run left in the work area."""
    return bool(steps) and steps[0] != _INTAKE


def _order() -> list[str]:
    order = [_INTAKE]
    for layer in BUILT_LAYERS:
        order += [f"dbt_{layer}", f"gate_{layer}"]
    published = (f"{Layer.PUBLISHED}__{name}" for name in ("restatements", "current"))
    return [*order, *published, _PAGE]


def _ancestors(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Iterator[str]:
    parent = run.parent_run_id
    while parent:
        yield parent
        found = instance.get_run_by_id(parent)
        parent = found.parent_run_id if found else None


def _built_before(step: str) -> tuple[str, ...]:
    """Name the parts of the code that made what stands before a step."""
    kind, _, layer = step.partition("_")
    whole = Layer(layer).earlier if kind in {"dbt", "gate"} else BUILT_LAYERS
    parts = [part for each in whole for part in (each.value, f"gate_{each}")]
    return (*parts, layer) if kind == "gate" else tuple(parts)


def _read(settings: Settings) -> dict[str, Any]:
    made_of: dict[str, Any] = json.loads((settings.work_dir / _FILE).read_text(encoding="utf-8"))
    return made_of


def _files(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
    else:
        yield from (path for path in root.rglob("*") if path.suffix in _SUFFIXES)


def _whole(
    what: str, where: object, remedy: str = "run the whole batch: make run"
) -> WholeRunNeeded:
    return WholeRunNeeded(f"{what}: there is nothing to go on from", str(where), remedy)
