"""`python -m orchestration.backfill`: the warehouse as of each batch date of a range, in order.

Belongs here: which days, their order, stopping and going on. Does not belong here: a single batch
(batch). The page does the same from the partitions of the job: one run per day, queued.

Each day is a whole batch that publishes a generation. Readers are never led back to an earlier day
(partitions). The lock of the build directory is taken day by day, so that other runs come between.

Imports are few on purpose, as in `run`.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orchestration import arguments, run
from orchestration.errors import BadInput, OperatorError
from orchestration.manifests import day as read_day
from orchestration.validator import ValidatorProcess

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from orchestration.delivered import Delivered
    from orchestration.settings import Settings
    from orchestration.validator import Validate


@dataclass(frozen=True, slots=True)
class Range:
    """Days asked for; `last` is None for the newest batch. `resumes` leaves out what is done."""

    first: dt.date
    last: dt.date | None
    resumes: bool
    verbose: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Batch dates to run, those that are published already, and what to tell beforehand."""

    to_do: tuple[dt.date, ...]
    done: tuple[dt.date, ...]
    warnings: tuple[str, ...]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the days of a range; returns the exit code."""
    try:
        asked, environment = parse(argv)
        os.environ.update(environment)
        settings = run.read_settings()
        return _run(settings, asked)
    except OperatorError as error:
        print(f"Nothing was run.\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. Days before are published; RESUME=1 goes on from here.", file=sys.stderr)
        return 130


def parse(argv: Sequence[str] | None = None) -> tuple[Range, dict[str, str]]:
    """Read the command line: the range, and what it adds to the environment.

    Raises:
        BadInput: a day is none, the range is empty, or a folder is missing.
    """
    parser = argparse.ArgumentParser(prog="python -m orchestration.backfill")
    parser.add_argument("--from", dest="first", required=True, help="first day, YYYY-MM-DD")
    parser.add_argument("--to", dest="last", default="", help="last day; default the newest batch")
    parser.add_argument("--landing", default="", help="folder of your own raw exports")
    parser.add_argument("--reference", default="", help="folder of the incident's registers, CSV")
    parser.add_argument("--resume", action="store_true", help="leave out days published already")
    parser.add_argument("--verbose", action="store_true", help="write the log to the terminal too")
    given = parser.parse_args(argv)
    first, last = read_day(given.first), read_day(given.last) if given.last else None
    if first is None or (given.last and last is None):
        raise BadInput(
            "FROM or TO is not a day",
            f"FROM={given.first} TO={given.last}",
            "write both as YYYY-MM-DD",
        )
    if last is not None and last < first:
        raise BadInput(
            "The range ends before it begins",
            f"FROM={given.first} TO={given.last}",
            "give the earlier day as FROM",
        )
    folders = {"LANDING": given.landing, "REFERENCE": given.reference}
    environment = {
        f"AFTERMATH_{name}": str(arguments.folder(path, name))
        for name, path in folders.items()
        if path
    }
    return Range(first, last, given.resume, given.verbose), environment


def plan(settings: Settings, asked: Range, found: Delivered) -> Plan:
    """Choose the batch dates of a range that have to be run.

    A day is done if a generation as of that day is kept that a run would make again: of the same
    files, the same registers and the same code.

    Raises:
        BadInput: no batch of the range was delivered, or one of them cannot be read.
    """
    from orchestration import candidate, fingerprints, missing_days, reader_view  # noqa: PLC0415

    if found.malformed:
        raise BadInput(
            "No run would get past its intake",
            f"{found.where}: {found.malformed[0]}",
            "let the exporting job deliver that folder again",
        )
    last = asked.last or max(found.days, default=asked.first)
    days = [day for day in found.days if asked.first <= day <= last]
    if not days:
        newest = f"{found.days[0]} to {found.days[-1]}" if found.days else "none"
        raise BadInput(
            f"No batch was delivered from {asked.first} to {last}",
            f"{found.where} (batches: {newest})",
            "choose days of delivered batches",
        )
    done: list[dt.date] = []
    if asked.resumes:
        registers = fingerprints.of_folder(settings.reference)
        version = candidate.code_version()
        kept = [each for each in reader_view.kept(settings) if each.code_version == version]
        done = [
            day
            for day in days
            if any(
                each.as_of_date == day and each.is_made_of(found.sha256(day), registers)
                for each in kept
            )
        ]
    gaps = [
        gap
        for gap in missing_days.DueDays.read(settings.reference).gaps(found.days)
        if asked.first <= gap.last and gap.first <= last
    ]
    seen = reader_view.current(settings)
    wanted = len(days) + (seen is not None and seen.as_of_date not in days)
    warnings = [f"no batch, so no run: {missing_days.words(gaps)}"] if gaps else []
    if wanted > settings.keep_generations:
        warnings.append(
            f"{wanted} generations, but AFTERMATH_KEEP_GENERATIONS={settings.keep_generations}: "
            f"the oldest go as the backfill goes on; set it to {wanted} to keep all"
        )
    to_do = tuple(day for day in days if day not in done)
    return Plan(to_do, tuple(done), tuple(warnings))


def _run(settings: Settings, asked: Range) -> int:
    from orchestration import delivered  # noqa: PLC0415 - the validator starts first otherwise

    if settings.as_of:
        raise BadInput(
            "A backfill has a day for each of its runs",
            f"AFTERMATH_AS_OF={settings.as_of}",
            "leave AFTERMATH_AS_OF out",
        )
    todo = plan(settings, asked, delivered.look(settings))
    for warning in todo.warnings:
        print(f"note: {warning}", file=sys.stderr)
    for day in todo.done:
        print(f"{day}  published already")
    if not todo.to_do:
        return 0
    validator = ValidatorProcess(settings.memory_limit)
    validator.start()
    try:
        for number, day in enumerate(todo.to_do):
            if not _one(replace(settings, as_of=day.isoformat()), validator, asked.verbose):
                print(
                    f"\nStopped at {day}: {number} of {len(todo.to_do)} days are published. "
                    "When it is mended, the same command with RESUME=1 (--resume) goes on here.",
                    file=sys.stderr,
                )
                return 1
            gc.collect()
    finally:
        validator.stop()
    return 0


def _one(settings: Settings, validator: Validate, verbose: bool) -> bool:
    """Run one day and tell of it in a line; what failed is told in full."""
    from orchestration import batch, report, resources  # noqa: PLC0415 - as above

    started = time.perf_counter()
    try:
        with resources.hold_patiently(settings):
            outcome = batch.run(
                settings, validator, verbose=verbose, asked=batch.Asked(readers_follow=False)
            )
    except OperatorError as error:
        print(error, file=sys.stderr)
        return False
    seconds = time.perf_counter() - started
    if not outcome.is_success:
        print(report.failure(settings, outcome, seconds), file=sys.stderr)
        return False
    is_seen = settings.current_db.resolve().stem == outcome.generation
    readers = "readers see it" if is_seen else "readers stay on a later day"
    print(f"{settings.as_of}  published {outcome.generation}, {readers} ({seconds:.0f} s)")
    return True


if __name__ == "__main__":
    # As in run; what one day made is looked through before the next.
    gc.disable()
    sys.exit(main())
