"""Conventions of SQL text: the look of a model, portability, and rules kept as data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.conventions.rulebook import REGISTERS, Project, bare_sql, code_of, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE_MART = "models/marts/core/dim_lines.sql"
MODEL_LINES = 200

CLOCK = re.compile(
    r"\b(current_date|current_timestamp|current_time|localtime(stamp)?|run_started_at)\b"
    r"|\b(now|today|getdate|random|uuid|gen_random_uuid|setseed)\s*\("
    r"|modules\.datetime",
    re.IGNORECASE,
)

#: What another engine reads differently or not at all -> what to write instead.
NOT_PORTABLE = {
    r"\bqualify\b": "a CTE with the window and a where",
    r"::": "cast(... as ...)",
    r"\bdistinct\s+on\b": "row_number() in a CTE",
    r"\*\s*(exclude|replace)\b": "the list of columns",
    r"\basof\b": "a join on the interval",
    r"\bby\s+name\b": "the columns in order",
    r"\brecursive\b": "the calendar register",
    r"\b(string_agg|listagg|group_concat)\b": "no list in a cell",
    r"\b(arg_max|arg_min|nvl)\b": "max_by, min_by, coalesce",
    r"\bat\s+time\s+zone\b": "naive Korean time",
    r"//|\bdiv\b": "floor(a / nullif(b, 0))",
    r"\[": "columns instead of a list",
    r"\{\s*''": "columns instead of a struct",
    r'"': "a name that needs no quotes",
    r"\bcount\s*\(\s*distinct[^)]*\)\s*over\b": "a grouped CTE joined back",
}

#: What stands in macros/engine/ alone, in models, macros and tests of dbt -> what to write instead.
OF_ONE_ENGINE = {
    r"\b(regexp_full_match|rlike|regexp_like|similar\s+to|~\s*')": "fully_matches",
    r"\bregexp_replace\b": "replace_every_match",
    r"\b(sha256|sha2|getvariable|md5)\s*\(": "keyed_hash",
    r"(?<![\w.])(xx)?hash(64)?\s*\(": "content_hash",
    r"\b(isodow|dayofweek|weekday)\b": "iso_weekday",
    r"\btypeof\s*\(": "is_text or is_whole_number_type",
    r"\btry_cast\s*\([^()]*\bas\s+bigint\b": "whole_number_or_null",
    r"\brow_number\s*\(\s*\)\s*over\s*\(\s*\)": "row_of_seed, or an order",
    r"'0x": "keyed_hash",
    r" // | div ": "whole_quotient",
    r"\\(?!n)": "a pattern without a backslash",
    r"\b(strftime|strptime|epoch|unnest|generate_series|explode|sequence)\s*\(": "a macro there",
}


def ask_the_clock(project: Project) -> None:
    project.texts[LINE_MART] += "\nwhere activated_on < current_date\n"


@rule(ask_the_clock, needs="files")
def sql_asks_no_clock_and_throws_no_dice(project: Project) -> Iterator[str]:
    """`as_of_date()` is the one clock.

    Example: where loaded_on <= {{ as_of_date() }}.
    Reason: the same input must give the same tables, today and in a replay of last year.
    Remedy: use the as_of_date macro, or a column of the data.
    """
    for path, text in project.files("models/", "macros/", "analyses/", "tests/dbt/", suffix=".sql"):
        for found in CLOCK.finditer(code_of(text)):
            yield f"{path}: {found.group().strip()}"


def qualify_a_window(project: Project) -> None:
    project.texts[LINE_MART] += "\nqualify row_number() over (order by line_key) = 1\n"


@rule(qualify_a_window, needs="files")
def models_are_written_in_portable_sql(project: Project) -> Iterator[str]:
    """A model runs on the next engine without being rewritten.

    Example: cast(d as date), never d::date; a window in a CTE, never QUALIFY.
    Reason: the warehouse must be able to move to a distributed engine; it costs nothing now.
    Remedy: the form that the message names; what only one engine has goes into a small macro.
    """
    for path, text in project.files("models/", "analyses/", "tests/dbt/", suffix=".sql"):
        sql = bare_sql(text)
        for pattern, instead in NOT_PORTABLE.items():
            found = re.search(pattern, sql, re.IGNORECASE)
            if found:
                line = sql[: found.start()].count("\n") + 1
                yield f"{path}: {found.group().strip()} near line {line}; write {instead}"


def hash_a_number_in_a_macro(project: Project) -> None:
    project.texts["macros/pseudonym.sql"] = "select sha256(line_id) as line_key from lines\n"


@rule(hash_a_number_in_a_macro, needs="files")
def the_words_of_one_engine_stand_in_the_macros_of_engines(project: Project) -> Iterator[str]:
    """What only one engine understands, or each in its own way, is a macro of macros/engine/.

    Example: {{ fully_matches('msisdn', '010[0-9]{8}') }}, never regexp_full_match(...).
    Reason: the same models run on DuckDB and on Spark; of what the engines read differently some
    fails, and some gives other figures without a word.
    Remedy: use the macro that the message names, or add one there with a case in
    tests/spark/test_engine_macros.py.
    """
    for path, text in project.files("models/", "macros/", "tests/dbt/", suffix=".sql"):
        if path.startswith(("macros/engine/", "macros/materializations/")):
            continue
        sql = code_of(text)
        for pattern, instead in OF_ONE_ENGINE.items():
            found = re.search(pattern, sql, re.IGNORECASE)
            if found:
                line = sql[: found.start()].count("\n") + 1
                yield f"{path}: {found.group().strip()} near line {line}; write {instead}"


def order_a_window_without_nulls(project: Project) -> None:
    project.texts[LINE_MART] += "\nselect row_number() over (order by activated_on) from lines\n"


@rule(order_a_window_without_nulls, needs="files")
def window_orders_say_where_nulls_go(project: Project) -> Iterator[str]:
    """An order inside `over` names `nulls last` or `nulls first`.

    Example: over (partition by line_key order by requested_at desc nulls last, port_id).
    Reason: engines disagree about nulls, and the first row of a window decides money.
    Remedy: write where nulls go on the leading column, and add a tie-breaker.
    """
    for path, text in project.files("models/", suffix=".sql"):
        sql = bare_sql(text)
        for found in re.finditer(r"\bover\s*\(", sql, re.IGNORECASE):
            window = sql[found.end() : closing_bracket(sql, found.end())]
            if re.search(r"\border\s+by\b", window, re.IGNORECASE) and not re.search(
                r"\bnulls\s+(last|first)\b", window, re.IGNORECASE
            ):
                yield f"{path}: line {sql[: found.start()].count(chr(10)) + 1}"


def closing_bracket(sql: str, start: int) -> int:
    """Where the bracket that was opened just before `start` closes."""
    depth = 1
    for position in range(start, len(sql)):
        depth += {"(": 1, ")": -1}.get(sql[position], 0)
        if depth == 0:
            return position
    return len(sql)


def take_every_column_in_the_middle(project: Project) -> None:
    project.texts[LINE_MART] += "\nselect lines.* from lines\n"


@rule(take_every_column_in_the_middle, needs="files")
def only_import_ctes_and_the_last_line_take_every_column(project: Project) -> Iterator[str]:
    """`select *` imports a relation or ends the model; nothing else.

    Example: `lines as (select * from {{ ref('stg_operator__lines') }})`, `select * from final`.
    Reason: a column must be findable in the text of the model that makes it.
    Remedy: list the columns.
    """
    imports = re.compile(r"select\s+\*\s+from\s+\{\{", re.IGNORECASE)
    for path, text in project.files("models/", suffix=".sql"):
        code = code_of(text).rstrip()
        code = re.sub(r"select\s+\*\s+from\s+\w+;?$", "", code, flags=re.IGNORECASE)
        code = imports.sub("", code)
        for found in re.finditer(r"(\bselect\s+(distinct\s+)?|\w\.|,\s*)\*", code, re.IGNORECASE):
            yield f"{path}: line {code[: found.start()].count(chr(10)) + 1}"


def write_a_day_and_a_carrier_into_a_model(project: Project) -> None:
    project.texts[LINE_MART] += "\nwhere left_on >= date '2025-12-31' and brand = 'KT'\n"


@rule(write_a_day_and_a_carrier_into_a_model, needs="files")
def no_rule_of_the_incident_is_written_in_sql(project: Project) -> Iterator[str]:
    """Days, amounts and the identifiers of registers are data.

    Example: the window of a policy is a row of ref_policy_paths; the home carrier is is_operator.
    Reason: the next incident, at another carrier, must need new seeds and no new code.
    Remedy: add a column or a row to a reference seed and join it.
    """
    identifiers = {
        value: seed for seed in REGISTERS for value in project.register(seed) if len(value) > 1
    }
    for path, text in project.files("models/", "macros/", "analyses/", suffix=".sql"):
        code = code_of(text)
        for literal in re.findall(r"'((?:[^']|'')*)'", code):
            if re.match(r"\d{4}-\d{2}(-\d{2})?\b", literal):
                yield f"{path}: the date '{literal}'"
            elif literal in identifiers:
                yield f"{path}: '{literal}' of {identifiers[literal]}"
        for number in re.findall(r"(?<![\w.'-])\d{5,}(?![\w.'])", bare_sql(text)):
            # A power of ten takes a number apart; it is the rule of no incident.
            if number.strip("0") != "1":
                yield f"{path}: the number {number}"


def forget_the_grain_of_the_line_mart(project: Project) -> None:
    project.texts[LINE_MART] = project.texts[LINE_MART].replace("-- Grain:", "--", 1)


@rule(forget_the_grain_of_the_line_mart, needs="files")
def every_mart_opens_with_its_grain(project: Project) -> Iterator[str]:
    """First line of a mart: `-- Grain: one row per (...)`.

    Example: `-- Grain: one row per (processed_on, donor_carrier, recipient_carrier).`
    Reason: whoever sums a column has to know what a row is.
    Remedy: write the grain; then what adds up, over which dimensions.
    """
    for path, text in project.files("models/marts/", suffix=".sql"):
        if not re.match(r"-- Grain: one row (per|for) ", text):
            yield f"{path}: opens with {text.splitlines()[0] if text else 'nothing'!r}"


def let_the_line_mart_grow(project: Project) -> None:
    project.texts[LINE_MART] += "select 1 as one\n" * MODEL_LINES


@rule(let_the_line_mart_grow, needs="files")
def a_model_is_short_enough_to_be_read(project: Project) -> Iterator[str]:
    """Fewer than 200 lines.

    Example: the evaluation of policies is several intermediate models, each with one question.
    Reason: a model that nobody reads whole is a model that nobody checks.
    Remedy: move the CTEs that answer a question of their own into an intermediate model.
    """
    for path, text in project.files("models/", "macros/", "analyses/", "tests/dbt/", suffix=".sql"):
        if text.count("\n") >= MODEL_LINES:
            yield f"{path}: {text.count(chr(10))} lines"


def end_a_model_with_another_name(project: Project) -> None:
    project.texts[LINE_MART] += "\nselect line_key from lines\n"


@rule(end_a_model_with_another_name, needs="files")
def a_model_ends_with_select_star_from_final(project: Project) -> Iterator[str]:
    """The last CTE is `final`, the last line selects it.

    Example: `select * from final`.
    Reason: every CTE can be looked at by changing one word in one line.
    Remedy: name the last CTE final.
    """
    for path, text in project.files("models/", suffix=".sql"):
        last = code_of(text).strip().rsplit("\n", 1)[-1].strip()
        if last != "select * from final":
            yield f"{path}: ends with {last!r}"
