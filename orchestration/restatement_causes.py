"""Why a published cell changed: late data, policy version, code version or correction.

Belongs here: what can have changed a table, told from its lineage and from what both generations
were made of, and the precedence where several did (decision 0024). Does not belong here: finding
the cells (restatement_diff), reading deliveries (restatement_deliveries).

A table can only be changed by what it reads. If one thing changed, that is the cause. If several
did, rows that a delivery touched (their line, or their period) are the delivery's, the others the
code's, then the policy's; the evidence names all that changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from orchestration.restatement_deliveries import TOUCHED, Deliveries
from orchestration.restatement_tables import is_month
from orchestration.sql_text import literal, literals

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import duckdb

    from orchestration.generation_history import Edition
    from orchestration.restatement_tables import PublishedTable
    from orchestration.settings import RawCarrier

LATE_DATA: Final = "late_data"
POLICY_VERSION: Final = "policy_version"
CODE_VERSION: Final = "code_version"
CORRECTION: Final = "correction"

#: Nothing came and nothing changed but the day: what is estimated as of a day moves with it.
AS_OF_DAY: Final = "as_of_day"

#: Same day, code, registers and deliveries, another number: nothing may be published then.
UNEXPLAINED: Final = "unexplained"


@dataclass(frozen=True, slots=True)
class Suspects:
    """What can have changed a table: evidence in words, empty where it did not change."""

    code: str = ""
    policy: str = ""
    delivered: frozenset[str] = field(default_factory=frozenset)
    withdrawn: str = ""
    otherwise: tuple[str, str] = (UNEXPLAINED, "")

    @property
    def count(self) -> int:
        """How many kinds of causes there are."""
        return bool(self.code) + bool(self.policy) + bool(self.delivered or self.withdrawn)


@dataclass(frozen=True, slots=True)
class Attribution:
    """SQL over `changed`: the cause of a row, what to join for it, and evidence by cause."""

    cause: str
    join: str
    evidence: str


class Causes:
    """What changed between the generation before and the batch in the work area."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        carrier: RawCarrier,
        before: Edition,
        now: Edition,
        *,
        is_built_on: bool = False,
    ) -> None:
        """Compare two editions; the connection has the work database attached as `work`.

        `is_built_on` as in `restatements.compare`.
        """
        self._connection = connection
        self._before = before
        self._now = now
        self._came = _differing(before.made_of.batches, now.made_of.batches, before.as_of_date)
        self._gone = sorted(
            day
            for day in before.made_of.batches
            if day not in now.made_of.batches and day <= now.as_of_date.isoformat()
        )
        self._deliveries = Deliveries(
            connection, carrier, self._came, before.as_of_date, is_built_on=is_built_on
        )
        self._entities = self._deliveries.entities()
        self._registers = self._changed_registers()

    def suspects(self, table: PublishedTable) -> Suspects:
        """Tell what can have changed a table."""
        before = self._before.made_of.code.get(table.full_name, "unknown")
        code = (
            ""
            if before == table.code
            else f"SQL of the table or before it: {before} to {table.code}"
        )
        registers = sorted(table.registers & self._registers.keys())
        return Suspects(
            code=code,
            policy="; ".join(f"{name} {self._registers[name]}" for name in registers),
            delivered=table.entities & self._entities,
            withdrawn=f"batches no longer delivered: {', '.join(self._gone[:5])}"
            if self._gone and table.entities
            else "",
            otherwise=self._otherwise(table),
        )

    def attribute(
        self, table: PublishedTable, suspects: Suspects, *, has_line: bool
    ) -> Attribution:
        """Write the cause of each changed row of a table as SQL."""
        self._deliveries.bring(suspects.delivered)
        evidence = "; ".join(filter(None, (suspects.code, suspects.policy, suspects.withdrawn)))
        if not suspects.count:
            cause, evidence = suspects.otherwise
            return Attribution(literal(cause), "", literal(evidence))
        other = CODE_VERSION if suspects.code else POLICY_VERSION if suspects.policy else ""
        if not (suspects.delivered or suspects.withdrawn):
            return Attribution(literal(other), "", literal(evidence))
        delivered = self._deliveries.evidence(suspects.delivered)
        evidence = "; ".join(filter(None, (delivered, evidence)))
        only_corrections = self._deliveries.is_only_corrections(suspects.delivered)
        unlocated = other or (CORRECTION if only_corrections else LATE_DATA)
        join = _join(table, suspects.delivered, has_line=has_line)
        cause = literal(unlocated)
        if join:
            cause = (
                f"case when located.is_correction then {literal(CORRECTION)} "
                f"when not located.is_correction then {literal(LATE_DATA)} else {cause} end"
            )
        return Attribution(cause, join, literal(evidence))

    def _otherwise(self, table: PublishedTable) -> tuple[str, str]:
        """Name what is left when nothing that a table reads has changed."""
        versions = [
            (what, before, now)
            for what, before, now in (
                ("project", self._before.code_version, self._now.code_version),
                ("DuckDB", self._before.engine, self._now.engine),
            )
            if before != now or before.endswith("+dirty")
        ]
        if versions:
            return CODE_VERSION, "; ".join(
                f"{what} {before} to {now}, SQL of the table unchanged"
                for what, before, now in versions
            )
        if self._before.as_of_date != self._now.as_of_date:
            return AS_OF_DAY, f"as of {self._before.as_of_date}, now {self._now.as_of_date}"
        if table.reads_books and self._before.later:
            # The books carry on what was rolled back, or published beside: their entries stand.
            newest = self._before.later[-1]
            is_policy = newest.made_of.registers != self._before.made_of.registers
            listed = ", ".join(each.generation_id for each in self._before.later)
            return POLICY_VERSION if is_policy else CODE_VERSION, f"the books carry on {listed}"
        return UNEXPLAINED, "same day, code, registers and deliveries"

    def _changed_registers(self) -> dict[str, str]:
        """Tell which registers are other files, or have rules that came into force in between."""
        before, now = self._before.made_of.registers, self._now.made_of.registers
        found = {
            name: "is another file" if name in before else "is new"
            for name, sha in now.items()
            if before.get(name) != sha
        }
        if not before and self._before.facts.get("reference_sha256") == self._now.facts.get(
            "reference_sha256"
        ):
            found = {}
        for name, count in self._known_since(set(now)).items():
            words = f"has {count:,} rows known from after {self._before.as_of_date}"
            found[name] = f"{found[name]} and {words}" if name in found else words
        return found

    def _known_since(self, registers: set[str]) -> dict[str, int]:
        """Count the rows of each register that became known between the two as-of days."""
        first, last = self._before.as_of_date, self._now.as_of_date
        dated = self._connection.execute(
            "select table_name from duckdb_columns() where database_name = 'work' "
            "and schema_name = 'reference' and column_name = 'known_from'"
        ).fetchall()
        counts = [
            f"select {literal(name)}, count(*) from work.reference.{name} "  # noqa: S608
            f"where known_from > date '{first}' and known_from <= date '{last}'"
            for (name,) in dated
            if name in registers and first < last
        ]
        if not counts:
            return {}
        found = self._connection.execute(" union all ".join(counts)).fetchall()
        return {name: count for name, count in found if count}


def _join(table: PublishedTable, entities: frozenset[str], *, has_line: bool) -> str:
    """Write the join that finds what a delivery touched: the line of a row, else its period.

    A line is corrected if anything of it was; of a period the larger part decides.
    """
    of = f"from {TOUCHED} where entity in ({literals(sorted(entities)) or 'null'})"
    if has_line:
        return (
            f"left join (select line_key, bool_or(is_correction) as is_correction {of} "
            "and line_key is not null group by line_key) as located using (line_key)"
        )
    if table.mode != "period":
        return ""
    day = "last_day(named_on)" if any(map(is_month, table.periods)) else "named_on"
    return (
        f"left join (select {day} as period_on, "
        "2 * count(*) filter (where is_correction) >= count(*) as is_correction "
        f"{of} and named_on is not null group by all) as located using (period_on)"
    )


def _differing(before: Mapping[str, str], now: Mapping[str, str], known_to: dt.date) -> list[str]:
    """Days whose batch is there now and was not, or was another."""
    if not before:
        return sorted(day for day in now if day > known_to.isoformat())
    return sorted(day for day, sha in now.items() if before.get(day) != sha)
