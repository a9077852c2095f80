"""SQLMesh on DuckDB: plan and apply the subset in a new state, without prompts."""

import sys
from pathlib import Path

from sqlmesh import Context
from sqlmesh.core.config import Config, DuckDBConnectionConfig, GatewayConfig, ModelDefaultsConfig

from benchmarks.peers import storage


def build(cut: Path, out: Path) -> None:
    """Build the subset from the cut as tables, with views of their names."""
    connection = DuckDBConnectionConfig(database=str(storage.create(out)))
    config = Config(
        gateways={"local": GatewayConfig(connection=connection)},
        model_defaults=ModelDefaultsConfig(dialect="duckdb", start="2020-01-01"),
        disable_anonymized_analytics=True,
    )
    context = Context(paths=[str(cut / "sqlmesh")], config=config)
    context.plan("prod", auto_apply=True, no_prompts=True, skip_tests=True)
    context.close()


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
