"""The register of what-if scenarios, checked before any of them is priced.

Belongs here: what no type and no list of codes says about a row: percentages, lists of rules,
periods, and the version it starts from. Does not belong here: whether a scenario makes sense.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from orchestration.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from orchestration.intake_csv import Table

REGISTER: Final = "ref_policy_scenarios"

#: What shows that a line is a victim's, as the rule of confirmed victims reads it.
_SIGNS: Final = frozenset({"exposure", "payment"})

#: Finding and remedy.
_Finding = tuple[str, str]


def problems_of_scenarios(registers: Mapping[str, Table]) -> Iterator[BadInput]:
    """Find scenarios that would be priced wrongly or not at all; nothing without the register.

    Values are taken to be of their types: that is checked before.
    """
    table = registers.get(REGISTER)
    if table is None:
        return
    checks = (
        _percentages,
        _periods,
        _bill_credits,
        _signs,
        lambda row: _rules(row, registers.get("ref_policy_rules")),
        lambda row: _base_policies(row, registers.get("ref_policies")),
    )
    for number, values in enumerate(table.rows):
        row = dict(zip(table.header, values, strict=True))
        yield from _problems(row, table.at(number), checks)
    yield from _second_references(table)


def _problems(
    row: dict[str, str],
    place: str,
    checks: tuple[Callable[[dict[str, str]], Iterator[_Finding]], ...],
) -> Iterator[BadInput]:
    for check in checks:
        for what, remedy in check(row):
            yield BadInput(f"Scenario {row['scenario_id']!r}: {what}", place, remedy)


def _percentages(row: dict[str, str]) -> Iterator[_Finding]:
    for column, value in row.items():
        is_percentage = "percent" in re.split("_", column)
        if is_percentage and value and not 0 <= int(value) <= 100:
            yield f"{column} {value} is no percentage", "give whole percent from 0 to 100"


def _periods(row: dict[str, str]) -> Iterator[_Finding]:
    first, last = row["terminated_from"], row["terminated_to"]
    if first and last and first > last:
        yield f"the period {first} to {last} ends before it begins", "exchange the two days"


def _bill_credits(row: dict[str, str]) -> Iterator[_Finding]:
    if bool(row["bill_credit_percent"]) != bool(row["bill_credit_on"]):
        yield (
            "a bill credit needs both its percentage and its day",
            "give bill_credit_percent and bill_credit_on, or leave both empty",
        )


def _signs(row: dict[str, str]) -> Iterator[_Finding]:
    for sign in _listed(row["victim_signs"]) - _SIGNS:
        yield f"unknown sign of a victim {sign!r}", f"use {' or '.join(sorted(_SIGNS))}"


def _rules(row: dict[str, str], rules: Table | None) -> Iterator[_Finding]:
    if rules is None:
        return
    for code in sorted(_listed(row["dropped_rules"]) - set(rules.column("rule_code"))):
        yield f"drops the unknown rule {code!r}", "use codes that stand in ref_policy_rules.csv"


def _base_policies(row: dict[str, str], policies: Table | None) -> Iterator[_Finding]:
    if policies is not None and row["policy_id"] not in policies.column("policy_id"):
        yield (
            f"starts from the unknown policy {row['policy_id']!r}",
            "use a policy_id that stands in ref_policies.csv",
        )


def _second_references(table: Table) -> Iterator[BadInput]:
    references: dict[str, int] = {}
    marked = zip(table.column("policy_id"), table.column("is_reference"), strict=True)
    for number, (policy_id, is_reference) in enumerate(marked):
        if is_reference.lower() != "true":
            continue
        if references.setdefault(policy_id, number) != number:
            yield BadInput(
                f"Two scenarios are marked as the reference of policy {policy_id!r}",
                f"{table.at(number)} and line {table.lines[references[policy_id]]}",
                "set is_reference on one of them only",
            )


def _listed(text: str) -> set[str]:
    return set(text.split("|")) if text else set()
