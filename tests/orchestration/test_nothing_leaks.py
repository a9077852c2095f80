"""What a batch leaves behind names nobody, and the key is nowhere."""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing
from types import SimpleNamespace
from typing import TYPE_CHECKING

import duckdb
import pytest

from orchestration import dbt_session, logs
from orchestration.dbt_session import DbtSession
from orchestration.settings import DEMO_PSEUDONYM_KEY, Settings
from tests.batch_on_the_sample import terminal_of
from tests.orchestration import leaks

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.fault(
    kind="privacy",
    tried="every file that a whole batch wrote is searched for every identifier of its exports and "
    "for the key: published files by value and by byte, logs, Data Docs, run records with what is "
    "packed in them, dbt's files, the terminal",
    holds="identifiers stand in the restricted area alone, the key in no file at all",
)
def test_a_batch_leaves_neither_identifiers_nor_the_key(published_build: Path) -> None:
    told = terminal_of(published_build)
    assert "Published" in told
    assert leaks.leaks(published_build, told, DEMO_PSEUDONYM_KEY) == set()


def test_a_leak_would_be_found(tmp_path: Path) -> None:
    """The search finds what is packed: in columns, in compressed blobs, as a number, in a text."""
    number = next(each for each in sorted(leaks.identifiers()) if each.startswith("010"))
    line = next(
        each for each in sorted(leaks.identifiers()) if each.startswith("L") and each > "L00001"
    )
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "runs.log").write_text(f"could not read '{number}'")
    for name, value in (("text", f"'see {line}, again'"), ("number", f"{int(number)}::bigint")):
        with duckdb.connect(str(tmp_path / f"{name}.duckdb")) as connection:
            connection.execute(f"create table t as select {value} as v, range from range(5000)")
    with closing(sqlite3.connect(tmp_path / "runs.db")) as connection, connection:
        connection.execute("create table snapshots (body blob)")
        packed = zlib.compress(f'{{"line": "{line}", "key": "a-key-that-is-packed"}}'.encode())
        connection.execute("insert into snapshots values (?)", [packed])
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "batch.json").write_text(f"{line} a-key-that-is-packed")
    assert leaks.leaks(tmp_path, f"line {line} is wrong", key="a-key-that-is-packed") == {
        ("logs/runs.log", "identifier"),
        ("text.duckdb", "identifier"),
        ("number.duckdb", "identifier"),
        ("runs.db", "identifier"),
        ("runs.db", "key"),
        ("work/batch.json", "key"),
        ("terminal", "identifier"),
    }


@pytest.mark.fault(
    kind="privacy",
    tried="a model fails on a value, and dbt's message quotes it",
    holds="the result that reaches terminal, run records and logs has no value in it",
)
def test_a_failing_model_is_told_without_the_value(tmp_path: Path) -> None:
    number = "01020005339"
    message = (
        "Runtime Error in model int_x (models/intermediate/int_x.sql)\n"
        f"  Conversion Error: Could not convert string '{number}' to INT64\n\n  LINE 3: ..."
    )
    session = DbtSession(Settings.from_env({"AFTERMATH_BUILD_DIR": str(tmp_path)}))
    node = SimpleNamespace(unique_id="model.aftermath.int_x", compiled_path=None)
    result = session._result(
        SimpleNamespace(
            node=node, status="error", message=message, failures=None, execution_time=0.1
        )
    )
    assert number not in result.message
    assert result.message.startswith("Runtime Error in model int_x")
    assert number not in str(session._error(message))
    with logs.run_file(tmp_path / "dbt.log") as log:
        dbt_session._note(log, SimpleNamespace(info=SimpleNamespace(level="error", msg=message)))
    assert "Conversion Error" in (tmp_path / "dbt.log").read_text()
    assert number not in (tmp_path / "dbt.log").read_text()
