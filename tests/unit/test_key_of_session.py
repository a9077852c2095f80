"""A key file reaches the session of Spark, whose profile reads the variable alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from parity import key_of_session

if TYPE_CHECKING:
    from pathlib import Path


def test_a_key_file_is_read_into_the_variable(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("a key of ours\n", encoding="utf-8")
    file.chmod(0o600)
    environ = {"AFTERMATH_PSEUDONYM_KEY_FILE": str(file)}
    key_of_session.bring(environ)
    assert environ == {"AFTERMATH_PSEUDONYM_KEY": "a key of ours"}


def test_a_key_file_that_others_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("a key of ours\n", encoding="utf-8")
    file.chmod(0o644)
    with pytest.raises(ValueError, match="must be yours alone"):
        key_of_session.bring({"AFTERMATH_PSEUDONYM_KEY_FILE": str(file)})


def test_a_variable_stays_as_it_is() -> None:
    environ = {"AFTERMATH_PSEUDONYM_KEY": "a key of ours"}
    key_of_session.bring(environ)
    assert environ == {"AFTERMATH_PSEUDONYM_KEY": "a key of ours"}
