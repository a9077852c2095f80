"""Spells, customers and requests of the bundled sample against a recount of its raw files."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter, defaultdict
from datetime import date
from typing import TYPE_CHECKING

import pytest

from orchestration.settings import DEMO_PSEUDONYM_KEY, PROJECT_DIR
from tests.unit.oracles import movements as oracle
from tests.unit.oracles.movements import Frame, Spell
from tests.warehouse.sample_warehouse import NEWEST, REPLAYED

if TYPE_CHECKING:
    from tests.warehouse.sample_warehouse import SampleWarehouse

Raw = dict[str, str]
QUIET = ("msisdn", "customer_id", "imei", "plan_code")


def read(name: str) -> list[Raw]:
    path = PROJECT_DIR / "seeds" / "raw" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def line_key(line_id: str) -> int:
    """The pseudonym of a line, as the macro of the same name makes it."""
    return int(hashlib.sha256(f"{DEMO_PSEUDONYM_KEY}:line:{line_id}".encode()).hexdigest()[:15], 16)


@pytest.fixture(scope="module")
def requests() -> list[Raw]:
    """Newest good version of every port request."""
    lines = {row["line_id"] for row in read("raw_lines")}
    statuses = {"requested", "completed", "rejected", "withdrawn", "reversed"}
    newest: dict[str, Raw] = {}
    for row in sorted(read("raw_port_requests"), key=lambda row: row["batch_date"]):
        if row["port_id"] and row["line_id"] in lines and row["status"] in statuses:
            newest[row["port_id"]] = row
    return list(newest.values())


def test_quiet_changes_of_a_line_end_no_spell(sample: SampleWarehouse) -> None:
    versions: dict[str, list[Raw]] = defaultdict(list)
    for row in read("raw_lines"):
        versions[row["line_id"]].append(row)
    spells: dict[int, list[date | None]] = defaultdict(list)
    for row in sample.query(NEWEST, "select line_key, ended_on from churn.fct_line_spells"):
        spells[row["line_key"]].append(row["ended_on"])
    seen: Counter[str] = Counter()
    for line_id, rows in versions.items():
        changed = [name for name in QUIET if len({row[name] for row in rows}) > 1]
        if changed and line_key(line_id) in spells:
            (ended_on,) = spells[line_key(line_id)]
            assert ended_on is None or any(row["terminated_at"] for row in rows)
            seen.update(changed)
    assert {"msisdn", "customer_id", "plan_code"} <= set(seen)


def test_customers_of_every_month_are_those_that_hold_its_lines(sample: SampleWarehouse) -> None:
    (first,) = sample.query(NEWEST, "select min(service_date) as day from churn.rpt_churn_daily")
    frame = Frame(date.fromordinal(first["day"].toordinal() - 1), NEWEST)
    lines: dict[int, list[Spell]] = defaultdict(list)
    for row in sample.query(
        NEWEST,
        "select dim_lines.customer_key, activated_on, terminated_on, "
        "coalesce(termination_kind = 'forced', false) as is_forced from core.dim_lines",
    ):
        lines[row["customer_key"]].append(
            Spell(row["activated_on"], row["terminated_on"], row["is_forced"])
        )
    quiet, moved, known = 0, [], []
    for held in lines.values():
        moves = (day for line in held for day in (line.started_on, line.ended_on))
        if any(day is not None and day > frame.opening_on for day in moves):
            moved.append(oracle.customer_spells(held, frame))
            known.append(
                any(line.started_on <= frame.opening_on for line in held)
                and not oracle.in_service(held, frame.opening_on)
            )
        else:
            quiet += oracle.in_service(held, frame.opening_on) > 0
    events = oracle.customer_months(moved, frame, known)
    stock = quiet + sum(
        bool(spells) and spells[0].started_on == frame.opening_on for spells in moved
    )
    for row in sample.query(
        NEWEST, "select * from churn.rpt_customer_churn_monthly order by month"
    ):
        assert row["opening_customers"] == stock
        new, rejoined, churned, forced = (
            events[row["month"], kind] for kind in ("new", "rejoined", "churned", "forced")
        )
        stock += new + rejoined - churned
        assert row["closing_customers"] == stock
        assert (new, rejoined, churned, forced) == (
            row["new_customers"],
            row["rejoined_customers"],
            row["churned_customers"],
            row["forced_churned_customers"],
        )


def test_requests_stand_on_the_day_they_were_made(
    sample: SampleWarehouse, requests: list[Raw]
) -> None:
    shown = sample.query(
        NEWEST,
        "select requested_on, outcome, cast(sum(requests) as bigint) as requests "
        "from churn.fct_port_requests_daily group by 1, 2",
    )
    asked: Counter[date] = Counter()
    for row in shown:
        asked[row["requested_on"]] += row["requests"]
    assert asked == Counter(date.fromisoformat(row["requested_at"][:10]) for row in requests)
    outcomes: Counter[str] = Counter()
    for row in shown:
        outcomes[row["outcome"]] += row["requests"]
    statuses = Counter(row["status"] for row in requests)
    assert outcomes["completed"] == statuses["completed"]
    assert outcomes["withdrawn"] == statuses["withdrawn"]
    assert outcomes["rejected"] == statuses["rejected"]
    assert outcomes["undone_in_period"] + outcomes["undone_late"] == statuses["reversed"] > 0
    assert outcomes["timed_out"] + outcomes["waiting"] == statuses["requested"] > 0


def test_a_file_that_came_late_leaves_its_mark(sample: SampleWarehouse) -> None:
    batches = defaultdict(set)
    for row in read("raw_batch_files"):
        batches[row["batch_date"]].add(row["entity"])
    without = {day for day, entities in batches.items() if "port_requests" not in entities}
    late = sample.query(
        NEWEST,
        "select processed_on, min(reported_on) as reported_on from churn.fct_port_requests_daily "
        "where processed_on is not null group by 1",
    )
    reported = {row["processed_on"]: row["reported_on"] for row in late}
    came_late = [day for day in reported if day.isoformat() in without]
    assert came_late
    assert all(reported[day] > day for day in came_late)
    (missing,) = sample.query(
        NEWEST,
        "select count(*) as days from churn.rpt_port_flows_daily where is_feed_missing",
    )
    assert missing == {"days": 0}


@pytest.mark.parametrize("as_of", REPLAYED)
def test_nothing_reported_later_is_seen(sample: SampleWarehouse, as_of: date) -> None:
    (shown,) = sample.query(
        as_of,
        "select max(reported_on) as newest, max(undone_on) as undone, "
        "sum(requests) filter (where outcome = 'waiting') as waiting "
        "from churn.fct_port_requests_daily",
    )
    assert shown["newest"] <= as_of
    assert shown["undone"] is None or shown["undone"] <= as_of
    (queue,) = sample.query(
        as_of,
        "select sum(waiting_closing) as waiting from churn.rpt_port_queue_daily "
        f"where service_date = '{as_of}'",
    )
    assert queue["waiting"] == (shown["waiting"] or 0)
