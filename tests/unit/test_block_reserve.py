"""DuckDB keeps freed blocks up to its memory limit, and never asks for what ends the process."""

from __future__ import annotations

import mmap
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
import yaml

from orchestration import block_reserve
from orchestration.settings import PROJECT_DIR

if TYPE_CHECKING:
    from typing import NoReturn


def test_as_much_is_reserved_as_duckdb_may_hold() -> None:
    config: dict[str, Any] = {"memory_limit": "200MiB"}
    plugin = block_reserve.Plugin.__new__(block_reserve.Plugin)
    plugin.update_connection_config(SimpleNamespace(), config)
    with duckdb.connect(config=config) as connection:
        ((held,),) = connection.execute(
            "select current_setting('block_allocator_memory')"
        ).fetchall()
    assert held == "200.0 MiB"


def test_the_session_of_the_models_uses_it() -> None:
    written = (PROJECT_DIR / "profiles.yml").read_text(encoding="utf-8")
    plugins = yaml.safe_load(written)["aftermath"]["outputs"]["duckdb"]["plugins"]
    assert {"module": block_reserve.__name__} in plugins


@pytest.mark.parametrize("limit", ["80%", "", "plenty", "900TB"])
def test_nothing_is_reserved_that_would_end_the_process(limit: str) -> None:
    assert block_reserve.reserve(limit) == {}
    duckdb.connect(config=block_reserve.reserve(limit)).close()


def test_nothing_is_reserved_where_the_system_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise OSError("no more addresses")

    monkeypatch.setattr(mmap, "mmap", refuse)
    assert block_reserve.reserve("200MiB") == {}
