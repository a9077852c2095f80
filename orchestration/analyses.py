"""The questions of `analyses/`, ready to be asked of a published file.

Belongs here: reading them with what their property files say of them, and putting the names of the
published tables in the place of `ref`. Does not belong here: asking (sql), and what is made of the
answers (the briefing, the exports).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import jinja2
import yaml

from orchestration.errors import NotPublishable
from orchestration.settings import PROJECT_DIR

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import duckdb

ANALYSES_DIR: Final = PROJECT_DIR / "analyses"

_SCHEMAS: Final = """
    select table_name, schema_name from duckdb_tables()
    where database_name = current_database() and not internal
    union all
    select view_name, schema_name from duckdb_views()
    where database_name = current_database() and not internal
"""


@dataclass(frozen=True)
class Analysis:
    """One question: `name` and `folder` (below analyses/) of its file, what is asked, its SQL.

    `columns` are the answer's columns with their meaning; `meta` is what else its property file
    says of it.
    """

    name: str
    folder: str
    description: str
    sql: str
    columns: dict[str, str] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)

    @property
    def group(self) -> str:
        """The user group that asks it: the last part of its folder."""
        return self.folder.rpartition("/")[2]

    def is_answered_by(self, schemas: Mapping[str, str]) -> bool:
        """Whether a file with these tables answers it."""
        try:
            self.published_sql(schemas)
        except NotPublishable:
            return False
        return True

    def published_sql(
        self, schemas: Mapping[str, str], variables: Mapping[str, str] | None = None
    ) -> str:
        """Name the tables as a published file does, and set its variables.

        Args:
            schemas: table -> schema, of the file.
            variables: what takes the place of the defaults that the analysis has.

        Raises:
            NotPublishable: it asks a table that the file does not hold.
        """

        def ref(table: str) -> str:
            if table not in schemas:
                raise NotPublishable(
                    f"Analysis {self.name} asks {table}, which is not published",
                    f"analyses/{self.folder}/{self.name}.sql",
                    "ask a mart of this file, or open the file of the other audience",
                )
            return f"{schemas[table]}.{table}"

        def var(name: str, default: str) -> str:
            return (variables or {}).get(name, default)

        # It is SQL and no page: nothing in it is escaped.
        environment = jinja2.Environment(undefined=jinja2.StrictUndefined)  # noqa: S701
        return environment.from_string(self.sql).render(ref=ref, var=var).strip()


def schemas_of(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Table or view -> schema, of the file that is open."""
    return dict(connection.execute(_SCHEMAS).fetchall())


def read(folder: str, root: Path = ANALYSES_DIR) -> list[Analysis]:
    """Read the analyses of a folder below analyses/ and of those in it, in the order of names.

    Raises:
        FileNotFoundError: a property file names an analysis that has no SQL beside it.
    """
    return [
        _analysis(properties.parent, root, each)
        for properties in sorted((root / folder).rglob("_*.yml"))
        for each in yaml.safe_load(properties.read_text(encoding="utf-8"))["analyses"]
    ]


def _analysis(at: Path, root: Path, properties: dict[str, Any]) -> Analysis:
    name = properties["name"]
    return Analysis(
        name=name,
        folder=at.relative_to(root).as_posix(),
        description=_line(properties["description"]),
        sql=(at / f"{name}.sql").read_text(encoding="utf-8"),
        columns={
            column["name"]: _line(column["description"]) for column in properties.get("columns", [])
        },
        meta=properties.get("config", {}).get("meta", {}),
    )


def _line(text: str) -> str:
    return " ".join(text.split())
