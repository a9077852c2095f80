"""Daily churn by the SQL against lines asked one by one, on generated lines."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.oracles.churn import Day, Line, day_of_lines, days
from tests.unit.oracles.models_in_memory import Tables

OPENING = date(2030, 2, 26)
LAST = date(2030, 3, 5)
OWN, HOSTED = "ORB", "ORB-lite"

TABLES = Tables(
    {
        "int_line_spells": (
            "line_key bigint, line_kind varchar, network_brand varchar, is_own_brand boolean, "
            "activated_on date, activation_kind varchar, donor_carrier varchar, "
            "terminated_on date, termination_kind varchar, plan_code varchar, rejoined_on date"
        ),
        "stg_operator__port_requests": (
            "line_key bigint, donor_carrier varchar, recipient_carrier varchar, "
            "requested_at timestamp, processed_on date, status varchar"
        ),
        "int_delivery_facts": "opening_on date, observed_from date, as_of_date date",
        "int_line_days": "service_date date, is_feed_missing boolean",
        "ref_processing_calendar": "calendar_date date, is_processing_day boolean",
    }
)

a_day = st.integers(-3, (LAST - OPENING).days).map(lambda n: OPENING + timedelta(n))


@st.composite
def lines(draw: st.DrawFn) -> Line:
    activated_on = draw(a_day)
    stays = draw(st.booleans())
    return Line(
        line_kind=draw(st.sampled_from(["handset", "iot"])),
        network_brand=draw(st.sampled_from([OWN, HOSTED])),
        activated_on=activated_on,
        is_ported_in=draw(st.booleans()),
        terminated_on=None if stays else max(draw(a_day), activated_on),
        termination_kind=(
            None
            if stays
            else draw(st.sampled_from(["port_out", "voluntary", "forced", "deceased"]))
        ),
    )


def churn_by_sql(population: list[Line]) -> dict[tuple[date, str, str], Day]:
    """Rows of the daily report by day and segment."""
    TABLES.fill(
        {
            "int_line_spells": [
                {
                    "line_key": key,
                    "line_kind": line.line_kind,
                    "network_brand": line.network_brand,
                    "is_own_brand": line.network_brand == OWN,
                    "activated_on": line.activated_on,
                    "activation_kind": "port_in" if line.is_ported_in else "new",
                    "terminated_on": line.terminated_on,
                    "termination_kind": line.termination_kind,
                }
                for key, line in enumerate(population)
            ],
            "int_delivery_facts": [
                {
                    "opening_on": OPENING,
                    "observed_from": OPENING + timedelta(1),
                    "as_of_date": LAST,
                }
            ],
            "int_line_days": [
                {"service_date": day, "is_feed_missing": False}
                for day in days(OPENING + timedelta(1), LAST)
            ],
            "ref_processing_calendar": [
                {"calendar_date": day, "is_processing_day": True}
                for day in days(OPENING - timedelta(9), LAST + timedelta(9))
            ],
        }
    )
    return {
        (row["service_date"], row["segment_kind"], row["segment"]): Day(
            **{name: row[name] for name in Day.__dataclass_fields__}
        )
        for row in TABLES.build("int_lines_changed_daily", "rpt_churn_daily")
    }


@settings(max_examples=60, deadline=None)
@given(st.lists(lines(), min_size=1, max_size=12))
def test_every_day_and_segment_shows_what_its_lines_did(population: list[Line]) -> None:
    found = churn_by_sql(population)
    segments = {
        ("total", "total"): population,
        **{
            ("line_kind", kind): [line for line in population if line.line_kind == kind]
            for kind in {line.line_kind for line in population}
        },
        **{
            ("network_brand", brand): [line for line in population if line.network_brand == brand]
            for brand in {line.network_brand for line in population}
        },
    }
    own_handsets = [
        line for line in population if (line.network_brand, line.line_kind) == (OWN, "handset")
    ]
    if own_handsets:
        segments["brand_class_and_line_kind", "own_brand_handset"] = own_handsets

    expected = {
        (day, *segment): day_of_lines(members, day)
        for segment, members in segments.items()
        for day in days(OPENING + timedelta(1), LAST)
    }
    assert {key: found[key] for key in expected} == expected
    assert {key[1:] for key in found if key[1] in {"total", "line_kind", "network_brand"}} == {
        key for key in segments if key[0] != "brand_class_and_line_kind"
    }


@settings(max_examples=30, deadline=None)
@given(st.lists(lines(), min_size=1, max_size=12))
def test_a_day_opens_as_the_day_before_closed(population: list[Line]) -> None:
    found = churn_by_sql(population)
    for (day, *segment), shown in found.items():
        assert shown.closing_lines == shown.opening_lines + shown.gross_adds - shown.deactivations
        before = found.get((day - timedelta(1), *segment))
        assert before is None or before.closing_lines == shown.opening_lines
