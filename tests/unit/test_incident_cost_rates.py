"""Dollars and their rates by the SQL against exact arithmetic, thousands of cases at once.

Belongs here: rounding to the cent, and which rate a cost line gets. Does not belong here: what a
line costs in won (`test_incident_cost`).
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import duckdb
import pandas as pd

from tests.unit.oracles import incident_cost as oracle
from tests.unit.oracles.incident_cost_sql import Bulk
from tests.unit.oracles.models_in_memory import rendered_text

CASES = 10_000


def test_dollars_are_those_of_exact_arithmetic_to_the_last_half_cent() -> None:
    draw = random.Random(20251230)
    ties = [
        Decimal(text) for text in ("1000", "1440", "200", "1447.2", "1437.5", "0.5", "800.0004")
    ]
    cases = []
    for number in range(2 * CASES):
        rate = draw.choice(ties) if number % 2 else Decimal(draw.randrange(1, 20_000_000)) / 10_000
        if number % 4 == 1:
            # Half a cent exactly, or as near to it as whole won come, and one won beside it.
            cents = draw.randrange(10 ** draw.randrange(1, 12))
            won = int((2 * cents + 1) * rate / 200) + draw.choice((-1, 0, 0, 1))
        else:
            won = draw.randrange(10 ** draw.randrange(1, 14))
        cases.append((won * draw.choice((1, 1, 1, -1)), rate))
    sql = rendered_text("select {{ dollars_of('won', 'rate') }} as usd from cases order by number")
    with duckdb.connect() as connection:
        frame = pd.DataFrame([(n, str(won), str(rate)) for n, (won, rate) in enumerate(cases)])
        connection.register("frame", frame)
        connection.execute(
            'create table cases as select cast("0" as bigint) as number,'
            ' cast("1" as bigint) as won, cast("2" as decimal(12, 4)) as rate from frame'
        )
        found = [usd for (usd,) in connection.execute(sql).fetchall()]
    wrong = [
        (case, usd, oracle.dollars(*case))
        for case, usd in zip(cases, found, strict=True)
        if usd != oracle.dollars(*case)
    ]
    assert not wrong, wrong[:5]
    assert len(found) >= CASES


def test_a_line_gets_the_rate_of_its_claim_or_of_the_newest_day_known() -> None:
    draw = random.Random(4)
    first = date(2025, 12, 1)
    claims = [f"C{number}" for number in range(4_000)]
    rates = [
        oracle.Rate(
            rate_id=f"r{number:05}",
            claim=draw.choice(claims) if number > 40 else None,
            rate_on=first + timedelta(days=draw.randrange(60)),
            known_from=first + timedelta(days=draw.randrange(60)),
            won=Decimal(draw.randrange(13_000_000, 15_000_000)) / 10_000,
        )
        for number in range(6_000)
    ]
    lines = [draw.choice([*claims, None]) for _ in range(CASES)]
    tables = Bulk()
    bases = set()
    by_claim: dict[str | None, list[oracle.Rate]] = {}
    for rate in rates:
        by_claim.setdefault(rate.claim, []).append(rate)
    for as_of in (
        first - timedelta(days=1),
        first + timedelta(days=20),
        first + timedelta(days=70),
    ):
        tables.load(
            {
                "ref_cost_lines": [
                    {"cost_line": f"line{number}", "fx_claim_id": claim}
                    for number, claim in enumerate(lines)
                ],
                "ref_fx_rates": [
                    {
                        "rate_id": rate.rate_id,
                        "claim_id": rate.claim,
                        "rate_on": rate.rate_on,
                        "currency": "USD",
                        "krw_per_unit": rate.won,
                        "known_from": rate.known_from,
                    }
                    for rate in rates
                ],
                "int_delivery_facts": [{"as_of_date": as_of, "sample_rate": 1}],
            }
        )
        found = {row["cost_line"]: row for row in tables.build("int_cost_line_rates")}
        assert len(found) == len(lines)
        for number, claim in enumerate(lines):
            row = found[f"line{number}"]
            fitting = [*by_claim.get(claim, ()), *by_claim.get(None, ())]
            expected = oracle.rate_of(claim, fitting, as_of)
            assert (row["rate_id"], row["rate_basis"]) == expected, (claim, as_of)
            bases.add(row["rate_basis"])
    assert bases == {"claim", "day", "none_known"}
