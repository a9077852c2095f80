"""The reference registers that the generator reads: carriers, plans, processing calendar.

Belongs here: reading them and refusing what is missing. Does not belong here: rules of compensation
- the generator has its own, so that the warehouse is measured against something else than itself.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenarios.generator.scenario import ScenarioError

if TYPE_CHECKING:
    from pathlib import Path

FILES = ("ref_carriers.csv", "ref_plans.csv", "ref_processing_calendar.csv")

#: Published port figures group all brands without a network of their own.
MVNO_GROUP = "MVNO"


@dataclass(frozen=True, slots=True)
class Registers:
    """Rows of the registers as delivered, with what the generator asks of them."""

    carriers: tuple[dict[str, str], ...]
    plans: tuple[dict[str, str], ...]
    calendar: dict[dt.date, dict[str, str]]
    sha256: str

    @property
    def operator(self) -> str:
        """The carrier whose exports are generated."""
        return next(row["carrier_code"] for row in self.carriers if row["is_operator"] == "true")

    def is_processing_day(self, day: dt.date) -> bool:
        """Whether ports are processed on a day."""
        return self._day(day)["is_processing_day"] == "true"

    def is_holiday(self, day: dt.date) -> bool:
        """Whether a day carries the name of a holiday."""
        return bool(self._day(day)["holiday_name"])

    def _day(self, day: dt.date) -> dict[str, str]:
        try:
            return self.calendar[day]
        except KeyError:
            raise ScenarioError(
                f"ref_processing_calendar.csv has no row for {day}: extend the calendar"
            ) from None


def load(directory: Path) -> Registers:
    """Read the registers; raises ScenarioError for a missing file or operator."""
    digest = hashlib.sha256()
    tables: dict[str, list[dict[str, str]]] = {}
    for name in FILES:
        try:
            content = (directory / name).read_bytes()
        except OSError as error:
            raise ScenarioError(
                f"reference register {directory / name} cannot be read: {error.strerror}"
            ) from error
        digest.update(content)
        tables[name] = list(csv.DictReader(content.decode("utf-8").splitlines()))
    carriers, plans, calendar = (tables[name] for name in FILES)
    operators = [row["carrier_code"] for row in carriers if row["is_operator"] == "true"]
    if len(operators) != 1:
        raise ScenarioError(
            f"ref_carriers.csv in {directory} names {len(operators)} operators: mark exactly one"
        )
    days = {dt.date.fromisoformat(row["calendar_date"]): row for row in calendar}
    return Registers(tuple(carriers), tuple(plans), days, digest.hexdigest())
