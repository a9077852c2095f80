"""Published generations that hold what they say of themselves, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration import audit_trail, candidate, fingerprints, publishing
from orchestration.audit_records import Event
from orchestration.settings import Settings
from orchestration.sql_text import literals

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

_FURTHER = {"book_id": "books", "delivery_sha256": "", "reference_sha256": ""}


def stand(build: Path, as_of: dt.date, **facts: Any) -> Settings:
    """Publish a generation of these facts; returns settings of its build directory.

    Facts that are settings are set, the others stand in the generation.
    """
    settings = replace(
        Settings.from_env({}),
        build_dir=build,
        **{name: facts.pop(name) for name in list(facts) if name in Settings.__slots__},
    )
    publish(settings, as_of, **facts)
    return settings


def publish(settings: Settings, as_of: dt.date, **facts: Any) -> str:
    """Publish one more generation and show it to readers; returns its name."""
    settings.published_dir.mkdir(parents=True, exist_ok=True)
    name = publishing.new_generation_id(settings)
    known = {
        "generation_id": name,
        "as_of_date": str(as_of),
        "is_demo": str(facts.pop("is_demo", True)),
        "run_id": "a-run",
        "code_version": facts.pop("code_version", candidate.code_version()),
        "further_facts": json.dumps(_FURTHER | facts),
    }
    path = settings.published_dir / f"{name}.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema core")
        connection.execute(
            f"create table {candidate.FACTS_TABLE} (generation_id varchar, as_of_date date, "
            "is_demo boolean, run_id varchar, code_version varchar, further_facts varchar)"
        )
        connection.execute(
            f"insert into {candidate.FACTS_TABLE} values ({literals(known.values())})"
        )
    files = {path.name: fingerprints.of_file(path)}
    audit_trail.append(settings, Event("published", name, {"files": files}))
    publishing.make_current(settings, name)
    return name
