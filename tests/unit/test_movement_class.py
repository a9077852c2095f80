"""Every combination of what is known of a unit has its class; breaking a branch is noticed."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import duckdb
import pytest

from tests.unit.oracles.models_in_memory import PROJECT_DIR, rendered_text

STATES = (True, False, None)
COMBINATIONS = tuple(itertools.product(STATES, repeat=3))

T, F, U = True, False, None

#: In service before, in service now, ever before -> class. Written by hand from docs/metrics.md.
TRUTH = {
    (T, T, T): "retained",
    (T, T, U): "retained",
    (T, T, F): "unknown",
    (T, F, T): "churned",
    (T, F, U): "churned",
    (T, F, F): "unknown",
    (T, U, T): "unknown",
    (T, U, U): "unknown",
    (T, U, F): "unknown",
    (F, T, T): "rejoined",
    (F, T, U): "unknown",
    (F, T, F): "new",
    (F, F, T): "absent",
    (F, F, U): "unknown",
    (F, F, F): "not_yet",
    (F, U, T): "unknown",
    (F, U, U): "unknown",
    (F, U, F): "unknown",
    (U, T, T): "unknown",
    (U, T, U): "unknown",
    (U, T, F): "new",
    (U, F, T): "unknown",
    (U, F, U): "unknown",
    (U, F, F): "not_yet",
    (U, U, T): "unknown",
    (U, U, U): "unknown",
    (U, U, F): "unknown",
}

CASE = rendered_text("{{ movement_class('was_active', 'is_active', 'was_ever_active') }}").strip()
BRANCH = re.compile(r"when (?P<condition>.+?) then '(?P<result>\w+)'")
OTHERWISE = re.compile(r"else '(?P<result>\w+)'")

Branches = list[tuple[str, str]]


def branches() -> tuple[Branches, str]:
    """Conditions with their results in order, and the result of `else`."""
    found = [(m["condition"], m["result"]) for m in BRANCH.finditer(CASE)]
    (otherwise,) = OTHERWISE.findall(CASE)
    return found, otherwise


def written(whens: Branches, otherwise: str) -> str:
    """The CASE of these branches."""
    return (
        "case "
        + " ".join(f"when {condition} then '{result}'" for condition, result in whens)
        + f" else '{otherwise}' end"
    )


def table_of(expression: str) -> dict[tuple[bool | None, ...], str | None]:
    """Class that an expression gives each combination."""
    values = ", ".join(
        "(" + ", ".join("null::boolean" if s is None else str(s) for s in row) + ")"
        for row in COMBINATIONS
    )
    rows = CONNECTION.execute(
        f"select was_active, is_active, was_ever_active, {expression} "
        f"from (values {values}) as states (was_active, is_active, was_ever_active)"
    ).fetchall()
    return {row[:3]: row[3] for row in rows}


CONNECTION = duckdb.connect()


def mutants() -> dict[str, str]:
    """Ways to break one branch: gone, another result, swapped, half a condition, denied."""
    whens, otherwise = branches()
    results = sorted({result for _, result in whens} | {otherwise})
    broken: dict[str, str] = {}
    for number, (condition, result) in enumerate(whens):
        others = whens[:number] + whens[number + 1 :]
        broken[f"branch {number} is gone"] = written(others, otherwise)
        for other in (each for each in results if each != result):
            changed = [*whens[:number], (condition, other), *whens[number + 1 :]]
            broken[f"branch {number} says {other}"] = written(changed, otherwise)
        denied = [*whens[:number], (f"not ({condition})", result), *whens[number + 1 :]]
        broken[f"branch {number} is denied"] = written(denied, otherwise)
        for word in (" and ", " or "):
            parts = condition.split(word)
            for left_out in range(len(parts) if len(parts) > 1 else 0):
                half = word.join(parts[:left_out] + parts[left_out + 1 :])
                changed = [*whens[:number], (half, result), *whens[number + 1 :]]
                broken[f"branch {number} asks only {half}"] = written(changed, otherwise)
        for later in range(number + 1, len(whens)):
            if whens[later][1] != result:
                swapped = list(whens)
                swapped[number] = (condition, whens[later][1])
                swapped[later] = (whens[later][0], result)
                broken[f"branches {number} and {later} swap results"] = written(swapped, otherwise)
    for other in (each for each in results if each != otherwise):
        broken[f"else says {other}"] = written(whens, other)
    return broken


MUTANTS = mutants()


def test_the_truth_table_is_whole() -> None:
    assert set(TRUTH) == set(COMBINATIONS)
    assert len(COMBINATIONS) == 27


def test_every_combination_has_the_class_of_the_truth_table() -> None:
    assert table_of(CASE) == TRUTH


def test_the_branches_read_from_the_macro_are_the_macro() -> None:
    whens, otherwise = branches()
    assert CASE.count("when ") == len(whens)
    assert table_of(written(whens, otherwise)) == TRUTH
    assert {result for _, result in whens} | {otherwise} == set(TRUTH.values())


@pytest.mark.parametrize("mutant", MUTANTS)
def test_no_branch_can_be_broken_unnoticed(mutant: str) -> None:
    assert table_of(MUTANTS[mutant]) != TRUTH


def test_the_report_lists_every_class() -> None:
    text = Path(PROJECT_DIR / "models/marts/churn/movements/rpt_movements_monthly.sql").read_text(
        "utf-8"
    )
    listed = set(re.findall(r"select '(\w+)' as movement_class", text))
    assert listed == set(TRUTH.values())
