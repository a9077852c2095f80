"""What stands as it is, told from a project of a few nodes and what arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from orchestration import unaffected
from orchestration.dbt_manifest import DbtManifest

if TYPE_CHECKING:
    from collections.abc import Collection


def node(name: str, kind: str, folder: str = "", reads: str = "", **more: Any) -> dict[str, Any]:
    """A node that reads nodes and macros, the latter written with brackets."""
    named = reads.split()
    return {
        "name": name,
        "resource_type": kind,
        "fqn": ["shop", folder, name],
        "original_file_path": f"models/{folder}/{name}.sql",
        "config": {"materialized": "table", "severity": "ERROR", **more},
        "depends_on": {
            "nodes": [one for one in named if not one.endswith("()")],
            "macros": [f"macro.shop.{one[:-2]}" for one in named if one.endswith("()")],
        },
    }


def macro(name: str, *calls: str) -> dict[str, Any]:
    return {
        "name": name,
        "package_name": "shop",
        "depends_on": {"macros": [f"macro.shop.{called}" for called in calls]},
    }


PROJECT = DbtManifest(
    {
        "metadata": {"project_name": "shop"},
        "sources": {
            "source.lines": {"name": "raw_lines"},
            "source.ports": {"name": "raw_ports"},
            "source.batch_files": {"name": "raw_batch_files"},
        },
        "macros": {
            f"macro.shop.{each['name']}": each
            for each in (
                macro("as_of_date"),
                macro("delivered_rows", "as_of_date"),
                macro("is_known", "as_of_date"),
                macro("published_ledger"),
                macro("turns_to_itself", "turns_to_itself"),
            )
        },
        "nodes": {
            "seed.plans": node("plans", "seed"),
            "model.stg_lines": node(
                "stg_lines", "model", "staging", "source.lines delivered_rows()"
            ),
            "model.stg_ports": node(
                "stg_ports", "model", "staging", "source.ports delivered_rows()"
            ),
            "model.stg_files": node("stg_files", "model", "staging", "source.batch_files"),
            "model.int_plans": node(
                "int_plans", "model", "intermediate", "seed.plans turns_to_itself()"
            ),
            "model.int_known": node("int_known", "model", "intermediate", "seed.plans is_known()"),
            "model.int_books": node("int_books", "model", "intermediate", "published_ledger()"),
            "model.int_both": node(
                "int_both", "model", "intermediate", "model.stg_lines model.int_plans"
            ),
            "model.int_view": node(
                "int_view", "model", "intermediate", "model.stg_ports", materialized="view"
            ),
            "model.int_behind": node("int_behind", "model", "intermediate", "model.int_view"),
            "model.fct_plans": node("fct_plans", "model", "marts", "seed.plans"),
            "test.plans": node("a_key", "test", reads="seed.plans"),
            "test.warns": node("warns", "test", reads="seed.plans", severity="warn"),
            "test.both": node("both", "test", reads="seed.plans model.stg_lines"),
            "test.mart": node("mart", "test", reads="model.fct_plans"),
        },
    },
    "landing",
)

RULES_ALONE = {"seed.plans", "model.int_plans", "test.plans", "model.fct_plans", "test.mart"}
OF_PORTS = {"model.stg_ports", "model.int_view", "model.int_behind"}
OF_LINES = {"model.stg_lines", "model.int_both", "test.both"}


@pytest.mark.parametrize(
    ("changed", "stands"),
    [
        (["lines", "ports"], RULES_ALONE),
        (["lines"], RULES_ALONE | OF_PORTS),
        (["ports"], RULES_ALONE | OF_LINES),
        ([], RULES_ALONE | OF_PORTS | OF_LINES),
        (["seed.plans"], OF_PORTS | OF_LINES - {"model.int_both", "test.both"}),
        (["model.int_plans"], RULES_ALONE | OF_PORTS | OF_LINES - {"model.int_both"}),
        (["test.plans"], RULES_ALONE | OF_PORTS | OF_LINES),
    ],
)
def test_what_reads_nothing_that_changed_stands(changed: list[str], stands: set[str]) -> None:
    others = [*unaffected.EVERY_DELIVERY, unaffected.DAY, *unaffected.BOOKS]
    found = unaffected.nodes(PROJECT, [*changed, *others])
    assert found == stands - set(changed)


@pytest.mark.parametrize(
    ("changed", "built"),
    [
        (unaffected.EVERY_DELIVERY, {"model.stg_files"}),
        ([unaffected.DAY], {"model.int_known"}),
        (unaffected.BOOKS, {"model.int_books"}),
        (["seed.plans"], {"seed.plans", "model.fct_plans", "test.mart"}),
        (["test.mart"], {"test.mart"}),
    ],
)
def test_what_changed_is_built(changed: Collection[str], built: set[str]) -> None:
    assert built <= unaffected.nodes(PROJECT, [])
    assert not built & unaffected.nodes(PROJECT, changed)


def test_a_warning_is_told_again() -> None:
    assert "test.warns" not in unaffected.nodes(PROJECT, [])
