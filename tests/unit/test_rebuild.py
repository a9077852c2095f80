"""A batch built anew beside another one: what is built, what is tested, and what breaks it."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from orchestration import rebuild
from orchestration.dbt_session import DbtError, DbtResult, DbtRun
from orchestration.layer import Layer
from orchestration.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

TABLE, TEST = "model.fct", "test.key"


class Session:
    """Builds what it is asked for, and finds what a test is said to find."""

    builds, finds = "success", "pass"
    built: Sequence[str] = ()

    def __init__(self, _: Settings) -> None:
        pass

    def manifest(self) -> Any:
        in_marts = {Layer.MARTS: 1}
        return SimpleNamespace(
            assets=lambda layer: (TABLE,) * in_marts.get(layer, 0),
            tests=lambda layer: (TEST,) * in_marts.get(layer, 0),
        )

    def build(self, nodes: Sequence[str], _: dt.date) -> DbtRun:
        Session.built = nodes
        status = {TABLE: self.builds, TEST: self.finds}
        return DbtRun(tuple(DbtResult(node, status[node], "", 1, 0, None) for node in nodes), 0)


@pytest.fixture(autouse=True)
def _without_a_work_area(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuild, "DbtSession", Session)
    monkeypatch.setattr(rebuild.work_area, "empty", lambda _: None)
    monkeypatch.setattr(rebuild, "_copy_ledger", lambda *_: None)


def anew(**how: bool) -> None:
    delivery = SimpleNamespace(
        make_readable=lambda: None, intake=SimpleNamespace(as_of_date=dt.date(2019, 3, 4))
    )
    rebuild.anew(Settings.from_env({}), delivery, None, **how)  # type: ignore[arg-type]


def test_a_scratch_batch_is_built_and_not_tested() -> None:
    anew()
    assert Session.built == [TABLE]


@pytest.mark.fault(
    kind="late data",
    tried="what came breaks a rule together with rows that no batch tests again",
    holds="the nightly comparison runs every test on all rows and fails",
)
def test_the_nightly_comparison_tests_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    anew(is_tested=True)
    assert Session.built == [TABLE, TEST]
    monkeypatch.setattr(Session, "finds", "warn")
    anew(is_tested=True)
    monkeypatch.setattr(Session, "finds", "fail")
    with pytest.raises(rebuild.RuleBroken, match=r"test\.key: fail"):
        anew(is_tested=True)


def test_a_table_that_is_not_built_is_no_broken_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "builds", "error")
    with pytest.raises(DbtError, match=r"model\.fct: error") as raised:
        anew(is_tested=True)
    assert not isinstance(raised.value, rebuild.RuleBroken)
