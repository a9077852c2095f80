"""The questions of analyses/: the published sample answers each, by a second path as well.

A file of second_paths/ answers its question from other tables, or from the rows that a mart was
made of; the columns that both have are compared row by row.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestration import analyses, sql
from orchestration.errors import NotPublishable

if TYPE_CHECKING:
    import duckdb

SECOND_PATHS = Path(__file__).with_name("second_paths")
QUESTIONS = analyses.read("questions")
GROUPS = ("finance", "regulatory_affairs", "customer_care", "security")

#: Numbers that no other published table gives.
NO_SECOND_PATH = {
    # The interval: tests/unit/test_excess_churn.py and test_range_backtest.py.
    "how_many_left_because_of_it": {"excess_lines_low", "excess_lines_high"},
}

each_question = pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.name)


def second_path(question: analyses.Analysis) -> str:
    return (SECOND_PATHS / question.group / f"{question.name}.sql").read_text(encoding="utf-8")


def numbers(answer: duckdb.DuckDBPyRelation) -> set[str]:
    return {
        name
        for name, kind in zip(answer.columns, map(str, answer.types), strict=True)
        if kind.startswith(("BIGINT", "INTEGER", "HUGEINT", "DECIMAL", "DOUBLE"))
    }


def differences(
    connection: duckdb.DuckDBPyConnection, answer: str, second: str
) -> list[tuple[object, ...]]:
    columns = ", ".join(connection.sql(second).columns)
    one, other = (f"select {columns} from ({sql}\n)" for sql in (answer, second))
    return connection.sql(
        f"select 'answer', * from ({one} except all {other}) "
        f"union all select 'second path', * from ({other} except all {one})"
    ).fetchall()


def test_the_four_groups_have_five_questions_each_and_every_file_is_one() -> None:
    by_group = [question.group for question in QUESTIONS]
    assert all(by_group.count(group) >= 5 for group in GROUPS)
    files = {path.stem for path in (analyses.ANALYSES_DIR / "questions").rglob("*.sql")}
    assert files == {question.name for question in QUESTIONS}
    assert files == {path.stem for path in SECOND_PATHS.rglob("*.sql")}
    assert len(files) == len(QUESTIONS)


@each_question
def test_each_question_is_answered_with_the_columns_it_names(
    question: analyses.Analysis, published: duckdb.DuckDBPyConnection
) -> None:
    answer = published.sql(question.published_sql(analyses.schemas_of(published)))
    assert question.description.endswith((".", "?"))
    assert answer.columns == list(question.columns)
    assert all(question.columns.values())
    assert answer.fetchone() is not None


@each_question
def test_a_second_path_gives_the_same_numbers(
    question: analyses.Analysis, published: duckdb.DuckDBPyConnection
) -> None:
    answer = question.published_sql(analyses.schemas_of(published))
    second = second_path(question)
    assert not differences(published, answer, second)
    unchecked = numbers(published.sql(answer)) - set(published.sql(second).columns)
    assert unchecked == NO_SECOND_PATH.get(question.name, set())


@each_question
def test_a_wrong_number_or_a_lost_row_is_noticed(
    question: analyses.Analysis, published: duckdb.DuckDBPyConnection
) -> None:
    answer = question.published_sql(analyses.schemas_of(published))
    second = second_path(question)
    compared = numbers(published.sql(answer)) & set(published.sql(second).columns)
    for column in compared:
        spoiled = f"select * replace (coalesce({column}, 0) + 1 as {column}) from ({answer}\n)"
        assert differences(published, spoiled, second), column
    assert differences(published, f"from ({answer}\n) offset 1", second)


def test_questions_are_listed_asked_and_shown(
    published: duckdb.DuckDBPyConnection, capsys: pytest.CaptureFixture[str]
) -> None:
    sql.answer(published, ".questions", "csv")
    listed = capsys.readouterr().out.splitlines()
    assert len(listed) == 1 + len(QUESTIONS)
    sql.answer(published, ".questions security", "csv")
    assert {line.split(",")[0] for line in capsys.readouterr().out.splitlines()} == {
        "group",
        "security",
    }
    sql.answer(published, ".ask money_taken_by_channel;", "csv")
    answer = capsys.readouterr().out
    assert answer.startswith("incident_id,channel,payments,lines,taken_krw,refunded_krw\n")
    # What is shown can be pasted.
    sql.answer(published, ".source money_taken_by_channel", "csv")
    sql.answer(published, capsys.readouterr().out, "csv")
    assert capsys.readouterr().out == answer


def test_a_question_to_a_table_that_is_not_published_is_refused() -> None:
    question = analyses.Analysis("q", "questions", "", "select * from {{ ref('no_such_mart') }}")
    with pytest.raises(NotPublishable, match="no_such_mart"):
        question.published_sql({})
