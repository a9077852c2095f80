"""The published tables as restatements see them, told from the dbt manifest alone.

Belongs here: key, period and lineage of a mart, and the fingerprint of the code behind it. Does not
belong here: looking into a database.

How a mart is restated is a rule, not a list of names: a row belongs to the latest of the days in
its key and is closed when that day, or the month, is over. A mart whose rows carry no such day says
how things stand on the as-of day. Where the rule is wrong, the mart says so (`meta: restated_by`).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from orchestration.dbt_manifest import INTEGRITY
from orchestration.layer import Layer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestration.dbt_manifest import DbtManifest

#: `period`: rows are closed with their period; `as_of_day`: the table is a reading of one day and
#: can only be compared with another reading of that day; `always`: nothing in it is ever open.
Mode = Literal["period", "as_of_day", "always"]

#: The one clock: that it moved is no change of a row.
CLOCK: Final = "as_of_date"

#: Marts that this comparison fills itself say so in their `meta`.
FILLED: Final = "filled_after_the_gate"

#: The macro by which models read the ledger as published so far.
_BOOKS: Final = "published_ledger"

_DATES: Final = ("date", "timestamp")
_NAME: Final = re.compile(r"[a-z_][a-z0-9_]*")
_CALLED: Final = re.compile(r"[a-z_]+\(\s*([a-z_][a-z0-9_]*)")


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """A mart: its key as SQL, what closes a row, and what it is made of."""

    schema: str
    name: str
    key: tuple[str, ...]
    mode: Mode
    periods: tuple[str, ...]
    passed_over: frozenset[str]
    is_view: bool
    code: str
    registers: frozenset[str]
    entities: frozenset[str]
    kept_by: str = ""
    """Column by which rows are replaced, of a table that keeps the others; else empty."""
    reads_books: bool = False
    """Whether it is made of what generations before published of the ledger."""

    @property
    def full_name(self) -> str:
        """As readers write it."""
        return f"{self.schema}.{self.name}"

    @property
    def key_names(self) -> tuple[str, ...]:
        """A word for each part of the key; of an expression, the column it is about."""
        return tuple(
            part if _NAME.fullmatch(part) else (_CALLED.match(part) or ["", part])[1]
            for part in self.key
        )


def is_filled(node: Mapping[str, Any]) -> bool:
    """Tell whether a node is a table that is filled after its gate, so that it begins empty."""
    return node["resource_type"] == "model" and FILLED in (node["config"].get("meta") or {})


def published_tables(manifest: DbtManifest) -> tuple[PublishedTable, ...]:
    """List the marts to compare, in a stable order; those that the comparison fills are left out.

    Raises:
        ValueError: a mart names no key, or a column that it does not have.
    """
    keys = keys_of_models(manifest)
    lineage = _Lineage(manifest)
    return tuple(
        _table(manifest.node(unique_id), keys.get(unique_id, ()), lineage)
        for unique_id in manifest.assets(Layer.MARTS)
        if not is_filled(manifest.node(unique_id))
    )


def is_month(column: str) -> bool:
    """Whether a date column names a month by its first day (house style)."""
    return column == "month" or column.endswith("_month")


def _table(node: Mapping[str, Any], key: tuple[str, ...], lineage: _Lineage) -> PublishedTable:
    meta = node["config"].get("meta", {})
    key = tuple(meta.get("restated_key", key))
    dates = [
        name
        for name, column in node["columns"].items()
        if (column.get("data_type") or "").lower() in _DATES
    ]
    mode, periods = _closing(meta.get("restated_by"), [part for part in key if part in dates])
    passed_over = frozenset(meta.get("restated_not", ()))
    unknown = sorted({*periods, *passed_over} - set(node["columns"]))
    if not key or unknown:
        raise ValueError(
            f"{node['original_file_path']}: restatements need a key and known columns, "
            f"found the key {key} and the unknown columns {unknown}"
        )
    registers, entities = lineage.origins(node["unique_id"])
    return PublishedTable(
        schema=node["schema"],
        name=node["alias"],
        key=key,
        mode=mode,
        periods=periods,
        passed_over=passed_over,
        is_view=node["config"]["materialized"] == "view",
        code=lineage.code(node["unique_id"]),
        kept_by=_kept_by(node),
        registers=registers,
        entities=entities,
        reads_books=lineage.reads_books(node["unique_id"]),
    )


def _kept_by(node: Mapping[str, Any]) -> str:
    config = node["config"]
    return str(config["unique_key"]) if config["materialized"] == "keyed" else ""


def _closing(stated: str | None, dated: Sequence[str]) -> tuple[Mode, tuple[str, ...]]:
    """Tell what closes a row: as the mart states, else the days in its key, else nothing does."""
    if stated in {"as_of_day", "always"}:
        return cast("Mode", stated), ()
    if stated or dated:
        return "period", (stated,) if stated else tuple(dated)
    return "as_of_day", ()


def keys_of_models(manifest: DbtManifest) -> dict[str, tuple[str, ...]]:
    """Find the columns, or expressions, that the primary-key test of each model names."""
    keys: dict[str, tuple[str, ...]] = {}
    for node in manifest.content["nodes"].values():
        test = node.get("test_metadata") or {}
        if test.get("name") == "one_row_per":
            keys[node["attached_node"]] = tuple(test["kwargs"]["columns"])
        elif test.get("name") == INTEGRITY and test["kwargs"].get("key"):
            keys[node["attached_node"]] = tuple(test["kwargs"]["key"])
        elif test.get("name") == "unique":
            keys.setdefault(node["attached_node"], (node["column_name"],))
    return keys


class _Lineage:
    """What a model is made of, all the way up; each node is looked at once."""

    def __init__(self, manifest: DbtManifest) -> None:
        self._manifest = manifest
        self._macros: Mapping[str, Any] = manifest.content["macros"]
        self._ancestors: dict[str, frozenset[str]] = {}
        self._used: dict[str, frozenset[str]] = {}

    def origins(self, unique_id: str) -> tuple[frozenset[str], frozenset[str]]:
        """Name the registers and the raw entities that a model reads, at whatever distance."""
        registers, entities = set(), set()
        for ancestor in self.ancestors(unique_id):
            kind, *_, name = ancestor.split(".")
            if kind in {"seed", "source"}:
                if name.startswith("raw_"):
                    entities.add(name.removeprefix("raw_"))
                else:
                    registers.add(name)
        return frozenset(registers), frozenset(entities)

    def code(self, unique_id: str) -> str:
        """Fingerprint the SQL of a model, of all models before it and of the macros they use."""
        models = [
            name
            for name in (unique_id, *self.ancestors(unique_id))
            if name.startswith(("model.", "snapshot."))
        ]
        macros = {macro for model in models for macro in self._macros_of(self._depends(model))}
        return _sha(
            [
                *(
                    f"{model} {self._manifest.node(model)['checksum']['checksum']}"
                    for model in models
                ),
                *(f"{macro} {self._macros[macro]['macro_sql']}" for macro in macros),
            ]
        )

    def reads_books(self, unique_id: str) -> bool:
        """Tell whether a model reads the published ledger, which is no node of the graph."""
        books = f"macro.{self._project}.{_BOOKS}"
        return any(
            books in self._macros_of(self._depends(model))
            for model in (unique_id, *self.ancestors(unique_id))
            if model.startswith("model.")
        )

    def ancestors(self, unique_id: str) -> frozenset[str]:
        """Every node that a node reads, directly or through others."""
        if unique_id not in self._ancestors:
            parents = self._depends(unique_id).get("nodes", ())
            self._ancestors[unique_id] = frozenset(parents).union(
                *(self.ancestors(parent) for parent in parents)
            )
        return self._ancestors[unique_id]

    def _depends(self, unique_id: str) -> Mapping[str, Any]:
        depends: Mapping[str, Any] = self._manifest.node(unique_id).get("depends_on", {})
        return depends

    def _macros_of(self, depends: Mapping[str, Any]) -> frozenset[str]:
        """Name the project's own macros that something uses; those of dbt come with its version."""
        found: set[str] = set()
        for macro in depends.get("macros", ()):
            if macro not in self._used:
                self._used[macro] = frozenset()  # a macro that calls itself ends here
                node = self._macros.get(macro)
                if node is not None and node["package_name"] == self._project:
                    self._used[macro] = frozenset({macro}) | self._macros_of(node["depends_on"])
            found |= self._used[macro]
        return frozenset(found)

    @property
    def _project(self) -> str:
        name: str = self._manifest.content["metadata"]["project_name"]
        return name


def _sha(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16]
