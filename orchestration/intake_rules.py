"""Rules of an incident that contradict each other or leave a hole, told before anything is built.

Belongs here: versions that overlap or leave a gap, programmes and policies that miss each other,
amounts and assumptions that no carrier can have. Does not belong here: reading and typing registers
(`intake_reference`), and whether a rule is the one that was published.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Final

from orchestration.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from orchestration.intake_csv import Table

    Registers = Mapping[str, Table]
    Values = dict[str, str]

#: Columns of any register that hold won, or won for a unit of something.
_MONEY: Final = re.compile(r".*_krw|krw_per_.*")
#: Units of assumptions that are parts of a whole.
_SHARE: Final = re.compile(r"share(_.*)?")
#: Unit of the programmes that give fees back: which fees, and whose, a policy says.
_UNIT_OF_WAIVERS: Final = "percent_of_fee"
_LAST_DAY: Final = dt.date.max.isoformat()


def _rows(registers: Registers, name: str, *needed: str) -> list[tuple[str, Values]]:
    """Place and values of every row; none where the register or a column is not there."""
    table = registers.get(name)
    if table is None or not set(needed).issubset(table.header):
        return []
    return [
        (table.at(number), dict(zip(table.header, row, strict=True)))
        for number, row in enumerate(table.rows)
    ]


def _line(place: str) -> str:
    """`line 7` of a place that names file and line."""
    return place.rpartition(", ")[2]


def programmes_without_policy(registers: Registers) -> Iterator[BadInput]:
    """Find waivers without rules: nobody would be entitled, and their won would come to nothing."""
    if "ref_policies" not in registers:
        return
    governed = {row["programme_id"] for _, row in _rows(registers, "ref_policies", "programme_id")}
    for place, row in _rows(registers, "ref_programmes", "programme_id", "unit"):
        if row["unit"] == _UNIT_OF_WAIVERS and row["programme_id"] not in governed:
            yield BadInput(
                f"Programme {row['programme_id']!r} waives fees and has no policy",
                place,
                "add the policy that entitles to it to ref_policies.csv, with paths, rules and"
                " covered items",
            )


def policies_without_programme(registers: Registers) -> Iterator[BadInput]:
    """Find policies whose refunds could be booked nowhere."""
    for place, row in _rows(registers, "ref_policies", "programme_id", "policy_id"):
        if not row["programme_id"]:
            yield BadInput(
                f"Policy {row['policy_id']!r} has no programme that its refunds are booked to",
                place,
                "give the programme_id of a row in ref_programmes.csv",
            )


def same_day_versions(registers: Registers) -> Iterator[BadInput]:
    """Find versions known from one day, of which none is the newest."""
    versioned = {
        "ref_programmes": ("programme_id",),
        "ref_assumptions": ("programme_id", "parameter"),
        "ref_investment_plan": ("investment_id", "year"),
        "ref_fx_rates": ("claim_id", "rate_on", "currency"),
        "ref_incident_assumptions": ("incident_id", "parameter"),
        "ref_incident_periods": ("incident_id", "period_kind"),
    }
    for name, keys in versioned.items():
        first: dict[tuple[str, ...], str] = {}
        for place, row in _rows(registers, name, *keys, "known_from"):
            known = (*(row[key] for key in keys), row["known_from"])
            if first.setdefault(known, place) != place:
                named = ", ".join(
                    f"{key}={value}"
                    for key, value in zip((*keys, "known_from"), known, strict=True)
                )
                yield BadInput(
                    "Versions overlap: two are known from the same day",
                    f"{place} and {_line(first[known])} ({named})",
                    "keep one of them, or give the later one its own known_from",
                )


def fee_rules_overlapping_or_gapped(registers: Registers) -> Iterator[BadInput]:
    """Find days of signing with two rules for one kind of contract, or with none between two.

    A rule holds from `valid_from` to the day before `valid_to`.
    """
    rules: dict[tuple[str, str, str], list[tuple[str, str, str, str]]] = {}
    for place, row in _rows(
        registers, "ref_fee_rules", "rule_id", "contract_kind", "valid_from", "valid_to"
    ):
        start, end = row["valid_from"], row["valid_to"] or _LAST_DAY
        if start >= end:
            yield BadInput(
                f"Fee rule {row['rule_id']!r} ends before it begins",
                place,
                "set valid_to to the first day on which the rule no longer holds",
            )
        key = (row["contract_kind"], row["brand_class"], row["term_months"])
        rules.setdefault(key, []).append((start, end, row["rule_id"], place))
    for (contract_kind, brand_class, term_months), versions in rules.items():
        whose = f"{contract_kind} of {term_months} months, {brand_class}"
        for earlier, later in pairwise(sorted(versions)):
            if earlier[1] == later[0]:
                continue
            fault = (
                f"Fee rules overlap: {earlier[2]} and {later[2]} both apply to {whose}"
                if earlier[1] > later[0]
                else f"Fee rules leave a gap: no rule applies to {whose} from {earlier[1]}"
            )
            yield BadInput(
                fault,
                f"{later[3]} and {_line(earlier[3])}",
                f"let valid_to of {earlier[2]} be valid_from of {later[2]}",
            )


def policy_paths_overlapping(registers: Registers) -> Iterator[BadInput]:
    """Find days of termination that lie in two paths of one version."""
    paths: dict[tuple[str, str], list[tuple[str, str, str, str]]] = {}
    for place, row in _rows(
        registers, "ref_policy_paths", "policy_id", "path", "terminated_from", "terminated_to"
    ):
        start, end = row["terminated_from"], row["terminated_to"] or _LAST_DAY
        if start > end:
            yield BadInput(
                f"Path {row['path']} of policy {row['policy_id']} ends before it begins",
                place,
                "correct terminated_from or terminated_to; both days are in",
            )
        version = (row["policy_id"], row["policy_version"])
        paths.setdefault(version, []).append((start, end, row["path"], place))
    for (policy_id, policy_version), found in paths.items():
        for earlier, later in pairwise(sorted(found)):
            if earlier[1] >= later[0]:
                yield BadInput(
                    f"Paths overlap: {earlier[2]} and {later[2]} of policy {policy_id}"
                    f" {policy_version} share a day of termination",
                    f"{later[3]} and {_line(earlier[3])}",
                    f"end {earlier[2]} on the day before {later[2]} begins",
                )


def step_tables_overlapping_or_gapped(registers: Registers) -> Iterator[BadInput]:
    """Find step tables that do not cover each month from the first once, and rules without one."""
    steps: dict[str, list[tuple[int, int, str]]] = {}
    for place, row in _rows(registers, "ref_fee_steps", "step_table_id", "from_month", "to_month"):
        step = (int(row["from_month"] or 0), int(row["to_month"] or 0), place)
        steps.setdefault(row["step_table_id"], []).append(step)
    for table, found in steps.items():
        month_before = 0
        for from_month, to_month, place in sorted(found):
            if from_month != month_before + 1 or to_month < from_month:
                fault = "overlaps" if from_month <= month_before else "has a gap"
                yield BadInput(
                    f"Step table {table} {fault}: the step of months {from_month} to {to_month}"
                    f" does not follow month {month_before}",
                    place,
                    "let each step begin in the month after the one before it, the first in 1",
                )
            month_before = max(month_before, to_month)
    for place, row in _rows(registers, "ref_fee_rules", "rule_id", "method", "step_table_id"):
        if row["method"] == "step_table" and not row["step_table_id"]:
            yield BadInput(
                f"Fee rule {row['rule_id']!r} is by step table and names none",
                place,
                "give a step_table_id of ref_fee_steps.csv",
            )


def periods_backwards(registers: Registers) -> Iterator[BadInput]:
    """Find periods of an incident that end before they begin."""
    for place, row in _rows(registers, "ref_incident_periods", "period_from", "period_to"):
        if row["period_from"] > row["period_to"]:
            yield BadInput(
                f"The {row['period_kind']} of incident {row['incident_id']} ends before it begins",
                place,
                "give period_from and period_to in order; both days are in",
            )


def periods_of_an_incident_overlapping(registers: Registers) -> Iterator[BadInput]:
    """Find days that one incident has in two of its periods, as known on any day."""
    columns = ("incident_id", "period_kind", "known_from", "period_from", "period_to")
    versions: dict[str, list[tuple[str, Values]]] = {}
    for place, row in _rows(registers, "ref_incident_periods", *columns):
        versions.setdefault(row["incident_id"], []).append((place, row))
    for incident, rows in versions.items():
        found: set[tuple[str, str]] = set()
        for known_on in sorted({row["known_from"] for _, row in rows}):
            newest: dict[str, tuple[str, Values]] = {}
            for place, row in sorted(rows, key=lambda each: each[1]["known_from"]):
                if row["known_from"] <= known_on:
                    newest[row["period_kind"]] = (place, row)
            in_order = sorted(newest.values(), key=lambda each: each[1]["period_from"])
            for (place, row), (later_place, later) in pairwise(in_order):
                if later["period_from"] <= row["period_to"] and (place, later_place) not in found:
                    found.add((place, later_place))
                    yield BadInput(
                        f"Periods of incident {incident} overlap: {row['period_kind']} and"
                        f" {later['period_kind']}, as known on {known_on}",
                        f"{later_place} and {_line(place)}",
                        "end the earlier one before the later one begins, in a row known from the"
                        " same day",
                    )


def negative_money(registers: Registers) -> Iterator[BadInput]:
    """Find money below 0 in any register: prices, plans and values do not flow backwards."""
    for name, table in registers.items():
        for column in filter(_MONEY.fullmatch, table.header):
            for place, row in _rows(registers, name):
                if row[column] and Decimal(row[column]) < 0:
                    yield BadInput(
                        f"{column} is negative: {row[column]}",
                        place,
                        "give the amount as 0 or more; leave it empty if it is not known",
                    )


def assumptions_out_of_range(registers: Registers) -> Iterator[BadInput]:
    """Find assumptions that are out of order, below 0, or a share above 1."""
    everywhere = (_rows(registers, name, "parameter", "low", "base", "high") for name in registers)
    for place, row in chain.from_iterable(everywhere):
        named = f"{row['parameter']} of {row.get('assumption_id') or row['programme_id']}"
        if not all(row[which] for which in ("low", "base", "high")):
            yield BadInput(
                f"Assumption {named} lacks one of low, base and high",
                place,
                "give all three; the same value where there is no range",
            )
            continue
        low, base, high = (Decimal(row[which]) for which in ("low", "base", "high"))
        said = f"{low} / {base} / {high}"
        if not low <= base <= high:
            yield BadInput(
                f"Assumption {named} is not in order: low {low}, base {base}, high {high}",
                place,
                "give low <= base <= high",
            )
        if min(low, base, high) < 0:
            yield BadInput(
                f"Assumption {named} is negative: {said}",
                place,
                "give 0 or more: a unit cost, a premium, a share or a number of days",
            )
        if _SHARE.fullmatch(row["unit"]) and max(low, base, high) > 1:
            yield BadInput(
                f"Assumption {named} is a share above 1: {said}",
                place,
                "give shares between 0 and 1: 0.3 for 30 percent",
            )


def rates_out_of_order(registers: Registers) -> Iterator[BadInput]:
    """Find rates of exchange that are not above 0, or outside their own range."""
    for place, row in _rows(
        registers, "ref_fx_rates", "krw_per_unit", "krw_per_unit_low", "krw_per_unit_high"
    ):
        rate = Decimal(row["krw_per_unit"] or 0)
        low = Decimal(row["krw_per_unit_low"] or rate)
        high = Decimal(row["krw_per_unit_high"] or rate)
        if not 0 < low <= rate <= high:
            yield BadInput(
                f"Rate {row['rate_id']!r} does not lie in its range: {low}, {rate}, {high}",
                place,
                "give 0 < krw_per_unit_low <= krw_per_unit <= krw_per_unit_high",
            )


#: Each is raised as one message, the first that finds anything.
CHECKS: Final[tuple[Callable[[Registers], Iterator[BadInput]], ...]] = (
    programmes_without_policy,
    policies_without_programme,
    same_day_versions,
    fee_rules_overlapping_or_gapped,
    policy_paths_overlapping,
    step_tables_overlapping_or_gapped,
    periods_backwards,
    periods_of_an_incident_overlapping,
    negative_money,
    assumptions_out_of_range,
    rates_out_of_order,
)
