"""Where a data test belongs, told from a manifest of a few nodes."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.dbt_manifest import DbtManifest, ManifestError
from orchestration.layer import Layer


def node(name: str, kind: str, folder: str = "", **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "resource_type": kind,
        "fqn": ["project", folder, name],
        "original_file_path": f"models/{folder}/{name}.sql",
        "config": {"materialized": "table"},
        **more,
    }


def a_test(name: str, *parents: str, **more: Any) -> dict[str, Any]:
    return node(name, "test", depends_on={"nodes": list(parents)}, **{"config": {}, **more})


def manifest(*tests: dict[str, Any]) -> DbtManifest:
    nodes = {
        "seed.raw_lines": node("raw_lines", "seed"),
        "model.stg": node("stg", "model", "staging"),
        "model.int": node("int", "model", "intermediate"),
        "model.fct": node("fct", "model", "marts"),
        "model.dim": node("dim", "model", "marts"),
    }
    nodes |= {f"test.{test['name']}": test for test in tests}
    return DbtManifest({"nodes": nodes, "sources": {"source.raw": {}}}, "seeds")


def test_layers_are_folders_and_seeds_are_raw() -> None:
    found = manifest()
    assert found.assets(Layer.RAW) == ("seed.raw_lines",)
    assert found.assets(Layer.STAGING) == ("model.stg",)
    assert found.assets(Layer.MARTS) == ("model.dim", "model.fct")


def test_a_generic_test_belongs_to_its_node() -> None:
    found = manifest(a_test("related", "model.stg", "model.fct", attached_node="model.fct"))
    assert found.home_by_test == {"test.related": "model.fct"}
    assert found.tests(Layer.MARTS) == ("test.related",)


def test_a_singular_test_belongs_to_the_latest_layer_it_reads() -> None:
    found = manifest(a_test("identity", "model.int", "model.stg"))
    assert found.home_by_test == {"test.identity": "model.int"}


def test_a_singular_test_may_name_its_home_among_the_latest() -> None:
    named = {"meta": {"dagster": {"ref": {"name": "fct"}}}}
    found = manifest(a_test("identity", "model.dim", "model.fct", config=named))
    assert found.home_by_test == {"test.identity": "model.fct"}


def test_a_home_before_the_latest_layer_would_run_too_early() -> None:
    named = {"meta": {"dagster": {"ref": {"name": "stg"}}}}
    with pytest.raises(ManifestError, match="reads a later layer"):
        _ = manifest(a_test("identity", "model.stg", "model.fct", config=named)).home_by_test


def test_a_test_of_the_idle_carrier_does_not_run() -> None:
    found = manifest(a_test("of_landing", "source.raw", "model.stg"))
    assert not found.home_by_test


def test_a_folder_that_is_no_layer_is_refused() -> None:
    found = DbtManifest({"nodes": {"model.x": node("x", "model", "gold")}, "sources": {}}, "seeds")
    with pytest.raises(ManifestError, match="models/gold"):
        _ = found.layer_by_asset
