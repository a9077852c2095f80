"""Reads what Great Expectations answered, rule by rule, and fetches evidence of broken rules.

Belongs here: one outcome per expectation of the suite, whatever the answer looks like. Does not
belong here: running (judging.py), wording (verdicts.py).

Importing this module imports Great Expectations (seconds): validate.py imports it late.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from great_expectations.expectations.expectation import (
    ColumnMapExpectation,
    ColumnPairMapExpectation,
)

from expectations import kinds
from expectations.redaction import redacted
from expectations.verdicts import Outcome, between, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType

    from great_expectations.core import ExpectationValidationResult
    from great_expectations.expectations.expectation import Expectation

    from expectations.judging import Reader

#: Never shown as evidence, whatever a suite names.
DIRECT_IDENTIFIERS = frozenset(
    {"msisdn", "imsi", "imei", "iccid", "birth_date", "line_id", "customer_id"}
)

#: Where a delivered row stands: batch, file, row. A seed has no file; its rows are numbered here.
ROW_ADDRESS = ("batch_date", "source_file", "source_row")


def read(  # noqa: PLR0917
    reader: Reader,
    table: str,
    suite: ModuleType,
    columns: Sequence[str],
    expectations: Sequence[Expectation],
    results: Sequence[ExpectationValidationResult],
) -> list[Outcome]:
    """Return one outcome per expectation of the suite; one without a result has failed."""
    by_rule = {_rule_of(result): result for result in results}
    keys = _keys(reader, suite, columns)
    return [
        _outcome(reader, table, keys, expectation, by_rule.get(expectation.description))
        for expectation in expectations
    ]


def failure(rule: str, cause: object) -> Outcome:
    """Return the outcome of something that could not be evaluated at all."""
    text = _first_lines(str(cause))
    if isinstance(cause, BaseException):
        text = f"{type(cause).__name__}: {text}"
    return Outcome(rule, "critical", passed=False, error=redacted(text))


def _outcome(
    reader: Reader,
    table: str,
    keys: Sequence[str],
    expectation: Expectation,
    result: ExpectationValidationResult | None,
) -> Outcome:
    found: Mapping[str, Any] = (result.result if result else None) or {}
    error = _error(result, found)
    passed = result is not None and bool(result.success) and not error
    rows = [] if passed or error else _evidence(reader, table, keys, expectation, found)
    notes = expectation.notes or ""
    return Outcome(
        rule=expectation.description or type(expectation).__name__,
        severity=getattr(expectation.severity, "value", str(expectation.severity)),
        passed=passed,
        reason=notes if isinstance(notes, str) else " ".join(notes),
        expected=_expected(expectation),
        observed=_observed(expectation, found),
        rows=tuple(_presentable(row) for row in rows[: kinds.EVIDENCE_ROWS]),
        error=error,
    )


def _error(result: ExpectationValidationResult | None, found: Mapping[str, Any]) -> str:
    """Return why a rule could not be evaluated; the empty text if it could."""
    if result is None:
        return "no result"
    info: dict[str, Any] = result.exception_info or {}
    for detail in [info] if "raised_exception" in info else info.values():
        if isinstance(detail, dict) and detail.get("raised_exception"):
            return redacted(_first_lines(str(detail.get("exception_message"))))
    if result.success is None or not found:
        return "no answer"
    if "element_count" in found and found["element_count"] == found.get("missing_count"):
        return "zero rows evaluated: the column is empty"
    return ""


def _expected(expectation: Expectation) -> str:
    if isinstance(expectation, kinds.ExpectNoRowsWhere):
        return f"no row where {expectation.condition}"
    if isinstance(expectation, kinds.ExpectNoRowsFrom):
        return "no such row"
    values = expectation.configuration.kwargs
    if "value_set" in values:
        return "one of " + ", ".join(map(str, values["value_set"]))
    return between(values.get("min_value"), values.get("max_value"))


def _observed(expectation: Expectation, found: Mapping[str, Any]) -> str:
    if "unexpected_count" in found:
        return f"{number(found['unexpected_count'])} of {number(found['element_count'])} rows"
    value = found.get("observed_value")
    if isinstance(expectation, kinds.ExpectNoRowsFrom):
        most = kinds.EVIDENCE_ROWS
        return f"more than {most} rows" if (value or 0) > most else _rows(value or 0)
    if isinstance(expectation, kinds.ExpectNoRowsWhere):
        return _rows(value)
    if isinstance(expectation, kinds.ExpectShareToBeBetween) and value is None:
        return "too few rows to judge"
    return number(value)


def _evidence(
    reader: Reader,
    table: str,
    keys: Sequence[str],
    expectation: Expectation,
    found: Mapping[str, Any],
) -> Sequence[Mapping[str, Any]]:
    """Fetch keys of rows that broke a rule; an aggregate over the table has none."""
    if isinstance(expectation, kinds.ExpectNoRowsFrom):
        return list(found.get("unexpected_rows", ()))
    if isinstance(expectation, kinds.ExpectNoRowsWhere) and keys:
        positions = ", ".join(str(position + 1) for position in range(len(keys)))
        sql = (
            f"select {', '.join(keys)} from {table} "  # noqa: S608 - the suite's own words
            f"where {expectation.condition} order by {positions}"
        )
        return reader.query(table.split(".", maxsplit=1)[0], sql, limit=kinds.EVIDENCE_ROWS)
    if isinstance(expectation, ColumnMapExpectation | ColumnPairMapExpectation):
        detail = reader.validate(
            table,
            [expectation],
            {
                "result_format": "SUMMARY",
                "unexpected_index_column_names": [key for key in keys if " " not in key],
                "partial_unexpected_count": kinds.EVIDENCE_ROWS,
            },
        )
        return list(detail.results[0].result.get("partial_unexpected_index_list") or ())
    return []


def _keys(reader: Reader, suite: ModuleType, columns: Sequence[str]) -> list[str]:
    """Return what names a row: the suite's keys, and for a delivered row where it stands."""
    keys = [key for key in suite.KEYS if key in columns and key not in DIRECT_IDENTIFIERS]
    if suite.__name__.split(".")[1] != "raw":
        return keys
    address = [column for column in ROW_ADDRESS if column in columns and column not in keys]
    is_numbered = "source_row" in columns or not reader.ROW_NUMBER
    own_number = [] if is_numbered else [f"{reader.ROW_NUMBER} as source_row"]
    return [*keys, *address, *own_number]


def _presentable(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        column: "" if value is None else str(value)
        for column, value in row.items()
        if column not in DIRECT_IDENTIFIERS
    }


def _rows(count: Any) -> str:
    return "1 row" if count == 1 else f"{number(count)} rows"


def _rule_of(result: ExpectationValidationResult) -> str | None:
    return result.expectation_config.description if result.expectation_config else None


def _first_lines(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " ".join(lines[:3])[:400] if lines else "no message"
