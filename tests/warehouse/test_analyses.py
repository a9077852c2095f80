"""The questions of analyses/: the published sample answers each, with the columns it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestration import analyses
from orchestration.errors import NotPublishable

if TYPE_CHECKING:
    import duckdb

QUESTIONS = analyses.read("questions")


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.name)
def test_each_question_is_answered_with_the_columns_it_names(
    question: analyses.Analysis, published: duckdb.DuckDBPyConnection
) -> None:
    answer = published.sql(question.published_sql(analyses.schemas_of(published)))
    assert answer.columns == list(question.columns)
    assert answer.fetchone() is not None


def test_a_question_to_a_table_that_is_not_published_is_refused() -> None:
    question = analyses.Analysis("q", "questions", "", "select * from {{ ref('no_such_mart') }}")
    with pytest.raises(NotPublishable, match="no_such_mart"):
        question.published_sql({})
