"""What the page shows: the figures in their order, each the answer to one query of analyses/.

Belongs here: which figures there are, and their rows. Does not belong here: words (words), how a
figure is drawn (charts), where it stands on the page (page).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from orchestration import analyses
from orchestration.errors import NotPublishable

if TYPE_CHECKING:
    from collections.abc import Collection

    import duckdb

FOLDER: Final = "briefing"

#: What the headline box and the title are made of; the other analyses are figures.
HEADLINE: Final = "headline"
INCIDENT: Final = "incident"

#: The figures in the order of the page.
FIGURES: Final = (
    "timeline",
    "lines_lost_daily",
    "share_by_basis",
    "exposure",
    "survival_by_exposure",
    "refunds_by_state",
    "cost_by_programme",
    "policy_scenarios",
    "published_claims",
    "data_quality",
)

#: Figures whose rows are words, so that the table is read and not only looked up.
TOLD_IN_WORDS: Final = ("timeline", "published_claims")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """A query with what it returned; `sql` names the published tables.

    `rows` are empty where the incident has nothing of the kind, and where the generation lacks a
    table that the query asks.
    """

    name: str
    question: str
    sql: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Generation:
    """What a generation says of itself."""

    generation_id: str
    as_of_date: str
    sample_rate: float
    is_demo: bool

    @property
    def is_sample(self) -> bool:
        """Whether a part of the lines was delivered."""
        return self.sample_rate < 1

    @property
    def lines_per_line(self) -> float:
        """For how many lines each delivered one stands; 1 where all were delivered."""
        return 1 / self.sample_rate


def generation(connection: duckdb.DuckDBPyConnection) -> Generation:
    """Read what the open file says of itself."""
    ((generation_id, as_of_date, sample_rate, is_demo),) = connection.execute(
        "select generation_id, as_of_date, sample_rate, is_demo from core.published_generation"
    ).fetchall()
    return Generation(generation_id, as_of_date.isoformat(), float(sample_rate), bool(is_demo))


def answers(
    connection: duckdb.DuckDBPyConnection, names: Collection[str] | None = None
) -> dict[str, Answer]:
    """Ask the queries of the page, all of them if none is named; by name."""
    schemas = analyses.schemas_of(connection)
    return {
        each.name: _answer(connection, each, schemas)
        for each in analyses.read(FOLDER)
        if names is None or each.name in names
    }


def _answer(
    connection: duckdb.DuckDBPyConnection, analysis: analyses.Analysis, schemas: dict[str, str]
) -> Answer:
    columns: tuple[str, ...] = tuple(analysis.columns)
    rows: list[tuple[Any, ...]] = []
    try:
        sql = analysis.published_sql(schemas)
    except NotPublishable:
        # Not every generation has every mart: one that was published before it came to be.
        sql = analysis.sql.strip()
    else:
        asked = connection.execute(sql)
        columns = tuple(column[0] for column in asked.description or ())
        rows = asked.fetchall()
    return Answer(
        name=analysis.name,
        question=analysis.description,
        sql=sql,
        columns=columns,
        rows=tuple(dict(zip(columns, row, strict=True)) for row in rows),
    )
