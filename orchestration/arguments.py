"""The command line of a batch.

Belongs here: options, and refusing values that can mean nothing. Does not belong here: anything
that needs the data (intake) or the project.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.errors import BadInput
from orchestration.settings import PROJECT_DIR

if TYPE_CHECKING:
    from collections.abc import Sequence

SCENARIOS_DIR = PROJECT_DIR / "scenarios"


@dataclass(frozen=True, slots=True)
class Arguments:
    """What was asked for, checked for form. `environment` is what it adds to the settings."""

    scale: Decimal | None
    scenario: Path | None
    seed: int | None
    environment: dict[str, str]
    verbose: bool
    is_retry: bool = False


def parse(argv: Sequence[str] | None = None) -> Arguments:
    """Read the command line.

    Raises:
        BadInput: a value is out of range, a path is missing, or two options contradict each other.
        SystemExit: an option is unknown, or help was asked for.
    """
    given = _parser().parse_args(argv)
    scale = _scale(given.scale)
    if scale is not None and given.landing:
        raise BadInput(
            "SCALE and LANDING contradict each other",
            f"SCALE={given.scale}, LANDING={given.landing}",
            "give SCALE to generate exports, or LANDING to read your own",
        )
    if scale is None and (given.scenario or given.seed):
        raise BadInput(
            "A scenario is generated only at a scale",
            f"SCENARIO={given.scenario or ''} SEED={given.seed or ''}",
            "give SCALE too, for example SCALE=0.01",
        )
    if scale is not None and given.retry:
        raise BadInput(
            "RETRY goes on with what was delivered; SCALE generates it anew",
            f"SCALE={given.scale} RETRY=1",
            "give LANDING=<the landing area of that run> with RETRY=1, or leave RETRY out",
        )
    environment = {
        "AFTERMATH_LANDING": str(folder(given.landing, "LANDING")) if given.landing else "",
        "AFTERMATH_AS_OF": given.as_of,
        "AFTERMATH_REFERENCE": str(folder(given.reference, "REFERENCE")) if given.reference else "",
        "AFTERMATH_FULL": "true" if given.full else "",
    }
    return Arguments(
        scale=scale,
        scenario=_scenario(given.scenario) if scale is not None else None,
        seed=_seed(given.seed),
        environment={name: value for name, value in environment.items() if value},
        verbose=given.verbose,
        is_retry=given.retry,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m orchestration.run",
        description="Run the whole gated batch and publish its marts; by default on the sample.",
    )
    parser.add_argument("--scale", default="", help="generate exports at this scale; 1 = in full")
    parser.add_argument("--scenario", default="", help="the incident to generate, a YAML file")
    parser.add_argument("--seed", default="", help="seed of the generator, a whole number")
    parser.add_argument("--landing", default="", help="folder of your own raw exports")
    parser.add_argument("--as-of", default="", help="the day as of which all is known, YYYY-MM-DD")
    parser.add_argument("--reference", default="", help="folder of the incident's registers, CSV")
    parser.add_argument("--retry", action="store_true", help="go on from where the last run failed")
    parser.add_argument("--full", action="store_true", help="build every table anew")
    parser.add_argument("--verbose", action="store_true", help="write the log to the terminal too")
    return parser


def _scale(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        scale = Decimal(text)
    except InvalidOperation:
        scale = Decimal("nan")
    if not scale.is_finite() or scale <= 0:
        raise BadInput(
            f"SCALE={text} is no scale",
            "SCALE / --scale",
            "give a number above 0: 0.01 is a hundredth of the incident, 1 is all of it",
        )
    return scale


def _seed(text: str) -> int | None:
    if text and not text.isdigit():
        raise BadInput(f"SEED={text} is no seed", "SEED / --seed", "give a whole number from 0 up")
    return int(text) if text else None


def folder(text: str, name: str) -> Path:
    """Give a folder that was asked for as a whole path.

    Raises:
        BadInput: there is none.
    """
    path = Path(text).resolve()
    if not path.is_dir():
        raise BadInput(
            f"{name} is no folder",
            str(path),
            f"check the path, or leave {name} out for the default",
        )
    return path


def _scenario(text: str) -> Path:
    if text:
        path = Path(text).resolve()
        if not path.is_file():
            raise BadInput(
                "SCENARIO is no file", str(path), f"choose one of {SCENARIOS_DIR}/*.yaml"
            )
        return path
    found = sorted(SCENARIOS_DIR.glob("*.yaml"))
    if len(found) != 1:
        raise BadInput(
            f"There are {len(found)} scenarios to choose from",
            str(SCENARIOS_DIR),
            "give one with SCENARIO=<file>",
        )
    return found[0]
