"""The command that answers SQL on the published marts."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import duckdb
import pytest

from orchestration import sql, sql_completion
from orchestration.settings import PROJECT_DIR
from tests.unit.publisher import publish, settings_for


@pytest.fixture(scope="module")
def build_dir(tmp_path_factory):
    """Give a build directory with a published generation."""
    folder = tmp_path_factory.mktemp("sql") / "build"
    publish(settings_for(folder), 3)
    return folder


@pytest.fixture
def here(build_dir, monkeypatch):
    """Let the command find that build directory."""
    monkeypatch.setenv("AFTERMATH_BUILD_DIR", str(build_dir))
    return build_dir


@pytest.mark.usefixtures("here")
def test_a_query_is_answered(capsys):
    assert sql.main(["-q", "from churn.numbers where line < 2 order by line"]) == 0
    assert capsys.readouterr().out == "number,line\n3,0\n3,1\n"


@pytest.mark.usefixtures("here")
def test_a_table_is_drawn_for_a_terminal(capsys):
    assert sql.main(["-f", "table", "-q", "select 1 as one, null as nothing;"]) == 0
    assert "│  one  │ nothing │" in capsys.readouterr().out


@pytest.mark.usefixtures("here")
def test_every_row_is_answered_as_csv(capsys):
    sql.main(["-q", "select line from churn.numbers union all select line from core.numbers"])
    assert len(capsys.readouterr().out.splitlines()) == 10_001


@pytest.mark.usefixtures("here")
def test_a_wrong_query_is_told(capsys):
    assert sql.main(["-q", "from churn.nothing"]) == 1
    assert "nothing does not exist" in capsys.readouterr().err


def test_nothing_published_yet_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("AFTERMATH_BUILD_DIR", str(tmp_path))
    assert sql.main(["-q", "select 1"]) == 1
    told = capsys.readouterr().err
    assert "Nothing is published yet" in told
    assert str(tmp_path / "published" / "current.duckdb") in told
    assert "make run" in told


@pytest.mark.parametrize(
    "statement",
    [
        "create table core.mine as select 1",
        "delete from churn.numbers",
        "drop schema churn cascade",
        "copy churn.numbers to '{folder}/out.csv'",
        "attach '{folder}/other.duckdb' as other",
        "export database '{folder}/out'",
        "from read_csv('/etc/passwd')",
        "from '/etc/passwd.parquet'",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "load sqlite",
        "install sqlite",
    ],
)
def test_whatever_would_write_or_reach_out_is_refused(here, tmp_path, statement):
    connection = sql.connect(settings_for(here))
    with pytest.raises(duckdb.Error):
        connection.execute(statement.format(folder=tmp_path))
    assert not list(tmp_path.iterdir())
    connection.close()


def test_a_large_sort_spills_beside_nothing_published(here):
    connection = sql.connect(settings_for(here))
    setting = "select current_setting('temp_directory')"
    assert connection.execute(setting).fetchall() == [(str(here / "sql_spill"),)]
    connection.close()


def test_dot_commands_describe_what_is_published(here, capsys):
    connection = sql.connect(settings_for(here))
    sql.answer(connection, ".tables churn", "csv")
    assert capsys.readouterr().out == "table,rows,comment\nchurn.numbers,5000,\n"
    sql.answer(connection, ".describe core.published_generation;", "csv")
    assert "is_demo,BOOLEAN,True when the exports were generated." in capsys.readouterr().out
    sql.answer(connection, ".generation", "csv")
    assert "run_id,a-run\n" in capsys.readouterr().out
    sql.answer(connection, ".help", "csv")
    assert ".describe" in capsys.readouterr().out
    sql.answer(connection, ".tablets", "csv")
    assert "unknown command .tablets" in capsys.readouterr().out
    connection.close()


@pytest.mark.usefixtures("here")
def test_a_question_that_is_unknown_or_asks_what_is_not_there_is_told(capsys):
    assert sql.main(["-q", ".ask how_are_you"]) == 1
    assert "There is no question 'how_are_you'" in capsys.readouterr().err
    assert sql.main(["-q", ".ask money_taken_by_channel"]) == 1
    assert "fct_unauthorised_payments, which is not published" in capsys.readouterr().err
    # None of the questions can be asked of this file.
    assert sql.main(["-q", ".questions"]) == 0
    assert capsys.readouterr().out == "group,question,asks\n"


def test_the_tab_key_offers_what_fits():
    def offered(before, word):
        return sql_completion.candidates(
            before, word, [".ask", ".tables"], ["churn.a", "core.b"], ["who_left", "why"]
        )

    assert offered("", ".t") == [".tables"]
    assert offered("", "c") == offered("select * from ", "c") == ["churn.a", "core.b"]
    assert offered(".ask ", "w") == offered(".source ", "w") == ["who_left", "why"]
    assert offered(".describe ", "co") == ["core.b"]
    assert offered("select ", "w") == []


@pytest.mark.usefixtures("here")
def test_a_conversation_goes_on_after_a_wrong_query(monkeypatch, capsys):
    lines = iter(["select", "  1 as one;", "from nowhere;", "", "select 2 as two;", ".quit", "x"])
    monkeypatch.setattr("builtins.input", lambda _prompt: next(lines))
    assert sql.main([]) == 0
    told = capsys.readouterr()
    assert told.out == "one\n1\ntwo\n2\n"
    assert "nowhere does not exist" in told.err
    assert next(lines) == "x"


@pytest.mark.usefixtures("here")
def test_a_reader_that_has_seen_enough_is_no_fault():
    query = f"{sys.executable} -m orchestration.sql -q 'from range(1000000)' | head -1"
    done = subprocess.run(
        query, shell=True, cwd=PROJECT_DIR, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("range\n", "")


def test_on_a_terminal_lines_are_remembered_and_completed(here):
    main, terminal = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "orchestration.sql"],
        cwd=PROJECT_DIR,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env={**os.environ, "TERM": "dumb", "COLUMNS": "80"},
    ) as asked:
        os.close(terminal)
        os.write(main, b"select 40 + 2 as answer;\n.des\t core.pub\t\n.quit\n")
        told = b""
        while True:
            try:
                told += os.read(main, 4096)
            except OSError:  # the other end is closed
                break
    os.close(main)
    assert asked.returncode == 0
    assert b"42" in told
    assert b".describe core.published_generation" in told
    assert b"is_demo" in told
    assert "select 40 + 2 as answer;" in (here / "sql_history").read_text()


@pytest.mark.fault(
    kind="hostile input",
    tried="texts, and names of columns, that a spreadsheet would run as formulas when our CSV is "
    "opened in it",
    holds="they are preceded by an apostrophe; numbers stay numbers, csv-exact leaves all alone",
)
@pytest.mark.usefixtures("here")
def test_csv_runs_nothing_in_a_spreadsheet(capsys):
    query = (
        "select '=HYPERLINK(1)' as a, '+1' as b, '-1' as c, '@x' as d, chr(9) || '=1' as e, "
        "' =1' as f, '\uff1d1' as g, -5 as h, 'a=b' as i, null as j, 'a' as \"=x\""
    )
    assert sql.main(["-f", "csv", "-q", query]) == 0
    assert capsys.readouterr().out == (
        "a,b,c,d,e,f,g,h,i,j,'=x\n'=HYPERLINK(1),'+1,'-1,'@x,'\t=1,' =1,'\uff1d1,-5,a=b,,a\n"
    )
    assert sql.main(["-f", "csv-exact", "-q", "select '=1' as a"]) == 0
    assert capsys.readouterr().out == "a\n=1\n"
    for form in ("csv", "csv-exact"):
        # A carriage return does not begin a row of its own.
        assert sql.main(["-f", form, "-q", "select 'ok' || chr(13) || '=1' as a, 2 as b"]) == 0
        assert capsys.readouterr().out == 'a,b\n"ok\r=1","2"\n'
