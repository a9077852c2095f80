"""What validating a table found, and how it is said: one line, Markdown, JSON.

Belongs here: plain values and their wording. Does not belong here: Great Expectations, databases.
Evidence arrives without direct identifiers (validate.py sees to that) and is only worded here.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

#: A failure of this severity lets the run go on. Every other word, an unknown one included, blocks.
LENIENT_SEVERITIES = frozenset({"warning", "info"})

_ROWS_IN_MESSAGE = 3


@dataclass(frozen=True)
class Outcome:
    """One rule on one table."""

    rule: str
    """The rule as a sentence."""

    severity: str
    passed: bool
    reason: str = ""
    """Why the rule stands."""

    expected: str = ""
    observed: str = ""
    rows: tuple[dict[str, str], ...] = ()
    """Some of the rows that broke the rule, by their keys."""

    error: str = ""
    """Why the rule could not be evaluated; it counts as failed."""

    @property
    def blocking(self) -> bool:
        """Whether this outcome stops what comes after; a rule nobody could evaluate does."""
        return not self.passed and (bool(self.error) or self.severity not in LENIENT_SEVERITIES)

    def sentence(self) -> str:
        """Word a failure: rule, observed, expected, rows."""
        text = f"[{self.severity}] {self.rule}: "
        if self.error:
            return text + f"could not be evaluated ({self.error})"
        text += f"observed {self.observed or 'nothing'}"
        if self.expected:
            text += f", expected {self.expected}"
        if self.rows:
            text += "; rows: " + "; ".join(map(_words, self.rows[:_ROWS_IN_MESSAGE]))
        return text


@dataclass(frozen=True)
class TableVerdict:
    """What the suite of one table found."""

    layer: str
    table: str
    """`schema.table`"""

    outcomes: tuple[Outcome, ...]
    row_count: int | None = None
    """Rows of the table; None if they could not be counted."""

    seconds: float = field(default=0.0, compare=False)

    @property
    def passed(self) -> bool:
        """Whether every rule held; a table on which nothing was evaluated has not passed."""
        return bool(self.outcomes) and not self.failures

    @property
    def blocking(self) -> bool:
        """Whether what comes after this table must not be built."""
        return not self.outcomes or any(outcome.blocking for outcome in self.outcomes)

    @property
    def evaluated(self) -> int:
        """Number of rules that gave an answer."""
        return sum(not outcome.error for outcome in self.outcomes)

    @property
    def failed(self) -> int:
        """Number of rules that failed or gave no answer."""
        return len(self.failures)

    @cached_property
    def failures(self) -> tuple[Outcome, ...]:
        """The failed rules, the blocking ones first."""
        failed = (outcome for outcome in self.outcomes if not outcome.passed)
        return tuple(sorted(failed, key=lambda outcome: not outcome.blocking))

    @property
    def message(self) -> str:
        """One line: table, rules broken, what was seen, which rows."""
        if not self.outcomes:
            return f"{self.table}: no rule was evaluated"
        if self.passed:
            return f"{self.table}: {self.evaluated} rules hold on {_count(self.row_count)} rows"
        return (
            f"{self.table}: {self.failed} of {len(self.outcomes)} rules failed on "
            f"{_count(self.row_count)} rows. "
            + " | ".join(outcome.sentence() for outcome in self.failures)
        )

    @property
    def markdown(self) -> str:
        """A table of the rules for a web page that renders Markdown."""
        lines = ["| | severity | rule | observed | expected |", "|---|---|---|---|---|"]
        for outcome in self.failures + tuple(o for o in self.outcomes if o.passed):
            cells = (
                "pass" if outcome.passed else "FAIL",
                outcome.severity,
                outcome.rule,
                outcome.error or outcome.observed,
                outcome.expected,
            )
            lines.append("| " + " | ".join(map(_cell, cells)) + " |")
        for outcome in self.failures:
            if outcome.rows:
                lines += ["", f"Rows that broke “{outcome.rule}”:", ""]
                lines += [f"- {_cell(_words(row))}" for row in outcome.rows]
        return "\n".join(lines)

    @property
    def results_json(self) -> dict[str, Any]:
        """Everything above as JSON-ready values."""
        return {
            "layer": self.layer,
            "table": self.table,
            "passed": self.passed,
            "blocking": self.blocking,
            "row_count": self.row_count,
            "seconds": round(self.seconds, 3),
            "rules": [asdict(outcome) for outcome in self.outcomes],
        }

    @classmethod
    def from_json(cls, results: Mapping[str, Any]) -> TableVerdict:
        """Read back `results_json`, also after it went through a JSON file.

        Raises KeyError or TypeError if it is something else.
        """
        rules = [rule | {"rows": tuple(rule["rows"])} for rule in results["rules"]]
        return cls(
            layer=results["layer"],
            table=results["table"],
            outcomes=tuple(Outcome(**rule) for rule in rules),
            row_count=results["row_count"],
            seconds=results["seconds"],
        )


def number(value: object) -> str:
    """Word an observed value: whole numbers with thousands apart, shares to four digits."""
    if value is None:
        return "no value"
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return str(value)
    if isinstance(value, int) or value.is_integer() or abs(value) >= 1000:
        return f"{round(value):,}"
    return f"{value:.4g}"


def between(minimum: object, maximum: object) -> str:
    """Word a closed range, open on the side that is None."""
    if maximum is None:
        return f"at least {number(minimum)}"
    if minimum is None:
        return f"at most {number(maximum)}"
    if minimum == maximum:
        return f"exactly {number(minimum)}"
    return f"{number(minimum)} to {number(maximum)}"


def _count(rows: int | None) -> str:
    return "an unknown number of" if rows is None else f"{rows:,}"


def _words(row: dict[str, str]) -> str:
    return ", ".join(f"{column}={value}" for column, value in row.items())


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
