"""What people see of a second incident: the page, the questions, the metrics and the packs."""

from __future__ import annotations

import csv
import datetime as dt
import html
import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from briefing import figures, words
from exports import folder, verify
from exports.pack import PACKS
from orchestration import analyses, sql
from orchestration.metrics import Metrics, newest_manifest
from tests import second_incident
from tests.batch_on_the_sample import folder_of_the_test_run
from tests.briefing.test_page import Reader, section
from tests.warehouse import second_build
from tests.warehouse.test_analyses import QUESTIONS, differences, second_path
from tests.warehouse.test_metrics import PUBLISHED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

    from orchestration.settings import Settings

#: What belongs to the reference incident alone: its carriers, programmes, policies and kinds.
OF_THE_REFERENCE = re.compile(
    r"\b(?:"
    + "|".join(
        re.escape(word)
        for word in (*second_incident.WORDS, *second_incident.IDS, "femtocell", "victim_package")
        # A kind of programme and a kind of pledge as well.
        if word not in {"fee_waiver", "security_investment"}
    )
    + r")\b"
)
#: Totals of the days are rounded after they are added up, or before.
ROUNDED = "select * replace (round(expected) as expected) from ({query}\n)"

OWED = """
    select account, sum(case side when 'credit' then amount_krw else -amount_krw end)
    from compensation.fct_compensation_ledger
    inner join compensation.dim_ledger_accounts using (account)
    where account_class = 'liability'
    group by account
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return second_build.published(folder_of_the_test_run(tmp_path_factory))


@pytest.fixture(scope="module")
def second(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with sql.connect(settings) as connection:
        yield connection


@pytest.fixture(scope="module")
def page(settings: Settings) -> str:
    return settings.briefing_page.read_text("utf-8")


def test_the_page_names_nothing_of_the_reference_incident(page: str) -> None:
    read = Reader(page)
    (_, data), _ = read.scripts
    said = html.unescape("".join(read.outside)) + data
    assert "Nordlys Mobil: incident briefing" in said
    assert "Nordlys Mobil 침해사고 브리핑" in said
    assert OF_THE_REFERENCE.findall(said) == []
    assert OF_THE_REFERENCE.findall("left KT for SKT under victim_data") == [
        "KT",
        "SKT",
        "victim_data",
    ]


def test_the_page_has_every_figure_and_is_of_the_days_of_this_incident(
    page: str, second: duckdb.DuckDBPyConnection
) -> None:
    answers = figures.answers(second)
    for name in figures.FIGURES:
        its = section(page, name)
        assert its.count("<tr>") == len(answers[name].rows) + 1 > 1, name
        assert "data-chart" in its, name
        days = [dt.date.fromisoformat(day) for day in re.findall(r"\d{4}-\d\d-\d\d", its)]
        assert dt.date(2025, 9, 30) <= min(days), name
        assert max(days) <= second_build.NEWEST, name
    headline = {row["headline"]: row["amount"] for row in answers["headline"].rows}
    assert len(headline) == 6
    assert all(amount > 0 for amount in headline.values())
    assert "None" not in page.partition("<script")[0]
    # What the books owe beside it is another account.
    owed = dict(second.execute(OWED).fetchall())
    assert headline["owed_krw"] == owed["refund_liability"] < sum(owed.values())


def test_what_its_registers_hold_is_text_and_as_they_hold_it(page: str) -> None:
    read = Reader(page)
    assert read.fetched == []
    assert len(read.scripts) == 2
    for text in (second_incident.CREDIT_NAME, second_incident.CLAIM_TEXT):
        assert f"<td>{html.escape(text)}</td>" in page
    # A kind of incident that the page has no word for.
    assert "stolen voicemail pins" in section_before_figures(page)


def section_before_figures(page: str) -> str:
    return page.partition('<section class="figure"')[0]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.name)
def test_a_second_path_answers_each_question_alike(
    question: analyses.Analysis, second: duckdb.DuckDBPyConnection
) -> None:
    answer = question.published_sql(analyses.schemas_of(second))
    other = second_path(question)
    assert second.sql(answer).columns == list(question.columns)
    assert second.sql(answer).fetchone() is not None
    if question.name == "how_many_left_because_of_it":
        answer, other = (ROUNDED.format(query=query) for query in (answer, other))
    assert not differences(second, answer, other)


def test_each_metric_is_the_published_number(
    settings: Settings, second: duckdb.DuckDBPyConnection
) -> None:
    metrics = Metrics(newest_manifest(settings))
    answered = 0
    for name, by, query in PUBLISHED:
        expected = second.execute(query).fetchall()
        found = second.execute(metrics.sql([name], by)).fetchall()
        assert len(found) == len(expected), name
        for row, published in zip(found, expected, strict=True):
            # Fewer claims were published here than the metrics are held against on the sample.
            if published[-1] is not None:
                assert float(row[-1]) == pytest.approx(float(published[-1]), rel=0, abs=0.5), name
                answered += 1
    assert answered > len(PUBLISHED)


@pytest.mark.fault(
    kind="hostile input",
    tried="another incident whose registers hold a formula in a published claim and markup in the "
    "name of a programme",
    holds="its packs verify, the formula is text to a spreadsheet, and its page runs nothing of it",
)
def test_its_packs_are_what_they_say(settings: Settings, tmp_path: Path) -> None:
    # A copy: DuckDB opens no file twice with other settings.
    copy = replace(settings, build_dir=tmp_path / "build")
    shutil.copytree(settings.published_dir, copy.published_dir, symlinks=True)
    for name, pack in PACKS.items():
        out = tmp_path / name
        assert folder.export(copy, folder.Order(pack, out))
        said = verify.check(out, None)
        assert said.as_of_date == str(second_build.NEWEST)
        assert all(file.rows for file in said.files)
        for file in said.files:
            text = (out / file.name).read_text("utf-8")
            assert OF_THE_REFERENCE.findall(text) == [], file.name
    with (tmp_path / "regulator" / "claims.csv").open(encoding="utf-8", newline="") as stream:
        claims = {row["claim_id"]: row["statement"] for row in csv.DictReader(stream)}
    assert claims["C05"] == f"'{second_incident.CLAIM_TEXT}"


def test_the_words_of_the_page_name_no_incident() -> None:
    for language in words.LANGUAGES:
        texts = words.read(language).texts
        told = [text for key, text in texts.items() if not key.startswith("codes.")]
        assert OF_THE_REFERENCE.findall(" ".join(told)) == []
