"""Stands in for dbt's own macros when sqlfluff renders a model: text of the right shape will do."""

from __future__ import annotations


def datediff(first_date: str, second_date: str, datepart: str) -> str:
    """Give whole parts between two dates."""
    return f"date_diff('{datepart}', {first_date}, {second_date})"


def dateadd(datepart: str, interval: str, from_date_or_timestamp: str) -> str:
    """Move a date by whole parts."""
    return f"date_add({from_date_or_timestamp}, interval ({interval}) {datepart})"


def date_trunc(datepart: str, date: str) -> str:
    """Give the first day of a part."""
    return f"date_trunc('{datepart}', {date})"


def string_literal(value: str) -> str:
    """Quote a text."""
    return "'" + value.replace("'", "''") + "'"
