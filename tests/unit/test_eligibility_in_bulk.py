"""The eligibility SQL against the oracle on twelve thousand lines at once."""

from __future__ import annotations

import random
from datetime import date, timedelta

from tests.unit.oracles import eligibility
from tests.unit.oracles.eligibility_cases import (
    BY_NAME,
    DEADLINES,
    NEAR,
    VERSIONS,
    Case,
    at,
    decisions,
    expected,
)


def drawn(draw: random.Random) -> Case:
    """A line and its claim as the strategy of the smaller test makes them, drawn quickly."""

    def day() -> date:
        if draw.random() < 0.6:
            return draw.choice(NEAR)
        return date(2025, 6, 1) + timedelta(days=draw.randrange(273))

    def rarely() -> bool:
        return draw.random() < 1 / 6

    terminated_on = day()
    line = eligibility.Line(
        line_kind=draw.choice(["handset"] * 4 + ["second_device", "iot", "prepaid"]),
        is_own_brand=not rarely(),
        activated_on=min(day(), terminated_on),
        terminated_on=terminated_on,
        termination_kind=draw.choice(["port_out", "port_out", "voluntary", "forced", "deceased"]),
        last_device_change_on=day() if rarely() else None,
        last_recontract_on=day() if rarely() else None,
        rejoined_on=day() if rarely() else None,
        is_exposed=rarely(),
        is_payment_victim=rarely(),
        choice="discount" if draw.random() < 1 / 4 else None,
    )
    if draw.random() < 0.5:
        return line, None
    claimed_at = (
        draw.choice(DEADLINES) + timedelta(seconds=draw.randint(-1, 1))
        if draw.random() < 0.5
        else at("2026-01-14 09:00:00") + timedelta(seconds=draw.randrange(17_000_000))
    )
    obstacle = draw.choice([None, draw.randint(-1, 16)])
    return line, eligibility.Claim(
        claimed_at=claimed_at,
        payee_is_owner=not rarely(),
        obstacle_ended_on=(
            None if obstacle is None else claimed_at.date() - timedelta(days=obstacle)
        ),
    )


def test_sql_and_oracle_agree_on_twelve_thousand_lines() -> None:
    draw = random.Random(20260114)
    generated = [drawn(draw) for _ in range(12_000)]
    found = decisions(generated)
    assert len(found) == len(VERSIONS) * 12_000
    wrong = []
    for (version, key), row in found.items():
        right = expected(generated[key], BY_NAME[version])
        if {name: row[name] for name in right} != right:
            wrong.append((version, generated[key], right, {name: row[name] for name in right}))
    assert not wrong, wrong[:3]
    reached = {row["reason_code"] for row in found.values()}
    assert reached == {"eligible", *(rule.reason_code for v in VERSIONS for rule in v.rules)}
    assert len({row["claim_status"] for row in found.values()}) == 5
