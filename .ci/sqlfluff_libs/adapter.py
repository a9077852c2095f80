"""Stands in for dbt's choice of an engine's macro when sqlfluff renders a model: that of DuckDB."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import jinja2

_MACROS = Path(__file__).resolve().parents[2] / "macros" / "engine"


def dispatch(name: str, _package: str) -> Any:
    """Give the macro as every engine has it unless it has one of its own."""
    return getattr(_module(), f"default__{name}")


@functools.cache
def _module() -> Any:
    # SQL and no web page: nothing is escaped.
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)  # noqa: S701
    environment.globals.update({"return": lambda value: value})
    text = "".join(path.read_text("utf-8") for path in sorted(_MACROS.glob("*.sql")))
    return environment.from_string(text).module
