"""What the benchmarks make of their figures: slopes, names of seconds, the comparison, pictures."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import duckdb
import pytest

from benchmarks import bare, floor, growth, processes, report
from orchestration.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

LAPS = "seconds: start 2.0, parse 1.0, dbt_staging 5.0, gate_staging 0.5, published__current 1.5"


def pair() -> floor.Pair:
    return floor.Pair(
        batch=12.0,
        floor=4.0,
        batch_peak_bytes=2,
        floor_peak_bytes=1,
        laps=floor.laps(f"Published x\n{LAPS}\ntotal 10.0 s"),
        floor_by_layer={"staging": 6.0, "marts": 2.0},
    )


def test_the_slope_of_a_power_is_its_exponent() -> None:
    assert growth.exponent([(x, 3 * x**1.5) for x in (0.01, 0.1, 1.0)]) == pytest.approx(1.5)


def test_one_scale_has_no_slope() -> None:
    with pytest.raises(ValueError, match="two scales"):
        growth.exponent([(1.0, 2.0), (1.0, 3.0)])


def test_the_days_are_neither_the_last_nor_out_of_turn(tmp_path: Path) -> None:
    for day in ("2026-03-31", "2026-03-29", "2026-03-30", "2026-03-28"):
        (tmp_path / day).mkdir()
    assert growth.days(tmp_path) == ("2026-03-29", "2026-03-30")


def test_a_run_that_names_no_seconds_is_refused() -> None:
    with pytest.raises(ValueError, match="where its seconds went"):
        floor.laps("Published x")


def test_the_names_add_up_to_the_seconds_above_the_floor() -> None:
    one = pair()
    named = floor.named(one)
    assert named["dbt and data tests of staging"] == pytest.approx(5.0 - 3.0)
    assert named["not in a step"] == pytest.approx(2.0)
    # The floor's seconds of marts: this batch has no such step to take them off.
    assert sum(named.values()) == pytest.approx(one.batch - one.floor + 1.0)
    assert "| ratio, budget 1.25 | 3.00 | |" in floor.table([one])


def test_a_figure_that_moved_beyond_its_noise_is_marked() -> None:
    text = report.comparison({"a": 1.2, "b": 1.05, "new": 3.0}, {"a": 1.0, "b": 1.0, "gone": 2.0})
    assert "| a | 1.00 | 1.20 | +20% **beyond noise** |" in text
    assert "| b | 1.00 | 1.05 | +5% |" in text
    assert "new" not in text
    assert "| gone | 2.00 | not measured | |" in text
    assert report.moved({"exponent": 1.04}, {"exponent": 0.95})[0][2]
    assert "no record" in report.comparison({"a": 1.0}, {})


def test_what_is_not_measured_stays_on_record(tmp_path: Path) -> None:
    first = report.Part("Suites", "88 suites", "2026-11-26", "0.0", "2 x A, 8 GiB")
    report.write(tmp_path, {}, {"suites": first}, {"a": 2.0}, {"suites": [1]})
    on_record = json.loads((tmp_path / "record.json").read_text())
    then = report.Part("Growth", "steeper", "2026-11-27", "0.1", "4 x B, 9 GiB")
    page = report.write(tmp_path, on_record, {"growth": then}, {"b": 3.0}, {"growth": [2]})
    now = json.loads((tmp_path / "record.json").read_text())
    assert now["ratios"] == {"a": 2.0, "b": 3.0}
    assert now["figures"] == {"suites": [1], "growth": [2]}
    assert "Measured on 2026-11-26, 2 x A, 8 GiB; load when it ended 0.0." in page.read_text()
    assert page.read_text().index("88 suites") < page.read_text().index("steeper")


def test_a_landing_area_at_hand_is_used_at_its_own_scale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_hand = tmp_path / "made" / "landing"
    at_hand.mkdir(parents=True)
    (at_hand.parent / "generation.json").write_text('{"scale": "1/10"}')
    generated = tmp_path / "new" / "landing"
    generated.mkdir(parents=True)
    used: list[tuple[Path, float]] = []
    monkeypatch.setattr(growth, "generate", lambda *_: generated)
    monkeypatch.setattr(
        growth, "measure", lambda landing, scale, *_: used.append((landing, scale)) or []
    )
    growth.measure_all([1, 0.1], [at_hand], [], tmp_path)
    assert used == [(at_hand, 0.1), (generated, 1)]
    assert at_hand.exists()
    assert not generated.exists()


def test_of_a_larger_carrier_no_claim_is_known_on_any_day(tmp_path: Path) -> None:
    own = Settings.from_env().reference
    copy = growth.registers_of_a_larger_carrier(tmp_path)
    claims = "ref_published_claims.csv"
    with duckdb.connect() as connection:
        read = "select count(*), count(distinct claim_id), min(known_from), min(published_on) from "
        ((rows, ids, known_from, published_on),) = connection.execute(
            f"{read} '{copy / claims}'"
        ).fetchall()
        ((own_rows, *_),) = connection.execute(f"{read} '{own / claims}'").fetchall()
    assert rows == ids == own_rows
    assert min(known_from, published_on).year == 2099
    others = [path.name for path in own.iterdir() if path.name != claims]
    assert all((copy / name).read_bytes() == (own / name).read_bytes() for name in others)


def test_the_same_values_give_the_same_picture(tmp_path: Path) -> None:
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
        report.bars(tmp_path / folder / "x.svg", "Seconds", "s", {"gates": 2.0, "start": 1.0})
    first = (tmp_path / "first" / "x.svg").read_bytes()
    assert first == (tmp_path / "second" / "x.svg").read_bytes()
    assert b"<svg" in first


def test_memory_is_that_of_all_processes_of_a_command() -> None:
    holds = "x = b'1' * (80 * 2**20)"
    child = f"import time; {holds}; time.sleep(1.5)"
    parent = f"import subprocess, sys; {holds}; subprocess.run([sys.executable, '-c', {child!r}])"
    taken = processes.run((sys.executable, "-c", parent))
    assert taken.peak_bytes > 160 * 2**20
    assert taken.wall > 1.5


def test_a_command_that_fails_says_why() -> None:
    with pytest.raises(RuntimeError, match="no such day"):
        processes.run((sys.executable, "-c", "raise SystemExit('no such day')"))


def test_a_mart_that_differs_in_one_cell_is_named(tmp_path: Path) -> None:
    for path, value in (("bare/candidate.duckdb", 1), ("batch/published/current.duckdb", 2)):
        (tmp_path / path).parent.mkdir(parents=True)
        with duckdb.connect(str(tmp_path / path)) as connection:
            connection.execute("create schema core")
            connection.execute("create table core.dim_same as select 7 as a, 8 as b")
            connection.execute(f"create table core.dim_lines as select 1 as a, {value} as b")
    marts = [("core", "dim_same"), ("core", "dim_lines"), ("core", "dim_absent")]
    found = bare.differences(tmp_path / "bare", tmp_path / "batch", marts)
    assert found == ["core.dim_lines", "core.dim_absent"]
