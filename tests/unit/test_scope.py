"""What arrived is followed to every line and customer that it can change, and no further."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import duckdb
import pytest

from orchestration import raw_contract, scope
from orchestration.standing import TakenFile

if TYPE_CHECKING:
    from collections.abc import Iterator

EARLIER, DAY = dt.date(2026, 1, 4), dt.date(2026, 1, 5)

Row = dict[str, str | None]

#: One customer with two lines, another with one, and a third apart; each line has a contract.
STOCK: dict[str, list[Row]] = {
    "customers": [{"customer_id": f"C{number}"} for number in (1, 2, 3)],
    "lines": [
        {"line_id": "L1", "customer_id": "C1"},
        {"line_id": "L2", "customer_id": "C1"},
        {"line_id": "L3", "customer_id": "C2"},
        {"line_id": "L9", "customer_id": "C3"},
    ],
    "contracts": [{"contract_id": f"K{line}", "line_id": f"L{line}"} for line in (1, 2, 3, 9)],
    "waiver_claims": [{"claim_id": "W3", "line_id": "L3"}],
    "micropayments": [{"payment_id": "P3", "line_id": "L3"}],
    "insurance_enrolments": [{"enrolment_id": "E3", "customer_id": "C2"}],
}


class Raw:
    """Raw relations in memory; a daily feed links each delivery before the next one comes."""

    def __init__(self, *, is_daily: bool) -> None:
        self.is_daily = is_daily
        self.delivered: list[TakenFile] = []
        self.connection = duckdb.connect()
        for schema in ("raw", "restricted", "reference", "intermediate"):
            self.connection.execute(f"create schema {schema}")
        self.connection.execute(
            "create table restricted.stg_operator__customer_vault "
            "(customer_id varchar, birth_date date)"
        )
        self.connection.execute("create table reference.ref_age_bands (min_age integer)")
        self.connection.execute("insert into reference.ref_age_bands values (0), (20), (65)")
        self.connection.execute(
            "create table reference.ref_policies (payable_lapses_months bigint)"
        )
        self.connection.execute("insert into reference.ref_policies values (60), (60), (null)")
        self.connection.execute(
            "create table reference.ref_assumptions (parameter varchar, base decimal(18, 6));"
            "insert into reference.ref_assumptions values ('billing_days', 35), ('unit_cost', 20);"
            "create table restricted.stg_operator__line_vault (line_id varchar, line_key bigint);"
            "insert into restricted.stg_operator__line_vault values ('L3', 3), ('L9', 9);"
            "create table intermediate.int_contract_fees_recomputed "
            "(line_key bigint, contract_id varchar, terminated_on date, recomputed_krw bigint);"
            "create table intermediate.int_termination_charges "
            "(line_key bigint, contract_id varchar)"
        )
        for entity, columns in raw_contract.ENTITIES.items():
            typed = ", ".join(f"{column} varchar" for column in columns)
            self.connection.execute(
                f"create table raw.raw_{entity} ({typed}, source_file varchar, source_row bigint)"
            )
        for entity, rows in STOCK.items():
            self.deliver("2025-03-31", entity, rows)

    def deliver(self, day: str, entity: str, rows: list[Row]) -> TakenFile:
        if self.is_daily and self.delivered:
            self.scope(self.delivered[-1])
        name = f"{day}/{entity}.csv"
        for number, row in enumerate(rows):
            values = {**row, "source_file": name, "source_row": str(number)}
            self.connection.execute(
                f"insert into raw.raw_{entity} ({', '.join(values)}) "
                f"values ({', '.join('?' * len(values))})",
                list(values.values()),
            )
        self.delivered.append(TakenFile(name, entity, "", "", len(rows)))
        return self.delivered[-1]

    def scope(self, *files: TakenFile) -> tuple[set[str], set[str]]:
        scope.write(self.connection, files, EARLIER, DAY)
        return self.ids("lines", "line_id"), self.ids("customers", "customer_id")

    def ids(self, entity: str, column: str) -> set[str]:
        rows = self.connection.execute(f"select {column} from {scope.relation(entity)}").fetchall()
        return {value for (value,) in rows}


@pytest.fixture(params=[False, True], ids=["linked anew", "links kept"])
def raw(request: pytest.FixtureRequest) -> Iterator[Raw]:
    found = Raw(is_daily=request.param)
    yield found
    found.connection.close()


def test_nothing_that_arrived_touches_nothing(raw: Raw) -> None:
    assert raw.scope() == (set(), set())


def test_a_line_brings_its_customer_and_the_lines_of_that_customer(raw: Raw) -> None:
    file = raw.deliver("2026-01-05", "lines", [{"line_id": "L1", "customer_id": "C1"}])
    assert raw.scope(file) == ({"L1", "L2"}, {"C1"})
    assert raw.ids("contracts", "contract_id") == {"K1", "K2"}


@pytest.mark.fault(
    kind="late data",
    tried="a batch with a date long gone",
    holds="its lines are in the scope of the batch that takes it in",
)
def test_the_date_of_a_batch_does_not_matter(raw: Raw) -> None:
    file = raw.deliver("2025-04-01", "port_requests", [{"port_id": "Q1", "line_id": "L3"}])
    assert raw.scope(file) == ({"L3"}, {"C2"})


@pytest.mark.parametrize(
    ("entity", "row"),
    [
        ("refund_payments", {"refund_id": "R1", "claim_id": "W3"}),
        ("disputed_payments", {"payment_id": "P3", "incident_id": "I1"}),
        ("loss_refunds", {"refund_id": "R1", "payment_id": "P3"}),
        ("insurance_claims", {"insurance_claim_id": "A1", "enrolment_id": "E3"}),
        ("data_usage_monthly", {"line_id": "L3"}),
        ("exposed_identifiers", {"incident_id": "I1", "line_id": "L3"}),
    ],
)
def test_rows_are_followed_to_their_line_or_customer(raw: Raw, entity: str, row: Row) -> None:
    assert raw.scope(raw.deliver("2026-01-05", entity, [row])) == ({"L3"}, {"C2"})


def test_a_refund_that_moved_ties_the_lines_of_both_claims(raw: Raw) -> None:
    raw.deliver("2026-01-03", "waiver_claims", [{"claim_id": "W9", "line_id": "L9"}])
    raw.deliver("2026-01-03", "refund_payments", [{"refund_id": "R1", "claim_id": "W9"}])
    raw.deliver("2026-01-04", "refund_payments", [{"refund_id": "R1", "claim_id": "W3"}])
    file = raw.deliver("2026-01-05", "bill_items", [{"item_id": "B1", "line_id": "L9"}])
    assert raw.scope(file) == ({"L3", "L9"}, {"C2", "C3"})
    assert raw.ids("refund_payments", "refund_id") == {"R1"}


def test_a_contract_that_moves_changes_both_lines(raw: Raw) -> None:
    file = raw.deliver("2026-01-05", "contracts", [{"contract_id": "K1", "line_id": "L3"}])
    assert raw.scope(file) == ({"L1", "L2", "L3"}, {"C1", "C2"})


@pytest.mark.fault(
    kind="late data",
    tried="a line that arrives after a contract was moved to it and waited in quarantine",
    holds="the line that the contract is taken away from is in scope too",
)
def test_a_parent_that_arrives_changes_what_its_waiting_rows_leave(raw: Raw) -> None:
    raw.deliver("2026-01-04", "contracts", [{"contract_id": "K9", "line_id": "L7"}])
    file = raw.deliver("2026-01-05", "lines", [{"line_id": "L7", "customer_id": "C1"}])
    assert raw.scope(file) == ({"L1", "L2", "L7", "L9"}, {"C1", "C3"})


def test_a_bill_item_waits_for_the_contract_of_another_line(raw: Raw) -> None:
    item: Row = {"item_id": "B1", "line_id": "L9", "contract_id": "K5"}
    raw.deliver("2026-01-04", "bill_items", [item])
    file = raw.deliver("2026-01-05", "contracts", [{"contract_id": "K5", "line_id": "L3"}])
    assert raw.scope(file) == ({"L3", "L9"}, {"C2", "C3"})


def test_a_line_that_changes_hands_changes_both_customers(raw: Raw) -> None:
    file = raw.deliver("2026-01-05", "lines", [{"line_id": "L3", "customer_id": "C1"}])
    assert raw.scope(file) == ({"L1", "L2", "L3"}, {"C1", "C2"})


def test_lines_of_one_incident_are_not_linked_by_it(raw: Raw) -> None:
    raw.deliver("2026-01-04", "exposed_identifiers", [{"incident_id": "I1", "line_id": "L9"}])
    file = raw.deliver(
        "2026-01-05", "exposed_identifiers", [{"incident_id": "I1", "line_id": "L3"}]
    )
    assert raw.scope(file) == ({"L3"}, {"C2"})


def test_rows_without_an_id_come_once_and_link_nothing(raw: Raw) -> None:
    raw.deliver("2026-01-04", "contracts", [{"contract_id": "", "line_id": "L9"}])
    file = raw.deliver("2026-01-05", "contracts", [{"contract_id": None, "line_id": "L3"}])
    assert raw.scope(file) == ({"L3"}, {"C2"})
    assert raw.ids("contracts", "contract_id") == {"K3", None}


def test_a_row_without_its_line_is_checked_with_every_version_of_its_id(raw: Raw) -> None:
    raw.deliver("2026-01-04", "contracts", [{"contract_id": "K7", "line_id": ""}])
    file = raw.deliver("2026-01-05", "contracts", [{"contract_id": "K7", "line_id": None}])
    assert raw.scope(file) == (set(), set())
    assert raw.connection.execute(
        f"select contract_id, line_id from {scope.relation('contracts')} order by all"
    ).fetchall() == [("K7", ""), ("K7", None)]


def test_rows_of_a_line_without_an_id_of_their_own_are_in_scope_with_it(raw: Raw) -> None:
    months: list[Row] = [{"line_id": "L1", "usage_month": "2026-01-01"}, {"line_id": "L9"}]
    raw.deliver("2026-01-04", "data_usage_monthly", months)
    file = raw.deliver("2026-01-05", "data_usage_monthly", [{"line_id": "L2"}, {"line_id": ""}])
    raw.scope(file)
    rows = raw.connection.execute(
        f"select line_id from {scope.relation('data_usage_monthly')} order by all"
    ).fetchall()
    assert rows == [("",), ("L1",), ("L2",)]


def test_what_belongs_to_nobody_is_in_scope_as_a_whole(raw: Raw) -> None:
    raw.deliver("2026-01-04", "access_points", [{"access_point_id": "A1"}])
    raw.scope()
    assert raw.ids("access_points", "access_point_id") == {"A1"}


@pytest.mark.parametrize(
    ("claimed_at", "is_in_scope"),
    [
        ("2021-01-05 10:00:00", True),
        ("2021-01-03T23:00:00Z", True),
        ("2021-01-01 10:00:00", False),
        ("2021-01-20", False),
        ("soon", False),
        (None, False),
    ],
)
def test_a_refund_that_lapses_counts(
    raw: Raw, claimed_at: str | None, *, is_in_scope: bool
) -> None:
    raw.deliver(
        "2025-03-31",
        "waiver_claims",
        [{"claim_id": "W9", "line_id": "L9", "claimed_at": claimed_at}],
    )
    assert raw.scope() == (({"L9"}, {"C3"}) if is_in_scope else (set(), set()))


@pytest.mark.parametrize(
    ("ended", "owed", "charged", "is_in_scope"),
    [
        ("2025-12-01", 100, "K8", True),
        ("2025-12-01", 100, "K9", False),
        ("2025-12-01", 0, "K8", False),
        ("2025-12-16", 100, "K8", False),
        ("2025-11-25", 100, "K8", False),
    ],
)
def test_a_bill_that_is_overdue_from_now_on_counts(
    raw: Raw, ended: str, owed: int, charged: str, *, is_in_scope: bool
) -> None:
    raw.connection.execute(
        "insert into intermediate.int_contract_fees_recomputed values (9, 'K9', ?, ?)",
        [ended, owed],
    )
    raw.connection.execute(
        "insert into intermediate.int_termination_charges values (9, ?)", [charged]
    )
    assert raw.scope() == (({"L9"}, {"C3"}) if is_in_scope else (set(), set()))


def test_what_was_built_for_the_batch_before_is_gone(raw: Raw) -> None:
    raw.connection.execute("create schema scope; create table scope.built_lines (line_id varchar)")
    raw.scope()
    assert (
        raw.connection.execute(
            "select * from information_schema.tables where table_schema = 'scope'"
        ).fetchall()
        == []
    )


def test_rows_that_were_linked_are_not_linked_again(raw: Raw) -> None:
    raw.scope()
    raw.connection.execute("update raw.raw_contracts set line_id = 'L9' where contract_id = 'K3'")
    file = raw.deliver("2026-01-05", "contracts", [{"contract_id": "K3", "line_id": "L1"}])
    assert raw.scope(file) == ({"L1", "L2", "L3"}, {"C1", "C2"})


@pytest.mark.parametrize(
    ("born", "is_in_scope"),
    [
        ("2006-01-05", True),
        ("2006-01-04", True),
        ("1961-01-05", True),
        ("2006-01-20", False),
        ("2005-01-05", False),
        (None, False),
    ],
)
def test_a_birthday_into_another_band_of_ages_counts(
    raw: Raw, born: str | None, *, is_in_scope: bool
) -> None:
    raw.connection.execute(
        "insert into restricted.stg_operator__customer_vault values ('C2', ?)", [born]
    )
    assert raw.scope() == (({"L3"}, {"C2"}) if is_in_scope else (set(), set()))
