"""How a batch starts: from an empty work area, or from what the batch before left and published.

Belongs here: the order of checking, planning, clearing and taking in. Does not belong here: each of
these (intake, plans, work_area, scope).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orchestration import (
    audit_records,
    audit_trail,
    fingerprints,
    intake,
    plans,
    published_ledger,
    publishing,
    scope,
    standing,
    unaffected,
    work_area,
)
from orchestration.settings import PROJECT_DIR

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.dbt_manifest import DbtManifest
    from orchestration.intake import Intake
    from orchestration.settings import Settings
    from orchestration.standing import Standing


@dataclass(frozen=True, slots=True)
class Start:
    """What a batch works on, in words what of it is built, and how many entries the books hold."""

    intake: Intake
    told: str
    carried: int


def begin(settings: Settings, manifest: DbtManifest) -> Start:
    """Check the delivery, settle what is built anew, and make it readable.

    Args:
        settings: where to read and to work.
        manifest: of the project.

    Raises:
        BadInput: see the message; what stood in the work area still does if it could be built on.
        DatabaseLocked: another process holds a database of the work area.
    """
    # A comparison that was killed left identifiers there.
    work_area.clear_beside(settings)
    before = standing.read(settings) if not settings.is_full else None
    if before is None:
        work_area.empty(settings)
    else:
        work_area.require_unlocked(settings)
    intake.check_reference(settings)
    delivery = intake.inspect(settings)
    found = replace(delivery.intake, code_sha256=fingerprints.of_code(PROJECT_DIR))
    if not settings.landing:
        found = replace(
            found,
            frame_sha256=fingerprints.of_frame(PROJECT_DIR),
            nodes=fingerprints.of_nodes(manifest.content["nodes"], PROJECT_DIR),
        )
    plan = plans.decide(
        before,
        now := of_batch(settings, found),
        plans.days_of_registers(settings.reference) if before else (),
        standing_bytes=_standing_bytes(settings),
        is_full_asked=settings.is_full,
    )
    if plan.is_incremental and (spoiled := _spoiled(settings)):
        # Rows that nobody builds anew would be published again, as if they were ours.
        audit_trail.append(settings, audit_records.break_found(spoiled))
        plan = plans.Plan(is_incremental=False, reason=spoiled)
    if before and plan.is_incremental:
        standing.forget(settings)
        carried, are_other_books = published_ledger.bring_on(
            settings, found.book_id, found.as_of_date
        )
        changed = _changed(plan, before, now, are_other_books=are_other_books)
        stands = unaffected.nodes(manifest, changed)
        kept = manifest.kept_marts(stands, by_key=bool(settings.landing))
        work_area.keep(settings, now.generation, kept)
        delivery.make_readable()
        found = replace(
            found,
            is_incremental=bool(settings.landing),
            built_on=now.generation,
            changed=tuple(sorted(changed)),
            full_bytes=before.full_bytes,
        )
        told = f"{plan.reason}; {len(stands):,} tables and tests stand"
        if settings.landing:
            lines, customers = _write_scope(settings, plan, before, now)
            told = f"Built anew: {lines:,} lines and {customers:,} customers; {told}"
    else:
        work_area.empty(settings)
        delivery.make_readable()
        carried = published_ledger.bring(settings, found.book_id, found.as_of_date)
        told = f"Everything is built anew: {plan.reason}"
    work_area.write_facts(settings, found)
    return Start(found, told, carried)


def _changed(
    plan: plans.Plan, before: Standing, now: Standing, *, are_other_books: bool
) -> frozenset[str]:
    """Name what is not as it was for the batch before, in the words of `unaffected`."""
    is_other_day = now.as_of_date != before.as_of_date
    return frozenset(plan.nodes).union(
        (file.entity for file in plan.files),
        unaffected.EVERY_DELIVERY if plan.files or is_other_day else (),
        [unaffected.DAY] if is_other_day else [],
        unaffected.BOOKS if are_other_books else (),
    )


def of_batch(settings: Settings, found: Intake, *, project_dir: Path = PROJECT_DIR) -> Standing:
    """Describe what a batch is built from, in the terms in which batches are compared."""
    current = settings.current_db
    return standing.Standing(
        as_of_date=found.as_of_date,
        book_id=found.book_id,
        sample_rate=str(found.sample_rate),
        reference_sha256=found.reference_sha256,
        code_sha256=(found.frame_sha256 or found.code_sha256 or fingerprints.of_code(project_dir)),
        generation=current.resolve().name if current.exists() else "",
        full_bytes=found.full_bytes or _standing_bytes(settings),
        files=found.files,
        carrier=settings.raw_carrier,
        nodes=found.nodes,
    )


def ended(settings: Settings, found: Intake) -> None:
    """Record what stands, now that it is published."""
    standing.write(settings, of_batch(settings, found))


def _spoiled(settings: Settings) -> str:
    return publishing.not_as_published(settings, settings.current_db.resolve())


def _write_scope(
    settings: Settings, plan: plans.Plan, before: Standing, now: Standing
) -> tuple[int, int]:
    with intake.open_work_database(settings) as connection:
        return scope.write(connection, plan.files, before.as_of_date, now.as_of_date)


def _standing_bytes(settings: Settings) -> int:
    return sum(
        path.stat().st_size for path in (settings.work_db, settings.current_db) if path.exists()
    )
