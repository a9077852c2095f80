"""Spells of lines in service.

Do the ended ones last, and how do they begin? To be plausible this table must answer: how long
does an ended one last, and do spells begin both new and by porting?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations import kinds

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

KEYS: tuple[str, ...] = ("line_key",)


def expectations() -> list[Expectation]:
    """Return the rules."""
    return [
        kinds.ExpectShareToBeBetween(
            condition="ended_on = started_on",
            among="ended_on is not null",
            max_value=0.05,
            least_rows=100,
            description="Hardly any spell ends on the day it began",
            notes="The two columns are one, or activations were cancelled rather than ended",
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectAggregateToBeBetween(
            sql_aggregate="avg(date_diff('day', started_on, ended_on)) / 365.25",
            min_value=0.17,
            max_value=20,
            none_is_plausible=True,
            description="A spell that ended lasted two months to twenty years on average",
            notes=("Tenure of leavers decides survival; outside, one of the dates is another one"),
            severity=kinds.CRITICAL,
        ),
        kinds.ExpectShareToBeBetween(
            condition="start_kind = 'port_in'",
            min_value=0.01,
            max_value=0.9,
            least_rows=1000,
            description="Between one spell in a hundred and nine in ten began by porting",
            notes="All or none: the kind of activation is a constant",
            severity=kinds.CRITICAL,
        ),
    ]
