"""Publishing: what readers see before, while and after, and what is never published."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration import audit_files, audit_trail, candidate, publishing
from orchestration.errors import DatabaseLocked, NotPublishable
from orchestration.settings import PROJECT_DIR
from tests.unit.publisher import FACTS, build_candidate, check, publish, settings_for

PUBLISHER = Path(__file__).with_name("publisher.py")


@pytest.fixture
def settings(tmp_path):
    """Give settings that keep two generations in a folder of the test's own."""
    return settings_for(tmp_path / "build")


def start(mode, settings, *arguments):
    return subprocess.Popen(
        [sys.executable, PUBLISHER, mode, settings.build_dir, *arguments],
        env={"PYTHONPATH": str(PROJECT_DIR)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def read_current(settings, query):
    with duckdb.connect(str(settings.current_db), read_only=True) as connection:
        return connection.execute(query).fetchall()


def refusal(settings, error=NotPublishable):
    with pytest.raises(error) as caught:
        publishing.publish(settings, publishing.new_generation_id(settings), FACTS)
    return caught.value


def change_candidate(settings, *statements):
    with duckdb.connect() as connection:
        connection.execute(f"attach '{settings.candidate_db}' as candidate")
        for statement in statements:
            connection.execute(statement)


def test_the_candidate_becomes_the_current_generation(settings):
    path = publish(settings, 1)
    assert settings.current_db.resolve() == path
    assert not settings.candidate_db.exists()
    assert path.stat().st_mode & 0o777 == 0o440
    assert [each.is_current for each in publishing.generations(settings)] == [True]


def test_a_generation_says_what_it_is_made_of(settings):
    path = publish(settings, 1)
    (facts,) = read_current(settings, f"from {candidate.FACTS_TABLE}")
    generation_id, published_at, as_of_date, _, is_demo, run_id, code, dbt, engine, counts, more = (
        facts
    )
    assert f"{generation_id}.duckdb" == path.name
    assert generation_id[:8] == f"{published_at:%Y%m%d}"
    assert (as_of_date, is_demo, run_id, code) == (dt.date(2026, 1, 3), True, "a-run", "1")
    assert (dbt[:2], engine) == ("1.", duckdb.__version__)
    assert json.loads(counts) == {f"{schema}.numbers": 5000 for schema in candidate.SCHEMAS}
    assert json.loads(more) == {"number": 1}
    undescribed = "select column_name from duckdb_columns() where comment is null and table_name = "
    assert read_current(settings, undescribed + "'published_generation'") == []


def test_comments_of_tables_and_columns_stay(settings):
    build_candidate(settings, 1)
    change_candidate(
        settings,
        "comment on table candidate.churn.numbers is '한 줄'",
        "comment on column candidate.churn.numbers.line is 'it''s a line'",
    )
    publishing.publish(settings, publishing.new_generation_id(settings), FACTS)
    tables = "select comment from duckdb_tables() where schema_name = 'churn'"
    columns = (
        "select comment from duckdb_columns() where schema_name = 'churn' order by column_index"
    )
    assert read_current(settings, tables) == [("한 줄",)]
    assert read_current(settings, columns) == [(None,), ("it's a line",)]


def test_a_view_over_marts_survives_under_the_new_name(settings):
    build_candidate(settings, 1)
    change_candidate(
        settings,
        """create view candidate.incident.totals as (
            with own as (select * from "candidate"."churn"."numbers" as candidates)
            select own.line as "a line", 'candidate.x' as text, candidate.core.numbers.number
            from own join candidate.core.numbers on own.line = candidate.core.numbers.line
            where exists (select 1 from candidate.core.numbers where line > 4998)
        )""",
        "comment on view candidate.incident.totals is 'it''s a view'",
        "comment on column candidate.incident.totals.text is 'a text'",
    )
    publishing.publish(settings, publishing.new_generation_id(settings), FACTS)
    rows = 'select count("a line"), min(text), max(number) from incident.totals'
    assert read_current(settings, rows) == [(5000, "candidate.x", 1)]
    comment = "select comment from duckdb_views() where view_name = 'totals'"
    assert read_current(settings, comment) == [("it's a view",)]
    columns = (
        "select comment from duckdb_columns() where table_name = 'totals' order by column_index"
    )
    assert read_current(settings, columns) == [(None,), ("a text",), (None,)]


def test_a_view_over_the_work_database_is_refused(settings, says, tmp_path):
    publish(settings, 1)
    build_candidate(settings, 2)
    change_candidate(
        settings,
        f"attach '{tmp_path / 'warehouse.duckdb'}' as warehouse",
        "create table warehouse.lines as select 1 as line",
        "create view candidate.core.lines as select * from warehouse.lines",
    )
    says(refusal(settings), "cannot be completed", str(settings.candidate_db), "generation stays")
    assert check(duckdb.connect(str(settings.current_db), read_only=True)) == 1


def test_the_generations_kept_are_bounded_and_the_current_one_stays(settings):
    for number in range(1, 5):
        publish(settings, number)
    kept = publishing.generations(settings)
    assert [each.is_current for each in kept] == [False, True]
    oldest = kept[0]
    assert publishing.make_current(settings, oldest.generation_id) == oldest.path
    publish(settings, 5)
    publish(settings, 6)
    assert len(publishing.generations(settings)) == 2
    assert read_current(settings, "select max(number) from core.numbers") == [(6,)]


def test_with_one_generation_kept_the_one_just_replaced_outlives_its_readers(tmp_path):
    settings = settings_for(tmp_path / "build", keep=1)
    first, second, third = (publish(settings, number) for number in (1, 2, 3))
    assert not first.exists()
    assert second.exists()
    assert third.exists()


def test_leftovers_of_killed_publishers_go(settings):
    publish(settings, 1)
    (settings.published_dir / ".current.0a1b2c3d").symlink_to("gone.duckdb")
    publish(settings, 2)
    assert not list(settings.published_dir.glob(".current.*"))


def test_roll_back_points_readers_to_an_older_generation(settings, says):
    first = publish(settings, 1)
    publish(settings, 2)
    publishing.make_current(settings, first.stem)
    assert read_current(settings, "select max(number) from core.numbers") == [(1,)]
    with pytest.raises(NotPublishable) as caught:
        publishing.make_current(settings, "20260101T000000000000-00000000")
    says(caught.value, "no generation 2026", str(settings.published_dir), first.stem)


@pytest.mark.fault(
    kind="crash",
    tried="the clock goes back between two publications",
    holds="the newer generation sorts behind the older one all the same",
)
def test_ids_sort_by_time_and_never_meet_again(settings):
    noon = dt.datetime(2026, 1, 3, 12)  # noqa: DTZ001 - Korean time, without zone
    assert publishing.new_generation_id(settings, noon).startswith("20260103T120000000000-")
    newest = publish(settings, 1).stem
    # The clock went back: the next one sorts behind all the same.
    assert publishing.new_generation_id(settings, noon) > newest
    ids = [publishing.new_generation_id(settings) for _ in range(100)]
    assert len(set(ids)) == 100


def test_an_id_that_is_taken_or_malformed_and_missing_facts_are_programming_errors(settings):
    taken = publish(settings, 1).stem
    build_candidate(settings, 2)
    for identifier, facts in ((taken, FACTS), ("newest", FACTS), ("../x", FACTS)):
        with pytest.raises(ValueError, match="cannot publish"):
            publishing.publish(settings, identifier, facts)
    with pytest.raises(ValueError, match="run_id"):
        publishing.publish(settings, publishing.new_generation_id(settings), {"as_of_date": "x"})


def test_without_candidate_nothing_is_published(settings, says):
    says(refusal(settings), "no candidate", str(settings.candidate_db), "run the whole batch")


@pytest.mark.fault(
    kind="bad input",
    tried="a candidate in which a whole schema holds no row",
    holds="it is not published, and readers see no change",
)
@pytest.mark.parametrize("schema", candidate.SCHEMAS)
def test_a_candidate_with_an_empty_schema_is_refused(settings, says, schema):
    publish(settings, 1)
    for statement in (
        f"delete from candidate.{schema}.numbers",
        f"drop schema candidate.{schema} cascade",
    ):
        build_candidate(settings, 2)
        change_candidate(settings, statement)
        says(refusal(settings), f"Schema {schema} of the candidate holds no row", "marts", "stays")
    assert read_current(settings, "select max(number) from core.numbers") == [(1,)]


@pytest.mark.fault(
    kind="contention",
    tried="a program has the candidate open when it is to be published",
    holds="publishing is refused with one message",
)
def test_a_candidate_that_another_process_holds_is_told(settings, says):
    build_candidate(settings, 1)
    code = (
        f"import duckdb; c = duckdb.connect({str(settings.candidate_db)!r}); "
        "print(1, flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        other.stdout.readline()
        error = refusal(settings, DatabaseLocked)
        other.communicate(b"\n")
    says(error, "cannot be opened", str(settings.candidate_db), "close the program")


@pytest.mark.fault(
    kind="crash",
    tried="the process that wrote the candidate ends at once, its last changes in the log",
    holds="they are in the published file, which has no log beside it",
)
def test_the_log_of_a_killed_build_is_written_back(settings):
    build_candidate(settings, 1)
    code = (
        f"import duckdb, os; c = duckdb.connect({str(settings.candidate_db)!r}); "
        "c.execute('set checkpoint_threshold = \\'1GB\\''); "
        "c.execute('create table core.late as select 7 as seven'); os._exit(1)"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    assert Path(f"{settings.candidate_db}.wal").exists()
    publishing.publish(settings, publishing.new_generation_id(settings), FACTS)
    assert read_current(settings, "from core.late") == [(7,)]


def pair(settings):
    """Generations that readers inside and outside are led to, by the names of their files."""
    return [
        link.readlink().name.split(".")[0] for link in (settings.current_db, settings.public_db)
    ]


class Killed(BaseException):
    """Stands for a kill in front of a step."""


def run_to_step(settings, monkeypatch, last):
    """Publish a second generation and die in front of a step; returns whether it got to the end."""
    steps = iter(range(1000))

    def stepwise(call):
        def step(*arguments, **options):
            if next(steps) == last:
                raise Killed
            result = call(*arguments, **options)
            assert settings.current_db.exists(), f"no current generation after {call.__name__}"
            assert settings.public_db.exists(), f"no public generation after {call.__name__}"
            return result

        return step

    build_candidate(settings, 2)
    with monkeypatch.context() as patched:
        for name in ("rename", "replace", "symlink", "chmod", "unlink", "fsync", "write"):
            patched.setattr(os, name, stepwise(getattr(os, name)))
        try:
            publishing.publish(settings, publishing.new_generation_id(settings), FACTS)
        except Killed:
            return False
    return True


@pytest.mark.fault(
    kind="crash",
    tried="a publisher is killed in front of every second step of publishing a pair of files",
    holds="both links lead to whole files at every moment, the next run makes them agree, and the "
    "audit trail takes no kill for tampering",
)
def test_a_kill_on_the_way_leaves_a_whole_generation(settings, monkeypatch):
    for number in (1, 1):
        publish(settings, number)
    for last in range(0, 100, 2):  # tests/orchestration/faults kills in front of each
        done = run_to_step(settings, monkeypatch, last)
        with duckdb.connect(str(settings.current_db), read_only=True) as connection:
            assert check(connection) in ({2} if done else {1, 2})
        # A kill is no tampering.
        assert audit_trail.verify(settings).is_sound
        assert audit_files.verify(settings)[0] == ()
        publishing.recover(settings)
        assert pair(settings)[0] == pair(settings)[1]
        if not done and last % 8:  # most kills come upon what others left
            continue
        publish(settings, 1)
        assert pair(settings)[0] == pair(settings)[1]
        kept = {path.name for each in publishing.generations(settings) for path in each.files}
        assert len(kept) == 4
        names = {path.name for path in settings.published_dir.iterdir()}
        assert names == {"current.duckdb", "public.duckdb", "audit.jsonl", *kept}
        assert audit_files.verify(settings) == ((), ())
        if done:
            break
    # Files and folder to the disk, the record with its head, two renames and modes, two links and
    # swaps with the folder to the disk, the record of the removal, the old pair removed.
    assert last > 25


@pytest.mark.fault(
    kind="contention",
    tried="two readers, one connection held and one opened again and again, through 30 "
    "publishers killed at random moments",
    holds="every read sees one whole generation",
)
def test_a_kill_at_any_moment_leaves_readers_a_whole_generation(settings):
    publish(settings, 0)
    readers = [start("read", settings) for _ in range(2)]
    for reader in readers:
        assert reader.stdout.readline() == "reading\n"
    killer = start("kill", settings, "20")
    assert killer.communicate(timeout=60)[1] == ""
    assert killer.returncode == 0
    for reader in readers:
        told, errors = reader.communicate(timeout=30)
        assert (errors, reader.returncode) == ("", 0)
        reads, generations_seen = map(int, told.split())
        assert reads > 5
        assert generations_seen > 1
    publish(settings, 1)
    assert read_current(settings, "select max(number) from core.numbers") == [(1,)]
    assert len(publishing.generations(settings)) == 2
