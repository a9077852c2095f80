"""Numbers, won and days as each language writes them.

Belongs here: formats. Does not belong here: raising a sample to the whole (charts, page say when).
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from briefing.words import Words

#: Steps in which amounts are named: thousands in English, ten thousands in Korean.
STEPS: Final = {
    "en": ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand")),
    "ko": ((10**12, "trillion"), (10**8, "hundred_million"), (10**4, "ten_thousand")),
}


def unit(words: Words, largest: float) -> tuple[int, str]:
    """Choose the unit for amounts up to the largest: its won, and its name."""
    for size, name in STEPS[words.language]:
        if abs(largest) >= size:
            return size, words(f"units.{name}")
    return 1, words("units.one")


def won(words: Words, amount: float | None) -> str:
    """Write an amount with three digits that count, in the unit that fits it."""
    if amount is None:
        return words("page.unknown")
    size, name = unit(words, amount)
    value = amount / size
    digits = 0 if abs(value) >= 100 or size == 1 else 1 if abs(value) >= 10 else 2
    return words("units.amount", number=f"{value:,.{digits}f}", unit=name)


def lines(words: Words, count: float | None) -> str:
    """Write a number of lines."""
    if count is None:
        return words("page.unknown")
    return words("units.lines", number=f"{count:,.0f}")


def measure(words: Words, name: str, value: float | None) -> str:
    """Write what a name that ends in its unit measures: won, or lines."""
    return won(words, value) if name.endswith("_krw") else lines(words, value)


def interval(words: Words, name: str, low: float, high: float) -> str:
    """Write the ends of an interval; of lines the unit stands once."""
    first = won(words, low) if name.endswith("_krw") else f"{low:,.0f}"
    return words("page.range", low=first, high=measure(words, name, high))


def cell(words: Words, column: str, value: Any) -> str:
    """Write a value of a table; empty for none."""
    if value is None or isinstance(value, str | bool):
        return words.of_code(column, value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if column == "won":
        return won(words, value)
    if column.startswith(("share", "survival")):
        return f"{value:.{2 if column.startswith('survival') else 1}%}"
    if isinstance(value, int):
        return f"{value:,}"
    is_rough = abs(value) >= 10 or column.startswith("expected")
    text = f"{value:,.{1 if is_rough else 3}f}"
    return text.rstrip("0").rstrip(".")


def kind(value: object) -> str:
    """Name how a cell is set: `number`, `day`, or as text (empty)."""
    if isinstance(value, dt.date):
        return "day"
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return "number" if is_number else ""
