"""From which columns each column of a statement is made, read in this process or in one beside it.

Belongs here: reading it out of compiled SQL, and the process that does so while dbt builds. Does
not belong here: which models are read, and what is kept (lineage).

Reading a hundred models takes Python seconds, while a batch has its hands full with dbt. So the
first batch of a version has a process beside it read each model as soon as it is built. What that
process says is only looked up, under a fingerprint of all that it was read from: what it does not
say, or says of other columns than the tables turn out to have, is read here after all.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.lineage import lineage

from orchestration.settings import PROJECT_DIR, environment_without_keys

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from types import TracebackType

#: Column to the columns it is made of: database, schema, table and column of each.
Origins = dict[str, list[tuple[str, str, str, str]]]

_DAY = re.compile(r"'\d{4}-\d{2}-\d{2}'")

#: Bytes that a pipe holds.
_ROOM: Final = 2**20


class Relation(NamedTuple):
    """A table or view, as compiled SQL names it."""

    database: str
    schema: str
    table: str


#: Columns of the relations that a statement reads.
Parents: TypeAlias = "Mapping[Relation, Collection[str]]"


def fingerprint(sql: str, parents: Parents) -> str:
    """Name a statement and the columns that it can read; the days written in it do not count.

    The statement names the relations, in the order of which their columns are given.
    """
    shape = [_DAY.sub("", sql), *(sorted(columns) for columns in parents.values())]
    return hashlib.sha256(json.dumps(shape).encode()).hexdigest()


def read(sql: str, parents: Parents) -> Origins:
    """Read the origins of each column of a query.

    Raises:
        SqlglotError: the query is beyond the parser.
    """
    schema: dict[str, Any] = {}
    for relation, columns in parents.items():
        if columns:
            tables = schema.setdefault(relation.database, {}).setdefault(relation.schema, {})
            # Origins do not hang on types.
            tables[relation.table] = dict.fromkeys(columns, "text")
    # Trimmed selects are labels for a picture: a copy of the statement for every column.
    nodes = lineage(None, sql, schema, dialect="duckdb", trim_selects=False)
    return {
        column.lower(): sorted(
            {
                (
                    leaf.expression.catalog,
                    leaf.expression.db,
                    leaf.expression.name,
                    leaf.name.rpartition(".")[2].strip('"').lower(),
                )
                for leaf in node.walk()
                if not leaf.downstream and isinstance(leaf.expression, exp.Table)
            }
        )
        for column, node in nodes.items()
    }


class Beside:
    """A process that reads statements while this one does other things; ends with its context.

    Whatever goes wrong with it costs its answers and no more: who asks builds tables.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._is_over = False
        #: dbt is done with two models at a time.
        self._one_asks = threading.Lock()

    def __enter__(self) -> Beside:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        process = self._end()
        if process:
            process.kill()
            # Closes the pipes, whatever stands in them.
            process.communicate()

    def ask(self, sql: Path, parents: Parents) -> None:
        """Have the statement in this file read; the first question starts the process."""
        question = [str(sql), [[*relation, sorted(names)] for relation, names in parents.items()]]
        with self._one_asks:
            if self._is_over:
                return
            try:
                self._process = self._process or _start()
                print(json.dumps(question), file=self._process.stdin, flush=True)
            except OSError:
                # It could not be started, or has ended.
                self._is_over = True

    def answers(self) -> dict[str, Origins]:
        """Wait for what was asked, and ask no more: origins by fingerprint."""
        process = self._end()
        if not process:
            return {}
        said, _ = process.communicate()
        try:
            answers: dict[str, Origins] = json.loads(said)
        except ValueError:
            return {}
        return answers

    def _end(self) -> subprocess.Popen[str] | None:
        with self._one_asks:
            self._is_over = True
            return self._process


def _start() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "orchestration.column_origins"],
        cwd=PROJECT_DIR,
        env=environment_without_keys(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # What is asked of a layer, a hundred thousand bytes: a thread of dbt shall not wait.
        pipesize=_ROOM,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )


def _answer_standard_input() -> None:
    answers: dict[str, Origins] = {}
    for line in sys.stdin:
        path, tables = json.loads(line)
        parents = {
            Relation(database, schema, table): columns
            for database, schema, table, columns in tables
        }
        try:
            sql = Path(path).read_text(encoding="utf-8")
            answers[fingerprint(sql, parents)] = read(sql, parents)
        except (OSError, ValueError, RecursionError, SqlglotError):
            # Who asked reads it again, and tells what is wrong with it.
            continue
    print(json.dumps(answers))


if __name__ == "__main__":
    _answer_standard_input()
