"""The suites' SQL as Spark reads it."""

from __future__ import annotations

import pytest

from expectations.spark_words import in_spark


@pytest.mark.parametrize(
    ("duckdb", "spark"),
    [
        ("nullif(cast(x as varchar), '')", "nullif(cast(x as string), '')"),
        ("strlen(cast(x as varchar)) = 15", "octet_length(cast(x as string)) = 15"),
        ("arg_max(a, b), arg_min(a, b)", "max_by(a, b), min_by(a, b)"),
        ("date_diff('day', a, b) > 62", "datediff(b, a) > 62"),
        (
            "avg(date_diff('day', try_cast(a as date), min(cast(b as date))))",
            "avg(datediff(min(cast(b as date)), try_cast(a as date)))",
        ),
        (
            "1 + date_diff('month', a, b)",
            "1 + (12 * (year(b) - year(a)) + month(b) - month(a))",
        ),
        ("epoch(max(day))", "86400 * unix_date(max(day))"),
        ("a - b > 1 and strlength(c)", "a - b > 1 and strlength(c)"),
    ],
)
def test_words_of_duckdb_are_said_as_spark_says_them(duckdb: str, spark: str) -> None:
    assert in_spark(duckdb) == spark


def test_an_argument_over_several_lines_is_one() -> None:
    said = in_spark("date_diff(\n  'day', cast(min(a) as date), cast(max(a) as date)\n)")
    assert " ".join(said.split()) == "datediff(cast(max(a) as date) , cast(min(a) as date))"
