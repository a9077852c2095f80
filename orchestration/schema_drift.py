"""Columns that are not what they were: which changes are lived with, and which stop a batch.

Belongs here: the rules of drift, all of them, and the words they are told in. Does not belong here:
kinds and types (column_types), opening files (intake_files), reading them (intake_relations).

An added column is kept and reported. A column that is missing, renamed or of a type that cannot
hold its values stops the batch before anything is built: an entity left at the state of the day
before would publish half a truth beside the others (decision 25).
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from expectations import redaction
from orchestration import column_types, raw_contract
from orchestration.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestration.column_types import Held
    from orchestration.intake_files import CheckedFile
    from orchestration.manifests import ListedFile

#: Names that the relations need for themselves, beside the columns of the contract.
_RESERVED: Final = frozenset(
    (raw_contract.SOURCE_FILE, raw_contract.SOURCE_ROW, "filename", "file_row_number")
)
#: How alike two names have to be for one to be taken for the other's new name.
_ALIKE: Final = 0.6
_NAMES_SHOWN: Final = 30
_NAME_LENGTH: Final = 60


@dataclass(frozen=True, slots=True)
class Column:
    """A delivered column: its name, what it holds, and its type in the words of the file."""

    name: str
    held: Held
    data_type: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What stops an entity: the same for every file that has it."""

    entity: str
    what: str
    detail: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Change:
    """What is lived with, as `reconciliation.rpt_schema_drift` counts it."""

    batch_date: str
    entity: str
    file_name: str
    column_name: str
    kind: str
    delivered_type: str


def findings(entity: str, columns: Sequence[Column]) -> list[Finding]:
    """Tell what stops a file with these columns; empty if nothing does."""
    names = [column.name for column in columns]
    contract = raw_contract.columns(entity)
    extra = [column for column in columns if column.name not in contract]
    missing = [name for name in contract if name not in names]
    found = []
    if missing:
        found.append(_missing(entity, missing, names, extra))
    by_name = {column.name: column for column in columns}
    for name in contract:
        column = by_name.get(name)
        if column and not column_types.is_accepted(name, column.held):
            found.append(_retyped(entity, column))
    folded = [name.lower() for name in names]
    repeated = {name for name in folded if folded.count(name) > 1} if _repeats(folded) else set()
    unusable = sorted(repeated | {name for name in folded if name in _RESERVED or not name})
    if unusable:
        found.append(
            Finding(
                entity,
                f"Column {shown(unusable[0])} is there twice, has no name or has a name kept for "
                "the intake",
                "",
                "rename or remove the column in the export",
            )
        )
    return found


def problems(drifted: Iterable[tuple[ListedFile, Finding]]) -> list[BadInput]:
    """Say each finding once, with the files that have it counted: no entity hides another."""
    files: dict[Finding, list[str]] = defaultdict(list)
    for listed, finding in drifted:
        files[finding].append(str(listed.path))
    return [
        BadInput(
            finding.what,
            f"{paths[0]} (entity {finding.entity}{finding.detail}"
            + (f"; and {len(paths) - 1} more of its files)" if len(paths) > 1 else ")"),
            finding.remedy,
        )
        for finding, paths in files.items()
    ]


def changes(files: Iterable[CheckedFile]) -> list[Change]:
    """Every column that a file has beyond the contract, has otherwise typed, or has no more."""
    found: list[Change] = []
    first_type: dict[tuple[str, str], str] = {}
    extra_so_far: dict[str, dict[str, str]] = defaultdict(dict)
    for file in sorted(files, key=lambda each: (each.listed.batch_date, each.listed.path)):
        entity = file.listed.entity
        contract = raw_contract.columns(entity)
        told = (file.listed.batch_date.isoformat(), entity, file.listed.relative_name)
        here = types_of(file.typed)
        for name, data_type in extra_so_far[entity].items():
            if name not in here:
                found.append(Change(*told, name, "missing", data_type))
        for name, column in here.items():
            if column.name not in contract:
                extra_so_far[entity].setdefault(name, column.data_type)
                found.append(Change(*told, name, "added", column.data_type))
            elif column.held is not column_types.Held.NOTHING:
                before = first_type.setdefault((entity, name), column.data_type)
                if before != column.data_type:
                    found.append(Change(*told, name, "type_changed", column.data_type))
    return found


def shown(name: str) -> str:
    """Show a delivered name in a message: quoted, cut, nothing that a terminal would obey.

    A file without a header begins with a row, whose numbers are not for messages.
    """
    if re.search(r"\d{6}|\d{4}-\d\d|\d{3}-\d{4}", name):
        return redaction.MASK
    return ascii(name) if len(name) <= _NAME_LENGTH else ascii(name[:_NAME_LENGTH]) + "..."


def _missing(
    entity: str, missing: Sequence[str], names: Sequence[str], extra: Sequence[Column]
) -> Finding:
    renamed = _renamed(missing, extra)
    hint = "; ".join(f"{old} is perhaps {shown(new)} now" for old, new in renamed.items())
    listed = ", ".join(
        name if name in raw_contract.columns(entity) else shown(name)
        for name in names[:_NAMES_SHOWN]
    )
    more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
    return Finding(
        entity,
        f"Column {', '.join(missing)} is missing from entity {entity}"
        + (f": {hint}" if hint else ""),
        f"; it has: {listed or 'no column'}{more}",
        "deliver the file with every column of the raw contract under its name; empty values are "
        "allowed",
    )


def _retyped(entity: str, column: Column) -> Finding:
    kind = column_types.kind_of(column.name)
    accepted = sorted(held.value for held in column_types.ACCEPTED[kind])
    return Finding(
        entity,
        f"Column {column.name} of entity {entity} holds {column.held.value} "
        f"({shown(column.data_type)}), where the contract has {kind.value}",
        "",
        f"export it as one of: {', '.join(accepted)}",
    )


def _renamed(missing: Iterable[str], extra: Iterable[Column]) -> dict[str, str]:
    """Guess which extra column a missing one has become: alike in name, right in type."""
    left = [column for column in extra if len(column.name) <= _NAME_LENGTH][:_NAMES_SHOWN]
    found: dict[str, str] = {}
    for name in missing:
        fitting = [column for column in left if column_types.is_accepted(name, column.held)]
        scored = [(_likeness(name, column.name), column.name) for column in fitting]
        score, best = max(scored, default=(0.0, ""))
        if score >= _ALIKE:
            found[name] = best
            left = [column for column in left if column.name != best]
    return found


def _likeness(one: str, other: str) -> float:
    first, second = (re.sub(r"[^a-z0-9]", "", name.lower()) for name in (one, other))
    return SequenceMatcher(a=first, b=second).ratio()


def _repeats(names: Sequence[str]) -> bool:
    """Whether a name is there twice: cheap, for files of very many columns."""
    return len(set(names)) < len(names)


def types_of(columns: Iterable[Column]) -> Mapping[str, Column]:
    """Columns by their names as SQL tells them apart."""
    return {column.name.lower(): column for column in columns}
