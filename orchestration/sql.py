"""Read-only SQL on the published marts: `python -m orchestration.sql [-q "select ..."]`.

Belongs here: the small command for looking at results. Does not belong here: anything that writes;
the connection is read-only and cut off from files and network.
"""

from __future__ import annotations

import argparse
import atexit
import csv
import readline
import shutil
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Literal

import duckdb

from orchestration import analyses, clock, sql_completion
from orchestration.errors import BadInput, NotPublishable, OperatorError
from orchestration.settings import Settings
from orchestration.sql_text import literal, literals

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    Form = Literal["table", "csv", "csv-exact"]
    Audience = Literal["inside", "public"]

_PROMPT: Final = "aftermath> "
_CONTINUED: Final = "       ... "
_HISTORY_NAME: Final = "sql_history"
_HISTORY_LINES: Final = 1000
_ROWS_SHOWN: Final = 1000
_FETCHED_AT_ONCE: Final = 10_000
#: What a spreadsheet takes for the beginning of a formula, in narrow and in wide characters.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r")
#: What a spreadsheet skips before it.
_BLANKS: Final = " \n\u00a0\ufeff\u200b"

HELP: Final = """\
  select ...;             any query; `from churn.rpt_churn_daily;` is one too. End it with ;
  .tables [text]          published tables whose name holds the text, and what a row of each is
  .describe schema.table  columns, their types and meaning
  .questions [group]      questions that are asked often, of everybody or of one user group
  .ask question           the answer to one of them
  .source question        its SQL, to be copied and changed
  .generation             which generation this is
  .help                   this text
  .quit                   leave (or Ctrl-D); Tab completes commands, tables and questions"""

#: Folder of analyses/ whose questions people ask here.
_QUESTIONS: Final = "questions"

_TABLES: Final = """
    select schema_name || '.' || table_name as "table", estimated_size as "rows", comment
    from (
        select schema_name, table_name, estimated_size, comment, database_name, internal
        from duckdb_tables()
        union all
        select schema_name, view_name, null, comment, database_name, internal from duckdb_views()
    )
    where database_name = current_database() and not internal
        and contains(schema_name || '.' || table_name, {text})
    order by 1
"""
_COLUMNS: Final = """
    select column_name as "column", data_type as "type", comment
    from duckdb_columns()
    where database_name = current_database() and schema_name || '.' || table_name = {table}
    order by column_index
"""
_GENERATION: Final = """
    unpivot (select columns(*)::varchar from core.published_generation)
    on columns(*) into name fact value value
"""


def connect(settings: Settings, audience: Audience = "inside") -> duckdb.DuckDBPyConnection:
    """Open the current generation: read-only, without access to any other file.

    Raises:
        NotPublishable: nothing has been published yet.
    """
    database = _database(settings, audience)
    if not database.exists():
        raise NotPublishable(
            "Nothing is published yet", str(database), "run the batch first: make run"
        )
    return open_file(settings, database)


def open_file(settings: Settings, database: Path) -> duckdb.DuckDBPyConnection:
    """Open a published file: read-only, without access to any other file."""
    connection = duckdb.connect(
        str(database),
        read_only=True,
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            # By default DuckDB would spill beside the generation.
            "temp_directory": str(settings.build_dir / "sql_spill"),
        },
    )
    connection.execute(f"set TimeZone = '{clock.ZONE}'")
    # Whatever would read, write or load another file is refused, and nobody can allow it again.
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


def _database(settings: Settings, audience: Audience) -> Path:
    return settings.public_db if audience == "public" else settings.current_db


def main(argv: Sequence[str] | None = None) -> int:
    """Answer one query, or ask for queries; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m orchestration.sql", description="Read-only SQL on the published marts."
    )
    parser.add_argument("-q", "--query", help="answer this query and leave; without it, ask")
    parser.add_argument(
        "-f",
        "--form",
        choices=("table", "csv", "csv-exact"),
        default="table" if sys.stdout.isatty() else "csv",
        help="form of an answer; to a terminal a table, else CSV that is safe to open in a "
        "spreadsheet (texts like a formula get an apostrophe); csv-exact leaves texts as they are",
    )
    parser.add_argument(
        "--audience",
        choices=("inside", "public"),
        default="inside",
        help="whose file: inside (default, all marts) or public (what anybody may have)",
    )
    arguments = parser.parse_args(argv)
    try:
        settings = Settings.from_env()
        connection = connect(settings, arguments.audience)
    except (OperatorError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    try:
        if arguments.query is not None:
            return _answer_once(connection, arguments.query, arguments.form)
        _converse(connection, settings, arguments)
    except BrokenPipeError:
        # `| head` has seen enough; the interpreter must not complain of it on the way out.
        sys.stdout = None
    finally:
        connection.close()
    return 0


def _answer_once(connection: duckdb.DuckDBPyConnection, query: str, form: Form) -> int:
    try:
        answer(connection, query, form)
    except (duckdb.Error, OperatorError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def answer(connection: duckdb.DuckDBPyConnection, line: str, form: Form) -> None:
    """Print the answer to a query or a dot command.

    Raises:
        duckdb.Error: the query is wrong or would write.
        BadInput: there is no such question.
        NotPublishable: the question asks a table that is not in this file.
    """
    line = line.strip()
    word, _, argument = line.removesuffix(";").partition(" ")
    match word:
        case ".help":
            print(HELP)
        case ".tables":
            _show(connection.sql(_TABLES.format(text=literal(argument.strip()))), form)
        case ".describe":
            _show(connection.sql(_COLUMNS.format(table=literal(argument.strip().lower()))), form)
        case ".questions":
            _show(connection.sql(_listed(_known(connection), argument.strip())), form)
        case ".ask":
            _show(connection.sql(_source(connection, argument)), form)
        case ".source":
            print(f"{_source(connection, argument)};")
        case ".generation":
            _show(connection.sql(_GENERATION), form)
        case _ if word.startswith("."):
            print(f"unknown command {word}; .help lists them")
        case _ if word:
            _show(connection.sql(line), form)


def _known(connection: duckdb.DuckDBPyConnection) -> list[analyses.Analysis]:
    """Give the questions that the tables of this file answer."""
    schemas = analyses.schemas_of(connection)
    return [each for each in analyses.read(_QUESTIONS) if each.is_answered_by(schemas)]


def _listed(questions: Iterable[analyses.Analysis], group: str) -> str:
    """Write the questions of a group, or all, as a query."""
    rows = [
        f"({literals((each.group, each.name, each.description))})"
        for each in questions
        if group in ("", each.group)
    ]
    values = f"values {', '.join(rows)}" if rows else "select '', '', '' where false"
    return f'from ({values}) as listed ("group", question, asks)'


def _source(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    found = {each.name: each for each in analyses.read(_QUESTIONS)}.get(name.strip())
    if found is None:
        raise BadInput(
            f"There is no question {name.strip()!r}", "analyses/", ".questions lists them"
        )
    return found.published_sql(analyses.schemas_of(connection))


def _show(result: duckdb.DuckDBPyRelation | None, form: Form) -> None:
    if result is None:  # a statement without an answer
        return
    if form == "table":
        width = shutil.get_terminal_size().columns
        result.show(max_width=width, max_rows=_ROWS_SHOWN, null_value="")
        return
    is_exact = form == "csv-exact"
    _write_row(result.columns if is_exact else map(inert, result.columns))
    while rows := result.fetchmany(_FETCHED_AT_ONCE):
        for row in rows:
            _write_row(row if is_exact else map(inert, row))


def _write_row(values: Iterable[object]) -> None:
    """Write a row of CSV; one with a carriage return in a text is quoted, or it would end there."""
    row = list(values)
    ends_early = any(isinstance(value, str) and "\r" in value for value in row)
    if ends_early:
        csv.writer(sys.stdout, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow(row)
    else:
        csv.writer(sys.stdout, lineterminator="\n").writerow(row)


def inert(value: object) -> object:
    """Write a text so that no spreadsheet takes it for a formula; anything else stays as it is.

    Texts of the marts are codes and words of delivered files: one that begins like a formula is
    preceded by an apostrophe, which spreadsheets take for "this is text".
    """
    if isinstance(value, str) and value.lstrip(_BLANKS).startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def _converse(
    connection: duckdb.DuckDBPyConnection, settings: Settings, arguments: argparse.Namespace
) -> None:
    """Ask, answer, until the end of input; a wrong query is no reason to leave."""
    if sys.stdin.isatty():
        _remember_lines(settings)
        _complete_words(connection)
        opened = _database(settings, arguments.audience).resolve().name
        print(f"{opened}, read-only. .help helps, .quit leaves.")
    statement = ""
    while True:
        try:
            line = input(_CONTINUED if statement else _PROMPT)
        except EOFError:
            break
        except KeyboardInterrupt:
            print()
            statement = ""
            continue
        if not statement and line.strip() in {".quit", ".exit"}:
            break
        statement = f"{statement}\n{line}".strip()
        if statement and not statement.startswith(".") and not statement.endswith(";"):
            continue
        try:
            answer(connection, statement, arguments.form)
        except (duckdb.Error, OperatorError) as error:
            print(error, file=sys.stderr)
        except KeyboardInterrupt:
            print("stopped", file=sys.stderr)
        statement = ""


def _remember_lines(settings: Settings) -> None:
    path = settings.build_dir / _HISTORY_NAME
    with suppress(OSError):
        readline.read_history_file(path)
    readline.set_history_length(_HISTORY_LINES)
    atexit.register(readline.write_history_file, path)


def _complete_words(connection: duckdb.DuckDBPyConnection) -> None:
    schemas = analyses.schemas_of(connection)
    sql_completion.switch_on(
        commands=[word for word in HELP.split() if word.startswith(".") and len(word) > 1],
        tables=sorted(f"{schema}.{table}" for table, schema in schemas.items()),
        questions=[each.name for each in _known(connection)],
    )


if __name__ == "__main__":
    sys.exit(main())
