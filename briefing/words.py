"""The words of the page, one file per language.

Belongs here: reading them, and the word for a code. Does not belong here: facts; they come from the
published tables and stand on the page as those have them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

#: Languages of the page, the first one shown first.
LANGUAGES: Final = ("en", "ko")

_FOLDER: Final = Path(__file__).with_name("words")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language, by dotted keys."""

    language: str
    texts: dict[str, str]

    def __call__(self, key: str, **facts: object) -> str:
        """Give the text of a dotted key with these facts put in.

        Raises:
            KeyError: there is no such text, or it asks for a fact that is not given.
        """
        return self.texts[key].format(**facts)

    def has(self, key: str) -> bool:
        """Whether there is such a text."""
        return key in self.texts

    def of_code(self, column: str, code: object) -> str:
        """Give the word for a code of a column; a code of another incident stands for itself.

        So does a text: it has blanks, which no code has.
        """
        if code is None:
            return ""
        if isinstance(code, bool):
            return self(f"yes_no.{'yes' if code else 'no'}")
        key = f"codes.{column}.{code}"
        if key in self.texts:
            return self(key)
        return str(code) if " " in str(code) else str(code).replace("_", " ")


def read(language: str) -> Words:
    """Read the words of a language."""
    loaded = yaml.safe_load((_FOLDER / f"{language}.yml").read_text(encoding="utf-8"))
    return Words(language, dict(_flat(loaded)))


def _flat(node: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in node.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict):
            found += _flat(value, f"{key}.")
        else:
            found.append((key, " ".join(str(value).split())))
    return found
