"""The smallest project that keeps every convention: a rule is shown to fail by spoiling it."""

from __future__ import annotations

from typing import Any

from tests import fault_record
from tests.conventions.rulebook import LAYERS, Node, Project
from tests.conventions.rules_faults import CRASH_TEST

KEY = {"name": "line_key", "description": "Keyed pseudonym, stable between batches"}


def model(path: str, schema: str, *reads: str, **more: Any) -> Node:
    """A model node as dbt's manifest writes it."""
    folder, _, file = path.rpartition("/")
    name = file.removesuffix(".sql")
    node: Node = {
        "resource_type": "model",
        "unique_id": f"model.aftermath.{name}",
        "name": name,
        "original_file_path": path,
        "patch_path": f"aftermath://{folder}/_{folder.rpartition('/')[2]}__models.yml",
        "schema": schema,
        "database": "candidate" if "/marts/" in path else "warehouse",
        "description": "One entry for each contract between the operator and a customer",
        "columns": {"line_key": dict(KEY)},
        "config": {
            "contract": {"enforced": False},
            "meta": {"access_level": "restricted" if schema == "restricted" else "internal"},
        },
        "access": "protected",
        "group": "data_platform",
        "depends_on": {"nodes": list(reads)},
    }
    return {**node, **more}


#: A test that plants a fault.
CRASH = '''"""Crashes."""

@pytest.mark.fault(kind="crash", tried="kill -9 of a batch", holds="readers see no change")
def test_a_killed_batch_changes_nothing():
    pass
'''


def key_test(name: str, model_id: str) -> Node:
    """A `unique` or `not_null` test on line_key of a model."""
    return {
        "resource_type": "test",
        "unique_id": f"test.aftermath.{name}_{model_id}",
        "name": f"{name}_{model_id}_line_key",
        "original_file_path": "models/models.yml",
        "attached_node": model_id,
        "column_name": "line_key",
        "test_metadata": {"name": name},
        "config": {"severity": "ERROR"},
        "depends_on": {"nodes": [model_id]},
    }


def small_project() -> Project:
    """One line's way from an export to a mart, with a suite, a test and a page of text."""
    seed: Node = {
        "resource_type": "seed",
        "unique_id": "seed.aftermath.raw_lines",
        "name": "raw_lines",
        "original_file_path": "seeds/raw/raw_lines.csv",
        "schema": "raw",
        "description": "Subscriptions as the operator's systems export them",
        "columns": {"line_id": {"name": "line_id", "description": "Natural key, unique in time"}},
        "config": {
            "column_types": {"line_id": "string"},
            "meta": {"access_level": "restricted"},
        },
    }
    staging = "models/staging/operator"
    models = [
        model(f"{staging}/stg_operator__line_vault.sql", "restricted", seed["unique_id"]),
        model(
            f"{staging}/stg_operator__lines.sql",
            "staging",
            seed["unique_id"],
            "model.aftermath.stg_operator__line_vault",
        ),
        model(
            "models/intermediate/lines/int_lines_served.sql",
            "intermediate",
            "model.aftermath.stg_operator__lines",
        ),
        model(
            "models/marts/core/dim_lines.sql",
            "core",
            "model.aftermath.int_lines_served",
            access="public",
            config={"contract": {"enforced": True}, "meta": {"access_level": "internal"}},
            columns={"line_key": {**KEY, "data_type": "bigint"}},
        ),
    ]
    model_ids = [node["unique_id"] for node in models]
    tests = [key_test(name, model_id) for model_id in model_ids for name in ("unique", "not_null")]
    sql = """with

lines as (
    select * from {{ ref('int_lines_served') }}
),

final as (
    select line_key from lines
)

select * from final
"""
    texts = {
        "README.md": "# A project\n",
        "models/marts/core/dim_lines.sql": f"-- Grain: one row per (line_key).\n{sql}",
        "models/marts/core/_core__models.yml": "version: 2\n",
        "expectations/marts/dim_lines.py": '"""Suite of the lines."""\n',
        "orchestration/layer.py": "class Layer(StrEnum):\n"
        + "".join(f'    {layer.upper()} = "{layer}"\n' for layer in LAYERS),
        "tests/unit/test_lines.py": '"""Lines."""\n\ndef test_a_line_has_a_key():\n    pass\n',
        CRASH_TEST: CRASH,
        fault_record.PAGE: fault_record.page(
            faults := fault_record.all_faults({CRASH_TEST: CRASH}),
            {fault.test: fault_record.SURVIVED for fault in faults},
            "No record yet.\n",
        ),
        "seeds/reference/ref_carriers.csv": "carrier_code\nKT\nSKT\n",
    }
    return Project(
        manifest={
            "nodes": {node["unique_id"]: node for node in [seed, *models, *tests]},
            "sources": {},
            "groups": {
                "group.aftermath.data_platform": {
                    "name": "data_platform",
                    "owner": {"email": "data-platform@example.com"},
                }
            },
        },
        built={model_id: {"line_key": "BIGINT"} for model_id in model_ids},
        texts=texts,
        sizes={path: len(text) for path, text in texts.items()},
    )
