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
    publishing,
    scope,
    standing,
    work_area,
)
from orchestration.settings import PROJECT_DIR

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from orchestration.intake import Intake
    from orchestration.settings import Settings
    from orchestration.standing import Standing


@dataclass(frozen=True, slots=True)
class Start:
    """What a batch works on, and in words what of it is built."""

    intake: Intake
    told: str


def begin(settings: Settings, keyed_marts: Collection[str]) -> Start:
    """Check the delivery, settle what is built anew, and make it readable.

    Args:
        settings: where to read and to work.
        keyed_marts: names, as `schema.table`, of the marts that keep rows from batch to batch.

    Raises:
        BadInput: see the message; what stood in the work area still does if it could be built on.
        DatabaseLocked: another process holds a database of the work area.
    """
    # A comparison that was killed left identifiers there.
    work_area.clear_beside(settings)
    before = standing.read(settings) if settings.landing and not settings.is_full else None
    if before is None:
        work_area.empty(settings)
    else:
        work_area.require_unlocked(settings)
    intake.check_reference(settings)
    delivery = intake.inspect(settings)
    found = delivery.intake
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
    if plan.is_incremental:
        work_area.keep(settings, now.generation, keyed_marts)
        delivery.make_readable()
        lines, customers = _write_scope(settings, plan, before or now, now)
        found = replace(
            found,
            is_incremental=True,
            built_on=now.generation,
            arrived=tuple(sorted({file.entity for file in plan.files})),
            full_bytes=(before or now).full_bytes,
        )
        told = f"Built anew: {lines:,} lines and {customers:,} customers; {plan.reason}"
    else:
        work_area.empty(settings)
        delivery.make_readable()
        told = f"Everything is built anew: {plan.reason}"
    found = replace(found, code_sha256=now.code_sha256)
    work_area.write_facts(settings, found)
    return Start(found, told)


def of_batch(settings: Settings, found: Intake, *, project_dir: Path = PROJECT_DIR) -> Standing:
    """Describe what a batch is built from, in the terms in which batches are compared."""
    current = settings.current_db
    return standing.Standing(
        as_of_date=found.as_of_date,
        book_id=found.book_id,
        sample_rate=str(found.sample_rate),
        reference_sha256=found.reference_sha256,
        code_sha256=found.code_sha256 or fingerprints.of_code(project_dir),
        generation=current.resolve().name if current.exists() else "",
        full_bytes=found.full_bytes or _standing_bytes(settings),
        files=found.files,
    )


def ended(settings: Settings, found: Intake) -> None:
    """Record what stands, now that it is published; the sample is always built anew."""
    if settings.landing:
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
