"""`python -m exports.run --what regulator --out DIR`, or `--verify DIR`.

Belongs here: the command line, and what is told. Does not belong here: what a pack is (pack), how
it is written (folder) and checked (verify).
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from exports import folder, manifest, verify
from exports.pack import PACKS
from orchestration import file_modes
from orchestration.errors import BadInput, OperatorError
from orchestration.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Export or verify; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m exports.run", description=__doc__)
    parser.add_argument("--what", choices=sorted(PACKS), help="which pack")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder to be made")
    parser.add_argument("--form", choices=("csv", "parquet"), default="csv")
    parser.add_argument("--generation", default="", help="default: the one that readers see")
    parser.add_argument("--from", dest="first", type=_day, help="first booking date")
    parser.add_argument("--to", dest="last", type=_day, help="last booking date")
    parser.add_argument("--verify", type=Path, metavar="DIR", help="check a pack and leave")
    parser.add_argument("--key", type=Path, help="with --verify: the key it is to be signed with")
    given = parser.parse_args(argv)
    file_modes.tighten_process()
    try:
        settings = Settings.from_env()
        if given.verify:
            found = verify.check(given.verify, given.key or settings.export_key_file)
            print(_told(f"{given.verify} is what it says", found))
            return 0
        order = _order(given)
        is_new = folder.export(settings, order)
        what = "written" if is_new else "there already, the very same"
        print(_told(f"{order.out} is {what}", manifest.read(order.out)))
    except (OperatorError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _order(given: argparse.Namespace) -> folder.Order:
    if given.what is None or given.out is None:
        raise BadInput(
            "Nothing to do",
            "the command line",
            f"say what and where: make export WHAT={'|'.join(sorted(PACKS))} OUT=<dir>, "
            "or make export VERIFY=<dir>",
        )
    pack = PACKS[given.what]
    if (given.first or given.last) and not pack.has_period:
        raise BadInput(
            f"The pack {pack.name} has no booking dates", "FROM and TO", "leave them out"
        )
    if given.first and given.last and given.first > given.last:
        raise BadInput("The period ends before it begins", "FROM and TO", "exchange them")
    period = (given.first or "", given.last or "")
    return folder.Order(pack, given.out.resolve(), given.form, given.generation, *period)


def _day(text: str) -> str:
    """Take a day as it is written, YYYY-MM-DD."""
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no day: write YYYY-MM-DD") from error


def _told(head: str, pack: manifest.Manifest) -> str:
    lines = [
        f"  {file.name:<28} {file.rows:>12,} rows {file.bytes:>15,} bytes" for file in pack.files
    ]
    demo = ", generated data" if pack.is_demo else ""
    return "\n".join(
        [
            f"{head}: {pack.pack} of {pack.generation_id}, as of {pack.as_of_date}, "
            f"sample rate {pack.sample_rate}{demo}",
            *lines,
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
