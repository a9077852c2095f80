"""From which columns a column is made, for the catalogue of the web page.

Belongs here: reading it out of compiled SQL, and keeping it. Does not belong here: the SQL.

Parsing a hundred models takes seconds, and the answer changes only with the code: it is kept in
the build directory under a fingerprint of the compiled SQL and of the columns that it reads. The
as-of day is taken out of the SQL first, otherwise every day would be a change. Where only what
arrived is built, the SQL of a model asks for less, of the same columns: what is kept stands.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

import dagster as dg
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.lineage import lineage

from orchestration import tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from orchestration.dbt_manifest import DbtManifest
    from orchestration.dbt_session import DbtResult
    from orchestration.settings import Settings
    from orchestration.translator import LayerTranslator

#: Database, schema and name, as compiled SQL writes them.
Relation = tuple[str, str, str]

#: Column to the columns it is made of: database, schema, table and column of each.
Origins = dict[str, list[tuple[str, str, str, str]]]

_DAY = re.compile(r"'\d{4}-\d{2}-\d{2}'")


class ColumnLineage:
    """Column lineage of the models of one carrier."""

    def __init__(
        self, settings: Settings, manifest: DbtManifest, translator: LayerTranslator
    ) -> None:
        self._settings = settings
        self._manifest = manifest
        self._translator = translator
        self._file = settings.dbt_target_dir / "column_lineage.json"

    def of(
        self, results: Sequence[DbtResult], log: Any, *, is_incremental: bool
    ) -> dict[str, Mapping[str, dg.TableColumnLineage]]:
        """Metadata entry by unique id, for the models among the results."""
        models = [result for result in results if result.compiled_path and result.is_built]
        if not models:
            return {}
        columns = self._columns()
        relations = self._relations()
        kept = self._read()
        found: dict[str, Mapping[str, dg.TableColumnLineage]] = {}
        is_changed = False
        for result in models:
            sql = _text(result.compiled_path)
            parents = {
                relation: columns.get(relation, {})
                for parent in self._manifest.node(result.unique_id)["depends_on"]["nodes"]
                for relation in (_relation(self._manifest.node(parent)),)
            }
            fingerprint = _fingerprint(sql, parents)
            entry = kept.get(result.unique_id)
            if entry is None or not (is_incremental or entry["fingerprint"] == fingerprint):
                entry = {"fingerprint": fingerprint, "origins": _origins(sql, parents, log)}
                kept[result.unique_id] = entry
                is_changed = True
            found[result.unique_id] = self._metadata(entry["origins"], relations)
        if is_changed:
            self._write(kept)
        return found

    def _metadata(
        self, origins: Origins, relations: Mapping[Relation, dg.AssetKey]
    ) -> Mapping[str, dg.TableColumnLineage]:
        deps = {
            column: [
                dg.TableColumnDep(asset_key=relations[relation], column_name=name)
                for database, schema, table, name in sources
                for relation in ((database, schema, table),)
                if relation in relations
            ]
            for column, sources in origins.items()
        }
        return {"dagster/column_lineage": dg.TableColumnLineage(deps_by_column=deps)}

    def _columns(self) -> dict[Relation, dict[str, str]]:
        """Columns and types as built, by relation."""
        found: dict[Relation, dict[str, str]] = {}
        for database in (self._settings.work_db, self._settings.candidate_db):
            for (schema, table), columns in tables.columns(database).items():
                found[database.stem, schema, table] = columns
        return found

    def _relations(self) -> dict[Relation, dg.AssetKey]:
        return {
            _relation(self._manifest.node(unique_id)): self._translator.spec(unique_id).key
            for unique_id in self._manifest.layer_by_asset
        }

    def _read(self) -> dict[str, Any]:
        try:
            kept: dict[str, Any] = json.loads(self._file.read_bytes())
        except (FileNotFoundError, ValueError):
            return {}
        return kept

    def _write(self, kept: Mapping[str, Any]) -> None:
        draft = self._file.with_suffix(".draft")
        draft.write_text(json.dumps(kept), encoding="utf-8")
        draft.replace(self._file)


def _text(path: Path | None) -> str:
    return path.read_text(encoding="utf-8") if path else ""


def _relation(node: Mapping[str, Any]) -> Relation:
    return node["database"], node["schema"], node.get("alias") or node["identifier"]


def _fingerprint(sql: str, parents: Mapping[Relation, Mapping[str, str]]) -> str:
    shape = [_DAY.sub("", sql), *(sorted(columns) for columns in parents.values())]
    return hashlib.sha256(json.dumps(shape).encode()).hexdigest()


def _origins(sql: str, parents: Mapping[Relation, Mapping[str, str]], log: Any) -> Origins:
    """Origins of each column of a query; empty if the query is beyond the parser."""
    schema: dict[str, Any] = {}
    for (database, schema_name, table), columns in parents.items():
        if columns:
            schema.setdefault(database, {}).setdefault(schema_name, {})[table] = dict(columns)
    try:
        # Trimmed selects are labels for a picture: a copy of the statement for every column.
        nodes = lineage(None, sql, schema, dialect="duckdb", trim_selects=False)
    except SqlglotError as error:
        log.warning(f"no column lineage: {error}")
        return {}
    return {
        column.lower(): sorted(
            {
                (
                    leaf.expression.catalog,
                    leaf.expression.db,
                    leaf.expression.name,
                    leaf.name.rpartition(".")[2].strip('"').lower(),
                )
                for leaf in node.walk()
                if not leaf.downstream and isinstance(leaf.expression, exp.Table)
            }
        )
        for column, node in nodes.items()
    }
