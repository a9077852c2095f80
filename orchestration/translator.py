"""dbt nodes in the words of Dagster.

Belongs here: key, group, owners, kinds, tags and checks of a node, all read from the manifest. Does
not belong here: running anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import dagster as dg
from dagster_dbt import DagsterDbtTranslator

from orchestration.dbt_manifest import access_level
from orchestration.layer import Layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dagster_dbt import DbtProject

    from orchestration.dbt_manifest import DbtManifest

#: The asset that stands for taking in what was delivered; everything raw comes after it.
INTAKE_KEY = dg.AssetKey([Layer.RAW.value, "intake"])

#: Metadata entry that leads from an asset or check back to its dbt node.
UNIQUE_ID = "dagster_dbt/unique_id"

#: How a property file names a table in the parameters of a test.
_TABLE: Final = re.compile(r"ref\('(\w+)'\)")


def asset_key(node: Mapping[str, Any]) -> dg.AssetKey:
    """Make a key of schema and name: `core.dim_lines` in SQL is `core/dim_lines`."""
    return dg.AssetKey([node["schema"], node.get("alias") or node["name"]])


class LayerTranslator(DagsterDbtTranslator):
    """Specs of assets and checks for one reading of the project."""

    def __init__(self, manifest: DbtManifest) -> None:
        super().__init__()
        self._manifest = manifest

    def spec(self, unique_id: str) -> dg.AssetSpec:
        """Describe the asset that a node is."""
        return self.get_asset_spec(self._manifest.content, unique_id, None)

    def check_spec(self, test_id: str) -> dg.AssetCheckSpec:
        """Describe the check that a data test is: blocking if its severity is error."""
        test = self._manifest.node(test_id)
        home = self._manifest.home_by_test[test_id]
        others = {self.spec(parent).key for parent in test["depends_on"]["nodes"] if parent != home}
        return dg.AssetCheckSpec(
            name=self._manifest.test_name(test_id),
            asset=self.spec(home).key,
            description=test.get("description") or _described(test),
            additional_deps=sorted(others),
            blocking=test["config"]["severity"].lower() == "error",
            metadata={UNIQUE_ID: test_id},
        )

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        """Add what the manifest alone does not know: that raw data come out of intake."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        node = self._manifest.node(unique_id)
        is_seed = node["resource_type"] == "seed"
        return spec.replace_attributes(
            deps=[*spec.deps, dg.AssetDep(INTAKE_KEY)] if is_seed else ...,
            kinds={*spec.kinds, "csv"} if is_seed else ...,
        )

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Give a raw entity one key, whichever carrier brings it."""
        return asset_key(dbt_resource_props)

    def get_tags(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, str]:
        """Add the access level to the tags."""
        tags = super().get_tags(dbt_resource_props)
        return {**tags, "access_level": access_level(dbt_resource_props)}

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Group by layer; the dbt group names the owner."""
        return self._manifest.layer_by_asset[dbt_resource_props["unique_id"]].value

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str] | None:
        """Name the owner of the dbt group. A source has none: who stages it answers for it."""
        if dbt_resource_props["resource_type"] != "source":
            return super().get_owners(dbt_resource_props)
        readers = self._manifest.content["child_map"][dbt_resource_props["unique_id"]]
        nodes = (self._manifest.content["nodes"].get(reader, {}) for reader in sorted(readers))
        groups = {node["group"] for node in nodes if node.get("group")}
        owners = (
            group["owner"]["email"]
            for group in self._manifest.content["groups"].values()
            if group["name"] in groups
        )
        return sorted(owners)


def _described(test: Mapping[str, Any]) -> str:
    """Word a generic test: its name, its column and its parameters."""
    definition = test.get("test_metadata")
    if not definition:
        return str(test["name"]).replace("_", " ")
    hidden = {"model", "column_name"}
    parameters = "; ".join(
        f"{name}: {_worded(value)}"
        for name, value in definition.get("kwargs", {}).items()
        if name not in hidden
    )
    column = f" of {test['column_name']}" if test.get("column_name") else ""
    return f"dbt test {definition['name']}{column}" + (f" ({parameters})" if parameters else "")


def _worded(parameter: Any) -> str:
    """Word a parameter as a property file gives it; a table by its name."""
    if isinstance(parameter, Mapping):
        return ", ".join(f"{name} ({_worded(value)})" for name, value in parameter.items())
    if isinstance(parameter, list):
        return ", ".join(
            f"({_worded(value)})" if isinstance(value, list) else _worded(value)
            for value in parameter
        )
    return _TABLE.sub(r"\1", str(parameter))
