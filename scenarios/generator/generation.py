"""One generation: parameters in, landing area and truth out, all or nothing.

Belongs here: the order of the steps, refusing what cannot be generated, being idempotent. Does not
belong here: how rows are made or files are written.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

import duckdb

from scenarios.generator import delivery, parameters, registers, truth
from scenarios.generator.database import SQL_DIR, Workshop
from scenarios.generator.planning import Planner
from scenarios.generator.progress import Progress
from scenarios.generator.scenario import ScenarioError, load

PROJECT_DIR = Path(__file__).resolve().parents[2]
DEFAULT_SCENARIO = PROJECT_DIR / "scenarios" / "kt_femtocell_2025.yaml"
DEFAULT_REFERENCE = PROJECT_DIR / "seeds" / "reference"

#: Measured: about 0.7 GB of files at scale 1; the rest is room for what may spill to disk.
BYTES_PER_SCALE = 3_500_000_000
BYTES_ALWAYS = 50_000_000

MARKER = "generation.json"


@dataclass(frozen=True, slots=True)
class Generation:
    """What a landing area was generated from; equal ones hold equal bytes."""

    scenario_sha256: str
    reference_sha256: str
    generator_sha256: str
    scale: str
    seed: int


def read_scale(text: str) -> Fraction:
    """Read the scale exactly; raises ScenarioError for anything that is no positive number."""
    try:
        scale = Fraction(text.strip())
    except (ValueError, ZeroDivisionError):
        raise ScenarioError(
            f"scale {text!r} is no number: give a share of the real population, e.g. 0.01 or 1"
        ) from None
    if scale <= 0:
        raise ScenarioError(
            f"scale {text!r} leaves no line: give a number above 0, e.g. 0.001 for a sample or 1 "
            "for the whole population"
        )
    return scale


def generate(
    out: Path,
    scale: str,
    *,
    scenario_file: Path = DEFAULT_SCENARIO,
    reference: Path = DEFAULT_REFERENCE,
    seed: int | None = None,
    quiet: bool = False,
    memory_limit: str = "6GB",
    threads: int | None = None,
) -> bool:
    """Generate `out/landing` and `out/truth`, or leave them when they are already there.

    Returns:
        False when `out` already held exactly this generation.

    Raises:
        ScenarioError: scale, scenario or registers cannot be used, or the disk is too small.
    """
    progress = Progress(quiet=quiet)
    exact_scale = read_scale(scale)
    scenario, tables = load(scenario_file), registers.load(reference)
    seed = int(scenario.get("scenario.seed")) if seed is None else seed
    wanted = Generation(scenario.sha256, tables.sha256, generator_sha256(), str(exact_scale), seed)
    if held(out) == wanted:
        progress.say(f"{out} already holds this generation")
        return False
    refuse_foreign(out)
    planner = Planner(scenario, tables, exact_scale, seed)
    if not planner.has_lines:
        raise ScenarioError(f"scale {scale} leaves a population without lines: give a larger one")
    out.parent.mkdir(parents=True, exist_ok=True)
    check_space(out.parent, exact_scale)
    unfinished = out.parent / f".{out.name}.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    try:
        with Workshop(unfinished / "spill", memory_limit, threads) as workshop:
            make_rows(workshop, planner, progress)
            delivery.write(workshop, unfinished / "landing", planner, progress)
            truth.write(workshop, unfinished / "truth", planner, progress)
        shutil.rmtree(unfinished / "spill", ignore_errors=True)
        (unfinished / MARKER).write_text(json.dumps(asdict(wanted), indent=2) + "\n")
        shutil.rmtree(out, ignore_errors=True)
        unfinished.rename(out)
    finally:
        # Whatever stopped it, half a generation is never left behind.
        shutil.rmtree(unfinished, ignore_errors=True)
    progress.say(f"generated {out}")
    return True


def make_rows(workshop: Workshop, planner: Planner, progress: Progress) -> None:
    """Run the scripts in the order of their names."""
    parameters.load(workshop, planner)
    workshop.set_variables({"scenario.seed": planner.seed})
    progress.say("parameters")
    for script in sorted(SQL_DIR.glob("*.sql")):
        workshop.run(script.name, progress)


def refuse_foreign(out: Path) -> None:
    """Only a generation is ever replaced; raises ScenarioError for a directory of anything else."""
    if out.exists() and held(out) is None and (out.is_file() or any(out.iterdir())):
        raise ScenarioError(
            f"{out} holds something that is no generation: name an empty or a new directory"
        )


def generator_sha256() -> str:
    """Version of the generator: its own sources and the engine that runs them."""
    digest = hashlib.sha256(duckdb.__version__.encode())
    for source in sorted((*SQL_DIR.glob("*.sql"), *SQL_DIR.parent.glob("*.py"))):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def held(out: Path) -> Generation | None:
    """Tell what a complete directory was generated from; None for anything else."""
    try:
        return Generation(**json.loads((out / MARKER).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def check_space(directory: Path, scale: Fraction) -> None:
    """Refuse before hours are lost; raises ScenarioError with what is needed."""
    needed = int(BYTES_ALWAYS + BYTES_PER_SCALE * scale)
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise ScenarioError(
            f"{directory} has {free / 1e9:.1f} GB free, generating at scale {float(scale)} needs "
            f"{needed / 1e9:.1f} GB: free some space or choose a smaller scale"
        )
