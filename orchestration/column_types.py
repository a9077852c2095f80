"""Kinds of columns in the raw contract, and the types of delivered columns that may hold them.

Belongs here: which kind each column is, and which types hold its values without changing one. Does
not belong here: names of entities and columns (raw_contract), what is done about a column that has
another type (schema_drift), and what a single value means (staging).
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pyarrow as pa


class Kind(Enum):
    """What a column of the contract holds; the value is what a person is told."""

    TEXT = "text"
    DAY = "days"
    TIME = "times"
    MONEY = "whole won"
    NUMBER = "whole numbers"
    FLAG = "true or false"


class Held(Enum):
    """What a delivered column is typed as; the value is what a person is told."""

    TEXT = "text"
    WHOLE = "whole numbers"
    DECIMAL = "decimal numbers"
    FLOAT = "floating point numbers"
    DAY = "days"
    TIME = "times without zone"
    INSTANT = "times with a zone"
    FLAG = "true or false"
    NOTHING = "no value"
    OTHER = "nested or binary values"


#: A type is accepted if every value it can hold reads as the contract means it. Floating point
#: holds no won; a day has no time to give; a number is not known to be true or false.
ACCEPTED: Final[dict[Kind, frozenset[Held]]] = {
    Kind.TEXT: frozenset({Held.TEXT, Held.WHOLE}),
    Kind.DAY: frozenset({Held.TEXT, Held.DAY, Held.TIME, Held.INSTANT}),
    Kind.TIME: frozenset({Held.TEXT, Held.TIME, Held.INSTANT}),
    Kind.MONEY: frozenset({Held.TEXT, Held.WHOLE, Held.DECIMAL}),
    Kind.NUMBER: frozenset({Held.TEXT, Held.WHOLE, Held.DECIMAL, Held.FLOAT}),
    Kind.FLAG: frozenset({Held.TEXT, Held.FLAG}),
}

_DAYS: Final = (
    "attempt_date batch_date billed_on birth_date chosen_on claimed_on confirmed_on cover_from "
    "cover_to detected_on ended_on enrolled_on first_seen_on last_device_change_on "
    "last_recontract_on loss_on obstacle_ended_on occurred_on paid_on processed_on redeemed_on "
    "reported_on signed_on started_on suspended_on usage_month"
)
_TIMES: Final = "activated_at claimed_at paid_at requested_at terminated_at"
_MONEY: Final = (
    "amount_krw carrier_share_krw face_value_krw loss_krw monthly_discount_krw paid_krw subsidy_krw"
)
_NUMBERS: Final = (
    "attempts granted_gb monitored_attempts term_days term_months used_gb verified_attempts"
)
_FLAGS: Final = "is_registered payee_is_owner"

#: Column of the contract to its kind; every other one is text.
KINDS: Final[dict[str, Kind]] = {
    name: kind
    for names, kind in (
        (_DAYS, Kind.DAY),
        (_TIMES, Kind.TIME),
        (_MONEY, Kind.MONEY),
        (_NUMBERS, Kind.NUMBER),
        (_FLAGS, Kind.FLAG),
    )
    for name in names.split()
}


def kind_of(column: str) -> Kind:
    """Kind of a column of the contract; a name means the same in every entity."""
    return KINDS.get(column, Kind.TEXT)


def is_accepted(column: str, held: Held) -> bool:
    """Whether a column may be delivered like this; one without any value always may."""
    return held is Held.NOTHING or held in ACCEPTED[kind_of(column)]


def held_by(data_type: pa.DataType) -> Held:
    """Tell what values of an Arrow type are."""
    from pyarrow import types  # noqa: PLC0415 - commands that read no Parquet start faster

    if types.is_dictionary(data_type):
        return held_by(data_type.value_type)
    for is_it, held in (
        (types.is_null, Held.NOTHING),
        # Older writers do not say that their bytes are text.
        (types.is_string, Held.TEXT),
        (types.is_large_string, Held.TEXT),
        (types.is_binary, Held.TEXT),
        (types.is_integer, Held.WHOLE),
        (types.is_floating, Held.FLOAT),
        (types.is_date, Held.DAY),
        (types.is_boolean, Held.FLAG),
    ):
        if is_it(data_type):
            return held
    if types.is_decimal(data_type):
        return Held.WHOLE if data_type.scale == 0 else Held.DECIMAL
    if types.is_timestamp(data_type):
        return Held.INSTANT if data_type.tz else Held.TIME
    return Held.OTHER
