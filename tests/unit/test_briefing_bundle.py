"""The script of the page is bundled once, beside the batch or by whoever is first to need it."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from briefing import bundle

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE_SECONDS = 120.0


def kept(folder: Path) -> list[Path]:
    return list(folder.glob("vega-*.js"))


def test_a_process_aside_bundles_what_a_page_would(tmp_path: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    with bundle.aside(tmp_path / "aside"):
        while not kept(tmp_path / "aside"):
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(0.05)
    made = bundle.script(tmp_path / "aside")
    assert made == bundle.script(tmp_path / "by_the_page")
    assert "</script" not in made


def test_what_was_bundled_is_not_bundled_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle._kept(tmp_path).write_text("kept", encoding="utf-8")

    def start(*_: object, **__: object) -> None:
        pytest.fail("a process was started")

    monkeypatch.setattr(subprocess, "Popen", start)
    with bundle.aside(tmp_path):
        assert bundle.script(tmp_path) == "kept"


def test_a_batch_that_ends_early_takes_it_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Started(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *arguments: object, **options: object) -> None:
            super().__init__(*arguments, **options)  # type: ignore[call-overload]
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Started)
    with pytest.raises(KeyboardInterrupt), bundle.aside(tmp_path):
        raise KeyboardInterrupt
    assert [process.returncode for process in started] == [-9]
