"""Retry only what failed: what is gone on from, and when a whole run is needed."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb
import pytest

from orchestration import alerts, batch, fingerprints, partitions, retry
from orchestration.errors import WholeRunNeeded
from orchestration.instance import open_instance
from orchestration.layer import BUILT_LAYERS
from orchestration.settings import Settings
from tests.orchestration.small_batch import Small, install

if TYPE_CHECKING:
    from pathlib import Path

RETRY = batch.Asked(is_retry=True)
EVERY_STEP = [
    "intake",
    *(f"{kind}_{layer}" for layer in BUILT_LAYERS for kind in ("dbt", "gate")),
    "published__restatements",
    "published__current",
    "published__briefing",
]


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Small:
    for name in ("DAGSTER_HOME", "DAGSTER_EVENT_BATCH_SIZE", "DAGSTER_DISABLE_TELEMETRY"):
        monkeypatch.setenv(name, "")
    reference = tmp_path / "reference"
    shutil.copytree(Settings.from_env({}).reference, reference)
    settings = replace(Settings.from_env({}), build_dir=tmp_path / "build", reference=reference)
    return install(monkeypatch, settings)


def refused(small: Small, part: str, settings: Settings | None = None) -> None:
    with (
        open_instance(small.settings) as instance,
        pytest.raises(WholeRunNeeded, match=part) as caught,
    ):
        retry.point(instance, settings or small.settings)
    assert "there is nothing to go on from" in str(caught.value)


@pytest.mark.fault(
    kind="rerun",
    tried="dbt fails in the marts, is mended, and the run is taken up where it failed",
    holds="only the marts, their gate and publishing run; readers get what a whole run gives",
)
def test_a_run_is_taken_up_where_it_failed(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    small.dbt_fails_in = "marts"
    failed = small.run()
    assert not failed.is_success
    assert small.built == ["raw", "staging", "intermediate", "marts"]
    assert not small.settings.current_db.exists()
    [title] = alerts.open_causes(small.settings).values()
    assert title.startswith("Stopped while dbt built the marts layer.")
    assert not any(part in alerts.log_file(small.settings).read_text() for part in ("Kim", "0101"))

    small.dbt_fails_in = ""
    mended = dict(retry.code_by_part(), marts="mended")
    monkeypatch.setattr(retry, "code_by_part", lambda: mended)
    done = small.run(asked=RETRY)

    assert done.is_success, done.why
    assert small.steps(done.run_id) == EVERY_STEP[EVERY_STEP.index("dbt_marts") :]
    assert small.built[-1:] == ["marts"]
    assert alerts.open_causes(small.settings) == {}
    with duckdb.connect(str(small.settings.current_db.resolve()), read_only=True) as reader:
        [(as_of, run_id)] = reader.execute(
            "select as_of_date, run_id from core.published_generation"
        ).fetchall()
        assert reader.execute("select as_of_date from churn.fct_churn").fetchall() == [(as_of,)]
    assert run_id == done.run_id
    with open_instance(small.settings) as instance:
        run = instance.get_run_by_id(done.run_id)
    assert run is not None
    assert run.parent_run_id == failed.run_id
    assert run.tags["dagster/partition"] == str(as_of)
    assert partitions.READERS_TAG not in run.tags, "who re-executes a run copies its tags"
    assert not any(small.kept_rows)
    refused(small, "The last run did not fail")


@pytest.mark.fault(
    kind="rerun",
    tried="a batch of what arrived fails in the marts, is taken up with the same code, then with "
    "models that were mended",
    holds="with the same code only what arrived is built; with mended models every row is, so that "
    "no table holds rows of two versions of a model",
)
def test_models_that_were_mended_build_every_row(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.dbt_fails_in = "marts"
    assert not small.run().is_success
    # As if it had been planned on the batch before.
    facts = small.settings.work_dir / "batch.json"
    planned = {"is_incremental": True, "built_on": "the-one-before.duckdb"}
    facts.write_text(json.dumps(json.loads(facts.read_text()) | planned))
    assert not small.run(asked=RETRY).is_success
    assert (small.built[-1], small.kept_rows[-1]) == ("marts", True)

    small.dbt_fails_in = ""
    monkeypatch.setattr(fingerprints, "of_code", lambda _: "mended")
    done = small.run(asked=RETRY)
    assert done.is_success, done.why
    assert (small.built[-1], small.kept_rows[-1]) == ("marts", False)


@pytest.mark.fault(
    kind="rerun",
    tried="a retry after registers, code, files, the day or the work area changed",
    holds="it is refused with the reason; nothing is published from steps that no longer agree",
)
def test_what_changed_since_needs_a_whole_run(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused(small, "No batch has been run here")
    small.dbt_fails_in = "intermediate"
    failed = small.run()
    with open_instance(small.settings) as instance:
        assert retry.point(instance, small.settings) == retry.Point(
            failed.run_id, tuple(EVERY_STEP[EVERY_STEP.index("dbt_intermediate") :])
        )

    refused(small, "this one would be of", replace(small.settings, as_of="2026-01-03"))
    refused(small, "pseudonym key is another", replace(small.settings, pseudonym_key="another"))
    code = retry.code_by_part()
    for part in ("staging", "common"):
        with monkeypatch.context() as patch:
            patch.setattr(retry, "code_by_part", lambda part=part: {**code, part: "another"})
            refused(small, f"The code of what is built already was changed since: {part}")
    register = small.settings.reference / "ref_feeds.csv"
    text = register.read_text()
    register.write_text(text + "\n")
    refused(small, "Rules or registers were changed since")
    register.write_text(text)
    with monkeypatch.context() as patch:
        look = retry.delivered.look
        patch.setattr(retry.delivered, "look", lambda it: replace(look(it), state="another"))
        refused(small, "Files were delivered or corrected since")
    made_of = small.settings.work_dir / "made_of.json"
    made = made_of.read_text()
    made_of.write_text(made.replace(failed.run_id, "another-run"))
    refused(small, "The work area is of another run")
    made_of.write_text(made)
    small.settings.work_db.unlink()
    refused(small, "A database of the work area is gone")
    made_of.unlink()
    refused(small, "The work area holds no batch")


def test_a_gate_that_found_faults_is_asked_again_only_with_other_rules(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.spoiled = {"staging.stg_things"}
    assert not small.run().is_success
    [alert] = [json.loads(line) for line in alerts.log_file(small.settings).open()]
    assert alert["title"] == "Stopped at the gate of the staging layer."
    assert alert["broken"] == [
        {
            "table": "staging.stg_things",
            "rule": "Things are plausible",
            "rows": None,
            "observed": "3 rows on a table of 3 rows",
        }
    ]
    assert alert["run_id"] in alert["page"]
    assert alert["run_id"] in alert["evidence"]
    refused(small, "The gate of the staging layer found faults in the data")

    code = retry.code_by_part()
    monkeypatch.setattr(retry, "code_by_part", lambda: {**code, "gate_raw": "another"})
    refused(small, "The code of what is built already was changed since: gate_raw")
    monkeypatch.setattr(retry, "code_by_part", lambda: {**code, "gate_staging": "a rule mended"})
    small.spoiled = set()
    done = small.run(asked=RETRY)
    assert done.is_success, done.why
    assert small.steps(done.run_id) == EVERY_STEP[EVERY_STEP.index("gate_staging") :]


def test_the_code_of_a_layer_is_its_models_tests_and_suites(tmp_path: Path) -> None:
    for name in ("models/marts/a.sql", "models/staging/b.sql", "macros/c.sql", "dbt_project.yml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("select 1")
    before = retry.code_by_part(tmp_path)

    def changed(name: str) -> set[str]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("select 2")
        now = retry.code_by_part(tmp_path)
        found = {part for part, code in now.items() if code != before[part]}
        before.update(now)
        return found

    assert changed("models/marts/a.sql") == {"marts"}
    assert changed("expectations/staging/new.py") == {"gate_staging"}
    assert changed("tests/dbt/marts/new.sql") == {"marts"}
    assert changed("macros/c.sql") == {"common"}
    assert changed("expectations/kinds.py") == {"common"}
    assert changed("README.md") == set()
