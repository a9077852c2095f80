"""The read-only dialect: what Great Expectations needs from it, and what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest
import sqlalchemy as sa

from expectations import duckdb_dialect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema staging")
        connection.execute(
            "create table staging.lines as select range as line_key, "
            "case when range % 10 = 0 then null else 'plan ' || range % 3 end as plan_code, "
            "cast(range as decimal(12, 2)) as amount, range % 2 = 0 as is_even, "
            "date '2025-01-01' + cast(range as integer) as activated_on, "
            "timestamp '2025-01-01 12:30:00' as activated_at, [range] as nested from range(1000)"
        )
        connection.execute("create view staging.even as select * from staging.lines where is_even")
        connection.execute("create table lines as select 1 as only_here")
    return path


@pytest.fixture
def engine(database: Path) -> Iterator[sa.Engine]:
    engine = sa.create_engine(duckdb_dialect.url(str(database)))
    yield engine
    duckdb_dialect.close_all()


def test_rows_survive_the_rollback_of_their_connection(engine):
    with engine.connect() as connection:
        result = connection.execute(sa.text("select line_key from staging.lines order by 1"))
    assert [row[0] for row in result.fetchall()] == list(range(1000))


def test_two_results_of_one_connection_do_not_disturb_each_other(engine):
    with engine.connect() as connection:
        first = connection.execute(sa.text("select range from range(5)"))
        second = connection.execute(sa.text("select range + 10 from range(5)"))
        assert first.fetchone() == (0,)
        assert second.fetchmany(2) == [(10,), (11,)]
        assert first.fetchall() == [(1,), (2,), (3,), (4,)]


@pytest.mark.parametrize(
    ("operator", "pattern", "found"), [("~", "an 1", 300), ("~", "^an", 0), ("!~", "an 1", 600)]
)
def test_a_regular_expression_is_searched_for_anywhere(engine, operator, pattern, found):
    plan = sa.column("plan_code")
    query = (
        sa.select(sa.func.count())
        .select_from(sa.table("lines", plan, schema="staging"))
        .where(plan.op(operator)(pattern))
    )
    with engine.connect() as connection:
        assert connection.execute(query).scalar() == found


def test_tables_and_views_are_reflected_with_their_types(engine):
    for table in ("lines", "even"):
        columns = sa.inspect(engine).get_columns(table, schema="staging")
        assert {column["name"]: str(column["type"]) for column in columns} == {
            "line_key": "BIGINT",
            "plan_code": "VARCHAR",
            "amount": "DECIMAL(12, 2)",
            "is_even": "BOOLEAN",
            "activated_on": "DATE",
            "activated_at": "TIMESTAMP",
            "nested": "NULL",
        }


def test_a_table_without_a_schema_is_looked_for_in_the_current_one_only(engine):
    assert [column["name"] for column in sa.inspect(engine).get_columns("lines")] == ["only_here"]


def test_several_tables_can_be_reflected_at_once(engine):
    found = sa.inspect(engine).get_multi_columns(schema="staging", filter_names=["lines", "even"])
    assert set(found) == {("staging", "lines"), ("staging", "even")}


def test_schemas_are_those_of_the_file(engine):
    assert "staging" in sa.inspect(engine).get_schema_names()
    assert "pg_catalog" not in sa.inspect(engine).get_schema_names()


def test_a_missing_table_is_an_error(engine):
    with pytest.raises(sa.exc.NoSuchTableError, match=r"staging\.ghosts"):
        sa.inspect(engine).get_columns("ghosts", schema="staging")


def test_percent_signs_and_colons_reach_the_database_as_written(engine):
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "select count(*) from staging.lines "
            "where plan_code like '%an 1' and activated_at > timestamp '2025-01-01 12:29:59'"
        )
        assert rows.scalar() == 300


def test_parameters_are_bound(engine):
    query = sa.text("select count(*) from staging.lines where line_key between :low and :high")
    with engine.connect() as connection:
        assert connection.execute(query, {"low": 10, "high": 19}).scalar() == 10


def test_nothing_can_be_written(engine):
    with engine.connect() as connection:
        with pytest.raises(sa.exc.ProgrammingError, match="read-only"):
            connection.execute(sa.text("delete from staging.lines"))
        with pytest.raises(sa.exc.DBAPIError, match="read-only connection"):
            connection.execute(
                sa.text("insert into staging.lines (line_key) values (:key)"),
                [{"key": 1}, {"key": 2}],
            )


def test_settings_are_made_on_the_connection(database):
    engine = sa.create_engine(
        duckdb_dialect.url(str(database)),
        connect_args={"settings": {"memory_limit": "123MB", "threads": 1}},
    )
    with engine.connect() as connection:
        limit = connection.execute(sa.text("select current_setting('memory_limit')")).scalar()
        threads = connection.execute(sa.text("select current_setting('threads')")).scalar()
    duckdb_dialect.close_all()
    assert (limit, threads) == ("117.3 MiB", 1)


def test_a_plain_reader_of_the_same_process_is_not_shut_out(database, engine):
    with engine.connect() as ours, duckdb.connect(str(database), read_only=True) as theirs:
        count = "select count(*) from staging.lines"
        assert ours.execute(sa.text(count)).scalar() == theirs.execute(count).fetchall()[0][0]


def test_a_writer_of_the_same_process_may_open_before_and_after(database):
    with duckdb.connect(str(database)) as writer:
        writer.execute("insert into lines values (2)")
    engine = sa.create_engine(duckdb_dialect.url(str(database)))
    with engine.connect() as connection:
        unread = connection.execute(sa.text("select * from staging.lines"))
        assert unread.fetchone() is not None
    with pytest.raises(duckdb.ConnectionException), duckdb.connect(str(database)):
        pass
    duckdb_dialect.close_all()
    with duckdb.connect(str(database)) as writer:
        assert writer.execute("select count(*) from lines").fetchall() == [(2,)]


def test_closing_twice_does_no_harm(engine):
    with engine.connect() as connection:
        connection.execute(sa.text("select 1"))
    duckdb_dialect.close_all()
    duckdb_dialect.close_all()


def test_a_setting_that_is_none_leaves_nothing_open(database):
    engine = sa.create_engine(
        duckdb_dialect.url(str(database)), connect_args={"settings": {"memory_limit": "much"}}
    )
    with pytest.raises(sa.exc.DBAPIError, match="Memory must have"), engine.connect():
        pass
    duckdb_dialect.close_all()
    duckdb.connect(str(database)).close()


def test_a_damaged_file_is_an_error(tmp_path):
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(b"no database" * 1000)
    with (
        pytest.raises(sa.exc.OperationalError, match="not a valid DuckDB database"),
        sa.create_engine(duckdb_dialect.url(str(path))).connect(),
    ):
        pass
