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

QUARTER = Fraction(1, 4)
figures = st.integers(-20, 20).map(lambda n: n * QUARTER)


@st.composite
def readings(draw: st.DrawFn, comparator: str, sample_rate: Fraction) -> Reading:
    """A figure at, just inside or just outside of what the claim and the sample allow."""
    published = draw(figures)
    rounding_unit = draw(st.sampled_from([None, Fraction(1), Fraction(1, 2), Fraction(3)]))
    is_extensive = draw(st.booleans())
    shrunk = sample_rate if is_extensive else Fraction(1)
    allowance = draw(st.sampled_from([Fraction(0), QUARTER, Fraction(1)]))
    slack = allowance / shrunk if sample_rate < 1 else Fraction(0)
    limits = [Fraction(0), (rounding_unit or 0) / 2 + slack, (rounding_unit or 0) + slack, slack]
    beside = draw(st.sampled_from(limits)) + draw(st.sampled_from([-QUARTER, Fraction(0), QUARTER]))
    value = published + beside * draw(st.sampled_from([-1, 1]))
    return Reading(
        comparator=comparator,
        published=published,
        rounding_unit=rounding_unit,
        computed=draw(st.sampled_from([None, *[value * shrunk] * 9])),
        is_extensive=is_extensive,
        sampling_allowance=allowance,
        sample_rate=sample_rate,
    )


@st.composite
def claims(draw: st.DrawFn) -> list[Reading]:
    comparator = draw(st.sampled_from(["=", "~", ">", ">=", "<", "<="]))
    # Quarters of halves and quarters: every figure is exact in the six decimals of the model.
    sample_rate = draw(st.sampled_from([Fraction(1), Fraction(1, 2), QUARTER]))
    return draw(st.lists(readings(comparator, sample_rate), min_size=1, max_size=3))


def number(value: Fraction | None) -> str | None:
    return None if value is None else str(float(value))


@settings(max_examples=40, deadline=None)
@given(st.lists(claims(), min_size=5, max_size=25))
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
                for claim, read in enumerate(register)
                for basis, reading in enumerate(read)
            ],
            "fct_claim_measurements": [
                {
                    "claim_id": f"{claim:02}",
                    "basis": f"{basis}",
                    "computed_value": number(reading.computed),
                    "is_extensive": reading.is_extensive,
                    "sampling_allowance": number(reading.sampling_allowance),
                }
                for claim, read in enumerate(register)
                for basis, reading in enumerate(read)
            ],
        }
    )
    found = {
        (row["claim_id"], row["basis"]): row["verdict"]
        for row in TABLES.build("rpt_published_claims")
    }
    expected = {
        (f"{claim:02}", f"{basis}"): verdict
        for claim, read in enumerate(register)
        for basis, verdict in enumerate(verdicts(read))
    }
    assert found == expected
