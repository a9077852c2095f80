"""SQLMesh on DuckDB: plan and apply the subset in a new state, without prompts."""

import sys
from pathlib import Path

import duckdb
from sqlmesh import Context
from sqlmesh.core.config import Config, DuckDBConnectionConfig, GatewayConfig, ModelDefaultsConfig


def build(cut: Path, out: Path) -> None:
    """Build the subset from the cut and write the marts as Parquet."""
    database = str(out / "marts.duckdb")
    config = Config(
        gateways={"local": GatewayConfig(connection=DuckDBConnectionConfig(database=database))},
        model_defaults=ModelDefaultsConfig(dialect="duckdb", start="2020-01-01"),
        disable_anonymized_analytics=True,
    )
    context = Context(paths=[str(cut / "sqlmesh")], config=config)
    context.plan("prod", auto_apply=True, no_prompts=True, skip_tests=True)
    names = [path.stem for path in (cut / "duckdb").glob("*.sql")]
    context.close()
    with duckdb.connect(database, read_only=True) as connection:
        for name in (each[3:] for each in names):
            if not name.startswith("int_"):
                connection.execute(f"copy peers.{name} to '{out / name}.parquet' (format parquet)")


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
