"""Published figures in the generated exports: exact at scale 1 in the plan, within one at others.

Figures are counted from the delivered files alone, on the bases that docs/metrics.md defines.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from scenarios.generator import generation, registers
from scenarios.generator.planning import OWN, Planner
from tests.batch_on_the_sample import folder_of_the_test_run
from tests.warehouse import truth

SCALES = ("0.001", "0.0034", "0.01")

OPERATOR = "('KT', 'KTM', 'SKL', 'FRT')"
WINDOW = "processed_on between date '2025-12-31' and date '2026-01-13'"
FIRST_FOUR = "processed_on between date '2025-12-31' and date '2026-01-03'"
OUT = (
    f"status = 'completed' and donor_carrier in {OPERATOR} and recipient_carrier not in {OPERATOR}"
)
IN = f"status = 'completed' and recipient_carrier in {OPERATOR} and donor_carrier not in {OPERATOR}"
OTHER_MNO = "recipient_carrier in ('SKT', 'LGU')"

#: Claim id -> published figure and the ports it counts.
PORTS = {
    "C02": (52661, f"{OUT} and {FIRST_FOUR}"),
    "C04": (21027, f"{OUT} and processed_on = date '2026-01-03'"),
    "C05": (
        13616,
        f"{OUT} and processed_on = date '2026-01-03' and recipient_carrier = 'SKT'",
    ),
    "X01": (
        5886,
        f"{OUT} and processed_on = date '2025-12-31' and donor_carrier = 'KT' and {OTHER_MNO}",
    ),
    "X01 to SKT": (
        4661,
        f"{OUT} and processed_on = date '2025-12-31' and donor_carrier = 'KT'"
        " and recipient_carrier = 'SKT'",
    ),
    "X01 to LGU": (
        1225,
        f"{OUT} and processed_on = date '2025-12-31' and donor_carrier = 'KT'"
        " and recipient_carrier = 'LGU'",
    ),
    "X02": (10142, f"{OUT} and processed_on = date '2025-12-31'"),
    "X03": (5784, f"{OUT} and processed_on = date '2025-12-31' and recipient_carrier = 'SKT'"),
    "X04": (1880, f"{OUT} and processed_on = date '2025-12-31' and recipient_carrier = 'LGU'"),
    "X05": (
        21492,
        f"{OUT} and processed_on between date '2026-01-01' and date '2026-01-02'",
    ),
    "X06": (312902, f"{OUT} and {WINDOW}"),
    "X07": (201562, f"{OUT} and {WINDOW} and recipient_carrier = 'SKT'"),
    "X08": (70130, f"{OUT} and {WINDOW} and recipient_carrier = 'LGU'"),
    "X09": (41210, f"{OUT} and {WINDOW} and not {OTHER_MNO}"),
    "X10 ins": (74840, f"{IN} and {WINDOW}"),
    "X12": (2985, f"{OUT} and processed_on = date '2025-12-30'"),
    "no ports on 1 January": (0, "processed_on = date '2026-01-01'"),
    "no ports on Sunday 4 January": (0, "processed_on = date '2026-01-04'"),
}


@pytest.fixture(scope="session", params=SCALES)
def generated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> truth.Generated:
    return truth.at_scale(folder_of_the_test_run(tmp_path_factory) / "scenario", request.param)


def scale_of(generated: truth.Generated) -> Fraction:
    return Fraction(str(generated.planted["scale"]))


@pytest.mark.parametrize("claim", PORTS)
def test_ports_are_within_one_of_the_published_figure(
    generated: truth.Generated, claim: str
) -> None:
    published, ports = PORTS[claim]
    counted = generated.value(
        f"select count(*) from {generated.good('port_requests', 'port_id')} where {ports}"
    )
    assert abs(counted - published * scale_of(generated)) <= 1


def test_net_ports_are_within_one(generated: truth.Generated) -> None:
    ports = generated.good("port_requests", "port_id")
    net = generated.value(
        f"select count(*) filter ({IN}) - count(*) filter ({OUT}) from {ports} where {WINDOW}"
    )
    assert abs(net + 238062 * scale_of(generated)) <= 1


def test_own_brand_handsets_in_service_on_the_last_day_of_the_year(
    generated: truth.Generated,
) -> None:
    lines = generated.good("lines", "line_id")
    counted = generated.value(
        f"select count(*) from {lines} where line_kind = 'handset' and network_brand = 'KT'"
        " and activated_at < timestamp '2026-01-01'"
        " and (terminated_at is null or terminated_at >= timestamp '2026-01-01')"
    )
    assert abs(counted - 13643128 * scale_of(generated)) <= 1


@pytest.mark.parametrize(
    ("stated_on", "exposed", "victims"),
    [("2025-09-11", 5561, 278), ("2025-09-18", 20030, 362), ("2025-10-17", 22227, 368)],
)
def test_counts_are_restated_batch_by_batch(
    generated: truth.Generated, stated_on: str, exposed: int, victims: int
) -> None:
    known = f"batch_date <= date '{stated_on}'"
    identifiers = generated.good("exposed_identifiers", "incident_id", "line_id", "element")
    for element in ("msisdn", "imsi", "imei"):
        counted = generated.value(
            f"select count(distinct line_id) from {identifiers}"
            f" where {known} and element = '{element}' and confirmed_on <= date '{stated_on}'"
        )
        assert abs(counted - exposed * scale_of(generated)) <= 1
    counted = generated.value(
        f"select count(distinct line_id) from {generated.good('micropayments', 'payment_id')}"
        " as payments inner join"
        f" {generated.good('disputed_payments', 'payment_id', 'incident_id')} as disputed"
        f" using (payment_id) where disputed.{known} and status = 'confirmed'"
    )
    assert counted >= 1
    assert abs(counted - victims * scale_of(generated)) <= 1


def test_unauthorised_payments_sum_to_the_published_won(generated: truth.Generated) -> None:
    [row] = generated.query(
        "select count(*) as cases, sum(cast(amount_krw as bigint)) as krw,"
        " min(cast(paid_at as timestamp)) as first_at, max(cast(paid_at as timestamp)) as last_at"
        f" from {generated.good('micropayments', 'payment_id')} inner join"
        f" {generated.good('disputed_payments', 'payment_id', 'incident_id')} as disputed"
        " using (payment_id) where status = 'confirmed'"
    )
    assert abs(row["krw"] - 243_190_000 * scale_of(generated)) <= 1
    assert abs(row["cases"] - 777 * scale_of(generated)) <= 1
    assert str(row["first_at"]) >= "2025-08-05"
    assert str(row["last_at"]) < "2025-09-06"


def test_every_batch_has_files_that_its_manifest_lists(generated: truth.Generated) -> None:
    batches = sorted(folder.name for folder in generated.landing.iterdir())
    assert batches[:7] == [
        "2025-03-31",
        "2025-04-30",
        "2025-05-31",
        "2025-06-30",
        "2025-07-31",
        "2025-08-31",
        "2025-09-01",
    ]
    assert len(batches) == 6 + 212
    assert batches[-1] == "2026-03-31"
    for batch in batches:
        files = sorted((generated.landing / batch).glob("*.parquet"))
        assert files, f"batch {batch} is empty"


# ------------------------------------------------------------------------ scale 1, by its plan


@pytest.fixture(scope="module")
def whole() -> Planner:
    return Planner(
        truth.reference_scenario(), registers.load(generation.DEFAULT_REFERENCE), Fraction(1)
    )


def test_the_plan_at_scale_one_is_exact(whole: Planner) -> None:
    outs = {}
    for plan in whole.port_outs():
        key = (str(plan.processed_on), plan.destination)
        outs[key] = outs.get(key, 0) + plan.n

    def total(first: str, last: str, *destinations: str) -> int:
        return sum(
            n
            for (day, destination), n in outs.items()
            if first <= day <= last and (not destinations or destination in destinations)
        )

    assert total("2025-12-30", "2025-12-30") == 2985
    assert total("2025-12-31", "2025-12-31") == 10142
    assert total("2026-01-01", "2026-01-02") == 21492
    assert total("2026-01-03", "2026-01-03") == 21027
    assert total("2026-01-03", "2026-01-03", "SKT") == 13616
    assert total("2025-12-31", "2026-01-03") == 52661
    assert total("2025-12-31", "2026-01-13") == 312902
    assert total("2025-12-31", "2026-01-13", "SKT") == 201562
    assert total("2025-12-31", "2026-01-13", "LGU") == 70130
    assert total("2025-12-31", "2026-01-13", "MVNO") == 41210
    to_skt = total("2025-12-31", "2026-01-03", "SKT")
    assert round(to_skt / 52661, 3) == 0.614
    assert round(to_skt / (to_skt + total("2025-12-31", "2026-01-03", "LGU")), 3) == 0.714
    assert round(total("2026-01-12", "2026-01-13") / 312902, 3) == 0.309


def test_own_brand_leavers_of_the_first_day_at_scale_one(whole: Planner) -> None:
    own = {
        plan.destination: plan.n
        for plan in whole.port_outs()
        if str(plan.processed_on) == "2025-12-31" and plan.brand_class == OWN
    }
    assert (own["SKT"], own["LGU"]) == (4661, 1225)


def test_port_ins_of_the_window_at_scale_one(whole: Planner) -> None:
    first, last = whole.window_first, whole.window_last
    ins = sum(plan.n for plan in whole.port_ins() if first <= plan.processed_on <= last)
    assert ins == 74840


def test_normal_days_are_as_described(whole: Planner) -> None:
    outs = {}
    for plan in whole.port_outs():
        outs[plan.processed_on] = outs.get(plan.processed_on, 0) + plan.n
    disclosed_on = whole.scenario.date("breach.disclosed_on")
    eve = whole.scenario.date("window.eve_on")
    quiet = [n for day, n in outs.items() if day < disclosed_on]
    before = [n for day, n in outs.items() if disclosed_on <= day < eve]
    after = [n for day, n in outs.items() if day > whole.window_last]
    assert 3020 <= sum(quiet) / len(quiet) <= 3120
    assert 3100 <= sum(before) / len(before) <= 3300
    assert 2600 <= sum(before) / (eve - disclosed_on).days <= 2800
    assert 2850 <= sum(after) / len(after) <= 2950


def test_lasting_leavers_are_what_left_beyond_the_counterfactual(whole: Planner) -> None:
    """Waiting and pulling forward move leavers in time and leave no net loss."""
    plans = whole.port_outs()
    net = sum(plan.n for plan in plans) - sum(whole.counterfactual().values())
    waited = sum(plan.n_waited for plan in plans)
    pulled = sum(plan.n_pulled_forward for plan in plans)
    lasting = sum(plan.n_incident for plan in plans) - waited - pulled
    assert abs(lasting - net) <= 0.002 * net
    assert 200 <= waited <= 1000
    assert 5_000 <= pulled <= 20_000
    moved = {plan.processed_on for plan in plans if plan.n_waited or plan.n_pulled_forward}
    assert min(moved) >= whole.window_first
    assert max(moved) <= whole.window_last


def test_another_seed_has_other_ordinary_days_and_the_same_published_ones(whole: Planner) -> None:
    other = Planner(whole.scenario, whole.registers, Fraction(1), seed=7)
    days: list[dict[str, int]] = []
    for planner in (whole, other):
        outs: dict[str, int] = {}
        for plan in planner.port_outs():
            outs[str(plan.processed_on)] = outs.get(str(plan.processed_on), 0) + plan.n
        days.append(outs)
    assert days[0]["2026-01-02"] == days[1]["2026-01-02"] == 21492
    assert days[0]["2025-10-15"] != days[1]["2025-10-15"]
