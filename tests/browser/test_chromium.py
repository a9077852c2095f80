"""Without a browser nothing passes unseen: tests say that they were skipped, and CI fails."""

from __future__ import annotations

import shutil

import pytest

from tests.browser import chromium


@pytest.mark.parametrize(
    ("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)]
)
def test_a_machine_without_a_browser_says_so(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="apt-get install chromium"):
        chromium.executable()
