"""The private place in which a batch is built, and what the running batch works on.

Belongs here: emptying it before everything is built anew, keeping what stands before only a part
is, and the facts of the batch that every later step needs. Does not belong here: the lock
(batch_lock), what stands in the databases (standing), which of both a batch does (plans).

The facts are kept in a file beside the databases that they describe, so that a step run on its own
from the web page works on the same day as the step before it.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import shutil
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb

from orchestration import batch_lock, standing
from orchestration.errors import BadInput, DatabaseLocked
from orchestration.intake import Intake
from orchestration.sql_text import quoted
from orchestration.standing import TakenFile

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from orchestration.settings import Settings

_FACTS = "batch.json"
_BESIDE = "equality"


def empty(settings: Settings) -> None:
    """Remove what the last batch left: a full run builds everything anew.

    Raises:
        DatabaseLocked: a process has one of the databases open; nothing was removed.
    """
    require_unlocked(settings)
    _remove_all_but(settings, batch_lock.lock_file(settings))


def keep(settings: Settings, generation: str, kept_marts: Collection[str]) -> None:
    """Leave the work database as it stands, and start the candidate as a copy of a generation.

    The published file is read and never opened for writing. No record says what stands here until
    the batch is published.

    Args:
        settings: where the work area is.
        generation: file name of the generation that was published from the work database.
        kept_marts: names, as `schema.table`, of what stays in the copy; what is built anew beside
            its old self would leave a file twice the size.

    Raises:
        DatabaseLocked: a process has one of the databases open; nothing was changed.
    """
    require_unlocked(settings)
    standing.forget(settings)
    _remove_all_but(settings, batch_lock.lock_file(settings), settings.work_db)
    shutil.copyfile(settings.published_dir / generation, settings.candidate_db)
    with duckdb.connect(str(settings.candidate_db)) as connection:
        relations = connection.execute(
            "select table_type, table_schema || '.' || table_name from information_schema.tables"
        ).fetchall()
        # Views first: what they read goes after them.
        for kind, name in sorted(relations, reverse=True):
            if name not in kept_marts:
                word = "view" if kind == "VIEW" else "table"
                connection.execute(f"drop {word} {quoted(*name.split('.'))}")
        connection.execute("force checkpoint")


def beside(settings: Settings) -> Path:
    """Name the build directory in which a batch is built once more to be compared."""
    return settings.build_dir / _BESIDE


def clear_beside(settings: Settings) -> None:
    """Remove it; to be called under the batch lock, which the comparison holds too."""
    shutil.rmtree(beside(settings), ignore_errors=True)


def require_unlocked(settings: Settings) -> None:
    """Refuse to go on while another process has a database of the work area open.

    Raises:
        DatabaseLocked: it has.
    """
    for database in (settings.work_db, settings.candidate_db):
        if database.exists():
            _require_unlocked(database)


def _remove_all_but(settings: Settings, *kept: Path) -> None:
    for path in sorted(settings.work_dir.glob("*")):
        if path in kept:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def write_facts(settings: Settings, intake: Intake) -> None:
    """Keep what intake found for the steps after it."""
    facts = {
        "as_of_date": intake.as_of_date.isoformat(),
        "batches": intake.batches,
        "sample_rate": str(intake.sample_rate),
        "is_demo": intake.is_demo,
        "book_id": intake.book_id,
        "delivery_sha256": intake.delivery_sha256,
        "reference_sha256": intake.reference_sha256,
        "rows": intake.rows,
        "notes": intake.notes,
        "files": [asdict(file) for file in intake.files],
        "is_incremental": intake.is_incremental,
        "built_on": intake.built_on,
        "changed": intake.changed,
        "full_bytes": intake.full_bytes,
        "code_sha256": intake.code_sha256,
        "frame_sha256": intake.frame_sha256,
        "nodes": dict(intake.nodes),
    }
    (settings.work_dir / _FACTS).write_text(json.dumps(facts, ensure_ascii=False, indent=2))


def read_facts(settings: Settings) -> Intake:
    """Tell what the batch in the work area works on.

    Raises:
        BadInput: intake has not run since the work area was emptied.
    """
    path = settings.work_dir / _FACTS
    try:
        facts = json.loads(path.read_text())
    except FileNotFoundError:
        raise BadInput(
            "The work area holds no batch", str(path), "run the whole job, or its intake step first"
        ) from None
    return Intake(
        as_of_date=dt.date.fromisoformat(facts["as_of_date"]),
        batches=facts["batches"],
        sample_rate=Decimal(facts["sample_rate"]),
        is_demo=facts["is_demo"],
        book_id=facts["book_id"],
        delivery_sha256=facts["delivery_sha256"],
        reference_sha256=facts["reference_sha256"],
        rows=facts["rows"],
        notes=tuple(facts["notes"]),
        files=tuple(TakenFile(**file) for file in facts.get("files", ())),
        is_incremental=facts.get("is_incremental", False),
        built_on=facts.get("built_on", ""),
        changed=tuple(facts.get("changed", ())),
        full_bytes=facts.get("full_bytes", 0),
        code_sha256=facts.get("code_sha256", ""),
        frame_sha256=facts.get("frame_sha256", ""),
        nodes=facts.get("nodes", {}),
    )


def _require_unlocked(database: Path) -> None:
    """DuckDB locks a file as a whole; asking the kernel avoids replaying a killed run's log."""
    descriptor = os.open(database, os.O_RDWR)
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise DatabaseLocked(
            "A database of the work area is open in another process",
            str(database),
            "close that program (readers belong on the published database) and run again",
        ) from None
    finally:
        os.close(descriptor)
