"""Whatever goes wrong, a table nobody could judge has failed, and what comes after is blocked."""

from __future__ import annotations

import json
import subprocess
import sys
from types import SimpleNamespace

import duckdb
import pytest

from expectations import kinds, reader, validate
from expectations.verdicts import Outcome, TableVerdict
from orchestration.settings import PROJECT_DIR as ROOT


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema staging")
        connection.execute("create schema raw")
        connection.execute("create table staging.empty (line_key bigint, amount_krw bigint)")
        connection.execute(
            "create table staging.lines as select range as line_key, range * 100 as amount_krw, "
            "'L' || range as line_id, '0101234' || range as msisdn from range(1000, 1010)"
        )
        connection.execute("create table raw.raw_lines as from staging.lines")
    return path


def rule(severity=kinds.CRITICAL, condition="amount_krw < 0", **more):
    return kinds.ExpectNoRowsWhere(
        condition=condition, description="No amount is below nought", severity=severity, **more
    )


def test_a_sound_table_passes(judge, database):
    verdict = judge(database, "staging.lines", [rule()])
    assert verdict.passed
    assert not verdict.blocking
    assert (verdict.evaluated, verdict.failed, verdict.row_count) == (1, 0, 10)
    assert verdict.message == "staging.lines: 1 rules hold on 10 rows"


def test_a_broken_rule_names_table_rule_observation_and_rows(judge, database):
    broken = rule(condition="amount_krw > 100700")
    verdict = judge(database, "staging.lines", [broken], KEYS=("line_key",))
    assert verdict.blocking
    assert verdict.message == (
        "staging.lines: 1 of 1 rules failed on 10 rows. [critical] No amount is below nought: "
        "observed 2 rows, expected no row where amount_krw > 100700; "
        "rows: line_key=1008; line_key=1009"
    )


@pytest.mark.parametrize(
    ("severity", "blocks"), [("critical", True), ("warning", False), ("info", False)]
)
def test_severity_decides_whether_a_broken_rule_blocks(judge, database, severity, blocks):
    verdict = judge(database, "staging.lines", [rule(severity, "amount_krw > 0")])
    assert not verdict.passed
    assert verdict.blocking is blocks


def test_an_unknown_severity_blocks():
    outcome = Outcome("A rule", "whatever", passed=False)
    assert TableVerdict("staging", "staging.lines", (outcome,)).blocking


def test_a_rule_that_cannot_be_evaluated_blocks_though_it_is_a_warning(judge, database):
    missing = rule(kinds.WARNING, "amount_of_money < 0")
    verdict = judge(database, "staging.lines", [missing])
    assert not verdict.passed
    assert verdict.blocking
    assert verdict.evaluated == 0
    assert 'column "amount_of_money" not found' in verdict.message


def test_a_table_that_is_missing_fails(judge, database):
    verdict = judge(database, "staging.ghosts", [rule()])
    assert verdict.blocking
    assert "no staging.ghosts in the database" in verdict.message


def test_an_empty_table_fails(judge, database):
    verdict = judge(database, "staging.empty", [rule()])
    assert verdict.blocking
    assert verdict.row_count == 0
    assert "the table holds rows: observed 0 rows" in verdict.message


@pytest.mark.parametrize(
    ("condition", "passes"), [("true", True), ("false", False), ("null", False)]
)
def test_an_empty_table_passes_only_when_nothing_was_due(judge, database, condition, passes):
    verdict = judge(database, "staging.empty", [rule()], EMPTY_WHEN=condition)
    assert verdict.passed is passes
    assert verdict.blocking is not passes


def test_an_excuse_that_cannot_be_evaluated_is_none(judge, database):
    verdict = judge(database, "staging.empty", [rule()], EMPTY_WHEN="(select x from nowhere)")
    assert verdict.blocking
    assert "nowhere" in verdict.message


def test_a_suite_without_a_rule_fails(judge, database):
    verdict = judge(database, "staging.lines", [])
    assert not verdict.passed
    assert verdict.blocking
    assert verdict.message == "staging.lines: no rule was evaluated"


@pytest.mark.fault(
    kind="bad input",
    tried="a rule of a suite that gives no result",
    holds="its table counts as failed",
)
def test_a_rule_without_a_result_fails(judge, database, monkeypatch):
    monkeypatch.setattr(reader.Reader, "validate", lambda *_: SimpleNamespace(results=[]))
    verdict = judge(database, "staging.lines", [rule(kinds.WARNING)])
    assert verdict.blocking
    assert "could not be evaluated (no result)" in verdict.message


@pytest.mark.fault(
    kind="bad input",
    tried="a suite that evaluated no row",
    holds="its table counts as failed",
)
@pytest.mark.parametrize("answer", [{"success": None, "result": {"x": 1}}, {"success": True}])
def test_an_answer_that_says_nothing_fails(judge, database, monkeypatch, answer):
    result = SimpleNamespace(
        **{"result": {}, "exception_info": {}, **answer},
        expectation_config=SimpleNamespace(description="No amount is below nought"),
    )
    monkeypatch.setattr(reader.Reader, "validate", lambda *_: SimpleNamespace(results=[result]))
    verdict = judge(database, "staging.lines", [rule(kinds.WARNING)])
    assert verdict.blocking
    assert "no answer" in verdict.message


@pytest.mark.parametrize("trouble", [RuntimeError("out of order"), duckdb.IOException("disk")])
def test_an_exception_is_the_verdict_of_its_table(judge, database, monkeypatch, trouble):
    def fail(*_):
        raise trouble

    monkeypatch.setattr(reader.Reader, "validate", fail)
    verdict = judge(database, "staging.lines", [rule()])
    assert verdict.blocking
    assert str(trouble) in verdict.message


def test_an_exception_nobody_expects_ends_the_run(judge, database, monkeypatch):
    def fail(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(reader.Reader, "validate", fail)
    with pytest.raises(KeyboardInterrupt):
        judge(database, "staging.lines", [rule()])
    duckdb.connect(str(database)).close()


def test_a_suite_that_cannot_be_loaded_fails_its_table_only(database):
    known = {"staging.lines": "expectations.staging.not_there", "staging.empty": "json"}
    found = reader.verdicts("staging", database, sorted(known), known, None)
    assert all(verdict.blocking for verdict in found.values())
    assert "not_there" in found["staging.lines"].message


def test_a_database_that_is_missing_fails_every_table(tmp_path):
    found = validate.validate_layer("staging", tmp_path / "warehouse.duckdb", ["staging.lines"])
    assert found["staging.lines"].blocking
    assert "warehouse.duckdb" in found["staging.lines"].message


@pytest.mark.fault(
    kind="crash",
    tried="a database that is damaged when a gate looks at it",
    holds="every table of the layer counts as failed",
)
def test_a_damaged_database_fails_every_table(tmp_path):
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(b"no database" * 1000)
    table = "staging.stg_operator__lines"
    assert validate.validate_layer("staging", path, [table])[table].blocking


def test_a_database_that_a_writer_holds_fails_every_table(database):
    table = "staging.stg_operator__lines"
    with duckdb.connect(str(database)):
        verdict = validate.validate_layer("staging", database, [table])[table]
    assert verdict.blocking
    assert "different configuration" in verdict.message


def test_a_table_without_a_suite_fails(database):
    found = validate.validate_layer("staging", database, ["staging.lines"])
    assert found["staging.lines"].blocking
    assert "none in expectations/staging" in found["staging.lines"].message


def test_a_layer_that_is_none_is_refused(database):
    with pytest.raises(ValueError, match="no layer 'silver'"):
        validate.validate_layer("silver", database)


def test_every_table_asked_for_gets_a_verdict(database):
    wanted = ["staging.stg_operator__lines", "staging.ghosts", "staging.stg_operator__contracts"]
    assert list(validate.validate_layer("staging", database, wanted)) == sorted(wanted)


def test_no_direct_identifier_is_shown(judge, database):
    rules = [
        rule(condition="amount_krw > 0"),
        kinds.ExpectNoRowsFrom(
            query="select line_id, msisdn, line_key from {batch}",
            description="Nobody is here",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="line_key",
            column_B="amount_krw",
            description="Keys are larger than amounts",
            severity=kinds.CRITICAL,
        ),
    ]
    keys = ("line_id", "msisdn", "line_key")
    verdict = judge(database, "staging.lines", rules, KEYS=keys)
    assert len(verdict.failures) == 3
    assert all(outcome.rows for outcome in verdict.failures)
    shown = verdict.message + verdict.markdown + json.dumps(verdict.results_json)
    assert "line_key=1000" in shown
    assert "L1000" not in shown
    assert "0101234" not in shown


def test_a_delivered_row_is_named_by_where_it_stands(judge, database):
    verdict = judge(database, "raw.raw_lines", [rule(condition="amount_krw = 100300")], layer="raw")
    assert verdict.outcomes[0].rows == ({"source_row": "4"},)
    with duckdb.connect(str(database)) as connection:
        connection.execute("alter table raw.raw_lines rename to delivered")
        connection.execute(
            "create view raw.raw_lines as select *, date '2025-09-01' as batch_date, "
            "'2025-09-01/lines.parquet' as source_file, line_key - 999 as source_row "
            "from raw.delivered"
        )
    verdict = judge(database, "raw.raw_lines", [rule(condition="amount_krw = 100300")], layer="raw")
    assert verdict.outcomes[0].rows == (
        {
            "batch_date": "2025-09-01",
            "source_file": "2025-09-01/lines.parquet",
            "source_row": "4",
        },
    )


def test_the_file_is_let_go_of(judge, database):
    judge(database, "staging.lines", [rule(condition="amount_krw > 0")])
    with duckdb.connect(str(database)) as writer:
        writer.execute("insert into staging.empty values (1, 2)")
    assert judge(database, "staging.empty", [rule()]).passed


def test_memory_is_limited_when_asked_for(database, monkeypatch):
    seen = {}

    def listen(self, path, settings):
        seen.update(settings)
        self._address, self._settings = path, settings
        raise duckdb.IOException("enough")

    monkeypatch.setattr(reader.duckdb_dialect.ReadOnlyConnection, "__init__", listen)
    validate.validate_layer(
        "staging", database, ["staging.stg_operator__lines"], memory_limit="2GB"
    )
    assert seen == {"memory_limit": "2GB"}


def test_validating_works_in_the_process_in_which_dbt_has_just_built(tmp_path):
    """dbt opens the file for writing, with settings of its own; both must be gone when it ends."""
    project = tmp_path / "project"
    (project / "models").mkdir(parents=True)
    (project / "models" / "numbers.sql").write_text("select 1 as line_key, 100 as amount_krw")
    (project / "dbt_project.yml").write_text(
        "{name: small, profile: small, models: {small: {+materialized: table}}, "
        "flags: {send_anonymous_usage_stats: false}}"
    )
    (project / "profiles.yml").write_text(
        "small: {target: dev, outputs: {dev: {type: duckdb, path: "
        f"{project}/warehouse.duckdb, schema: staging, threads: 2, "
        "settings: {TimeZone: Asia/Seoul}}}}"
    )
    script = f"""
import sys
from pathlib import Path
from types import ModuleType
from dbt.cli.main import dbtRunner
from expectations import validate
folder = {str(project)!r}
arguments = ["--quiet", "--project-dir", folder, "--profiles-dir", folder]
for attempt in range(2):
    assert dbtRunner().invoke(["run", *arguments, "--target-path", folder + "/target"]).success
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    DuckDBConnectionManager.close_all_connections()
    database = Path(folder) / "warehouse.duckdb"
    found = validate.validate_layer("staging", database, ["staging.numbers"])
    assert "none in expectations/staging" in found["staging.numbers"].message
    from expectations import kinds, reader
    suite = ModuleType("expectations.staging.numbers")
    suite.KEYS = ("line_key",)
    suite.expectations = lambda: [
        kinds.ExpectNoRowsWhere(condition="amount_krw < 0", description="A rule")
    ]
    sys.modules[suite.__name__] = suite
    known = {{"staging.numbers": suite.__name__}}
    verdict = reader.verdicts("staging", database, list(known), known, None)["staging.numbers"]
    assert verdict.passed, verdict.message
print("done")
"""
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.stdout.strip().endswith("done"), ended.stdout + ended.stderr
