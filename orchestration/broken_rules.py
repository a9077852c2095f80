"""Which rules of a table a test `integrity` found broken, and on how many rows each.

Belongs here: asking the databases of a batch for them, once dbt has closed these, and the words for
the answer. Does not belong here: the rules (property files), what a failed test means for the batch
(dbt_layers).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from orchestration.sql_text import literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestration.dbt_session import DbtResult
    from orchestration.settings import Settings


def counted(settings: Settings, result: DbtResult) -> Mapping[str, int]:
    """Count the rows that break each rule, by the rule in words; most rows first.

    Args:
        settings: of the batch.
        result: what became of the test.

    Returns:
        Nothing where the test returned no row, or where the answer cannot be had any more: what
        dbt said of the test stands without it.
    """
    if not result.failures or result.compiled_path is None:
        return {}
    try:
        sql = result.compiled_path.read_text(encoding="utf-8")
        with duckdb.connect(
            config={
                "autoinstall_known_extensions": False,
                "memory_limit": settings.memory_limit,
                "temp_directory": str(settings.work_dir / "broken_rules.tmp"),
            }
        ) as connection:
            for name, path in (
                ("warehouse", settings.work_db),
                ("candidate", settings.candidate_db),
            ):
                if path.exists():
                    connection.execute(f"attach {literal(str(path))} as {name} (read_only)")
            # Where dbt looks for what is named without a database, such as the keys in scope.
            connection.execute("use warehouse")
            found = connection.execute(
                f"select rule, count(*) from ({sql}) as told "  # noqa: S608 - as dbt ran it
                "group by rule order by count(*) desc, rule"
            ).fetchall()
    except (duckdb.Error, FileNotFoundError):
        return {}
    return dict(found)


def in_words(rules: Mapping[str, int]) -> str:
    """Say each rule and its rows."""
    return "; ".join(
        f"{rule} ({rows:,} row{'' if rows == 1 else 's'})" for rule, rows in rules.items()
    )
