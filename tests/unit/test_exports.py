"""Packs of a small published generation: what is written, refused and noticed."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb
import pyarrow.parquet as pq
import pytest

from exports import folder, manifest, run, verify
from exports.pack import PACKS, NotExportable
from orchestration import candidate, publishing
from orchestration.errors import BadInput, NotPublishable
from orchestration.settings import PROJECT_DIR, Settings
from tests.unit.publisher import FACTS, build_candidate, settings_for

if TYPE_CHECKING:
    from pathlib import Path

needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl")

MARTS = {
    "compensation.dim_ledger_accounts": """
        select * from (values
            ('bank', 'Bank', 'asset', 'debit'),
            ('fees', '=fees', 'revenue', 'credit'),
            ('unused', 'Nothing', 'cost', 'debit')
        ) as t (account, account_name, account_class, normal_side)
    """,
    "compensation.fct_compensation_ledger": """
        select
            e.entry_id, p.side, e.posted_on, e.posted_on as known_from, 'fee' as event_kind,
            false as is_reversal, e.source_id, null::varchar as programme_id,
            null::varchar as policy_version, p.account, e.amount_krw, 7 as line_key
        from (values
            ('e2', date '2026-02-01', 'b' || chr(13) || '=1', 50),
            ('e1', date '2026-01-01', 'a', 30),
            ('e3', date '2026-03-01', 'c', 8)
        ) as e (entry_id, posted_on, source_id, amount_krw)
        cross join (values ('debit', 'bank'), ('credit', 'fees')) as p (side, account)
    """,
    "reconciliation.rpt_claim_verdicts": """
        select 'C1' as claim_id, 'all' as basis, '@said' as statement,
            date '2026-01-01' as published_on, 0.7::decimal(9, 2) as published_value,
            'ratio' as unit, 'agrees' as verdict
    """,
    "churn.rpt_churn_segments_monthly": """
        select date '2026-01-01' as month, 'total' as segment_kind, 'total' as segment,
            false as is_suppressed, true as is_port_outs_suppressed, 90 as opening_lines,
            9 as gross_adds, 8 as deactivations, null::bigint as port_outs, 91 as closing_lines,
            90.5::decimal(9, 1) as average_lines, 0.1::decimal(9, 6) as churn_rate,
            null::decimal(9, 6) as port_out_rate
    """,
    "churn.rpt_port_destinations_monthly": """
        select * from (values
            (date '2026-01-01', 'A', false, 6), (date '2026-01-01', 'B', false, 9),
            (date '2026-01-01', 'MVNO', true, null),
            (date '2026-02-01', 'A', true, null), (date '2026-02-01', 'B', false, 9),
            (date '2026-02-01', 'MVNO', false, 5)
        ) as t (month, recipient, is_suppressed, port_outs)
    """,
    "core.dim_carriers": """
        select * from (values
            ('A', 'A', 'mno', 'A', 'A', false), ('B', 'B', 'mno', 'B', 'B', true),
            ('C', 'C', 'mvno', 'A', 'MVNO', false)
        ) as t (carrier_code, carrier_name, carrier_class, host_carrier, published_group,
            is_operator)
    """,
    "incident.fct_commitments": """
        select 'p' as commitment_item_id, 'c' as category, 'pledge' as pledge, 'CISO' as owner,
            date '2026-01-01' as pledged_on, date '2026-12-31' as due, 'announced' as status,
            null::bigint as plan_year, null::bigint as planned_krw, null::bigint as actual_krw,
            1 as target_share, null::decimal(9, 6) as measured_share, 'C1' as source_claim
    """,
}
PUBLIC = tuple(mart for mart in MARTS if not mart.startswith("compensation."))


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a build directory with one generation."""
    settings = settings_for(tmp_path_factory.mktemp("exports") / "build", keep=5)
    publish(settings)
    return settings


def publish(settings: Settings, change: str = "") -> str:
    build_candidate(settings, 1)
    with duckdb.connect(str(settings.candidate_db)) as connection:
        for mart, rows in MARTS.items():
            connection.execute(f"create table {mart} as {rows}")
        connection.execute(change or "select 1")
    facts = {**FACTS, candidate.PUBLIC_MARTS_FACT: PUBLIC}
    return publishing.publish(settings, publishing.new_generation_id(settings), facts).stem


def order(out: Path, what: str = "journal", **more: str) -> folder.Order:
    return folder.Order(PACKS[what], out, **more)  # type: ignore[arg-type]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def content(pack: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in pack.iterdir()}


def signing(settings: Settings, tmp_path: Path, name: str = "key") -> Settings:
    key = tmp_path / name
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True)
    key.chmod(0o600)
    return replace(settings, export_key_file=key)


def test_the_journal_of_a_period_balances_with_its_accounts(settings, tmp_path) -> None:
    out = tmp_path / "pack"
    assert folder.export(settings, order(out, booked_from="2026-02-01", booked_to="2026-02-01"))
    booked = rows(out / "journal.csv")
    assert [(row["entry_id"], row["debit_krw"], row["credit_krw"]) for row in booked] == [
        ("e2", "50", "0"),
        ("e2", "0", "50"),
    ]
    balances = {row["account"]: row for row in rows(out / "trial_balance.csv")}
    amounts = ("opening_krw", "debit_krw", "credit_krw", "closing_krw")
    assert [balances["bank"][each] for each in amounts] == ["30", "50", "0", "80"]
    assert [balances["fees"][each] for each in amounts] == ["-30", "0", "50", "-80"]
    assert [balances["unused"][each] for each in amounts] == ["0"] * 4
    said = manifest.read(out)
    assert (said.booked_from, said.booked_to) == ("2026-02-01", "2026-02-01")
    assert "2026-02-01" in said.files[0].query
    assert (said.generation_id, said.as_of_date) == (
        settings.current_db.resolve().stem,
        "2026-01-03",
    )
    assert all(column.meaning for file in said.files for column in file.columns)
    assert verify.check(out, None) == said


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("delete from compensation.dim_ledger_accounts where account = 'fees'", "Debits are not"),
        (
            "update compensation.fct_compensation_ledger set amount_krw = 49 "
            "where entry_id = 'e2' and side = 'credit'",
            "e2: debit 50, credit 49",
        ),
        (
            "insert into compensation.dim_ledger_accounts select * replace (3 as account_name) "
            "from compensation.dim_ledger_accounts where account = 'bank'",
            "Debits are not",
        ),
    ],
)
def test_books_that_do_not_balance_are_not_written(tmp_path, change, told) -> None:
    settings = settings_for(tmp_path / "build")
    publish(settings, change)
    with pytest.raises(NotExportable, match=told):
        folder.export(settings, order(tmp_path / "out" / "pack"))
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_another_process_writes_the_same_bytes(settings, tmp_path, form) -> None:
    signed = signing(settings, tmp_path) if shutil.which("openssl") else settings
    for what in PACKS:
        here, there = tmp_path / f"{what}-here", tmp_path / f"{what}-there"
        assert folder.export(signed, order(here, what, form=form))
        environment = {**os.environ, "AFTERMATH_BUILD_DIR": str(settings.build_dir)}
        if signed.export_key_file:
            environment["AFTERMATH_EXPORT_KEY_FILE"] = str(signed.export_key_file)
        command = [sys.executable, "-m", "exports.run", "--what", what, "--form", form]
        done = subprocess.run(
            [*command, "--out", there],
            cwd=PROJECT_DIR,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert content(here) == content(there)
        # Once more at the same place: nothing is written.
        assert not folder.export(signed, order(there, what, form=form))


def test_what_stands_there_is_never_overwritten(settings, tmp_path) -> None:
    out = tmp_path / "pack"
    out.mkdir()
    assert folder.export(settings, order(out))
    before = content(out)
    with pytest.raises(BadInput, match="Something else stands"):
        folder.export(settings, order(out, booked_to="2026-01-31"))
    assert content(out) == before
    file = tmp_path / "file"
    file.write_text("mine")
    with pytest.raises(BadInput, match="Something else stands"):
        folder.export(settings, order(file))
    assert file.read_text() == "mine"
    assert {path.name for path in tmp_path.iterdir()} == {"pack", "file"}


def test_an_older_generation_is_exported_by_its_name(tmp_path) -> None:
    settings = settings_for(tmp_path / "build")
    first = publish(settings)
    publish(settings, "delete from compensation.fct_compensation_ledger where entry_id = 'e1'")
    folder.export(settings, order(tmp_path / "new"))
    folder.export(settings, order(tmp_path / "old", generation_id=first))
    assert len(rows(tmp_path / "new" / "journal.csv")) == 4
    assert len(rows(tmp_path / "old" / "journal.csv")) == 6
    with pytest.raises(NotPublishable, match="There is no generation 1"):
        folder.export(settings, order(tmp_path / "none", generation_id="1"))
    path = settings.published_dir / f"{first}.duckdb"
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(NotPublishable, match="not the file that was published"):
        folder.export(settings, order(tmp_path / "spoiled", generation_id=first))


@pytest.mark.fault(
    kind="hostile input",
    tried="texts that a spreadsheet would run as formulas, in exports",
    holds="in CSV they are preceded by an apostrophe and begin no row; Parquet leaves them",
)
def test_csv_of_a_pack_runs_nothing_in_a_spreadsheet(settings, tmp_path) -> None:
    folder.export(settings, order(tmp_path / "csv"))
    folder.export(settings, order(tmp_path / "parquet", form="parquet"))
    text = (tmp_path / "csv" / "journal.csv").read_bytes()
    assert b",'=fees," in text
    assert b'"b\r=1"' in text
    # By their key, in whatever order the file has them.
    found = rows(tmp_path / "csv" / "journal.csv")
    assert [row["entry_id"] for row in found] == ["e1", "e1", "e2", "e2", "e3", "e3"]
    assert [row["posting_number"] for row in found] == ["1", "2"] * 3
    found = pq.read_table(tmp_path / "parquet" / "journal.parquet").to_pylist()
    assert {row["account_name"] for row in found} == {"Bank", "=fees"}


def test_shares_are_given_where_every_part_is_shown(settings, tmp_path) -> None:
    folder.export(settings, order(tmp_path / "pack", "regulator"))
    shares = {
        (row["month"][:7], row["basis"], row["recipient"]): (row["total_port_outs"], row["share"])
        for row in rows(tmp_path / "pack" / "port_shares.csv")
    }
    assert shares["2026-01", "mno_only", "A"] == ("15", "0.400000")
    assert ("2026-01", "mno_only", "MVNO") not in shares
    # With a total that holds a withheld part, the part would follow by subtraction.
    assert shares["2026-01", "all_destinations", "A"] == ("", "")
    assert shares["2026-02", "mno_only", "B"] == ("", "")
    quality = {
        (row["file_name"], row["shortcoming"]): row["affected_rows"]
        for row in rows(tmp_path / "pack" / "deliveries.csv")
    }
    assert quality["port_destinations", "withheld"] == "2"
    assert quality["churn_segments", "port_outs_withheld"] == "1"


@pytest.mark.fault(
    kind="privacy",
    tried="a query of the regulator's pack asks a table for inside, or names the line",
    holds="it is made of the public file alone and refused; nothing is left behind",
)
@pytest.mark.parametrize(
    ("query", "key", "told"),
    [
        ("select entry_id from {{ ref('fct_compensation_ledger') }}", "entry_id", "not published"),
        ("select claim_id as line_key from {{ ref('rpt_claim_verdicts') }}", "line_key", "people"),
        (
            "select month, port_outs from {{ ref('rpt_port_destinations_monthly') }}",
            "month",
            "twice",
        ),
        ("select claim_id from {{ ref('rpt_claim_verdicts') }}", "", "has no key"),
    ],
)
def test_a_query_that_may_not_go_out_is_refused(settings, tmp_path, query, key, told) -> None:
    queries = tmp_path / "exports" / "regulator"
    shutil.copytree(PROJECT_DIR / "analyses" / "exports" / "regulator", queries)
    (queries / "planted.sql").write_text(query, encoding="utf-8")
    (queries / "_planted.yml").write_text(
        "analyses:\n  - name: planted\n    description: A fault.\n    config: {meta: {key: ["
        f"{key}]}}}}\n",
        encoding="utf-8",
    )
    with pytest.raises((NotExportable, NotPublishable), match=told):
        folder.export(settings, order(tmp_path / "out" / "pack", "regulator"), root=tmp_path)
    assert not list((tmp_path / "out").iterdir())


def test_modes_follow_the_audience(settings, tmp_path) -> None:
    for what, of_folder, of_file in (("regulator", 0o755, 0o444), ("journal", 0o750, 0o440)):
        out = tmp_path / what
        folder.export(settings, order(out, what))
        assert out.stat().st_mode & 0o777 == of_folder
        assert {path.stat().st_mode & 0o777 for path in out.iterdir()} == {of_file}


@pytest.fixture
def pack(settings, tmp_path) -> Path:
    """A pack that may be spoiled."""
    out = tmp_path / "pack"
    folder.export(settings, order(out))
    for path in out.iterdir():
        path.chmod(0o600)
    return out


def say(pack: Path, **changes: object) -> None:
    path = pack / manifest.NAME
    said = json.loads(path.read_text())
    said["files"][0] |= changes
    path.write_text(json.dumps(said))


def test_whatever_is_changed_in_a_pack_is_noticed(pack: Path) -> None:
    file = pack / "trial_balance.csv"
    before, whole = file.read_bytes(), (pack / manifest.NAME).read_bytes()
    file.write_bytes(before.replace(b"88", b"89"))
    with pytest.raises(BadInput, match=r"trial_balance\.csv was changed"):
        verify.check(pack, None)
    file.unlink()
    with pytest.raises(BadInput, match=r"trial_balance\.csv is missing"):
        verify.check(pack, None)
    file.symlink_to(pack / "journal.csv")
    with pytest.raises(BadInput, match=r"trial_balance\.csv is missing"):
        verify.check(pack, None)
    file.unlink()
    file.write_bytes(before)
    (pack / "more.csv").write_text("a")
    with pytest.raises(BadInput, match=r"more\.csv is on no manifest"):
        verify.check(pack, None)
    (pack / "more.csv").unlink()
    for changes, told in (
        ({"rows": 5}, "has 6 rows, not 5"),
        ({"columns": []}, "has the columns"),
        ({"name": "../journal.csv"}, "is missing"),
        ({"name": ["journal.csv"]}, "another format"),
        ({"nonsense": 1}, "not the manifest"),
    ):
        say(pack, **changes)
        with pytest.raises(BadInput, match=told):
            verify.check(pack, None)
        (pack / manifest.NAME).write_bytes(whole)
    assert verify.check(pack, None)


@needs_openssl
def test_a_signature_tells_who_wrote_a_pack(settings, tmp_path) -> None:
    mine, other = signing(settings, tmp_path), signing(settings, tmp_path, "other")
    out = tmp_path / "pack"
    folder.export(mine, order(out))
    public = tmp_path / "public.pem"
    subprocess.run(
        ["openssl", "pkey", "-in", mine.export_key_file, "-pubout", "-out", public], check=True
    )
    assert verify.check(out, public)
    assert verify.check(out, mine.export_key_file)
    with pytest.raises(BadInput, match="not signed by the owner"):
        verify.check(out, other.export_key_file)
    with pytest.raises(BadInput, match="nobody said by whom"):
        verify.check(out, None)
    with pytest.raises(BadInput, match="This is no key"):
        verify.check(out, out / "journal.csv")
    for path in out.iterdir():
        path.chmod(0o600)
    say(out, meaning="Something else.")
    with pytest.raises(BadInput, match="or changed since"):
        verify.check(out, public)
    (out / "manifest.json.sig").unlink()
    with pytest.raises(BadInput, match="not signed"):
        verify.check(out, public)
    rsa = tmp_path / "rsa"
    subprocess.run(["openssl", "genrsa", "-out", rsa, "2048"], check=True, capture_output=True)
    with pytest.raises(BadInput, match="no private Ed25519 key"):
        folder.export(replace(settings, export_key_file=rsa), order(tmp_path / "rsa-pack"))
    assert not (tmp_path / "rsa-pack").exists()


def test_an_export_key_that_others_can_read_is_refused(tmp_path) -> None:
    key = tmp_path / "key"
    key.write_text("secret")
    key.chmod(0o640)
    with pytest.raises(ValueError, match="must be yours alone"):
        Settings.from_env({"AFTERMATH_EXPORT_KEY_FILE": str(key)})
    key.chmod(0o600)
    assert Settings.from_env({"AFTERMATH_EXPORT_KEY_FILE": str(key)}).export_key_file == key


def test_the_command_says_what_to_do(settings, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("AFTERMATH_BUILD_DIR", str(settings.build_dir))
    monkeypatch.delenv("AFTERMATH_EXPORT_KEY_FILE", raising=False)
    out = str(tmp_path / "pack")
    assert run.main([]) == 1
    assert "make export WHAT=journal|regulator OUT=<dir>" in capsys.readouterr().err
    assert run.main(["--what", "regulator", "--out", out, "--from", "2026-01-01"]) == 1
    assert "has no booking dates" in capsys.readouterr().err
    period = ["--from", "2026-02-01", "--to", "2026-01-01"]
    assert run.main(["--what", "journal", "--out", out, *period]) == 1
    assert "ends before it begins" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        run.main(["--what", "journal", "--out", out, "--from", "1' or true"])
    assert "is no day" in capsys.readouterr().err
    assert run.main(["--what", "journal", "--out", out]) == 0
    assert "is written: journal of" in capsys.readouterr().out
    assert run.main(["--what", "journal", "--out", out]) == 0
    assert "is there already, the very same" in capsys.readouterr().out
    assert run.main(["--verify", out]) == 0
    assert "is what it says" in capsys.readouterr().out
    assert run.main(["--verify", str(tmp_path)]) == 1
    assert "not the manifest of an export" in capsys.readouterr().err


def test_a_manifest_without_end_is_none(tmp_path) -> None:
    (tmp_path / manifest.NAME).write_text('{"files": ' + "[" * 200_000, "utf-8")
    with pytest.raises(BadInput, match="not the manifest"):
        verify.check(tmp_path, None)
