"""The test of all rules of a table tells each row that breaks one, and how a report says so.

Belongs here: the dbt test `integrity` on given rows, and the words for what it found. Does not
belong here: the other generic tests (test_generic_tests), what a failed test stops.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import dagster as dg
import duckdb
import jinja2
import pytest

from orchestration import alert_causes, broken_rules
from orchestration.alerts import Broken
from orchestration.dbt_session import DbtResult
from orchestration.settings import PROJECT_DIR, Settings

if TYPE_CHECKING:
    from pathlib import Path

SOUND = "('KT', 'open', 1, 10), ('SKT', 'closed', 2, 20), ('LGU+', null, null, 30)"
ALL_RULES = {
    "key": ["carrier"],
    "other_keys": [["amount"]],
    "filled": ["amount"],
    "values": {"status": ["open", "closed"], "step": [1, 2]},
    "known": {"carrier": "carriers", "step": ["steps", "number"]},
}
EMPTY_KEY = "(carrier) is empty or stands twice"
EMPTY_AMOUNT = "(amount) is empty or stands twice"


def integrity(rows: str, **rules: Any) -> list[tuple[str, str | None]]:
    """Rule and what was found, of a table of carrier, status, step and amount."""
    with duckdb.connect() as connection:
        connection.execute(
            "create table given as select * "
            f"from (values {rows}) as given(carrier, status, step, amount)"
        )
        connection.execute(
            "create table carriers as select unnest(['KT', 'SKT', 'LGU+', null]) as carrier"
        )
        connection.execute("create table steps as select unnest([1, 2, 2, 3]) as number")
        return sorted(connection.execute(compiled(**rules)).fetchall(), key=str)


def compiled(**rules: Any) -> str:
    """The SQL that dbt makes of the test."""
    engine = jinja2.Environment(autoescape=False, extensions=["jinja2.ext.do"])
    engine.globals["dbt"] = SimpleNamespace(
        string_literal=lambda text: f"'{text}'",
        escape_single_quotes=lambda text: text.replace("'", "''"),
    )
    texts = (
        (PROJECT_DIR / folder).read_text("utf-8")
        for folder in ("macros/rows_that_break_a_rule.sql", "tests/dbt/generic/integrity.sql")
    )
    macro = "".join(texts).replace("{% test", "{% macro").replace("endtest", "endmacro")
    module: Any = engine.from_string(macro).module
    return str(module.integrity("given", **rules))


def test_rows_that_keep_every_rule_are_not_told() -> None:
    assert integrity(SOUND, **ALL_RULES) == []


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("('KT', 'open', 1, 40)", [(EMPTY_KEY, "KT")]),
        ("(null, 'open', 1, 40)", [(EMPTY_KEY, "empty")]),
        ("('MVNO', 'open', 1, 40)", [("carrier is no carrier of carriers", "MVNO")]),
        (
            "('SKT ', 'open', 1, 10)",
            [(EMPTY_AMOUNT, "10"), ("carrier is no carrier of carriers", "SKT ")],
        ),
    ],
)
def test_a_row_is_told_for_each_rule_that_it_breaks(row: str, told: list[tuple[str, str]]) -> None:
    assert integrity(f"{SOUND}, {row}", **ALL_RULES) == told


@pytest.mark.parametrize(
    ("rules", "row", "told"),
    [
        (
            {"filled": ["amount"], "key": ["carrier"]},
            "('N', '', 1, null)",
            [("amount is empty", "N")],
        ),
        # Of a table without a key nothing says which row it is; that it is there does.
        ({"filled": ["amount"]}, "('N', '', 1, null)", [("amount is empty", None)]),
        (
            {"filled": ["amount", "status"], "key": ["carrier", "coalesce(step, 0)"]},
            "('N', '', null, null), ('M', null, 7, null)",
            [
                ("amount is empty", "M, 7"),
                ("amount is empty", "N, 0"),
                ("status is empty", "LGU+, 0"),
                ("status is empty", "M, 7"),
            ],
        ),
        (
            {"values": {"status": ["open", "closed"]}},
            "('N', 'shut', 1, 40)",
            [("status is none of open, closed", "shut")],
        ),
        (
            {"values": {"status": ["open", "closed"]}},
            "('N', '', 1, 40)",
            [("status is none of open, closed", "")],
        ),
        ({"values": {"status": ["open", "closed"]}}, "('N', null, 1, 40)", []),
        ({"values": {"step": [1, 2]}}, "('N', '', 3, 40)", [("step is none of 1, 2", "3")]),
        ({"known": {"carrier": "carriers"}}, "(null, '', 1, 40)", []),
        (
            {"known": {"step": ["steps", "number"]}},
            "('N', '', 4, 40)",
            [("step is no number of steps", "4")],
        ),
        # Told once, though the other table has it twice; and each row is.
        ({"known": {"step": ["steps", "number"]}}, "('N', '', 2, 40)", []),
        (
            {"known": {"step": ["steps", "number"]}},
            "('N', '', 4, 40), ('M', '', 4, 50)",
            [("step is no number of steps", "4")] * 2,
        ),
        (
            {"key": ["carrier", "coalesce(status, '')"]},
            "('LGU+', null, 1, 40)",
            [("(carrier, coalesce(status, '')) is empty or stands twice", "LGU+, ")],
        ),
        (
            {"key": ["carrier", "status"]},
            "('KT', 'x', 1, 40)",
            [("(carrier, status) is empty or stands twice", "LGU+, empty")],
        ),
        (
            {"key": ["amount"], "other_keys": [["carrier", "step"]]},
            "('KT', '', 1, 40)",
            [
                ("(carrier, step) is empty or stands twice", "KT, 1"),
                ("(carrier, step) is empty or stands twice", "LGU+, empty"),
            ],
        ),
    ],
)
def test_each_kind_of_rule_finds_what_it_is_for(
    rules: dict[str, Any], row: str, told: list[tuple[str, str | None]]
) -> None:
    assert integrity(f"{SOUND}, {row}", **rules) == told


def settings(folder: Path) -> Settings:
    return Settings.from_env({"AFTERMATH_BUILD_DIR": str(folder)})


def result(compiled_path: Path | None, failures: int | None) -> DbtResult:
    return DbtResult("test.small.integrity", "fail", "Got 3 results", failures, 0.1, compiled_path)


def test_what_broke_is_counted_by_rule_in_both_databases(tmp_path: Path) -> None:
    given = settings(tmp_path)
    given.work_dir.mkdir(parents=True)
    for path, table in ((given.work_db, "first"), (given.candidate_db, "second")):
        with duckdb.connect(str(path)) as connection:
            connection.execute(f"create table {table} as select unnest(['a', 'a', 'b']) as rule")
    with duckdb.connect(str(given.work_db)) as connection:
        connection.execute("create schema scope")
        connection.execute("create table scope.line_keys as select unnest(['a', 'b']) as line_key")
    sql = tmp_path / "test.sql"
    # As a day's test names the keys in scope: macros/incremental/in_scope.sql.
    sql.write_text(
        "with told as (select * from warehouse.first union all select * from candidate.second) "
        "select rule, null as found from told where rule in (select line_key from scope.line_keys) "
        "-- all of them\n"
    )
    rules = broken_rules.counted(given, result(sql, 6))
    assert rules == {"a": 4, "b": 2}
    assert list(rules) == ["a", "b"]
    assert broken_rules.in_words(rules) == "a (4 rows); b (2 rows)"
    assert broken_rules.in_words({"a": 1}) == "a (1 row)"


def test_what_cannot_be_asked_again_leaves_what_dbt_said(tmp_path: Path) -> None:
    sql = tmp_path / "test.sql"
    sql.write_text("select rule from warehouse.main.gone")
    for path, failures in ((sql, 3), (tmp_path / "none.sql", 3), (None, 3), (sql, 0), (sql, None)):
        assert broken_rules.counted(settings(tmp_path), result(path, failures)) == {}


def test_an_alert_names_each_rule_that_broke(tmp_path: Path) -> None:
    table = dg.AssetKey(["reference", "ref_carriers"])
    rules = {"kind is empty": 2, "code is empty": 1}

    @dg.asset_check(asset=table, name="integrity_ref_carriers")
    def check() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(
            passed=False, metadata={"failed_rows": 3, "broken_rules": dg.MetadataValue.json(rules)}
        )

    job = dg.Definitions(asset_checks=[check]).resolve_implicit_global_asset_job_def()
    ended = job.execute_in_process(raise_on_error=False)
    alert = alert_causes.of_failure(settings(tmp_path), ended.dagster_run, ended.all_events)
    assert alert.broken == tuple(
        Broken("reference.ref_carriers", rule, rows) for rule, rows in rules.items()
    )
