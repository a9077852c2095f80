"""Suites are found by where they stand, name their rules and reasons, and show no identifier."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys

import pytest

import expectations
from expectations import kinds
from expectations.outcomes import DIRECT_IDENTIFIERS
from orchestration.settings import PROJECT_DIR as ROOT

SUITES = [
    (layer, table, module)
    for layer in expectations.LAYERS
    for table, module in expectations.suites(layer).items()
]
each_suite = pytest.mark.parametrize(
    ("layer", "table", "module"), SUITES, ids=[table for _, table, _ in SUITES]
)

SENTENCE = re.compile(r"[A-Z].*[^.]")


def rules_of(module):
    return importlib.import_module(module).expectations()


def words_of(rule):
    """Return the SQL of a rule that may show rows or values."""
    return " ".join(
        str(getattr(rule, name, "")) for name in ("query", "column", "column_A", "column_B")
    )


def test_tables_are_named_without_importing_great_expectations():
    script = (
        "import sys, expectations, expectations.validate\n"
        "print(sum(len(expectations.tables(layer)) for layer in expectations.LAYERS))\n"
        "print('great_expectations' in sys.modules, 'sqlalchemy' in sys.modules)"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == [str(len(SUITES)), "False", "False"]


def test_schemas_are_layers_and_subjects():
    schemas = {
        layer: {table.split(".")[0] for table in expectations.tables(layer)}
        for layer in expectations.LAYERS
    }
    assert schemas == {
        "raw": {"raw"},
        "staging": {"staging"},
        "intermediate": {"intermediate"},
        "marts": {"core", "churn", "compensation", "incident", "reconciliation"},
    }


def test_a_layer_that_is_none_is_refused():
    with pytest.raises(ValueError, match="give one of raw, staging, intermediate, marts"):
        expectations.tables("gold")


@each_suite
def test_a_suite_speaks_of_a_table_that_is_built(layer, table, module):  # noqa: ARG001
    name = table.split(".")[1]
    found = list(ROOT.glob(f"models/{layer}/**/{name}.sql")) or list(
        ROOT.glob(f"seeds/{layer}/{name}.csv")
    )
    assert len(found) == 1, f"{table}: built by {found or 'nothing'}"
    if layer == "marts":
        subject = found[0].relative_to(ROOT / "models" / layer).parts[0]
        assert subject == table.split(".")[0]


@each_suite
def test_a_suite_says_what_its_table_must_answer(layer, table, module):  # noqa: ARG001
    says = " ".join(importlib.import_module(module).__doc__.split())
    assert "To be plausible this table must answer:" in says
    assert says.endswith("?")


@each_suite
def test_a_suite_has_rules_with_a_sentence_a_reason_and_a_severity(layer, table, module):  # noqa: ARG001
    rules = rules_of(module)
    assert rules
    sentences = [rule.description for rule in rules]
    assert len(set(sentences)) == len(sentences), "two rules under one sentence"
    for rule in rules:
        assert SENTENCE.fullmatch(rule.description), rule.description
        assert rule.notes, f"{rule.description}: no reason"
        assert "severity" in rule.__fields_set__, f"{rule.description}: no severity"
        assert rule.severity in {kinds.CRITICAL, kinds.WARNING}


@each_suite
def test_a_suite_can_stop_a_run(layer, table, module):  # noqa: ARG001
    severities = {rule.severity for rule in rules_of(module)}
    measures_only = {
        "staging.stg_operator__access_attempts_daily",
        "incident.rpt_access_monitoring_daily",
    }
    assert kinds.CRITICAL in severities or table in measures_only


@each_suite
def test_no_rule_shows_a_direct_identifier(layer, table, module):  # noqa: ARG001
    suite = importlib.import_module(module)
    assert not DIRECT_IDENTIFIERS & set(suite.KEYS)
    for rule in suite.expectations():
        shown = set(re.findall(r"\w+", words_of(rule)))
        assert not DIRECT_IDENTIFIERS & shown, rule.description


def test_no_rule_stands_twice():
    seen = {}
    for _, table, module in SUITES:
        for rule in rules_of(module):
            assert seen.setdefault(rule.description, table) == table, rule.description


@each_suite
def test_a_suite_gives_the_same_rules_each_time(layer, table, module):  # noqa: ARG001
    def told(rules):
        return [rule.configuration.to_json_dict() for rule in rules]

    assert told(rules_of(module)) == told(rules_of(module))
