"""The time a row spends in quarantine, told by living through the days one after the other.

Belongs here: judging every day anew and noting on which a row was held and on which no longer.
Does not belong here: any derivation of these days from the rows known at the end; that is what the
models do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.warehouse import staging_oracle as oracle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from tests.warehouse.staging_oracle import Delivery


@dataclass(frozen=True)
class Stay:
    """A row that was in quarantine on some day; once let in, with the reason of its first day."""

    reason: str
    first_reason: str
    released_on: date | None
    kind: str | None
    is_quarantined: bool


def held_on(fates: Mapping[Delivery, oracle.Fate], entity: str) -> dict[Delivery, bool]:
    """Rows in quarantine on a day, and whether a later version of their id has replaced them."""
    good: dict[str, list[tuple[date, int]]] = {}
    for each, fate in fates.items():
        if fate.status != "quarantined":
            good.setdefault(str(oracle.natural_id(entity, each.row)), []).append(each.place)
    return {
        each: any(
            place > each.place for place in good.get(str(oracle.natural_id(entity, each.row)), ())
        )
        for each, fate in fates.items()
        if fate.status == "quarantined"
    }


def stays(
    deliveries: Mapping[str, Sequence[Delivery]], days: Sequence[date]
) -> dict[str, dict[Delivery, Stay]]:
    """Every row that was in quarantine on one of the days, with how that ended, by entity."""
    found: dict[str, dict[Delivery, Stay]] = {}
    for day in days:
        for entity, fates in oracle.judged(deliveries, day).items():
            stayed = found.setdefault(entity, {})
            held = held_on(fates, entity)
            for each, is_replaced in held.items():
                reason = str(fates[each].reason)
                before = stayed.get(each)
                ended = before.released_on if before else None
                kind = before.kind if before else None
                if is_replaced and not ended:
                    ended, kind = day, "correction"
                first = before.first_reason if before else reason
                stayed[each] = Stay(reason, first, ended, kind, is_quarantined=True)
            for each, before in tuple(stayed.items()):
                if each not in held and before.is_quarantined:
                    ended = before.released_on or day
                    kind = before.kind or "parent"
                    first = before.first_reason
                    stayed[each] = Stay(first, first, ended, kind, is_quarantined=False)
    return found
