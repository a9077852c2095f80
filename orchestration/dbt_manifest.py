"""What the dbt manifest says about the project: which node belongs to which layer.

Belongs here: pure look-ups in the manifest; everything that Dagster shows is derived from it, so a
new model needs no code. Does not belong here: running dbt, Dagster definitions.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any, Final

from orchestration.layer import BUILT_LAYERS, Layer

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from orchestration.settings import RawCarrier

#: The generic test that holds all rules of a table: tests/dbt/generic/integrity.sql.
INTEGRITY: Final = "integrity"

#: dbt resource types that become Dagster assets.
ASSET_TYPES = ("seed", "model", "snapshot")


class ManifestError(Exception):
    """The dbt project has a shape that cannot be orchestrated; names the node."""


@dataclass(frozen=True)
class DbtManifest:
    """A parsed dbt project as one raw carrier sees it."""

    content: Mapping[str, Any]
    raw_carrier: RawCarrier

    @classmethod
    def read(cls, path: Path, raw_carrier: RawCarrier) -> DbtManifest:
        """Read `manifest.json`.

        Raises:
            FileNotFoundError: dbt has not parsed the project for this carrier yet.
        """
        return cls(content=json.loads(path.read_bytes()), raw_carrier=raw_carrier)

    def node(self, unique_id: str) -> Mapping[str, Any]:
        """Look up a node or source."""
        nodes: Mapping[str, Any] = self.content["nodes"]
        found: Mapping[str, Any] | None = nodes.get(unique_id)
        return found if found is not None else self.content["sources"][unique_id]

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The relations that intake creates: none if the raw layer is seeds."""
        return tuple(sorted(self.content["sources"])) if self.raw_carrier == "landing" else ()

    @cached_property
    def layer_by_asset(self) -> Mapping[str, Layer]:
        """Unique id to layer, of every node that is an asset: sources in use, seeds and models."""
        layers = dict.fromkeys(self.sources, Layer.RAW)
        for unique_id, node in self.content["nodes"].items():
            if node["resource_type"] in ASSET_TYPES:
                layers[unique_id] = layer_of(node)
        return layers

    @cached_property
    def home_by_test(self) -> Mapping[str, str]:
        """Data test to the asset it is a check of, for every test of the nodes in use."""
        homes = {}
        for unique_id, node in self.content["nodes"].items():
            if node["resource_type"] == "test" and (home := self._home(node)):
                homes[unique_id] = home
        return homes

    def assets(self, layer: Layer) -> tuple[str, ...]:
        """List what dbt builds in a layer, in a stable order."""
        return tuple(
            sorted(
                unique_id
                for unique_id, its_layer in self.layer_by_asset.items()
                if its_layer is layer and not unique_id.startswith("source.")
            )
        )

    def in_order(self, unique_ids: Collection[str]) -> tuple[str, ...]:
        """Sort nodes so that each comes after those of them that it reads."""
        reads = {
            unique_id: [
                parent
                for parent in self.node(unique_id).get("depends_on", {}).get("nodes", ())
                if parent in unique_ids
            ]
            for unique_id in sorted(unique_ids)
        }
        return tuple(TopologicalSorter(reads).static_order())

    def tests(self, layer: Layer) -> tuple[str, ...]:
        """List the data tests that run as part of a layer, in a stable order."""
        return tuple(
            sorted(
                test
                for test, home in self.home_by_test.items()
                if self.layer_by_asset[home] is layer
            )
        )

    def is_integrity(self, unique_id: str) -> bool:
        """Tell whether a node is the test that holds all rules of its table."""
        test = self.node(unique_id).get("test_metadata") or {}
        return test.get("name") == INTEGRITY

    def test_name(self, unique_id: str) -> str:
        """Name a data test; that of all rules by its table: dbt would string the rules together."""
        if self.is_integrity(unique_id):
            return f"{INTEGRITY}_{self.node(self.home_by_test[unique_id])['name']}"
        return str(self.node(unique_id)["name"])

    @cached_property
    def public_marts(self) -> tuple[str, ...]:
        """Names, as `schema.table`, of the marts that everybody may see."""
        nodes = (self.node(unique_id) for unique_id in self.assets(Layer.MARTS))
        return tuple(
            sorted(
                f"{node['schema']}.{node['alias']}"
                for node in nodes
                if access_level(node) == "public"
            )
        )

    def is_view(self, unique_id: str) -> bool:
        """Tell what is not counted: a view would be worked out for its number of rows alone."""
        return bool(self.node(unique_id)["config"]["materialized"] == "view")

    def kept_marts(self, stands: Collection[str], *, by_key: bool) -> tuple[str, ...]:
        """Names, as `schema.table`, of the marts that stand, or that keep the rows of other keys.

        Args:
            stands: unique ids of nodes that are not built again.
            by_key: whether the batch builds by key what can be.
        """
        nodes = ((unique_id, self.node(unique_id)) for unique_id in self.assets(Layer.MARTS))
        return tuple(
            sorted(
                f"{node['schema']}.{node['alias']}"
                for unique_id, node in nodes
                if unique_id in stands or (by_key and node["config"]["materialized"] == "keyed")
            )
        )

    def _home(self, test: Mapping[str, Any]) -> str | None:
        """Find the asset that a test judges; None if it reads a node that this carrier leaves idle.

        A generic test names its node. A singular test may name it in `meta.dagster.ref`; otherwise
        it belongs to the latest layer that it reads, since it can run only when that one is built.
        """
        parents = test["depends_on"]["nodes"]
        if not parents or any(parent not in self.layer_by_asset for parent in parents):
            return None
        latest = max(BUILT_LAYERS.index(self.layer_by_asset[parent]) for parent in parents)
        candidates = sorted(
            parent
            for parent in parents
            if BUILT_LAYERS.index(self.layer_by_asset[parent]) == latest
        )
        named = self._named_home(test)
        if named is not None and named not in candidates:
            raise ManifestError(
                f"dbt test {test['name']} is attached to {named}, but it also reads a later layer: "
                f"attach it to one of {', '.join(candidates)}"
            )
        return named or candidates[0]

    def _named_home(self, test: Mapping[str, Any]) -> str | None:
        ref = test["config"].get("meta", {}).get("dagster", {}).get("ref", {}).get("name")
        if ref is None:
            attached: str | None = test.get("attached_node")
            return attached if attached in self.layer_by_asset else None
        for unique_id in self.layer_by_asset:
            if self.node(unique_id)["name"] == ref:
                return unique_id
        raise ManifestError(f"dbt test {test['name']}: meta.dagster.ref names no node: {ref}")


def access_level(node: Mapping[str, Any]) -> str:
    """Tell who may see a node: `restricted` (also if not marked), `internal` or `public`."""
    meta = node["config"].get("meta") or {}
    return str(meta.get("access_level", "restricted"))


def layer_of(node: Mapping[str, Any]) -> Layer:
    """Tell the layer of a node: seeds are raw, a model's is its folder.

    Raises:
        ManifestError: the folder of a model is no layer.
    """
    if node["resource_type"] in {"seed", "source"}:
        return Layer.RAW
    folder = node["fqn"][1]
    try:
        return Layer(folder)
    except ValueError:
        raise ManifestError(
            f"{node['original_file_path']} stands in models/{folder}, which is no layer: "
            f"use one of {', '.join(BUILT_LAYERS)}"
        ) from None
