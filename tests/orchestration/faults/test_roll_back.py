"""Readers return to an older generation; what was published of the ledger stays published."""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from orchestration import (
    audit_trail,
    batch_lock,
    candidate,
    links,
    published_ledger,
    publishing,
    rollback,
)
from orchestration.errors import BatchRunning, NotPublishable
from tests.unit import publisher
from tests.unit.oracles.fees_and_eligibility_sql import LEDGER_GUARDS, guard_says, run_models
from tests.unit.test_ledger import _balances, _inputs, some_line
from tests.unit.test_published_ledger import types

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from orchestration.settings import Settings

BOOK = "books"
AS_OF = dt.date(2026, 2, 1)
LEDGER = "compensation.fct_ledger_entries"

Rows = list[tuple[Any, ...]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return publisher.settings_for(tmp_path / "build", keep=3)


def publish(settings: Settings, number: int = 1, rows: Rows | None = None, **facts: Any) -> str:
    """Publish as the step of the batch does; returns the id of the generation."""
    publisher.build_candidate(settings, number)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{settings.candidate_db}' as candidate")
        columns = ", ".join(f"{name} {types()[name]}" for name in published_ledger.COLUMNS)
        connection.execute(f"create table candidate.{LEDGER} ({columns})")
        if rows:
            marks = ", ".join("?" * len(published_ledger.COLUMNS))
            connection.executemany(f"insert into candidate.{LEDGER} values ({marks})", rows)
    path = publishing.publish(
        settings,
        publishing.new_generation_id(settings),
        {
            **publisher.FACTS,
            "as_of_date": AS_OF,
            candidate.BOOK_FACT: BOOK,
            publishing.REPLACES_FACT: publishing.current_id(settings),
            **facts,
        },
    )
    return path.stem


def publish_unseen(settings: Settings, monkeypatch: pytest.MonkeyPatch, **options: Any) -> str:
    """Publish and die between the rename and the link: nobody ever sees the generation."""
    seen = {each.generation_id for each in publishing.generations(settings)}

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(links, "point", die)
        with pytest.raises(KeyboardInterrupt):
            publish(settings, **options)
    [unseen] = {each.generation_id for each in publishing.generations(settings)} - seen
    assert publishing.current_id(settings) != unseen
    return unseen


def command(settings: Settings, *arguments: str) -> int:
    """Run the command as a person does."""
    os.environ["AFTERMATH_BUILD_DIR"] = str(settings.build_dir)
    return rollback.main(arguments)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERMATH_BUILD_DIR", "")


def test_the_command_returns_readers_and_says_what_comes_next(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    first = publish(settings, 1)
    second = publish(settings, 2, as_of_date=dt.date(2026, 2, 2))

    assert command(settings) == 0

    told = capsys.readouterr().out
    assert f"Readers see {first} (as of 2026-02-01) again" in told
    assert f"in place of {second} (as of 2026-02-02)" in told
    assert "The next batch publishes over this" in told
    assert publishing.current_id(settings) == first
    *_, rolled, moved = audit_trail.read(settings)
    assert (rolled.kind, rolled.generation_id) == ("rolled_to", first)
    assert (moved.kind, moved.generation_id) == ("readers_moved", first)
    assert command(settings, "--list") == 0
    told = capsys.readouterr().out.splitlines()
    assert [line[:2] for line in told] == ["  ", "* "]
    # The way back is the same command.
    assert command(settings, "--to", second) == 0
    assert publishing.current_id(settings) == second


def test_it_refuses_what_cannot_be_done(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(settings) == 1
    assert "Nothing is published" in capsys.readouterr().err
    only = publish(settings)
    for arguments, said in (
        ((), f"There is no generation before {only}"),
        (("--to", only), "Readers see"),
        (("--to", "20260101T000000000000-00000000"), "There is no generation 2026"),
    ):
        assert command(settings, *arguments) == 1
        told = capsys.readouterr().err
        assert said in told
        assert "what to do" in told
    assert publishing.current_id(settings) == only


@pytest.mark.fault(
    kind="roll-back",
    tried="a roll-back while a batch runs",
    holds="it is refused with the process that runs, and readers see no change",
)
def test_a_roll_back_waits_for_no_batch(settings: Settings) -> None:
    publish(settings, 1)
    second = publish(settings, 2)
    with batch_lock.hold(settings), pytest.raises(BatchRunning):
        rollback.roll_back(settings)
    assert publishing.current_id(settings) == second


def spoil(settings: Settings, generation_id: str) -> None:
    """Damage a published file, as a failing disk does."""
    path = settings.published_dir / f"{generation_id}.duckdb"
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.fault(
    kind="roll-back",
    tried="a roll-back onto a generation that cannot be read any more",
    holds="it is refused with the name of the file, and readers see no change",
)
def test_a_spoilt_generation_is_not_returned_to(settings: Settings) -> None:
    first = publish(settings, 1)
    second = publish(settings, 2)
    spoil(settings, first)
    for wanted in (first, ""):
        with pytest.raises(NotPublishable, match=f"{first} cannot be opened"):
            rollback.roll_back(settings, wanted)
    assert publishing.current_id(settings) == second


@pytest.mark.fault(
    kind="roll-back",
    tried="a roll-back because the current generation is damaged",
    holds="readers return to the newest one that they saw before and that can be read; the next "
    "batch stops with the name of the file rather than forget what it published",
)
def test_readers_leave_a_spoilt_generation(settings: Settings) -> None:
    publish(settings, 1)
    second = publish(settings, 2)
    third = publish(settings, 3)
    spoil(settings, third)
    [line] = [
        each for each in rollback.listed(rollback.entries(settings)).splitlines() if "*" in each
    ]
    assert "DAMAGED" in line
    assert rollback.roll_back(settings).now.generation_id == second
    # Books do not go on as if what it published had never been.
    with pytest.raises(NotPublishable, match="restore it from a backup"):
        carried(settings)


@pytest.mark.fault(
    kind="roll-back",
    tried="a roll-back where the generation published before was never seen: its publisher was "
    "killed between rename and link",
    holds="readers return to the one that they saw before, not to the one nobody saw",
)
def test_the_one_before_is_the_one_that_readers_saw(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish(settings, 1)
    unseen = publish_unseen(settings, monkeypatch, number=2)
    third = publish(settings, 3)
    assert first < unseen < third
    assert f"{unseen}  as of 2026-02-01  code 1  (no later one took over from it)" in (
        rollback.listed(rollback.entries(settings))
    )
    assert rollback.roll_back(settings).now.generation_id == first
    # A generation published after a roll-back took over from the one rolled back to.
    fourth = publish(settings, 4)
    assert rollback.roll_back(settings).left.generation_id == fourth
    assert publishing.current_id(settings) == first


def carried(settings: Settings) -> dict[str, Rows]:
    """What a run starts from: the entries of the published generations, as it reads them."""
    shutil.rmtree(settings.work_dir, ignore_errors=True)
    settings.work_dir.mkdir(parents=True)
    if not published_ledger.bring(settings, BOOK, AS_OF):
        return {}
    with duckdb.connect(str(settings.work_db)) as connection:
        return {
            f"published.{table}": connection.execute(f"from published.{table}").fetchall()
            for table in ("ledger_entries", "ledger_days")
        }


def derive(lines: Any, published: dict[str, Rows]) -> tuple[Rows, Any]:
    """Derive the ledger over what was published; returns its rows and balances."""
    rows, derived = run_models(
        AS_OF.isoformat(),
        {**_inputs(lines, AS_OF), **published},
        ["fct_ledger_entries", "int_ledger_entries"],
    )
    assert list(rows[0]) == list(published_ledger.COLUMNS)
    for guard in LEDGER_GUARDS:
        assert not guard_says(guard), guard
    # The books say what is known now, whatever was published before.
    assert _balances(rows) == _balances(derived)
    return [tuple(row.values()) for row in rows], _balances(rows)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Lines, the ledger of them, and the ledger that another reading of them made of it."""
    draw = random.Random(7)
    lines = [some_line(draw, key) for key in range(15)]
    other = [some_line(draw, key) for key in range(15)]
    settings = publisher.settings_for(tmp_path_factory.mktemp("books"))
    rows, balances = derive(lines, {})
    publish(settings, rows=rows)
    changed, balances_changed = derive(other, carried(settings))
    assert set(rows) < set(changed), "the fault is not planted: nothing was reversed"
    assert balances_changed != balances
    return {"lines": lines, "rows": rows, "balances": balances, "changed": changed}


def seen_and_rolled_back(settings: Settings, _: pytest.MonkeyPatch, rows: Rows) -> str:
    second = publish(settings, rows=rows)
    rollback.roll_back(settings)
    return second


def never_seen(settings: Settings, monkeypatch: pytest.MonkeyPatch, rows: Rows) -> str:
    return publish_unseen(settings, monkeypatch, rows=rows)


@pytest.mark.fault(
    kind="roll-back",
    tried="a generation with other rules reverses what was published before it, and readers return "
    "to the one before; or its publisher is killed before anyone sees it",
    holds="the next batch carries all its entries unchanged, takes them back in sight, and the "
    "books balance to the won; retention keeps the generation until then",
)
@pytest.mark.parametrize("happens", [seen_and_rolled_back, never_seen])
def test_the_ledger_is_append_only_through_a_roll_back(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    books: dict[str, Any],
    happens: Callable[[Settings, pytest.MonkeyPatch, Rows], str],
) -> None:
    first = publish(settings, rows=books["rows"])

    second = happens(settings, monkeypatch, books["changed"])

    assert publishing.current_id(settings) == first
    third, balances = derive(books["lines"], carried(settings))
    assert set(books["changed"]) < set(third)
    assert balances == books["balances"]
    # Replays of an earlier day push it out of the number kept, but books go on from it.
    earlier = AS_OF - dt.timedelta(days=30)
    few = replace(settings, keep_generations=2)
    for _ in range(4):
        publish(few, as_of_date=earlier)
    kept = {each.generation_id for each in publishing.generations(settings)}
    assert second in kept
    assert len(kept) == 3
    assert set(carried(settings)["published.ledger_entries"]) == set(books["changed"])
