"""The key of the pseudonyms in a session of dbt: as it is given, and at no price."""

from __future__ import annotations

import subprocess
import sys

import duckdb
import pytest

from orchestration.pseudonym_key import Plugin

AT_NO_PRICE = """
import sys
import duckdb
from orchestration.pseudonym_key import Plugin
Plugin.configure_cursor(None, duckdb.connect())
sys.exit("pandas" in sys.modules)
"""


@pytest.mark.parametrize("key", ["a'b", "가입자", "two -- words"])
def test_a_session_knows_the_key_as_it_is_given(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("AFTERMATH_PSEUDONYM_KEY", key)
    with duckdb.connect() as connection:
        Plugin.configure_cursor(None, connection)
        assert connection.execute("select getvariable('pseudonym_key')").fetchone() == (key,)


def test_the_key_does_not_bring_pandas_into_every_batch() -> None:
    subprocess.run([sys.executable, "-c", AT_NO_PRICE], check=True)
