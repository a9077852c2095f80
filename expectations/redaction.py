"""Texts of engines without the values that they quote.

Belongs here: taking values of rows out of an error message before it is told, logged or recorded.
Does not belong here: texts that a person wrote for a person (staging masks those of the exports).

An engine that cannot read a value says which: `Could not convert string '01012345678' to INT64`.
Whoever reads a log, a run record or Data Docs may not see subscribers, and learns enough without
it: the table, the column and the kind of error stay.
"""

from __future__ import annotations

import re
from typing import Final

MASK: Final = "[value]"

#: Errors of DuckDB about values, which end with the first quote: a value may hold quotes, and the
#: statement that follows repeats it. Errors about names quote names, and stay.
_ABOUT_VALUES: Final = re.compile(
    r"((?:Conversion|Invalid Input|Constraint|Out of Range|Data) Error:[^'\"]*)['\"].*", re.DOTALL
)
#: DuckDB's CSV reader repeats the line.
_LINE: Final = re.compile(r"(Original Line:).*")
#: Numbers of subscribers and devices, and ids such as L000000001; the time in a name is none.
_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z])[A-Z]?\d(?:[ .-]?\d){8,}(?![0-9A-Za-z])")


def redacted(text: str) -> str:
    """Take values out of an engine's message; names, places and counts stay."""
    text = _LINE.sub(rf"\1 {MASK}", text)
    text = _ABOUT_VALUES.sub(rf"\1{MASK}", text)
    return _NUMBER.sub(MASK, text)


def column_name(text: str) -> str:
    """Tell a column's name if it looks like one: a file without a header begins with a row."""
    looks_like_one = re.fullmatch(r"[A-Za-z_가-힣][A-Za-z0-9_가-힣 ]{0,62}", text)
    return text if looks_like_one and not re.search(r"\d{4}", text) else MASK
