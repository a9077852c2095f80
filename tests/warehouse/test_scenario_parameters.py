"""The parameters say where they come from, and another incident needs other parameters only."""

from __future__ import annotations

import csv
import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest

from scenarios.generator import generation, registers
from scenarios.generator.scenario import ScenarioError, load
from tests.warehouse import truth

if TYPE_CHECKING:
    from pathlib import Path

GENERATOR = generation.PROJECT_DIR / "scenarios" / "generator"


def register(name: str) -> list[dict[str, str]]:
    with (generation.DEFAULT_REFERENCE / name).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


CLAIMS = {row["claim_id"]: row for row in register("ref_published_claims.csv")}


def test_every_claim_named_is_in_the_register() -> None:
    named = {leaf.reason for leaf in truth.reference_scenario().leaves if leaf.kind == "claim"}
    assert named <= set(CLAIMS)
    assert len(named) > 20


def test_a_number_with_a_claim_is_the_number_of_the_claim() -> None:
    """Figures that stand in a claim as they are; others name the claim that they make hold."""
    derived = {"window.own_brand_cells.2025-12-31", "window.cells.2025-12-31", "window.ins"}
    checked = 0
    for leaf in truth.reference_scenario().leaves:
        if leaf.kind != "claim" or leaf.path in derived or isinstance(leaf.value, list | dict):
            continue
        claim = CLAIMS[leaf.reason]
        if isinstance(leaf.value, int | float):
            assert float(claim["value"]) == leaf.value, leaf.path
            checked += 1
        else:
            assert str(leaf.value) in set(claim.values()), leaf.path
    assert checked > 15


def test_cells_and_margins_with_a_claim_hold_it() -> None:
    scenario = truth.reference_scenario()
    first = scenario.get("window.cells")["2025-12-31"]
    assert {
        key: int(CLAIMS[claim]["value"]) for key, claim in (("SKT", "X03"), ("LGU", "X04"))
    } == {key: first[key] for key in ("SKT", "LGU")}
    own = scenario.get("window.own_brand_cells")["2025-12-31"]
    assert sum(own.values()) == int(CLAIMS["X01"]["value"])
    ins, outs = scenario.get("window.ins"), int(CLAIMS["X06"]["value"])
    assert ins - outs == int(CLAIMS["X10"]["value"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("population: 3\n", "population = 3 does not say where it comes from"),
        ("population: {value: 3}\n", "needs exactly one of claim, assumption, source"),
        ("population: {value: 3, claim: X1, assumption: both}\n", "needs exactly one of"),
        ("- 3\n", "holds no mapping"),
        ("population: {value: 3\n", "is no YAML"),
    ],
)
def test_a_scenario_that_cannot_be_used_is_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "scenario.yaml"
    file.write_text(text)
    with pytest.raises(ScenarioError, match=re.escape(message)):
        load(file)


def test_a_parameter_that_is_missing_is_named() -> None:
    with pytest.raises(ScenarioError, match=r"no parameter 'window\.nothing'"):
        truth.reference_scenario().get("window.nothing")


def test_the_code_of_the_generator_names_no_rule_of_an_incident() -> None:
    codes = {row["carrier_code"] for row in register("ref_carriers.csv")}
    codes |= {row["plan_code"] for row in register("ref_plans.csv")}
    for file in sorted([*GENERATOR.rglob("*.py"), *GENERATOR.rglob("*.sql")]):
        text = file.read_text(encoding="utf-8")
        assert not re.findall(r"20\d\d-\d\d", text), file
        quoted = set(re.findall(r"['\"]([A-Z0-9_]{2,})['\"]", text))
        assert not quoted & codes, file


# ---------------------------------------------------------------------------- another incident

#: Codes and days of the reference incident -> those of one at another carrier a year later.
OTHER_CODES = {
    "KT-2025": "NORD-2026",
    "SKT-2025": "OST-2026",
    "KT": "NORD",
    "SKT": "OST",
    "LGU": "WEST",
    "KTM": "NO1",
    "SKL": "NO2",
    "FRT": "NO3",
    "SK7": "OS1",
    "TNK": "OS2",
    "UMO": "WE1",
    "LIV": "WE2",
}


def elsewhere(text: str) -> str:
    for code in sorted(OTHER_CODES, key=len, reverse=True):
        text = re.sub(rf"(?<![\w-]){re.escape(code)}(?![\w-])", OTHER_CODES[code], text)
    return re.sub(r"\b(202[0-6])(-\d\d)", lambda match: f"{int(match[1]) + 1}{match[2]}", text)


@pytest.fixture(scope="module")
def other_incident(tmp_path_factory: pytest.TempPathFactory) -> truth.Generated:
    folder = tmp_path_factory.mktemp("elsewhere")
    scenario = folder / "scenario.yaml"
    scenario.write_text(elsewhere(generation.DEFAULT_SCENARIO.read_text(encoding="utf-8")))
    reference = folder / "reference"
    reference.mkdir()
    for name in registers.FILES:
        source = (generation.DEFAULT_REFERENCE / name).read_text(encoding="utf-8")
        (reference / name).write_text(elsewhere(source), encoding="utf-8")
    out = folder / "out"
    generation.generate(out, "0.001", scenario_file=scenario, reference=reference, quiet=True)
    return truth.Generated(out)


def test_another_incident_needs_no_other_code(other_incident: truth.Generated) -> None:
    ports = other_incident.good("port_requests", "port_id")
    carriers = {
        row["carrier"]
        for row in other_incident.query(
            f"select distinct donor_carrier as carrier from {ports} union"
            f" select distinct recipient_carrier from {ports}"
        )
    }
    assert carriers == set(OTHER_CODES.values()) - {"NORD-2026", "OST-2026"}
    operator = "('NORD', 'NO1', 'NO2', 'NO3')"
    left = other_incident.value(
        f"select count(*) from {ports} where status = 'completed'"
        f" and donor_carrier in {operator}"
        " and processed_on between date '2026-12-31' and date '2027-01-13'"
    )
    assert abs(left - 312.902) <= 1
    assert len(list(other_incident.landing.iterdir())) == 6 + 212


def test_another_incident_tells_of_its_own_days_only(other_incident: truth.Generated) -> None:
    batches = sorted(folder.name for folder in other_incident.landing.iterdir())
    assert (batches[0], batches[-1]) == ("2026-03-31", "2027-03-31")
    incidents = other_incident.query(
        "select distinct incident_id, carrier, started_on"
        f" from {other_incident.delivered('incidents')}"
    )
    assert {row["carrier"] for row in incidents} == {"NORD", "OST"}
    assert min(row["started_on"] for row in incidents) == dt.date(2026, 4, 19)


def test_a_brand_that_no_register_knows_is_refused(tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.yaml"
    text = generation.DEFAULT_SCENARIO.read_text(encoding="utf-8")
    scenario.write_text(text.replace("KTM: 0.60", "XYZ: 0.60"))
    with pytest.raises(ScenarioError, match=r"names XYZ \(hosted_brands\)"):
        generation.generate(tmp_path / "out", "0.001", scenario_file=scenario, quiet=True)


def test_figures_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.yaml"
    text = generation.DEFAULT_SCENARIO.read_text(encoding="utf-8")
    scenario.write_text(text.replace("SKT: {value: 201562", "SKT: {value: 201563"))
    with pytest.raises(ScenarioError, match="must be equal"):
        generation.generate(tmp_path / "out", "0.001", scenario_file=scenario, quiet=True)
