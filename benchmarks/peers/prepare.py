"""Writes the cut that all peers read; not timed.

Belongs here: exporting the inputs of the subset to Parquet, and its compiled SQL in the form that
each tool takes. Does not belong here: running a peer.

    cut/inputs/<table>.parquet    what the subset reads and does not build
    cut/suites/<table>.parquet    what the suites of the marts ask besides
    cut/duckdb/<nn>_<model>.sql   compiled SQL with plain names; cut/spark the same for Spark
    cut/dbt, cut/sqlmesh          a project of each, its models the same SQL
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import duckdb
import sqlglot

from benchmarks.bare import models, newest_target
from benchmarks.peers.subset import ASKED_BY_SUITES, MODELS, relations, renamed
from orchestration.sql_text import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def prepare(build: Path, cut: Path) -> None:
    """Write the cut of a finished batch into a new directory.

    Raises:
        SystemExit: the build directory holds no batch.
        KeyError: a model of the subset is not in the batch.
    """
    by_name = {model.name: model.sql for model in models(newest_target(build)).values()}
    sql = {name: by_name[name] for name in MODELS}
    inputs = sorted(
        each for each in set().union(*map(relations, sql.values())) if each[2] not in MODELS
    )
    _export(build, cut / "inputs", inputs)
    _export(build, cut / "suites", ASKED_BY_SUITES)
    names = [name for _database, _schema, name in inputs]
    _plain(cut, sql)
    _dbt(cut / "dbt", cut / "inputs", sql, names)
    _sqlmesh(cut / "sqlmesh", cut / "inputs", sql, names)


def _export(build: Path, into: Path, inputs: Iterable[tuple[str, str, str]]) -> None:
    into.mkdir(parents=True)
    with duckdb.connect() as connection:
        for alias, path in (
            ("warehouse", build / "work" / "warehouse.duckdb"),
            ("candidate", (build / "published" / "current.duckdb").resolve()),
        ):
            connection.execute(f"attach {literal(str(path))} as {alias} (read_only)")
        for database, schema, name in inputs:
            connection.execute(
                f"copy (from {database}.{quoted(schema)}.{quoted(name)}) "
                f"to {literal(str(into / f'{name}.parquet'))} (format parquet)"
            )


def _plain(cut: Path, sql: dict[str, str]) -> None:
    for dialect in ("duckdb", "spark"):
        (cut / dialect).mkdir()
        for number, (name, text) in enumerate(sql.items()):
            plain = renamed(text, "{name}")
            if dialect == "spark":
                plain = for_spark(plain)
            (cut / dialect / f"{number:02}_{name}.sql").write_text(plain)


def for_spark(sql: str) -> str:
    """Transpile DuckDB's SQL for Spark, which decides itself what it materialises."""
    parsed = sqlglot.parse_one(sql, read="duckdb")
    for each in parsed.find_all(sqlglot.exp.CTE):
        each.set("materialized", None)
    return parsed.sql("spark", pretty=True)


def _dbt(into: Path, inputs: Path, sql: dict[str, str], names: list[str]) -> None:
    (into / "models").mkdir(parents=True)
    (into / "dbt_project.yml").write_text(
        textwrap.dedent("""\
        name: peers
        version: "1.0"
        profile: peers
        flags: {send_anonymous_usage_stats: false, version_check: false}
        models:
          peers: {+materialized: table}
        """)
    )
    (into / "profiles.yml").write_text(
        textwrap.dedent("""\
        peers:
          target: duckdb
          outputs:
            duckdb:
              type: duckdb
              path: "{{ var('database') }}"
              threads: 2
        """)
    )
    (into / "models" / "sources.yml").write_text(
        "sources:\n  - name: inputs\n    config:\n      meta:\n"
        f'        external_location: "{inputs}/{{name}}.parquet"\n    tables:\n'
        + "".join(f"      - name: {name}\n" for name in names)
    )
    for name, text in sql.items():
        for each in {read for _database, _schema, read in relations(text)}:
            where = f"ref('{each}')" if each in sql else f"source('inputs', '{each}')"
            text = text.replace(_quoted_relation(text, each), f"{{{{ {where} }}}}")  # noqa: PLW2901
        (into / "models" / f"{name}.sql").write_text(text)


def _quoted_relation(text: str, name: str) -> str:
    [found] = [each for each in relations(text) if each[2] == name]
    return ".".join(f'"{part}"' for part in found)


def _sqlmesh(into: Path, inputs: Path, sql: dict[str, str], names: list[str]) -> None:
    (into / "models").mkdir(parents=True)
    for name in names:
        (into / "models" / f"{name}.sql").write_text(
            f"MODEL (name main.{name}, kind VIEW, dialect duckdb);\n"
            f"select * from read_parquet('{inputs}/{name}.parquet')\n"
        )
    for name, text in sql.items():
        (into / "models" / f"{name}.sql").write_text(
            f"MODEL (name main.{name}, kind FULL, dialect duckdb);\n" + renamed(text, "main.{name}")
        )
