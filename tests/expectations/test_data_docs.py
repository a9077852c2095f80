"""One readable page per run, without a link to anywhere, and only so many of them."""

from __future__ import annotations

import json
import os
import re

import pytest

from expectations import data_docs
from expectations.verdicts import Outcome, TableVerdict, between, number

HOLDS = Outcome("Lines end", "critical", passed=True, expected="at most 1", observed="0.5")
BROKEN = Outcome(
    rule="No <b>line</b> is lost",
    severity="critical",
    passed=False,
    reason="Lines & customers belong together",
    expected="no row where line_key < 0 | true",
    observed="2 rows",
    rows=({"line_key": "1", "note": "<script>alert(1)</script>"}, {"line_key": "2"}),
)
VERDICTS = [
    TableVerdict("marts", "churn.fct_line_spells", (HOLDS,), 12345, 0.5),
    TableVerdict("raw", "raw.raw_lines", (HOLDS, BROKEN), 10),
]


def test_the_page_says_everything_and_links_nowhere(tmp_path):
    page = data_docs.build(VERDICTS, tmp_path, "run-1", facts={"as of": "the newest batch"})
    assert page == tmp_path / "run-1" / "index.html"
    text = page.read_text(encoding="utf-8")
    for said in (
        "2 tables, 3 rules; 1 tables with a broken rule, 1 of them blocking",
        "12,345 rows",
    ):
        assert said in text
    for said in ("the newest batch", "line_key=2", "Lines &amp; customers belong together"):
        assert said in text
    assert not re.search(r"https?:|src=|href=|@import|url\(", text)
    assert "<script" not in text
    assert "<b>line" not in text


def test_layers_stand_in_the_order_of_the_flow(tmp_path):
    text = data_docs.build(VERDICTS, tmp_path, "run").read_text(encoding="utf-8")
    assert text.index("<h2>raw</h2>") < text.index("<h2>marts</h2>")


def test_the_same_verdicts_give_the_same_page(tmp_path):
    first = data_docs.build(VERDICTS, tmp_path, "run").read_bytes()
    assert data_docs.build(reversed(VERDICTS), tmp_path, "run").read_bytes() == first


def test_results_are_kept_for_machines_and_can_be_read_back(tmp_path):
    data_docs.build(VERDICTS, tmp_path, "run")
    results = json.loads((tmp_path / "run" / "results.json").read_text(encoding="utf-8"))
    assert [TableVerdict.from_json(result) for result in results] == VERDICTS[::-1]


def test_only_the_newest_runs_stay(tmp_path):
    (tmp_path / "somebody_elses").mkdir()
    for number_of_run in range(6):
        page = data_docs.build(VERDICTS, tmp_path, f"run-{number_of_run}", keep=3)
        os.utime(page, (1000 + number_of_run, 1000 + number_of_run))
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == ["run-3", "run-4", "run-5", "somebody_elses"]


def test_the_run_just_written_stays_whatever_the_clock_says(tmp_path):
    page = data_docs.build(VERDICTS, tmp_path, "from-the-future", keep=1)
    os.utime(page, (2**32, 2**32))
    data_docs.build(VERDICTS, tmp_path, "now", keep=1)
    assert [path.name for path in tmp_path.iterdir()] == ["now"]


@pytest.mark.parametrize("run", ["", ".", "..", "a/b", ".hidden", "a\\b"])
def test_a_run_is_a_plain_name(tmp_path, run):
    with pytest.raises(ValueError, match="no plain name"):
        data_docs.build(VERDICTS, tmp_path, run)


def test_at_least_one_page_is_kept(tmp_path):
    with pytest.raises(ValueError, match="keep=0"):
        data_docs.build(VERDICTS, tmp_path, "run", keep=0)


def test_nothing_is_left_of_a_page_that_could_not_be_written(tmp_path, monkeypatch):
    data_docs.build(VERDICTS[:1], tmp_path, "run")
    before = (tmp_path / "run" / "index.html").read_bytes()

    def fail(*_, **__):
        raise OSError("no space left on device")

    monkeypatch.setattr(data_docs.json, "dumps", fail)
    with pytest.raises(OSError, match="no space left"):
        data_docs.build(VERDICTS, tmp_path, "run")
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
    assert (tmp_path / "run" / "index.html").read_bytes() == before


def test_a_verdict_is_a_table_in_markdown():
    lines = VERDICTS[1].markdown.splitlines()
    assert lines[2].startswith("| FAIL | critical | No <b>line</b> is lost | 2 rows |")
    assert "line_key < 0 \\| true" in lines[2]
    assert lines[3].startswith("| pass | critical | Lines end | 0.5 | at most 1 |")
    assert "- line_key=2" in lines


def test_results_are_plain_json():
    assert json.loads(json.dumps(VERDICTS[1].results_json)) == json.loads(
        json.dumps(TableVerdict.from_json(VERDICTS[1].results_json).results_json)
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "no value"),
        (1234567, "1,234,567"),
        (1234567.8, "1,234,568"),
        (0.123456, "0.1235"),
        (2.0, "2"),
        (float("inf"), "inf"),
        (True, "True"),
        ("a word", "a word"),
    ],
)
def test_values_are_said_as_people_read_them(value, said):
    assert number(value) == said


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ((1, None), "at least 1"),
        ((None, 0.5), "at most 0.5"),
        ((1, 1), "exactly 1"),
        ((1000, 2000), "1,000 to 2,000"),
    ],
)
def test_ranges_are_said_as_people_read_them(bounds, said):
    assert between(*bounds) == said
