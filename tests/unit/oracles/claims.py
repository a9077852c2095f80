"""The verdict on a published figure, reasoned out in plain Python.

Belongs here: the rule of docs/metrics.md, in fractions. Does not belong here: where a figure comes
from.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LIMITS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}


@dataclass(frozen=True)
class Reading:
    """One basis of a claim: the published figure and what the data hold."""

    comparator: str
    published: Fraction
    rounding_unit: Fraction | None
    computed: Fraction | None
    is_extensive: bool
    sampling_allowance: Fraction
    sample_rate: Fraction


def is_borne_out(reading: Reading) -> bool | None:
    """Whether the figure holds on this basis; None where nothing was computed."""
    if reading.computed is None:
        return None
    grown = 1 / reading.sample_rate if reading.is_extensive else Fraction(1)
    value = reading.computed * grown
    slack = reading.sampling_allowance * grown if reading.sample_rate < 1 else Fraction(0)
    step = reading.rounding_unit or Fraction(0)
    match reading.comparator:
        case "=":
            # A figure counted to the unit is exact; a rounded one hides half a step.
            hidden = Fraction(0) if step == 1 else step / 2
            return abs(value - reading.published) <= hidden + slack
        case "~":
            return abs(value - reading.published) <= step + slack
        case limit:
            # In favour of the claim by what a sample can be off.
            towards = slack if limit.startswith(">") else -slack
            return LIMITS[limit](value + towards, reading.published)


def verdicts(readings: Sequence[Reading]) -> list[str]:
    """Verdict of each reading of one claim."""
    held = [is_borne_out(reading) for reading in readings]
    everywhere = all(held)
    words = {None: "not_measurable", False: "contradicts"}
    return [words.get(h, "agrees" if everywhere else "agrees_only_on_basis") for h in held]
