"""What a batch need not build or test again, because nothing that it reads can have changed.

Belongs here: telling that from the graph of the project and what changed, as a function without
side effects. Does not belong here: whether tables stand at all (plans), which rows of a table are
built anew (scope).

A batch that builds on what stands has the key of the batch before, and the code around the nodes.
What can be different is what arrived, a seed, model or test of the bundled sample, the day, and the
books as published so far; a node that reads none of them, at whatever distance, would give what it
gave. Whoever is in doubt is built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from orchestration.dbt_manifest import DbtManifest

#: Relations of the intake that every delivery changes, whatever it brings.
EVERY_DELIVERY: Final = frozenset({"batch_files", "schema_changes"})

#: Macros that make a node read more than its edges say: the day, and the ledger as published.
DAY: Final = "as_of_date"
BOOKS: Final = frozenset({"published_ledger", "published_ledger_days"})

#: The macro that asks for the day and gets no other rows by it: what intake took in is known.
_KNOWN_ANYWAY: Final = "delivered_rows"


def nodes(manifest: DbtManifest, changed: Collection[str]) -> frozenset[str]:
    """List the seeds, models and data tests that stand as they are.

    Args:
        manifest: of the project.
        changed: what is not as it was for the batch before: entities of which files arrived and
            other relations of the intake, unique ids of nodes, `DAY`, names of `BOOKS`.

    Returns:
        Unique ids. Tests that only warn are never among them: their warning has to be told again.
        Marts that are filled after their gate stand empty, as they were built.
    """
    graph = _Graph(manifest, changed)
    return frozenset(
        unique_id
        for unique_id, node in manifest.content["nodes"].items()
        if _may_stand(node) and not graph.is_affected(unique_id)
    )


def _may_stand(node: Mapping[str, Any]) -> bool:
    kind = node["resource_type"]
    if kind == "test":
        return str(node["config"]["severity"]).lower() == "error"
    return kind in {"seed", "model"}


class _Graph:
    """Which nodes can have changed; each is looked at once."""

    def __init__(self, manifest: DbtManifest, changed: Collection[str]) -> None:
        self._manifest = manifest
        self._changed = frozenset(changed)
        self._project: str = manifest.content["metadata"]["project_name"]
        self._affected: dict[str, bool] = {}
        self._hidden: dict[str, bool] = {}

    def is_affected(self, unique_id: str) -> bool:
        """Whether a node can give something else than it gave."""
        if unique_id not in self._affected:
            self._affected[unique_id] = self._find(unique_id)
        return self._affected[unique_id]

    def _find(self, unique_id: str) -> bool:
        if unique_id.startswith("source."):
            name: str = self._manifest.node(unique_id)["name"]
            return name.removeprefix("raw_") in self._changed
        node = self._manifest.node(unique_id)
        if unique_id in self._changed:
            return True
        depends = node.get("depends_on", {})
        return any(map(self._asks, depends.get("macros", ()))) or any(
            map(self.is_affected, depends.get("nodes", ()))
        )

    def _asks(self, macro: str) -> bool:
        """Whether a macro, or one that it calls, reads what is no edge of the graph."""
        if macro not in self._hidden:
            self._hidden[macro] = False  # a macro that calls itself ends here
            node = self._manifest.content["macros"].get(macro, {})
            if node.get("package_name") == self._project and node["name"] != _KNOWN_ANYWAY:
                self._hidden[macro] = node["name"] in self._changed or any(
                    map(self._asks, node["depends_on"]["macros"])
                )
        return self._hidden[macro]
