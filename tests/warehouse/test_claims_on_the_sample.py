"""What was published about the reference incident, against the bundled sample: as of the newest
batch, as of the day before the article of 4 January, as of the days before the announcement.
"""

from __future__ import annotations

import csv
from datetime import date
from typing import TYPE_CHECKING

from tests.warehouse.sample_warehouse import NEWEST, PROJECT_DIR

if TYPE_CHECKING:
    from tests.warehouse.sample_warehouse import SampleWarehouse

BEFORE_THE_ARTICLE = date(2026, 1, 3)
BEFORE_THE_ANNOUNCEMENT = date(2025, 12, 28)

VERDICTS = "select * from reconciliation.rpt_published_claims"

#: The one claim of the register that is true on one of its readings only.
AMBIGUOUS = {
    ("C03", "all_destinations"): "contradicts",
    ("C03", "mno_only"): "agrees_only_on_basis",
}
STATEMENTS = {"W26", "C09"}


def register() -> list[dict[str, str]]:
    path = PROJECT_DIR / "seeds" / "reference" / "ref_published_claims.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def expected_verdict(claim_id: str, basis: str) -> str:
    if claim_id in STATEMENTS:
        return "out_of_scope"
    return AMBIGUOUS.get((claim_id, basis), "agrees")


def verdicts(sample: SampleWarehouse, as_of: date) -> dict[tuple[str, str], str]:
    return {
        (row["claim_id"], row["basis"]): row["verdict"] for row in sample.query(as_of, VERDICTS)
    }


def test_every_claim_has_its_verdict_and_none_contradicts_that_should_not(
    sample: SampleWarehouse,
) -> None:
    found = verdicts(sample, NEWEST)
    assert {claim for claim, _ in found} == {row["claim_id"] for row in register()}
    assert found == {key: expected_verdict(*key) for key in found}
    assert AMBIGUOUS.items() <= found.items()


def test_the_day_before_the_article_its_figures_already_agree(sample: SampleWarehouse) -> None:
    rows = sample.query(BEFORE_THE_ARTICLE, VERDICTS)
    article = {
        row["claim_id"]
        for row in register()
        if row["document_id"] == "yonhap-2026-01-04" and row["kind"] in {"churn", "reference"}
    }
    found = {row["claim_id"] for row in rows if row["document_id"] == "yonhap-2026-01-04"}
    assert found == article
    for row in rows:
        assert row["verdict"] == expected_verdict(row["claim_id"], row["basis"]), row
        assert row["is_published_by_as_of"] == (row["published_on"] <= BEFORE_THE_ARTICLE)


def test_the_figures_of_the_article_are_the_same_later(sample: SampleWarehouse) -> None:
    ported = (
        "select claim_id, basis, computed_value from reconciliation.rpt_published_claims "
        "where document_id = 'yonhap-2026-01-04' and kind = 'churn' order by all"
    )
    assert sample.query(BEFORE_THE_ARTICLE, ported) == sample.query(NEWEST, ported)


def test_before_the_announcement_nobody_knows_of_it(sample: SampleWarehouse) -> None:
    as_of = BEFORE_THE_ANNOUNCEMENT
    rows = sample.query(as_of, VERDICTS)
    assert {row["claim_id"] for row in rows} == {
        row["claim_id"] for row in register() if row["known_from"] <= as_of.isoformat()
    }
    assert {row["verdict"] for row in rows} == {"agrees"}
    programmes = sample.query(as_of, "select * from core.dim_programmes")
    assert programmes
    assert all(row["is_victims_only"] for row in programmes)
    assert sample.query(as_of, "select * from incident.fct_commitments") == []
    known = sample.query(as_of, "select max(known_from) as day from incident.fct_incident_events")
    assert known[0]["day"] <= as_of


def test_restated_counts_keep_their_first_values(sample: SampleWarehouse) -> None:
    exposed = {
        row["claim_id"]: row["computed_value"]
        for row in sample.query(NEWEST, VERDICTS)
        if row["metric"] == "exposed_users"
    }
    by_publication = [exposed[claim] for claim in ("X13", "X14", "X15")]
    assert by_publication == sorted(by_publication)
    assert by_publication[0] < by_publication[-1]
