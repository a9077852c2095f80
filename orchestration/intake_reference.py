"""The registers and rules of an incident, checked before anything is built on them.

Belongs here: that every register is there, typed as described, and that its codes are known.
Does not belong here: what a register must hold (its description in `models/reference` says it),
rules that contradict each other (`intake_rules`), and whether a rule is right.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

import yaml

from orchestration import intake_csv, intake_rules
from orchestration.errors import BadInput
from orchestration.intake_scenarios import problems_of_scenarios
from orchestration.settings import PROJECT_DIR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from orchestration.settings import Settings

DESCRIPTIONS_DIR: Final = PROJECT_DIR / "models" / "reference"

#: Columns that name a row of a register, in whatever other register they stand; empty names none.
_CODES: Final[dict[tuple[str, ...], tuple[str, tuple[str, ...]]]] = {
    ("carrier_code",): ("ref_carriers", ("carrier_code",)),
    ("host_carrier",): ("ref_carriers", ("carrier_code",)),
    ("network_brand",): ("ref_carriers", ("carrier_code",)),
    ("programme_id",): ("ref_programmes", ("programme_id",)),
    ("policy_id", "policy_version"): ("ref_policies", ("policy_id", "policy_version")),
    ("treatment_code",): ("ref_accounting_treatments", ("treatment_code",)),
    ("step_table_id",): ("ref_fee_steps", ("step_table_id",)),
    ("claim_id",): ("ref_published_claims", ("claim_id",)),
    ("source_claim",): ("ref_published_claims", ("claim_id",)),
    ("fx_claim_id",): ("ref_published_claims", ("claim_id",)),
    ("investment_id",): ("ref_investment_plan", ("investment_id",)),
}

#: Columns of other registers that hold a code of a list in `ref_code_lists`.
_LISTED: Final[dict[str, str]] = {
    "contract_kind": "contract_kind",
    "item_kind": "bill_item_kind",
    "line_kind": "line_kind",
    "partner_category": "partner_category",
}


@dataclass(frozen=True, slots=True)
class _Unique:
    """Values that only one row of a register may have, among the rows where `only` is true."""

    register: str
    columns: tuple[str, ...]
    only: str | None
    what: str
    remedy: str


_UNIQUES: Final = (
    _Unique(
        "ref_carriers",
        ("carrier_code",),
        None,
        "A carrier stands twice in its register",
        "keep one row per carrier_code",
    ),
    _Unique(
        "ref_carriers",
        ("is_operator",),
        "is_operator",
        "Two carriers are marked as the operator whose exports are read",
        "set is_operator on one row only",
    ),
    _Unique(
        "ref_policies",
        ("policy_id", "policy_version"),
        None,
        "A policy version stands twice",
        "give each version its own policy_version",
    ),
    _Unique(
        "ref_policies",
        ("policy_id", "known_from"),
        "is_binding",
        "Policy versions overlap: two binding versions of one policy are known from the same day",
        "mark the one that does not bind as is_binding=false, or correct known_from",
    ),
)


_Registers = dict[str, intake_csv.Table]


def check_reference(settings: Settings, descriptions_dir: Path = DESCRIPTIONS_DIR) -> None:
    """Check the reference folder of a run against the description of its registers.

    Raises:
        BadInput: a register or a column is missing, a value is not of its type, a code is unknown,
            or rows contradict each other. All findings of one kind are in one message.
    """
    if not settings.reference.is_dir():
        raise BadInput(
            "The reference folder does not exist",
            str(settings.reference),
            "give the folder with the registers of the incident (AFTERMATH_REFERENCE)",
        )
    types = _described(descriptions_dir)
    registers: _Registers = {}
    _raise_any(_read_into(registers, settings.reference, types))
    _raise_any(_wrong_types(registers, types))
    _raise_any((*_unknown_codes(registers), *_unlisted_codes(registers)))
    _raise_any(_repeated(registers))
    _raise_any(_no_operator(registers))
    for check in intake_rules.CHECKS:
        _raise_any(check(registers))
    _raise_any(problems_of_scenarios(registers))


def _raise_any(problems: Iterable[BadInput]) -> None:
    found = list(problems)
    if found:
        raise BadInput.of_several(found)


def _described(descriptions_dir: Path) -> dict[str, dict[str, str]]:
    """Register to its columns and their types, as the YAML beside the models describes them."""
    types: dict[str, dict[str, str]] = {}
    for path in sorted(descriptions_dir.glob("*.yml")):
        document: dict[str, Any] = yaml.load(
            path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
        )
        for seed in document.get("seeds", ()):
            typed = seed.get("config", {}).get("column_types", {})
            named = {column["name"]: "varchar" for column in seed.get("columns", ())}
            types[seed["name"]] = {**named, **typed}
    return types


def _read_into(
    registers: _Registers, folder: Path, types: Mapping[str, Mapping[str, str]]
) -> Iterator[BadInput]:
    for name, columns in types.items():
        try:
            registers[name] = intake_csv.read(folder / f"{name}.csv", columns)
        except BadInput as problem:
            yield problem


def _is_date(value: str) -> bool:
    return bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)) and bool(dt.date.fromisoformat(value))


def _is_timestamp(value: str) -> bool:
    return bool(dt.datetime.fromisoformat(value)) and len(value) > len("YYYY-MM-DD")


def _is_integer(value: str) -> bool:
    return bool(re.fullmatch(r"[+-]?\d+", value))


def _is_boolean(value: str) -> bool:
    return value.lower() in {"true", "false"}


def _is_decimal(value: str) -> bool:
    return Decimal(value).is_finite()


_READABLE_AS: Final[dict[str, Callable[[str], bool]]] = {
    "date": _is_date,
    "timestamp": _is_timestamp,
    "integer": _is_integer,
    "int": _is_integer,
    "bigint": _is_integer,
    "boolean": _is_boolean,
    "decimal": _is_decimal,
    "double": _is_decimal,
}


def _wrong_types(
    registers: _Registers, types: Mapping[str, Mapping[str, str]]
) -> Iterator[BadInput]:
    for name, table in registers.items():
        for column, kind in types[name].items():
            is_readable = _READABLE_AS.get(kind.lower().split("(")[0].strip())
            if is_readable is None:
                continue
            for number, value in enumerate(table.column(column)):
                if value and not _holds(is_readable, value):
                    yield BadInput(
                        f"{value!r} is not of type {kind}",
                        f"{table.at(number)}, column {column}",
                        "write days as YYYY-MM-DD, booleans as true or false, won without commas",
                    )


def _holds(is_readable: Callable[[str], bool], value: str) -> bool:
    try:
        return is_readable(value)
    except (ValueError, InvalidOperation):
        return False


def _unknown_codes(registers: _Registers) -> Iterator[BadInput]:
    for columns, (target, keys) in _CODES.items():
        if target not in registers:
            continue
        known = set(_tuples(registers[target], keys))
        for name, table in registers.items():
            if not set(columns).issubset(table.header) or (name == target and columns == keys):
                continue
            for number, code in enumerate(_tuples(table, columns)):
                if all(code) and code not in known:
                    yield BadInput(
                        f"Unknown {' and '.join(columns)} {' '.join(code)!r}",
                        table.at(number),
                        f"use one that stands in {target}.csv, or add its row there",
                    )


def _unlisted_codes(registers: _Registers) -> Iterator[BadInput]:
    if "ref_code_lists" not in registers:
        return
    known = set(_tuples(registers["ref_code_lists"], ("code_list", "code")))
    for table in registers.values():
        for column in set(_LISTED).intersection(table.header):
            for number, code in enumerate(table.column(column)):
                if code and (_LISTED[column], code) not in known:
                    yield BadInput(
                        f"Unknown {column} {code!r}",
                        table.at(number),
                        f"use a code of list {_LISTED[column]} in ref_code_lists.csv, or add it",
                    )


def _repeated(registers: _Registers) -> Iterator[BadInput]:
    for rule in _UNIQUES:
        table = registers.get(rule.register)
        if table is None:
            continue
        counted = _truths(table, rule.only) if rule.only else [True] * len(table.rows)
        first: dict[tuple[str, ...], int] = {}
        for number, values in enumerate(_tuples(table, rule.columns)):
            if counted[number] and first.setdefault(values, number) != number:
                named = ", ".join(map("=".join, zip(rule.columns, values, strict=True)))
                yield BadInput(
                    rule.what,
                    f"{table.at(number)} and line {table.lines[first[values]]} ({named})",
                    rule.remedy,
                )


def _no_operator(registers: _Registers) -> Iterator[BadInput]:
    carriers = registers.get("ref_carriers")
    if carriers and not any(_truths(carriers, "is_operator")):
        yield BadInput(
            "No carrier is marked as the operator whose exports are read",
            str(carriers.path),
            "set is_operator to true on its row",
        )


def _tuples(table: intake_csv.Table, columns: Iterable[str]) -> list[tuple[str, ...]]:
    return list(zip(*(table.column(name) for name in columns), strict=True))


def _truths(table: intake_csv.Table, column: str) -> list[bool]:
    return [value.lower() == "true" for value in table.column(column)]
