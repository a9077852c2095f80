"""The verdicts of one run, kept for its Data Docs.

Belongs here: asking the validator and remembering what it said, whether the run succeeds or not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from expectations.verdicts import TableVerdict
    from orchestration.validator import Validate


class Evidence:
    """What was validated in this run, in the order in which it was asked for."""

    def __init__(self, validator: Validate) -> None:
        self._validator = validator
        self._verdicts: dict[str, TableVerdict] = {}

    def validate(
        self, layer: str, database: Path, tables: Collection[str]
    ) -> Mapping[str, TableVerdict]:
        """Judge tables and remember the verdicts."""
        verdicts = self._validator(layer, database, tables)
        self._verdicts.update(verdicts)
        return verdicts

    @property
    def verdicts(self) -> tuple[TableVerdict, ...]:
        """All verdicts of the run so far."""
        return tuple(self._verdicts.values())
