"""Stands in for dbt's own macros when sqlfluff renders a model: it needs text of the right shape."""

from __future__ import annotations


def datediff(first_date: str, second_date: str, datepart: str) -> str:
    """Whole parts between two dates."""
    return f"date_diff('{datepart}', {first_date}, {second_date})"


def dateadd(datepart: str, interval: str, from_date_or_timestamp: str) -> str:
    """A date moved by whole parts."""
    return f"date_add({from_date_or_timestamp}, interval ({interval}) {datepart})"


def date_trunc(datepart: str, date: str) -> str:
    """First day of a part."""
    return f"date_trunc('{datepart}', {date})"


def string_literal(value: str) -> str:
    """A quoted text."""
    return "'" + value.replace("'", "''") + "'"
