"""Which published entries a run starts from."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
import yaml

from orchestration import candidate, published_ledger, publishing
from orchestration.settings import PROJECT_DIR
from tests.unit.publisher import FACTS, build_candidate, settings_for

if TYPE_CHECKING:
    from orchestration.settings import Settings

JANUARY = dt.date(2026, 1, 31)
MARCH = dt.date(2026, 3, 31)


@pytest.fixture
def settings(tmp_path):
    """Give settings that keep every generation of a test."""
    return settings_for(tmp_path / "build", keep=9)


def publish(
    settings: Settings,
    book: str,
    as_of: dt.date,
    *entries: tuple[str, str, int],
    is_demo: bool = False,
) -> None:
    """Publish a generation with entries: id, day it was known, won."""
    build_candidate(settings, 1)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{settings.candidate_db}' as candidate")
        columns = ", ".join(
            f"{name} {types().get(name, 'varchar')}" for name in published_ledger.COLUMNS
        )
        connection.execute(f"create table candidate.compensation.fct_ledger_entries ({columns})")
        for entry_id, known_from, amount_krw in entries:
            connection.execute(
                "insert into candidate.compensation.fct_ledger_entries "
                f"(entry_id, known_from, amount_krw) "
                f"values ('{entry_id}', '{known_from}', {amount_krw})"
            )
    publishing.publish(
        settings,
        publishing.new_generation_id(settings),
        {**FACTS, "as_of_date": as_of, "is_demo": is_demo, candidate.BOOK_FACT: book},
    )
    settings.work_dir.mkdir(parents=True, exist_ok=True)


def types() -> dict[str, str]:
    """Types of the columns by the contract of the mart."""
    path = PROJECT_DIR / "models/marts/compensation/ledger/_ledger__models.yml"
    for model in yaml.safe_load(path.read_text("utf-8"))["models"]:
        if model["name"] == "fct_ledger_entries":
            return {column["name"]: column["data_type"] for column in model["columns"]}
    raise AssertionError("the ledger is not described")


def brought(settings: Settings, book: str, as_of: dt.date) -> dict[str, Any]:
    settings.work_db.unlink(missing_ok=True)
    settings.work_dir.mkdir(parents=True, exist_ok=True)
    count = published_ledger.bring(settings, book, as_of)
    with duckdb.connect(str(settings.work_db)) as connection:
        try:
            rows = connection.execute(
                "select entry_id, amount_krw from published.ledger_entries"
            ).fetchall()
        except duckdb.CatalogException:
            rows = []
    assert count == len(rows)
    return dict(rows)


def test_columns_are_those_of_the_mart() -> None:
    assert list(types()) == list(published_ledger.COLUMNS)


def test_nothing_is_brought_before_the_first_publication(settings):
    assert brought(settings, "A", MARCH) == {}


def test_entries_of_the_same_books_known_by_the_day_are_brought(settings):
    publish(settings, "A", MARCH, ("old", "2026-01-15", 1), ("new", "2026-03-01", 2))
    assert brought(settings, "A", MARCH) == {"old": 1, "new": 2}
    assert brought(settings, "A", JANUARY) == {"old": 1}
    assert brought(settings, "B", MARCH) == {}


@pytest.mark.fault(
    kind="rerun",
    tried="a replay of an earlier day published after a later day",
    holds="the books go on from the later day and carry the corrections of the replay",
)
def test_a_replay_published_later_hides_nothing_and_adds_its_own(settings):
    publish(settings, "A", MARCH, ("old", "2026-01-15", 1), ("new", "2026-03-01", 2))
    publish(settings, "A", JANUARY, ("old", "2026-01-15", 1), ("correction", "2026-01-31", 3))
    publish(settings, "B", MARCH, ("other", "2026-01-15", 4))
    assert brought(settings, "A", MARCH) == {"old": 1, "new": 2, "correction": 3}


def test_after_a_roll_back_the_books_go_on_where_they_were(settings):
    publish(settings, "A", JANUARY, ("old", "2026-01-15", 1))
    first = publishing.generations(settings)[0].generation_id
    publish(settings, "A", MARCH, ("old", "2026-01-15", 1), ("new", "2026-03-01", 2))
    publishing.make_current(settings, first)
    assert brought(settings, "A", MARCH) == {"old": 1, "new": 2}


def test_a_day_brings_only_what_came_to_the_books(settings):
    publish(settings, "A", JANUARY, ("old", "2026-01-15", 1))
    brought(settings, "A", JANUARY)
    assert published_ledger.bring_on(settings, "A", JANUARY) == (1, False)
    publish(settings, "A", MARCH, ("old", "2026-01-15", 1), ("new", "2026-03-01", 2))
    with duckdb.connect(str(settings.work_db)) as connection:
        connection.execute("alter table published.ledger_entries add column stood boolean")
        connection.execute("update published.ledger_entries set stood = true")
    assert published_ledger.bring_on(settings, "A", MARCH) == (2, True)
    assert published_ledger.bring_on(settings, "A", MARCH) == (2, False)


@pytest.mark.parametrize(
    "change",
    [
        "update published.ledger_entries set amount_krw = 9",
        "insert into published.ledger_entries (entry_id) values ('of nobody')",
        "delete from published.ledger_days",
    ],
)
def test_books_that_do_not_stand_as_published_are_brought_whole(settings, change):
    publish(settings, "A", MARCH, ("old", "2026-01-15", 1), ("new", "2026-03-01", 2))
    whole = brought(settings, "A", MARCH)
    with duckdb.connect(str(settings.work_db)) as connection:
        connection.execute(change)
    assert published_ledger.bring_on(settings, "A", MARCH) == (2, True)
    with duckdb.connect(str(settings.work_db)) as connection:
        rows = connection.execute("select entry_id, amount_krw from published.ledger_entries")
        assert dict(rows.fetchall()) == whole
        assert connection.execute("select count(*) from published.ledger_entries").fetchall() == [
            (2,)
        ]


@pytest.mark.fault(
    kind="rerun",
    tried="so many replays of an earlier day that the newest books leave the number of "
    "generations kept",
    holds="the generation that books go on from is not removed",
)
@pytest.mark.parametrize("is_demo", [True, False])
def test_books_outlive_the_generations_kept(tmp_path, is_demo):
    settings = settings_for(tmp_path / "build", keep=2)
    march = (("old", "2026-01-15", 1), ("new", "2026-03-01", 2))
    publish(settings, "A", MARCH, *march, is_demo=is_demo)
    for _ in range(4):
        publish(settings, "A", JANUARY, ("old", "2026-01-15", 1), is_demo=is_demo)
    assert brought(settings, "A", MARCH) == {"old": 1, "new": 2}
    assert len(publishing.generations(settings)) == 3
    for number in range(4):
        publish(settings, f"other {number}", MARCH, is_demo=is_demo)
    # Books of generated exports go when others have taken their place; a carrier's own stay.
    assert brought(settings, "A", MARCH) == ({} if is_demo else {"old": 1, "new": 2})


@pytest.mark.fault(
    kind="rerun",
    tried="a replay with entries of its own, and so many others that it leaves the number kept",
    holds="it stays until a later day has taken its entries over, and goes then",
)
def test_a_replay_that_adds_to_the_books_outlives_the_generations_kept(tmp_path):
    settings = settings_for(tmp_path / "build", keep=2)
    publish(settings, "A", MARCH, ("old", "2026-01-15", 1))
    own = ("correction", "2026-01-31", 3)
    publish(settings, "A", JANUARY, ("old", "2026-01-15", 1), own)
    for _ in range(4):
        publish(settings, "A", JANUARY, ("old", "2026-01-15", 1))
    assert brought(settings, "A", MARCH) == {"old": 1, "correction": 3}
    april = MARCH + dt.timedelta(days=30)
    for _ in range(3):
        publish(settings, "A", april, ("old", "2026-01-15", 1), own)
    assert len(publishing.generations(settings)) == 2
    assert brought(settings, "A", april) == {"old": 1, "correction": 3}


def test_books_are_named_by_the_opening_batch_and_the_key() -> None:
    named = published_ledger.book_id(["a", "b"], "key")
    assert named == published_ledger.book_id(["b", "a"], "key")
    assert named != published_ledger.book_id(["a", "c"], "key")
    assert named != published_ledger.book_id(["a", "b"], "another key")
