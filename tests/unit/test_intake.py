"""Taking in a landing area or the bundled sample: relations, day, place and refusals."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
import sys
from collections import namedtuple
from dataclasses import replace
from decimal import Decimal

import duckdb
import pytest

from orchestration import intake, raw_contract
from orchestration.errors import BadInput, DatabaseLocked, OperatorError
from orchestration.settings import DEMO_PSEUDONYM_KEY

OPENING, LATER = "2025-03-31", "2025-09-01"
OPENED = dt.datetime(2025, 1, 2, 3)  # noqa: DTZ001 - Korean time without zone, as delivered


def refusal(settings, **options):
    with pytest.raises(OperatorError) as caught:
        intake.take_in(settings, **options)
    return caught.value


def query(settings, text):
    with duckdb.connect(str(settings.work_db), read_only=True) as connection:
        return connection.execute(text).fetchall()


@pytest.fixture
def two_batches(landing):
    """Give a landing area with an opening batch and a later one."""
    landing.deliver(
        OPENING,
        {
            "lines": [{"line_id": "L1", "activated_at": OPENED}],
            "bill_items": [{"item_id": "I1", "amount_krw": 100}, {"item_id": "I2"}],
        },
    )
    landing.deliver(
        LATER,
        {
            "lines": [{"line_id": "L1"}, {"line_id": "L2"}],
            "bill_items": [{"item_id": "I3", "amount_krw": "hundred", "memo": "by hand"}],
        },
    )
    return landing


class TestLanding:
    @pytest.mark.usefixtures("two_batches")
    def test_it_says_what_was_delivered(self, settings):
        taken = intake.take_in(settings)
        assert taken.as_of_date == dt.date(2025, 9, 1)
        assert taken.batches == 2
        assert taken.sample_rate == Decimal(1)
        assert taken.is_demo
        assert taken.rows["lines"] == 3
        assert taken.rows["customers"] == 0
        assert set(taken.rows) == set(raw_contract.ENTITIES)

    @pytest.mark.usefixtures("two_batches")
    def test_every_entity_is_a_relation_with_its_columns_and_the_place_of_each_row(self, settings):
        intake.take_in(settings)
        for entity in raw_contract.ENTITIES:
            described = query(settings, f"describe raw.raw_{entity}")
            names = [column[0] for column in described]
            assert names[: len(raw_contract.columns(entity))] == [*raw_contract.columns(entity)]
            assert names[-2:] == ["source_file", "source_row"]

    @pytest.mark.usefixtures("two_batches")
    def test_a_row_is_found_again_by_file_and_number(self, settings):
        intake.take_in(settings)
        rows = query(
            settings, "select line_id, source_file, source_row from raw.raw_lines order by all"
        )
        assert rows == [
            ("L1", f"{OPENING}/lines.parquet", 1),
            ("L1", f"{LATER}/lines.parquet", 1),
            ("L2", f"{LATER}/lines.parquet", 2),
        ]

    def test_the_engine_expects_about_as_many_rows_as_there_are(self, settings, landing):
        # It takes every file to be like the first, and chooses by that what a join holds in memory.
        landing.deliver(OPENING, {"lines": [{"line_id": "L"}] * 10_000})
        for day in range(1, 5):
            landing.deliver(f"2025-09-0{day}", {"lines": [{"line_id": "L"}] * 2_000})
        intake.take_in(settings)
        plan = query(settings, "explain (format json) from raw.raw_lines")[0][1]
        expected = [int(rows) for rows in re.findall(r'"Estimated Cardinality": "(\d+)"', plan)]
        assert max(expected) == 10_000

    @pytest.mark.usefixtures("two_batches")
    def test_a_value_of_the_wrong_type_is_left_to_staging(self, settings):
        intake.take_in(settings)
        amounts = query(settings, "select item_id, amount_krw from raw.raw_bill_items order by all")
        assert amounts == [("I1", "100"), ("I2", None), ("I3", "hundred")]

    def test_types_that_all_files_agree_on_are_kept(self, settings, landing):
        landing.deliver(OPENING, {"bill_items": [{"item_id": "I1", "amount_krw": 1}]})
        landing.deliver(LATER, {"bill_items": [{"item_id": "I1", "amount_krw": 2}]})
        intake.take_in(settings)
        types = dict(row[:2] for row in query(settings, "describe raw.raw_bill_items"))
        assert types["amount_krw"] == "BIGINT"
        assert types["item_id"] == "VARCHAR"

    @pytest.mark.usefixtures("two_batches")
    def test_an_extra_column_is_kept_and_reported(self, settings):
        taken = intake.take_in(settings)
        assert taken.notes == ("extra column memo in 1 files of bill_items",)
        assert query(settings, "select memo from raw.raw_bill_items order by item_id") == [
            (None,),
            (None,),
            ("by hand",),
        ]

    def test_an_extra_column_spelled_differently_from_day_to_day_is_one_column(
        self, settings, landing
    ):
        landing.deliver(OPENING, {"loss_refunds": [{"refund_id": "R1", "note": "a"}]})
        landing.deliver(LATER, {"loss_refunds": [{"refund_id": "R2", "Note": "b"}]})
        intake.take_in(settings)
        notes = query(settings, "select note from raw.raw_loss_refunds order by refund_id")
        assert notes == [("a",), ("b",)]

    @pytest.mark.usefixtures("two_batches")
    def test_an_incomplete_folder_is_named_and_left_for_later(self, settings):
        (settings.landing / "2025-09-02").mkdir()
        taken = intake.take_in(settings)
        assert taken.batches == 2
        assert taken.notes[0] == "folder 2025-09-02 has no manifest: not there yet"

    @pytest.mark.usefixtures("two_batches")
    def test_nothing_later_than_the_as_of_day_is_known(self, settings):
        taken = intake.take_in(replace(settings, as_of="2025-08-31"))
        assert taken.as_of_date == dt.date(2025, 8, 31)
        assert (taken.batches, taken.rows["lines"]) == (1, 1)
        assert query(settings, "select count(*) from raw.raw_lines") == [(1,)]
        assert query(settings, "select distinct batch_date from raw.raw_batch_files") == [
            (OPENING,)
        ]

    @pytest.mark.usefixtures("two_batches")
    def test_files_are_listed_with_their_batch(self, settings):
        intake.take_in(settings)
        files = query(
            settings,
            "select batch_date, entity, file_name, row_count, length(sha256), sample_rate "
            "from raw.raw_batch_files order by all limit 2",
        )
        assert files == [
            (OPENING, "bill_items", f"{OPENING}/bill_items.parquet", "2", 64, "1"),
            (OPENING, "lines", f"{OPENING}/lines.parquet", "1", 64, "1"),
        ]

    @pytest.mark.usefixtures("two_batches")
    def test_taking_in_again_replaces_what_was_there(self, settings):
        settings.work_dir.mkdir(parents=True)
        with duckdb.connect(str(settings.work_db)) as connection:
            connection.execute("create schema raw")
            connection.execute(
                "create table raw.raw_lines as select 'left by the sample' as line_id"
            )
        for _ in range(2):
            intake.take_in(settings)
        assert query(settings, "select count(*) from raw.raw_lines") == [(3,)]

    def test_a_quote_and_an_equals_sign_in_a_path_are_read(self, settings, landing):
        landing.deliver(OPENING, {"lines": [{"line_id": "L1"}]})
        odd = landing.root.with_name("region=11 o'clock")
        landing.root.rename(odd)
        intake.take_in(replace(settings, landing=odd))
        assert query(settings, "select source_file from raw.raw_lines") == [
            (f"{OPENING}/lines.parquet",)
        ]
        assert "region" not in {row[0] for row in query(settings, "describe raw.raw_lines")}

    def test_a_path_that_reads_as_a_pattern_is_refused(self, settings, landing, says):
        landing.deliver(OPENING, {"lines": [{"line_id": "L1"}]})
        odd = landing.root.with_name("landing[1]")
        landing.root.rename(odd)
        error = refusal(replace(settings, landing=odd))
        says(error, "takes for a pattern", str(odd), "rename")


class TestText:
    HEADER = ",".join(raw_contract.columns("benefit_choices"))

    def test_text_files_are_read_as_text_with_their_row_numbers(self, settings, landing):
        body = f'L1,I1,2025-10-30,discount,{LATER}\nL2,"a,b",,"",{LATER}\n"L""3","x\ny",?,,\n'
        landing.deliver_csv(LATER, "benefit_choices", f"{self.HEADER}\n{body}", rows=3)
        taken = intake.take_in(settings)
        assert taken.rows["benefit_choices"] == 3
        assert query(settings, "from raw.raw_benefit_choices order by source_row") == [
            ("L1", "I1", "2025-10-30", "discount", LATER, f"{LATER}/benefit_choices.csv", 1),
            ("L2", "a,b", None, None, LATER, f"{LATER}/benefit_choices.csv", 2),
            ('L"3', "x\ny", "?", None, None, f"{LATER}/benefit_choices.csv", 3),
        ]

    def test_row_numbers_hold_in_a_large_file(self, settings, landing):
        rows = 300_000
        body = "".join(f"L{number},I1,,,{LATER}\n" for number in range(1, rows + 1))
        landing.deliver_csv(LATER, "benefit_choices", f"{self.HEADER}\n{body}", rows=rows)
        intake.take_in(settings)
        wrong = "select count(*) from raw.raw_benefit_choices where line_id <> 'L' || source_row"
        assert query(settings, wrong) == [(0,)]

    def test_text_and_parquet_may_change_from_day_to_day(self, settings, landing):
        landing.deliver(OPENING, {"benefit_choices": [{"line_id": 1, "choice": "waiver"}]})
        landing.deliver_csv(
            LATER, "benefit_choices", f"choice,{self.HEADER.replace(',choice', '')}\nw,L2,,,\n", 1
        )
        intake.take_in(settings)
        found = query(settings, "select line_id, choice from raw.raw_benefit_choices order by all")
        assert found == [("1", "waiver"), ("L2", "w")]

    @pytest.mark.parametrize(
        ("body", "line"),
        [
            ("L1,I1,,,\nL2,I1\nL3,I1,,,\n", "line 3"),
            ("L1,I1,,,\nL2,I1,a,b,c,d\n", "line 3"),
            ('L1,I1,,,\nL2,"I1,,,\n', "line 3"),
        ],
    )
    def test_a_ragged_line_is_told(self, settings, landing, says, body, line):
        path = landing.deliver_csv(LATER, "benefit_choices", f"{self.HEADER}\n{body}", rows=2)
        says(refusal(settings), "is not a table", f"{path}, {line}", "export it as comma-separated")

    def test_mixed_line_ends_are_told(self, settings, landing, says):
        text = f"{self.HEADER}\nL1,I1,,,a\r\nL2,I1,,,a\n"
        path = landing.deliver_csv(LATER, "benefit_choices", text, rows=2)
        says(refusal(settings), "another line end", str(path), "one kind of line end")

    def test_a_row_count_other_than_the_manifests_is_told(self, settings, landing, says):
        text = f"{self.HEADER}\nL1,I1,,,\n"
        path = landing.deliver_csv(LATER, "benefit_choices", text, rows=2)
        says(refusal(settings), "says 2 rows, the file has 1", str(path), "manifest anew")


class TestDay:
    @pytest.mark.usefixtures("two_batches")
    def test_a_day_before_the_first_batch_is_refused(self, settings, says):
        error = refusal(replace(settings, as_of="2025-03-30"))
        says(error, "before the first batch, 2025-03-31", str(settings.landing), "from 2025-03-31")

    @pytest.mark.parametrize("text", ["2025-9-1", "20250901", "yesterday", "2025-02-30"])
    @pytest.mark.usefixtures("two_batches")
    def test_a_day_that_is_none_is_refused(self, settings, says, text):
        error = refusal(replace(settings, as_of=text))
        says(error, f"{text!r} is not a day", "AS_OF", "YYYY-MM-DD")

    @pytest.mark.usefixtures("two_batches")
    def test_a_day_after_the_newest_batch_is_taken_as_given(self, settings):
        assert intake.take_in(replace(settings, as_of="2025-12-01")).batches == 2


#: Long enough for a carrier's own exports.
OWN_KEY = "kept-with-the-operator-and-nowhere-else"


class TestRefusals:
    def test_different_sample_rates_are_refused(self, settings, two_batches, says):
        two_batches.sign(LATER, sample_rate=0.5)
        says(
            refusal(settings),
            "different sample rates: 0.5, 1",
            str(settings.landing),
            "one population",
        )

    @pytest.mark.parametrize("key", ["", DEMO_PSEUDONYM_KEY])
    def test_exports_that_were_not_generated_need_a_key_of_their_own(
        self, settings, two_batches, says, key
    ):
        two_batches.sign(LATER, is_demo=False)
        error = refusal(replace(settings, pseudonym_key=key))
        says(error, "secret pseudonym key", str(settings.landing), "AFTERMATH_PSEUDONYM_KEY")
        assert not intake.take_in(replace(settings, pseudonym_key=OWN_KEY)).is_demo

    @pytest.mark.usefixtures("two_batches")
    def test_too_little_disk_space_is_told(self, settings, says, monkeypatch):
        usage = namedtuple("usage", "total used free")(10**12, 10**12 - 10**6, 10**6)
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
        error = refusal(settings)
        says(error, "Not enough disk space", str(settings.work_dir), "AFTERMATH_BUILD_DIR")

    @pytest.mark.parametrize("database", ["work_db", "candidate_db"])
    @pytest.mark.parametrize("carrier", ["landing", "seeds"])
    @pytest.mark.usefixtures("two_batches")
    def test_a_locked_database_is_told(self, settings, says, database, carrier):
        path = getattr(settings, database)
        path.parent.mkdir(parents=True)
        code = f"import duckdb; c = duckdb.connect({str(path)!r}); print(1, flush=True); input()"
        with subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as other:
            other.stdout.readline()
            error = refusal(settings if carrier == "landing" else replace(settings, landing=None))
            other.communicate(b"\n")
        assert isinstance(error, DatabaseLocked)
        says(error, "locked by another process", f"{path}, held by", "close the program")
        assert str(other.pid) in error.where

    @pytest.mark.usefixtures("two_batches")
    def test_a_damaged_database_is_told(self, settings, says):
        settings.work_dir.mkdir(parents=True)
        settings.work_db.write_bytes(b"no database" * 1000)
        says(refusal(settings), "cannot be opened", str(settings.work_db), "remove the file")


class TestSeeds:
    @pytest.fixture
    def seeds(self, tmp_path):
        """Give a sample of two batches."""
        folder = tmp_path / "seeds"
        folder.mkdir()
        for entity in raw_contract.ENTITIES:
            columns = raw_contract.columns(entity)
            row = ["x"] * (len(columns) - 1) + [OPENING]
            (folder / f"raw_{entity}.csv").write_text(f"{','.join(columns)}\n{','.join(row)}\n")
        (folder / "raw_batch_files.csv").write_text(
            f"{','.join(raw_contract.BATCH_FILES)}\n"
            f"{OPENING},lines,{OPENING}/lines.parquet,1,aa,0.001\n"
            f"{LATER},lines,{LATER}/lines.parquet,2,bb,0.001\n"
            f"{LATER},customers,{LATER}/customers.parquet,3,cc,0.001\n"
        )
        return folder

    @pytest.fixture
    def settings(self, settings):
        """Give settings that read the sample."""
        return replace(settings, landing=None)

    def test_the_newest_batch_is_the_default_day(self, settings, seeds):
        taken = intake.take_in(settings, seeds)
        assert taken.as_of_date == dt.date(2025, 9, 1)
        assert (taken.batches, taken.is_demo, taken.sample_rate) == (2, True, Decimal("0.001"))
        assert (taken.rows["lines"], taken.rows["customers"]) == (3, 3)

    def test_only_what_is_known_counts(self, settings, seeds):
        taken = intake.take_in(replace(settings, as_of="2025-08-31"), seeds)
        assert (taken.batches, taken.rows["lines"], taken.rows["customers"]) == (1, 1, 0)

    def test_a_day_before_the_first_batch_is_refused(self, settings, seeds, says):
        error = refusal(replace(settings, as_of="2025-03-30"), seeds_dir=seeds)
        says(error, "before the first batch", "raw_batch_files.csv", "choose a day")

    def test_views_of_an_earlier_landing_run_make_room(self, settings, seeds, landing):
        landing.deliver(OPENING, {"lines": [{"line_id": "L1"}]})
        intake.take_in(replace(settings, landing=landing.root))
        intake.take_in(settings, seeds)
        assert query(settings, "select 1 from duckdb_views() where schema_name = 'raw'") == []

    def test_a_missing_file_is_told(self, settings, seeds, says):
        (seeds / "raw_lines.csv").unlink()
        says(refusal(settings, seeds_dir=seeds), "is missing", "raw_lines.csv", "put it there")

    def test_a_missing_column_is_told(self, settings, seeds, says):
        (seeds / "raw_loss_refunds.csv").write_text("refund_id,payment_id,paid_on,batch_date\n")
        error = refusal(settings, seeds_dir=seeds)
        says(error, "Column amount_krw is missing", "raw_loss_refunds.csv", "add the column")

    def test_an_extra_column_is_reported(self, settings, seeds):
        columns = ",".join(raw_contract.columns("loss_refunds"))
        (seeds / "raw_loss_refunds.csv").write_text(f"{columns},memo\n")
        assert intake.take_in(settings, seeds).notes == (
            "extra column memo in raw_loss_refunds.csv",
        )

    def test_another_encoding_is_told_with_its_line(self, settings, seeds, says):
        with (seeds / "raw_incident_events.csv").open("ab") as stream:
            stream.write("E1,I1,2025-09-11,reported,KT,,비고,2025-09-11\n".encode("cp949"))
        error = refusal(settings, seeds_dir=seeds)
        says(error, "not UTF-8", "raw_incident_events.csv, line 3", "UTF-8")

    def test_a_ragged_row_is_told_with_its_line(self, settings, seeds, says):
        with (seeds / "raw_lines.csv").open("a") as stream:
            stream.write("L1,C1\n")
        error = refusal(settings, seeds_dir=seeds)
        says(error, "A row has 2 values", "raw_lines.csv, line 3", "one value per column")

    @pytest.mark.parametrize(
        ("row", "what"),
        [
            ("2025-9-1,lines,f,1,aa,1", "'2025-9-1' is not a day"),
            ("2025-09-01,lines,f,many,aa,1", "is not a number"),
            ("2025-09-01,line,f,1,aa,1", "entity is unknown"),
        ],
    )
    def test_a_wrong_listing_is_told_with_its_line(self, settings, seeds, says, row, what):
        with (seeds / "raw_batch_files.csv").open("a") as stream:
            stream.write(row + "\n")
        error = refusal(settings, seeds_dir=seeds)
        says(error, what, "raw_batch_files.csv, line 5", "generate the sample again")

    def test_a_sample_without_batches_is_told(self, settings, seeds, says):
        path = seeds / "raw_batch_files.csv"
        path.write_text(path.read_text().splitlines()[0] + "\n")
        says(refusal(settings, seeds_dir=seeds), "No batch is listed", str(path), "again")

    def test_the_bundled_sample_is_taken_in(self, settings):
        taken = intake.take_in(settings)
        assert taken.rows["lines"] > 0
        assert taken.is_demo


def test_several_problems_lead_with_the_first():
    with pytest.raises(ValueError, match="no problem"):
        BadInput.of_several([])
