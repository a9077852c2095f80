"""`python -m orchestration.reproduce <generation>`: make a published generation again and compare.

Belongs here: the order of things and what is told. Does not belong here: what has to be the same
(reproduction). Readers are not touched: the batch runs in a scratch directory, removed afterwards
unless it is asked for.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration import candidate, file_modes, generation_history, intake, reproduction
from orchestration.dbt_session import DbtSession
from orchestration.errors import BadInput, OperatorError
from orchestration.generation_history import MadeOf
from orchestration.restatement_tables import published_tables
from orchestration.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestration.dbt_manifest import DbtManifest
    from orchestration.generation_history import Edition
    from orchestration.reproduction import Sameness
    from orchestration.restatement_tables import PublishedTable

_DIFFERS = 1
_REFUSED = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Reproduce a generation; 0 if every table is the same, 1 if not, 2 if it cannot be done."""
    given = _parser().parse_args(argv)
    for name, folder in (("LANDING", given.landing), ("REFERENCE", given.reference)):
        if folder:
            os.environ[f"AFTERMATH_{name}"] = str(Path(folder).resolve())
    try:
        settings = Settings.from_env()
        edition = reproduction.find(settings, given.generation)
        with tempfile.TemporaryDirectory(prefix="aftermath_reproduce_") as folder:
            scratch = Path(given.scratch).resolve() if given.scratch else Path(folder) / "build"
            return _reproduce(settings, edition, scratch)
    except OperatorError as error:
        print(f"Nothing was reproduced.\n{error}", file=sys.stderr)
        return _REFUSED


def _reproduce(settings: Settings, edition: Edition, build_dir: Path) -> int:
    if build_dir.exists() and any(build_dir.iterdir()):
        raise BadInput(
            "The scratch directory is not empty", str(build_dir), "give another one, or remove it"
        )
    os.environ["AFTERMATH_BUILD_DIR"] = str(build_dir)
    os.environ["AFTERMATH_AS_OF"] = edition.as_of_date.isoformat()
    scratch = replace(Settings.from_env(), keep_generations=1000)
    # Before anything is written: it is as private as any other build directory.
    file_modes.tighten_process()
    file_modes.prepare(scratch)
    _same_carrier(edition, scratch)
    tables = published_tables(_manifest(scratch))
    reproduction.refuse_other_code(edition, tables)
    _refuse_other_inputs(edition, scratch, tables)
    remark = reproduction.bring_books(settings, scratch, edition)
    _run(scratch)
    again = scratch.current_db.resolve(strict=True)
    found = reproduction.compare(edition, again, tables)
    _tell(edition, found, remark)
    return 0 if all(each.is_same for each in found) else _DIFFERS


def _same_carrier(edition: Edition, scratch: Settings) -> None:
    carrier = edition.facts.get("raw_carrier")
    if carrier != scratch.raw_carrier:
        raise BadInput(
            f"The generation was made from {carrier}, not from {scratch.raw_carrier}",
            f"AFTERMATH_LANDING={scratch.landing or ''}",
            "give its landing area with --landing"
            if carrier == "landing"
            else "leave the landing area out: it was made from the bundled sample",
        )


def _manifest(scratch: Settings) -> DbtManifest:
    return DbtSession(scratch).manifest()


def _refuse_other_inputs(
    edition: Edition, scratch: Settings, tables: Sequence[PublishedTable]
) -> None:
    """Take in what is there and hold it against what the generation was made of."""
    found = intake.take_in(scratch)
    batches: dict[str, str] = {}
    if scratch.raw_carrier == "landing":
        batches = dict(generation_history.made_of(scratch, tables, found.as_of_date).batches)
    reproduction.refuse_other_inputs(
        edition,
        {candidate.BOOK_FACT: found.book_id, "delivery_sha256": found.delivery_sha256},
        MadeOf({}, generation_history.registers_of(scratch), batches),
        f"{scratch.landing or intake.SEEDS_DIR}, {scratch.reference}",
    )


def _run(scratch: Settings) -> None:
    from orchestration import batch, batch_lock  # noqa: PLC0415 - Dagster only once it is needed
    from orchestration.validator import ValidatorProcess  # noqa: PLC0415

    with batch_lock.hold(scratch):
        validator = ValidatorProcess(scratch.memory_limit)
        validator.start()
        try:
            outcome = batch.run(scratch, validator)
        finally:
            validator.stop()
    if not outcome.is_success:
        raise BadInput(
            f"The batch of {scratch.as_of} could not be made again: {outcome.why}",
            str(scratch.build_dir),
            "what stops it now did not stop it then: look at the gate it names",
        )


def _tell(edition: Edition, found: Sequence[Sameness], remark: str) -> None:
    others = [each for each in found if not each.is_same]
    print(
        f"Generation {edition.generation_id}, as of {edition.as_of_date}, "
        f"code {edition.code_version}"
    )
    for each in found:
        rows = "no such table" if each.rows is None else f"{each.rows:,} rows"
        if each.is_same:
            print(f"  same    {each.table}  {rows}")
        else:
            again = "none" if each.rows_again is None else f"{each.rows_again:,}"
            print(f"  DIFFERS {each.table}  {rows}, made again {again}")
    if remark:
        print(f"  note: {remark}")
    print(
        f"{len(found) - len(others)} of {len(found)} tables are the same in every column"
        + (f"; {len(others)} are not" if others else "")
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m orchestration.reproduce",
        description="Make a published generation again in a scratch directory and compare both.",
    )
    parser.add_argument("generation", help="its id, or `current`")
    parser.add_argument("--landing", default="", help="landing area that it was made from")
    parser.add_argument("--reference", default="", help="registers that it was made from")
    parser.add_argument(
        "--scratch", default="", help="an empty directory to build in, kept for a closer look"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
