"""Verdicts by the SQL against the rule in fractions, on generated claims."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.oracles.claims import Reading, verdicts
from tests.unit.oracles.models_in_memory import Tables

TABLES = Tables(
    {
        "int_claim_readings": (
            "claim_id varchar, basis varchar, reading_reason varchar, document_id varchar, "
            "statement varchar, kind varchar, metric varchar, comparator varchar, unit varchar, "
            "published_value decimal(24,6), published_text varchar, rounding_unit decimal(24,6), "
            "period_from date, period_to date, published_on date, is_published_by_as_of boolean, "
            "as_of_date date, sample_rate decimal(18,9)"
        ),
        "fct_claim_measurements": (
            "claim_id varchar, basis varchar, computed_value decimal(24,6), computed_text varchar, "
            "is_extensive boolean, sampling_allowance decimal(24,6), missing_reason varchar"
        ),
    }
)

# Halves and hundredths of small numbers: the limits are met exactly, again and again.
figures = st.integers(-30, 30).map(lambda n: Fraction(n, 2))


@st.composite
def claims(draw: st.DrawFn) -> list[Reading]:
    comparator = draw(st.sampled_from(["=", "~", ">", ">=", "<", "<="]))
    published = draw(figures)
    rounding_unit = draw(st.sampled_from([None, Fraction(1), Fraction(1, 2), Fraction(10)]))
    is_extensive = draw(st.booleans())
    sample_rate = draw(st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(1, 10)]))
    return [
        Reading(
            comparator=comparator,
            published=published,
            rounding_unit=rounding_unit,
            computed=draw(st.none() | figures),
            is_extensive=is_extensive,
            sampling_allowance=draw(st.sampled_from([Fraction(0), Fraction(1), Fraction(1, 4)])),
            sample_rate=sample_rate,
        )
        for _ in range(draw(st.integers(1, 3)))
    ]


def number(value: Fraction | None) -> str | None:
    return None if value is None else str(float(value))


@settings(max_examples=80, deadline=None)
@given(st.lists(claims(), min_size=1, max_size=15))
def test_a_verdict_is_what_the_rule_says(register: list[list[Reading]]) -> None:
    TABLES.fill(
        {
            "int_claim_readings": [
                {
                    "claim_id": f"{claim:02}",
                    "basis": f"{basis}",
                    "metric": "some",
                    "comparator": reading.comparator,
                    "published_value": number(reading.published),
                    "published_text": number(reading.published),
                    "rounding_unit": number(reading.rounding_unit),
                    "sample_rate": number(reading.sample_rate),
                }
                for claim, readings in enumerate(register)
                for basis, reading in enumerate(readings)
            ],
            "fct_claim_measurements": [
                {
                    "claim_id": f"{claim:02}",
                    "basis": f"{basis}",
                    "computed_value": number(reading.computed),
                    "is_extensive": reading.is_extensive,
                    "sampling_allowance": number(reading.sampling_allowance),
                }
                for claim, readings in enumerate(register)
                for basis, reading in enumerate(readings)
            ],
        }
    )
    found = {
        (row["claim_id"], row["basis"]): row["verdict"]
        for row in TABLES.build("rpt_published_claims")
    }
    expected = {
        (f"{claim:02}", f"{basis}"): verdict
        for claim, readings in enumerate(register)
        for basis, verdict in enumerate(verdicts(readings))
    }
    assert found == expected
