"""The chain ladder of the models against published results and against chainladder-python."""

from __future__ import annotations

import random
import warnings
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.oracles import triangles
from tests.unit.oracles.reserving_sql import Programmes, rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.unit.oracles.reserving import Basis


def valued(
    cases: Mapping[str, Sequence[Sequence[int]]],
    basis: Basis = triangles.NO_TAIL,
    entitled: int = triangles.WITHOUT_LIMIT,
) -> dict[str, dict[str, Any]]:
    """Factors, cohorts and total of triangles of one size, on the day of their last diagonal."""
    size = max(len(triangle) for triangle in cases.values())
    as_of = triangles.month(size) - timedelta(days=1)
    run = Programmes(as_of, [as_of])
    for name, triangle in cases.items():
        run.add(name, basis, triangles.events(triangle, entitled))
    connection = run.run()
    found: dict[str, dict[str, Any]] = {}
    for name in cases:
        one = f"where programme_id = '{name}'"
        found[name] = {
            "factors": rows(connection, f"from fct_development_factors {one} order by lag"),
            "cohorts": rows(connection, f"from fct_cohort_ultimates {one} order by cohort_on"),
            "total": rows(connection, f"from fct_uptake_totals {one}")[0],
        }
    return found


def test_the_example_of_mack_1993_comes_out_as_printed() -> None:
    found = valued({"taylor_ashe": triangles.TAYLOR_ASHE})["taylor_ashe"]
    factors = [round(row["development_factor"], 4) for row in found["factors"][:-1]]
    assert factors == list(triangles.TAYLOR_ASHE_FACTORS)
    reserves = [row["ultimate_krw"] - row["taken_krw"] for row in found["cohorts"]]
    assert [round(reserve / 1000) for reserve in reserves] == list(triangles.TAYLOR_ASHE_RESERVES)
    errors = [row["mack_error_amount"] for row in found["cohorts"]]
    for error, reserve, printed in zip(
        errors[1:], reserves[1:], triangles.TAYLOR_ASHE_ERRORS[1:], strict=True
    ):
        assert round(100 * error / reserve) == printed
    total, percent = triangles.TAYLOR_ASHE_TOTAL
    assert round(sum(reserves) / 1000) == total
    assert round(100 * found["total"]["mack_error_amount"] / sum(reserves)) == percent


def test_the_example_of_mack_1994_comes_out_as_printed() -> None:
    found = valued({"raa": triangles.RAA})["raa"]
    reserves = [row["ultimate_krw"] - row["taken_krw"] for row in found["cohorts"]]
    # Ten cohorts, each rounded down to a whole won.
    assert sum(reserves) == pytest.approx(triangles.RAA_RESERVE, abs=10)
    assert round(found["total"]["mack_error_amount"]) == triangles.RAA_ERROR


def test_the_worked_example_of_the_documents_comes_out_as_written() -> None:
    found = valued({"example": ((100, 150, 165), (100, 170), (200,))})["example"]
    assert [row["ultimate_krw"] for row in found["cohorts"]] == [165, 187, 352]
    errors = [row["mack_error_amount"] for row in found["cohorts"]]
    assert [round(error, 1) for error in errors] == [0, 26.9, 54.5]
    assert round(found["total"]["mack_error_amount"], 1) == 71.8


def drawn(state: random.Random, size: int) -> list[list[int]]:
    """A triangle that grows at random and, now and then, shrinks a little."""
    triangle = []
    for origin in range(size):
        row = [state.randrange(10_000, 5_000_000)]
        while len(row) < size - origin:
            row.append(int(row[-1] * state.uniform(0.98, 1 + 2 / len(row) ** 2)))
        triangle.append(row)
    return triangle


def from_chainladder(triangle: Sequence[Sequence[int]]) -> Any:
    """Mack's method of chainladder-python on the same triangle, his rule for the last sigma."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cl = pytest.importorskip("chainladder")
        pd = pytest.importorskip("pandas")
        frame = pd.DataFrame(
            [
                {"origin": 2000 + origin, "development": 2000 + origin + lag, "krw": amount}
                for origin, row in enumerate(triangle)
                for lag, amount in enumerate(row)
            ]
        )
        data = cl.Triangle(
            frame, origin="origin", development="development", columns="krw", cumulative=True
        )
        developed = cl.Development(sigma_interpolation="mack").fit_transform(data)
        return developed, cl.MackChainladder().fit(developed)


def test_chainladder_python_agrees_on_every_triangle() -> None:
    state = random.Random(1993)
    cases = {f"t{number:02}": drawn(state, 7) for number in range(25)}
    found = valued(cases)
    for name, triangle in cases.items():
        developed, mack = from_chainladder(triangle)
        ours = found[name]
        assert [row["development_factor"] for row in ours["factors"][:-1]] == pytest.approx(
            developed.ldf_.values.flatten().tolist(), rel=1e-9
        )
        assert [row["variance"] for row in ours["factors"][:-1]] == pytest.approx(
            (developed.sigma_.values.flatten() ** 2).tolist(), rel=1e-7
        )
        assert [row["chain_ladder_amount"] for row in ours["cohorts"]] == pytest.approx(
            mack.ultimate_.values.flatten().tolist(), rel=1e-9
        )
        errors = mack.summary_.to_frame(origin_as_datetime=False)["Mack Std Err"].fillna(0)
        assert [row["mack_error_amount"] for row in ours["cohorts"]] == pytest.approx(
            errors.tolist(), rel=1e-7
        )
        assert ours["total"]["mack_error_amount"] == pytest.approx(
            float(mack.total_mack_std_err_.iloc[0, 0]), rel=1e-7
        )


def test_chainladder_python_agrees_on_bornhuetter_ferguson() -> None:
    entitled, take_up = 40_000_000, 0.8
    # No cohort is old enough for the chain ladder, so that all take the prior.
    basis = replace(triangles.NO_TAIL, min_developed_share=2.0, take_up=(0.5, take_up, 0.9))
    state = random.Random(1972)
    cases = {f"t{number:02}": drawn(state, 6) for number in range(10)}
    found = valued(cases, basis, entitled)
    for name, triangle in cases.items():
        developed, _ = from_chainladder(triangle)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            cl = pytest.importorskip("chainladder")
            weight = developed.latest_diagonal * 0 + entitled
            prior = cl.BornhuetterFerguson(apriori=take_up).fit(developed, sample_weight=weight)
        theirs = prior.ultimate_.values.flatten().tolist()
        for row, amount in zip(found[name]["cohorts"], theirs, strict=True):
            assert row["method"] == "bornhuetter_ferguson"
            # The models let nothing be less than what was taken up, nor more than was entitled.
            bounded = min(max(amount, row["taken_krw"]), max(entitled, row["taken_krw"]))
            assert row["ultimate_krw"] == pytest.approx(bounded, abs=1.01)
