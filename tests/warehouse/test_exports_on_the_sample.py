"""The packs of the sample: the public one shows what the public file shows, the books add up."""

from __future__ import annotations

import csv
import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb
import pytest

from exports import folder
from exports.pack import PACKS
from orchestration.settings import Settings
from tests import batch_on_the_sample
from tests.batch_on_the_sample import folder_of_the_test_run
from tests.warehouse.test_public_file_on_the_sample import smallest_that_may_be_shown

if TYPE_CHECKING:
    from pathlib import Path

COUNTS = ("opening_lines", "gross_adds", "deactivations", "port_outs", "closing_lines")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a copy of what the batch on the sample published.

    A copy: other tests have the file open, and DuckDB opens none twice with other settings.
    """
    build = batch_on_the_sample.published(folder_of_the_test_run(tmp_path_factory))
    copy = tmp_path_factory.mktemp("exports") / "build"
    shutil.copytree(build / "published", copy / "published", symlinks=True)
    return replace(Settings.from_env({}), build_dir=copy)


def export(settings: Settings, out: Path, what: str, **more: str) -> Path:
    assert folder.export(settings, folder.Order(PACKS[what], out, **more))  # type: ignore[arg-type]
    return out


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def shown(mart: str, columns: str, database: Path) -> list[tuple[str, ...]]:
    """Rows of a mart as the texts of CSV, in any order."""
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(
            f"select columns(*)::varchar from (select {columns} from {mart})"
        ).fetchall()
    return sorted(tuple(value or "" for value in row) for row in found)


@pytest.mark.fault(
    kind="privacy",
    tried="every count and every id of the regulator's pack of the sample is looked at",
    holds="no count but those of the public file, none below the smallest that may be shown, no id "
    "of a line or a customer",
)
def test_the_regulators_pack_holds_no_count_that_is_withheld(settings, tmp_path) -> None:
    out = export(settings, tmp_path / "pack", "regulator")
    smallest = smallest_that_may_be_shown()
    segments = rows(out / "churn_segments.csv")
    destinations = rows(out / "port_destinations.csv")
    for row in (*segments, *destinations):
        given = {name: row[name] for name in COUNTS if row.get(name)}
        assert all(int(count) == 0 or int(count) >= smallest for count in given.values()), row
        assert row["is_suppressed"] == "false" or not given
        assert row.get("is_port_outs_suppressed") != "true" or "port_outs" not in given
    for mart, found in (
        ("churn.rpt_churn_segments_monthly", segments),
        ("churn.rpt_port_destinations_monthly", destinations),
    ):
        columns = ", ".join(found[0])
        assert sorted(tuple(row.values()) for row in found) == shown(
            mart, columns, settings.public_db
        )
    public = {(row["month"], row["recipient"]): row["port_outs"] for row in destinations}
    for row in rows(out / "port_shares.csv"):
        assert row["port_outs"] == public[row["month"], row["recipient"]]
    with duckdb.connect(str(settings.current_db), read_only=True) as connection:
        people = connection.execute(
            "select line_key::varchar from core.dim_lines union "
            "select customer_key::varchar from core.dim_lines"
        ).fetchall()
    words = {word for path in out.iterdir() for word in re.split(r"\W", path.read_text())}
    assert len(people) > 20_000
    assert not {key for (key,) in people} & words


def test_the_journal_is_the_books(settings, tmp_path) -> None:
    out = export(settings, tmp_path / "all", "journal")
    booked = rows(out / "journal.csv")
    balances = {row["account"]: row for row in rows(out / "trial_balance.csv")}
    assert sum(int(row["debit_krw"]) - int(row["credit_krw"]) for row in booked) == 0
    with duckdb.connect(str(settings.current_db), read_only=True) as connection:
        # From the entries, which the postings are made of, and from the positions of the lines.
        closing = connection.execute(
            "with entries as (from compensation.fct_ledger_entries) "
            "from (select debit_account as account, amount_krw as krw from entries union all "
            "select credit_account, -amount_krw from entries) select account, sum(krw) group by 1"
        ).fetchall()
        ((entries, outstanding),) = connection.execute(
            "select (select count(*) from compensation.fct_ledger_entries), sum(outstanding_krw) "
            "from compensation.fct_refund_positions"
        ).fetchall()
    assert len(booked) == 2 * entries
    moved = {account: int(row["closing_krw"]) for account, row in balances.items()}
    assert {account: krw for account, krw in moved.items() if krw} == dict(closing)
    assert moved["refund_liability"] == -outstanding
    assert all(row["account_name"] for row in booked)


def test_two_periods_are_the_whole_journal(settings, tmp_path) -> None:
    whole = export(settings, tmp_path / "whole", "journal")
    until = export(settings, tmp_path / "until", "journal", booked_to="2025-12-31")
    since = export(settings, tmp_path / "since", "journal", booked_from="2026-01-01")
    parts = [rows(pack / "journal.csv") for pack in (until, since)]
    assert all(parts)
    assert [*parts[0], *parts[1]] == rows(whole / "journal.csv")
    carried = zip(rows(until / "trial_balance.csv"), rows(since / "trial_balance.csv"), strict=True)
    assert all(before["closing_krw"] == after["opening_krw"] for before, after in carried)
