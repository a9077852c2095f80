"""What the macros of macros/engine/ mean is the same on both engines.

Belongs here: single expressions on given values. Does not belong here: models; that the tables of a
build are the same is the comparison of whole builds.
"""

from __future__ import annotations

import json
from typing import Any

import duckdb
import jinja2
import pytest

from orchestration.settings import PROJECT_DIR
from tests.spark.asked_once import SPARK_PYTHON, in_spark

KEY = "key of this test"

#: Texts, of which the engines read some by themselves in different ways.
DAYS = [
    *("'2025-12-31'", "'2025-12-31 00:10:00'", "'2025-1-5'", "'2025'", "'2025-12'", "'2025-02-30'"),
    *("''", "cast(null as string)", "cast('2025-12-31' as date)"),
    "cast('2025-12-31 23:59:59' as timestamp)",
]
NUMBERS = [
    *("'120'", "'-120'", "'1.7'", "'1.2'", "'-1.5'", "''", "'x'", "'12345678901234567890'"),
    *("cast(7 as bigint)", "cast(7 as integer)", "cast(2.5 as decimal(9, 2))"),
    *("cast(-2.5 as decimal(9, 2))", "cast(null as string)"),
]
TEXTS = ["'123'", "'123' || chr(10)", "'x123'", "'123x'", "''", "'a1'", "cast(null as string)"]
MASKED = "'call 010-1234-5678 or 02 123 4567, a@b.kr'"

CALLS = [
    *(f'fully_matches("{text}", "[0-9]{{3}}|a1?")' for text in TEXTS),
    *(f'replace_every_match("{text}", "[0-9]", "#")' for text in (*TEXTS, MASKED)),
    *(f'whole_quotient("{number}", "7")' for number in ("0", "6", "7", "350123456789015")),
    *(f"iso_weekday(\"cast('2025-06-{day:02}' as date)\")" for day in range(1, 9)),
    *(
        f'years_before("cast(\'{day}\' as date)", "cast({years} as bigint)")'
        for day in ("2028-02-29", "2027-02-28", "2028-03-01", "2025-12-31")
        for years in (0, 1, 4, 65)
    ),
    *(f"keyed_hash('line', \"'L{number}'\")" for number in range(20)),
    *(f'is_text("{value}")' for value in (*DAYS, *NUMBERS)),
    *(f'is_whole_number_type("{value}")' for value in (*DAYS, *NUMBERS)),
    *(f'date_or_null("{value}")' for value in DAYS),
    *(f'whole_number_or_null("{value}")' for value in NUMBERS),
    *(
        f'{bits}("cast({number} as bigint)")'
        for bits in ("high_bits", "low_bits")
        for number in (0, 65535, 65536, 2**32 - 1, 2**32, 2**62 + 2**40 + 3 * 2**20)
    ),
]
#: Pairs of rows: whether their fingerprints are the same.
PAIRS = [
    (["'x'", "cast(null as string)"], ["cast(null as string)", "'x'"]),
    (["''", "'x'"], ["cast(null as string)", "'x'"]),
    (["'x'", "'y'"], ["'x'", "'y'"]),
    (["'xy'", "''"], ["'x'", "'y'"]),
    (["cast(1 as bigint)", "'y'"], ["cast(2 as bigint)", "'y'"]),
]

IN_SPARK = """
import json, sys
from pyspark.sql import SparkSession
key, expressions = json.load(sys.stdin)
session = (
    SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    .config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.sql.session.timeZone", "Asia/Seoul").config("spark.sql.ansi.enabled", "false")
    .config("spark.sql.timestampType", "TIMESTAMP_NTZ").config("spark.sql.shuffle.partitions", "1")
    .config("spark.sql.catalogImplementation", "in-memory").getOrCreate()
)
session.createDataFrame([(key,)], "value string").createOrReplaceTempView("pseudonym_key")
named = (f"{each} as found_{number}" for number, each in enumerate(expressions))
[found] = session.sql(f"select {', '.join(named)}").collect()
print(json.dumps([None if value is None else str(value) for value in found]))
"""


def rendered(engine: str, calls: list[str]) -> list[str]:
    """Expressions as an engine has them."""
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, autoescape=False, extensions=["jinja2.ext.do"]
    )
    text = "".join(
        path.read_text("utf-8") for path in sorted((PROJECT_DIR / "macros" / "engine").glob("*"))
    )
    macros: dict[str, Any] = {}

    class Adapter:
        @staticmethod
        def dispatch(name: str, _: str) -> Any:
            return macros.get(f"{engine}__{name}", macros[f"default__{name}"])

    environment.globals.update({"adapter": Adapter, "return": lambda value: value})
    macros.update(vars(environment.from_string(text).module))
    return [environment.from_string("{{ " + call + " }}").render(macros).strip() for call in calls]


def expressions(engine: str) -> list[str]:
    """One for each case."""
    fingerprints = [
        [f"content_hash({json.dumps([str(n) for n in side])})" for side in pair] for pair in PAIRS
    ]
    pairs = [rendered(engine, pair) for pair in fingerprints]
    return [*rendered(engine, CALLS), *(f"{left} = {right}" for left, right in pairs)]


def test_every_macro_means_the_same_on_both_engines() -> None:
    if not SPARK_PYTHON.exists():
        pytest.skip("no .venv-spark: `make spark` creates it")
    connection = duckdb.connect()
    connection.execute("set variable pseudonym_key = ?", [KEY])
    rows = [connection.execute(f"select {each}").fetchone() for each in expressions("duckdb")]
    here = [None if row is None or row[0] is None else str(row[0]) for row in rows]
    there = json.loads(in_spark(IN_SPARK, given=json.dumps([KEY, expressions("spark")])))
    cases = [*CALLS, *(str(pair) for pair in PAIRS)]
    assert len(here) == len(there) == len(cases)
    different = [each for each in zip(cases, here, there, strict=True) if each[1] != each[2]]
    assert different == []


def test_every_macro_of_an_engine_has_a_default_and_is_asked_for() -> None:
    names: dict[str, set[str]] = {"default": set(), "spark": set()}
    text = "".join(
        path.read_text("utf-8") for path in sorted((PROJECT_DIR / "macros" / "engine").glob("*"))
    )
    for engine, found in names.items():
        for line in text.splitlines():
            if line.startswith(f"{{% macro {engine}__"):
                found.add(line.split("__", 1)[1].split("(")[0])
    # This one is dbt-spark's own, overridden.
    assert names["spark"] - {"list_relations_without_caching"} <= names["default"]
    assert all(f"adapter.dispatch('{name}', 'aftermath')" in text for name in names["default"])
