"""From which columns a column is made, for the catalogue of the web page.

Belongs here: keeping it, and which models are read for it. Does not belong here: how a statement
is read (column_origins).

Reading a hundred models takes seconds, and the answer changes only with the code: it is kept in
the build directory under a fingerprint of the compiled SQL and of the columns that it reads. Where
only what arrived is built, the SQL of a model asks for less, of the same columns: what is kept
stands. Models that nothing is kept of are read beside dbt, as it comes to them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import dagster as dg
from sqlglot.errors import SqlglotError

from orchestration import column_origins, tables
from orchestration.column_origins import Relation

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from orchestration.column_origins import Beside, Origins, Parents
    from orchestration.dbt_manifest import DbtManifest
    from orchestration.dbt_session import DbtResult
    from orchestration.settings import Settings
    from orchestration.translator import LayerTranslator


class ColumnLineage:
    """Column lineage of the models of one carrier."""

    def __init__(
        self, settings: Settings, manifest: DbtManifest, translator: LayerTranslator
    ) -> None:
        self._settings = settings
        self._manifest = manifest
        self._translator = translator
        self._file = settings.dbt_target_dir / "column_lineage.json"

    def reader(self, beside: Beside, unique_ids: Collection[str]) -> Callable[[str], None]:
        """Give what has one of these models read beside, by its id, if nothing is kept of it."""
        new = {unique_id for unique_id in unique_ids if unique_id.startswith("model.")}
        questions = {
            unique_id: self._as_described(unique_id) for unique_id in new - self._read().keys()
        }

        def ask(unique_id: str) -> None:
            if unique_id in questions:
                beside.ask(*questions[unique_id])

        return ask

    def of(
        self,
        results: Sequence[DbtResult],
        log: Any,
        *,
        is_incremental: bool,
        were_read: Mapping[str, Origins] | None = None,
    ) -> dict[str, Mapping[str, dg.TableColumnLineage]]:
        """Metadata entry by unique id, for the models among the results.

        `were_read` are origins by fingerprint that were read beside.
        """
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
                relation: columns.get(relation, ()) for relation in self._parents(result.unique_id)
            }
            fingerprint = column_origins.fingerprint(sql, parents)
            entry = kept.get(result.unique_id)
            if entry is None or not (is_incremental or entry["fingerprint"] == fingerprint):
                origins = (were_read or {}).get(fingerprint)
                if origins is None:
                    origins = _origins(sql, parents, log)
                entry = kept[result.unique_id] = {"fingerprint": fingerprint, "origins": origins}
                is_changed = True
            found[result.unique_id] = self._metadata(entry["origins"], relations)
        if is_changed:
            self._write(kept)
        return found

    def _parents(self, unique_id: str) -> dict[Relation, Mapping[str, Any]]:
        """Relations that a model reads, and their nodes."""
        nodes = map(self._manifest.node, self._manifest.node(unique_id)["depends_on"]["nodes"])
        return {_relation(node): node for node in nodes}

    def _as_described(self, unique_id: str) -> tuple[Path, Parents]:
        """Where the SQL of a model will stand, and the columns that are described of its parents.

        Its parents may not be built yet. They are tested to have the columns described.
        """
        node = self._manifest.node(unique_id)
        compiled = self._settings.dbt_target_dir / "compiled" / node["package_name"]
        parents = self._parents(unique_id)
        return compiled / node["original_file_path"], {
            relation: parent["columns"] for relation, parent in parents.items()
        }

    def _metadata(
        self, origins: Origins, relations: Mapping[Relation, dg.AssetKey]
    ) -> Mapping[str, dg.TableColumnLineage]:
        deps = {
            column: [
                dg.TableColumnDep(asset_key=relations[relation], column_name=name)
                for database, schema, table, name in sources
                for relation in (Relation(database, schema, table),)
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
                found[Relation(database.stem, schema, table)] = columns
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
    return Relation(node["database"], node["schema"], node.get("alias") or node["identifier"])


def _origins(sql: str, parents: Parents, log: Any) -> Origins:
    """Origins of each column of a query; empty if the query is beyond the parser."""
    try:
        return column_origins.read(sql, parents)
    except SqlglotError as error:
        log.warning(f"no column lineage: {error}")
        return {}
