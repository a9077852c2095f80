"""The ledger SQL against an independent oracle, and its growth over runs that think differently."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.oracles import ledger
from tests.unit.oracles.fees_and_eligibility_sql import (
    LEDGER_GUARDS,
    guard_says,
    run_models,
    seed_rows,
)
from tests.unit.oracles.ledger import BillItem, ClaimMade, Entry, History, Refund
from tests.unit.test_eligibility_rules import VERSIONS, at

CASES = 10_000
POLICY = "fee_waiver"
FEE_VERSIONS = tuple(version for version in VERSIONS if version.policy_id == POLICY)
COVERED = {
    version.policy_version: frozenset(
        row["item_kind"]
        for row in seed_rows("ref_policy_covered_items")
        if row["policy_version"] == version.policy_version and row["policy_id"] == POLICY
    )
    for version in FEE_VERSIONS
}
FEE_KINDS = frozenset(row["item_kind"] for row in seed_rows("ref_fee_rules"))
(LAPSE_MONTHS,) = {int(row["payable_lapses_months"]) for row in seed_rows("ref_policies")}

#: Day of activation -> binding versions that entitle a line that left on 5 January 2026.
ACTIVATIONS = {
    date(2020, 1, 1): frozenset(v.policy_version for v in FEE_VERSIONS if v.is_binding),
    date(2025, 9, 1): frozenset({"announced-2025-12-30-inclusive"}),
    date(2025, 10, 1): frozenset(),
}
LEFT_ON = date(2026, 1, 5)
OPENS = at("2026-01-14 09:00:00")
DEADLINES = [v.claim_closes_at for v in FEE_VERSIONS if v.claim_closes_at]

Line = tuple[date, History]


def some_line(draw: random.Random, key: int) -> Line:
    """A line with documents that arrive late, are corrected, paid, returned and paid again."""

    def after(day: date, most: int) -> date:
        return day + timedelta(days=draw.randint(0, most))

    def versions(first: Any, *later: Any) -> list[Any]:
        known, told = first.known_from, [first]
        for version in later:
            known += timedelta(days=draw.randint(1, 30))
            told.append(replace(version, known_from=known))
        return told

    activated_on = draw.choice(list(ACTIVATIONS))
    bills: list[BillItem] = []
    for number in range(draw.choice([0, 1, 1, 1, 2, 3])):
        known = after(LEFT_ON, 20)
        kind = draw.choice(["selective_return", "subsidy_clawback", "instalment_balance"])
        amount = draw.choice([0, 1, draw.randint(1, 500_000)])
        paid_on = draw.choice([None, known - timedelta(days=draw.randint(0, 3))])
        item = BillItem(f"B{key}.{number}", known, kind, amount, known, paid_on)
        later = []
        if draw.random() < 0.5:
            later.append(replace(item, paid_on=after(known, 5)))
        if draw.random() < 0.2:
            later.append(replace(item, amount_krw=draw.randint(0, 500_000)))
        if draw.random() < 0.1:
            later.append(replace(item, paid_on=None))
        bills += versions(item, *later)
    claims: list[ClaimMade] = []
    refunds: list[Refund] = []
    for number in range(draw.choice([0, 1, 1, 1, 1, 2])):
        near = draw.choice([*DEADLINES, OPENS]) + timedelta(seconds=draw.randint(-1, 1))
        somewhen = OPENS + timedelta(minutes=draw.randint(0, 90 * 24 * 60))
        claimed_at = draw.choice([near, somewhen, somewhen])
        obstacle = draw.choice(
            [None, None, claimed_at.date() - timedelta(days=draw.randint(0, 16))]
        )
        claim = ClaimMade(
            f"W{key}.{number}",
            after(claimed_at.date(), 3),
            claimed_at,
            draw.random() < 0.8,
            obstacle,
        )
        cured = [replace(claim, payee_is_owner=True)] if draw.random() < 0.3 else []
        claims += versions(claim, *cured)
        for again in range(draw.choice([0, 0, 1, 1, 2])):
            paid_on = after(claim.known_from, 60)
            amount = draw.choice([sum(b.amount_krw for b in bills[:1]), draw.randint(1, 400_000)])
            refund = Refund(
                f"R{key}.{number}.{again}", after(paid_on, 2), paid_on, max(amount, 1), "paid"
            )
            back = [replace(refund, status="returned")] if draw.random() < 0.3 else []
            refunds += versions(refund, *back)
    history = History(tuple(bills), tuple(claims), tuple(refunds), ACTIVATIONS[activated_on])
    return activated_on, history


def _newest(documents: Any, as_of: date) -> list[Any]:
    newest: dict[str, Any] = {}
    for document in sorted(documents, key=lambda seen: seen.known_from):
        if document.known_from <= as_of:
            newest[document.document_id] = document
    return list(newest.values())


def _inputs(lines: list[Line], as_of: date) -> dict[str, list[tuple[Any, ...]]]:
    """Deliveries of the lines as staging hands them on: all versions, and the newest of each."""
    found: dict[str, list[tuple[Any, ...]]] = {}

    def put(relation: str, *row: Any) -> None:
        found.setdefault(relation, []).append(row)

    for key, (activated_on, history) in enumerate(lines):
        put(
            "staging.stg_operator__lines",
            *(key, "handset", "KT", True, activated_on, None, None, None, LEFT_ON, "port_out"),
        )
        for b in history.bills:
            if b.known_from <= as_of:
                put(
                    "staging.stg_operator__bill_item_versions",
                    *(b.document_id, key, b.item_kind, b.amount_krw, b.billed_on, b.paid_on),
                    b.known_from,
                )
        for b in _newest(history.bills, as_of):
            put(
                "staging.stg_operator__bill_items",
                *(b.document_id, key, None, b.billed_on, b.item_kind, b.amount_krw, b.paid_on),
            )
        for c in history.claims:
            if c.known_from <= as_of:
                put(
                    "staging.stg_operator__waiver_claim_versions",
                    *(c.document_id, key, c.claimed_at, c.payee_is_owner, c.obstacle_ended_on),
                    *(None, c.known_from),
                )
        for c in _newest(history.claims, as_of):
            put(
                "staging.stg_operator__waiver_claims",
                *(c.document_id, key, c.claimed_at, c.payee_is_owner, c.obstacle_ended_on),
                *(None, None),
            )
        for r in history.refunds:
            if r.known_from <= as_of:
                put(
                    "staging.stg_operator__refund_payment_versions",
                    *(r.document_id, r.document_id.replace("R", "W").rsplit(".", 1)[0], r.paid_on),
                    *(r.amount_krw, r.status, r.known_from),
                )
        for r in _newest(history.refunds, as_of):
            put(
                "staging.stg_operator__refund_payments",
                *(r.document_id, r.document_id.replace("R", "W").rsplit(".", 1)[0], r.paid_on),
                *(r.amount_krw, r.status),
            )
    return found


def books(lines: list[Line], as_of: date) -> dict[int, Counter[Entry]]:
    """Entries of every line by the SQL."""
    (rows,) = run_models(as_of.isoformat(), _inputs(lines, as_of), ["int_ledger_entries"])
    found: dict[int, Counter[Entry]] = {key: Counter() for key in range(len(lines))}
    for row in rows:
        if row["line_key"] is None:
            continue
        entry = Entry(
            *(row["event_kind"], row["is_reversal"], row["source_id"], row["posted_on"]),
            *(row["known_from"], row["amount_krw"]),
        )
        found[row["line_key"]][entry] += 1
    return found


def expected(key: int, line: Line, as_of: date) -> Counter[Entry]:
    """Entries of a line by the oracle."""
    _, history = line
    return Counter(
        ledger.books_of(
            history, f"{POLICY}-{key}", FEE_VERSIONS, COVERED, FEE_KINDS, LAPSE_MONTHS, as_of
        )
    )


def assert_same(lines: list[Line], as_of: date) -> int:
    """Compare every line; returns the number of entries compared."""
    found = books(lines, as_of)
    for key, line in enumerate(lines):
        assert found[key] == expected(key, line, as_of), (as_of, line)
    return sum(map(sum, (entries.values() for entries in found.values())))


def test_sql_and_oracle_agree_on_ten_thousand_lines() -> None:
    draw = random.Random(20251230)
    lines = [some_line(draw, key) for key in range(CASES)]
    assert assert_same(lines, date(2026, 6, 30)) > 3 * CASES
    kinds = Counter(
        (entry.event_kind, entry.is_reversal)
        for key, line in enumerate(lines)
        for entry in expected(key, line, date(2026, 6, 30))
    )
    # Nothing was compared that never occurs.
    for kind in ("refund_payable", "fee_cancelled", "refund_undue", "fee_charged", "fee_collected"):
        assert kinds[kind, False] > 100
        assert kinds[kind, True] > 100
    assert kinds["refund_paid", False] > 1000
    assert kinds["refund_returned", False] > 100


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**9), st.dates(date(2026, 1, 10), date(2026, 5, 31)))
def test_the_books_of_a_day_are_the_beginning_of_those_of_a_later_one(seed: int, day: date) -> None:
    draw = random.Random(seed)
    lines = [some_line(draw, key) for key in range(40)]
    later = books(lines, date(2026, 6, 30))
    for key, entries in books(lines, day).items():
        assert entries == Counter(
            {entry: n for entry, n in later[key].items() if entry.known_from <= day}
        )


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10**9))
def test_what_nobody_could_be_paid_lapses_after_the_months_of_the_policy(seed: int) -> None:
    draw = random.Random(seed)
    lines = [some_line(draw, key) for key in range(40)]
    assert_same(lines, date(2031, 5, 31))


ONE_BILL = BillItem(
    "B0.0", date(2026, 1, 8), "selective_return", 59_890, date(2026, 1, 7), date(2026, 1, 7)
)
LATE = ClaimMade("W0.0", date(2026, 2, 6), at("2026-02-05 12:00:00"), True)


@pytest.mark.parametrize(
    ("as_of", "posted"),
    [
        # Late by the terms: nothing is owed as of 1 February's rules.
        (date(2026, 2, 9), []),
        # The extension says yes: owed from its day on, not from the day of the claim.
        (date(2026, 2, 10), [(date(2026, 2, 10), date(2026, 2, 10), 59_890)]),
        (date(2026, 2, 20), [(date(2026, 2, 10), date(2026, 2, 10), 59_890)]),
    ],
)
def test_a_late_claim_is_owed_from_the_extension_on(as_of, posted) -> None:
    line = (date(2020, 1, 1), History((ONE_BILL,), (LATE,), (), ACTIVATIONS[date(2020, 1, 1)]))
    owed = [entry for entry in books([line], as_of)[0] if entry.event_kind == "refund_payable"]
    assert [(e.posted_on, e.known_from, e.amount_krw) for e in owed] == posted


class Published:
    """A ledger that grows from run to run."""

    def __init__(self) -> None:
        self.entries: list[tuple[Any, ...]] = []
        self.days: list[tuple[date]] = []
        self.rows: list[dict[str, Any]] = []

    def run(self, lines: list[Line], as_of: date) -> list[dict[str, Any]]:
        """Run and publish; returns the entries that the run derived."""
        inputs = _inputs(lines, as_of)
        inputs["published.ledger_entries"] = self.entries
        inputs["published.ledger_days"] = self.days
        rows, derived = run_models(
            as_of.isoformat(), inputs, ["fct_ledger_entries", "int_ledger_entries"]
        )
        before, self.entries = self.entries, [tuple(row.values()) for row in rows]
        assert set(before) <= set(self.entries), "a published entry was edited or lost"
        assert len({row["entry_id"] for row in rows}) == len(rows)
        for guard in LEDGER_GUARDS:
            assert not guard_says(guard), guard
        if self.days:
            added = [row for row in rows if tuple(row.values()) not in set(before)]
            out = max(day for (day,) in self.days)
            assert all(row["known_from"] > out or row["known_from"] == as_of for row in added)
        self.days.append((as_of,))
        self.rows = rows
        return derived


def test_an_entry_withdrawn_twice_is_restored_once() -> None:
    """A replay of an earlier day does not see what a later one withdrew, and withdraws it again."""
    line = (date(2020, 1, 1), History((ONE_BILL,), (LATE,), (), ACTIVATIONS[date(2020, 1, 1)]))
    gone = (date(2020, 1, 1), History((ONE_BILL,), (), (), ACTIVATIONS[date(2020, 1, 1)]))
    first, replayed, withdrawn, mended = (date(2026, 2, day) for day in (20, 22, 25, 27))
    books = Published()
    books.run([line], first)
    published, days = books.entries, list(books.days)
    books.run([gone], withdrawn)
    by_the_later = books.entries
    books.entries, books.days = published, days
    books.run([gone], replayed)
    books.entries = list(dict.fromkeys([*by_the_later, *books.entries]))
    books.days = [(first,), (replayed,), (withdrawn,)]
    assert len(books.entries) > len(by_the_later) > len(published)
    derived = books.run([line], mended)
    assert _balances(books.rows) == _balances(derived)
    restored = books.entries
    derived = books.run([line], mended + timedelta(days=1))
    assert books.entries == restored
    assert _balances(books.rows) == _balances(derived)


def _balances(entries: list[dict[str, Any]]) -> Counter[tuple[Any, ...]]:
    balances: Counter[tuple[Any, ...]] = Counter()
    for entry in entries:
        balances[entry["line_key"], entry["debit_account"]] += entry["amount_krw"]
        balances[entry["line_key"], entry["credit_account"]] -= entry["amount_krw"]
    return Counter({key: amount for key, amount in balances.items() if amount})


@pytest.mark.fault(
    kind="late data",
    tried="histories of lines that change behind the back of the ledger, run after run",
    holds="published entries stand, closed days do not change, and balances are those of "
    "what is known now",
)
@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**9))
def test_published_postings_stand_and_the_balances_follow_what_is_known(seed: int) -> None:
    """Histories are changed behind the back of the ledger, as by other code or an older batch."""
    draw = random.Random(seed)
    lines = [some_line(draw, key) for key in range(15)]
    other = [some_line(draw, key) for key in range(15)]
    published = Published()
    as_of = date(2026, 2, 1)
    for _ in range(5):
        if draw.random() < 0.7:
            as_of += timedelta(days=draw.randint(0, 30))
        told = [draw.choice(pair) for pair in zip(lines, other, strict=True)]
        derived = published.run(told, as_of)
        standing = _balances(published.rows)
        wanted = _balances(derived)
        assert standing == wanted
