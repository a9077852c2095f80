"""The page is whole by itself: no address, one script, and a sentence where there is no figure."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from briefing import figures, formats, page, words
from orchestration import tables
from tests.briefing import pages

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

#: Two and a half megabytes: what a mail still takes.
LARGEST = 2_500_000


class Reader(HTMLParser):
    """What a browser would fetch, and the scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self._open: dict[str, str | None] | None = None
        self.outside: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open = dict(attrs) if tag == "script" else None
        for name, value in attrs:
            is_address = name in {"src", "href", "srcset", "data", "action", "poster"}
            if is_address and not (value or "").startswith("#"):
                self.fetched.append(f"{tag} {name}={value}")
            if "http" in (value or "") and name != "http-equiv":
                self.fetched.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        if self._open is None:
            self.outside.append(data)
        else:
            self.scripts.append((self._open, data))

    def handle_endtag(self, _: str) -> None:
        self._open = None


def section(text: str, name: str) -> str:
    found = re.search(rf'<section class="figure" id="{name}">.*?</section>', text, re.DOTALL)
    assert found, name
    return found.group()


def section_of_headline(text: str, name: str) -> str:
    return text.partition(f'id="headline-{name}"')[2].partition("</div>")[0]


def test_nothing_is_fetched(text: str) -> None:
    read = Reader(text)
    assert read.fetched == []
    assert "http" not in "".join(read.outside)
    assert "url(" not in "".join(read.outside)


@pytest.mark.parametrize(
    "planted",
    ['<img src="https://example.com/x.png">', '<link href="x.css">', "<p style='a:http:'>"],
)
def test_something_to_be_fetched_is_found(planted: str) -> None:
    assert Reader(f"<main>{planted}</main>").fetched


def test_the_policy_allows_the_one_script_and_no_address(text: str) -> None:
    ((_, data), (attributes, script)) = Reader(text).scripts
    assert data.startswith("{")
    assert attributes == {}
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; script-src 'sha256-{digest}';" in text
    assert "unsafe-eval" not in text.partition("<style>")[0]


def test_every_figure_names_its_query_its_generation_and_its_day(
    text: str, published: duckdb.DuckDBPyConnection
) -> None:
    generation = figures.generation(published)
    answers = figures.answers(published)
    for name in figures.FIGURES:
        its = section(text, name)
        assert f'href="#sql-{name}"' in its
        assert generation.generation_id in its
        assert generation.as_of_date in its
        assert its.count("<tr>") == len(answers[name].rows) + 1
        assert f'id="alt-{name}"' in its
    for name, answer in answers.items():
        assert f'id="sql-{name}"' in text
        assert published.execute(answer.sql).fetchall() == [
            tuple(row.values()) for row in answer.rows
        ]


def test_the_page_says_what_it_is(text: str) -> None:
    for language in words.LANGUAGES:
        its = words.read(language)
        for said in (its("page.sample", count="1,000"), its("page.demo"), its("page.audience")):
            assert html.escape(said) in text


def test_the_whole_is_not_called_a_sample(sample: Path, tmp_path: Path) -> None:
    whole = pages.change(
        pages.copy(sample, tmp_path, "whole", {}, "false"),
        "update core.published_generation set sample_rate = 1, is_demo = false",
    )
    text = pages.rendered(whole)
    its = words.read("en")
    assert its("page.audience") in text
    assert "1 in 1 lines" not in text
    assert its("page.demo").partition(".")[0] not in text.partition("<script")[0]


def test_the_same_generation_gives_the_same_bytes(text: str, sample: Path, tmp_path: Path) -> None:
    with tables.reader(sample) as connection:
        assert page.render(connection, tmp_path / "kept") == text
    assert len(text.encode()) <= LARGEST


def test_a_generation_without_rows_is_told_in_sentences(sample: Path, tmp_path: Path) -> None:
    text = pages.rendered(pages.empty_copy(sample, tmp_path))
    its = words.read("en")
    assert its("page.title_without_incident") in text
    for name in figures.FIGURES:
        assert its(f"figures.{name}.empty") in section(text, name)
    assert "data-chart" not in text.partition("<script")[0]
    # Nobody was paid anything: that is known.
    assert formats.won(its, 0) in section_of_headline(text, "refunded_krw")


def test_an_incident_without_a_window_has_the_figures_it_can_have(
    sample: Path, tmp_path: Path
) -> None:
    text = pages.rendered(pages.without_a_window(sample, tmp_path))
    its = words.read("en")
    without = {"share_by_basis", "refunds_by_state", "cost_by_programme", "policy_scenarios"}
    for name in figures.FIGURES:
        assert (its(f"figures.{name}.empty") in section(text, name)) == (name in without), name
    assert 'id="headline-window_lines"' not in text


def test_a_generation_that_lacks_a_mart_is_told_all_the_same(sample: Path, tmp_path: Path) -> None:
    old = pages.change(
        pages.empty_copy(sample, tmp_path), "drop table compensation.rpt_policy_scenarios"
    )
    assert words.read("ko")("figures.policy_scenarios.empty") in pages.rendered(old)


def test_what_a_register_holds_is_text_and_no_markup(sample: Path, tmp_path: Path) -> None:
    spoiled = pages.change(
        pages.copy(sample, tmp_path, "spoiled", {}, "true"),
        "update incident.fct_incident_events set note = '</script><img src=x onerror=alert(1)>'",
    )
    read = Reader(pages.rendered(spoiled))
    assert read.fetched == []
    assert len(read.scripts) == 2


def test_a_day_that_nobody_told_is_not_known(sample: Path, tmp_path: Path) -> None:
    untold = pages.change(
        pages.copy(sample, tmp_path, "untold", {}, "true"),
        "update core.dim_incidents set reported_on = null",
    )
    text = pages.rendered(untold)
    assert f"reported {words.read('en')('page.unknown')}." in text
    assert "None" not in text.partition("<script")[0]


@pytest.mark.parametrize(("rate", "told"), [("0.4", "1 in 2.5 lines"), ("0.8", "1 in 1.25 lines")])
def test_a_sample_of_no_whole_fraction_is_raised_by_what_it_is(
    sample: Path, tmp_path: Path, rate: str, told: str
) -> None:
    file = pages.change(
        pages.copy(sample, tmp_path, f"rate_{rate}", {}, "true"),
        f"update core.published_generation set sample_rate = {rate}",
    )
    text = pages.rendered(file)
    assert told in text
    with tables.reader(file) as connection:
        rows = figures.answers(connection, ["headline"])["headline"].rows
    ((entitled,),) = [[row["amount"]] for row in rows if row["headline"] == "entitled_lines"]
    assert f"about {entitled / float(rate):,.0f} lines" in text


def test_a_cost_from_nought_is_not_called_chance(sample: Path, tmp_path: Path) -> None:
    free = pages.change(
        pages.copy(sample, tmp_path, "free", {"rpt_excess_churn": "false"}, "true"),
        "update compensation.rpt_incident_cost set low_krw = 0",
    )
    assert words.read("en")("page.includes_zero") not in pages.rendered(free)
