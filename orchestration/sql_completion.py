"""What the Tab key offers at the prompt of `make sql`.

Belongs here: which words fit a line that is begun. Does not belong here: what they do (sql).
"""

from __future__ import annotations

import readline
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Dot commands that a question's name follows.
_OF_QUESTIONS: Final = (".ask", ".source")
#: Where a word begins: names with a schema, and dot commands, are one word.
_DELIMITERS: Final = " \t\n,;()='"


def candidates(
    before: str, word: str, commands: Sequence[str], tables: Sequence[str], questions: Sequence[str]
) -> list[str]:
    """Name what can stand for `word`, where `before` is the line up to it."""
    match before.split():
        case []:
            fitting = commands if word.startswith(".") else tables
        case [command] if command in _OF_QUESTIONS:
            fitting = questions
        case _:
            fitting = tables
    return [each for each in fitting if each.startswith(word)]


def switch_on(commands: Sequence[str], tables: Sequence[str], questions: Sequence[str]) -> None:
    """Let the Tab key complete commands, tables and questions."""

    def complete(word: str, state: int) -> str | None:
        before = readline.get_line_buffer()[: readline.get_begidx()]
        found = candidates(before, word, commands, tables, questions)
        return found[state] if state < len(found) else None

    readline.set_completer(complete)
    readline.set_completer_delims(_DELIMITERS)
    # macOS has libedit in the place of readline, with words of its own.
    is_libedit = "libedit" in (readline.__doc__ or "")
    readline.parse_and_bind("bind ^I rl_complete" if is_libedit else "tab: complete")
