"""Pages of the site: every link of theirs leads to something that the site holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from documentation import source

if TYPE_CHECKING:
    from pathlib import Path


def project(folder: Path, readme: str) -> Path:
    for name, text in {
        "README.md": readme,
        "CONTRIBUTING.md": "# C\n[back](README.md#layout)\n",
        "benchmarks/README.md": "# B\n",
        "scenarios/README.md": "# S\n",
        "docs/metrics.md": "# M\n[first](decisions/0001-first.md) [all](decisions)\n",
        "docs/decisions/0001-first.md": "# 0001 First\n[code](../../code.py)\n",
        "code.py": "pass\n",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def test_links_lead_to_pages_and_linked_files_are_held(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    source.stage(pages, project(tmp_path / "p", "# R\n[m](docs/metrics.md) [web](https://a.b)\n"))
    assert (pages / "code.py").read_text("utf-8") == "pass\n"
    assert "[0001 First](0001-first.md)" in (pages / "docs/decisions/index.md").read_text("utf-8")
    assert "(overview.md#layout)" in (pages / "CONTRIBUTING.md").read_text("utf-8")
    assert "https://a.b" in (pages / "overview.md").read_text("utf-8")
    for page in pages.rglob("*.md"):
        for link in re.findall(r"\]\((?!https)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / link).exists(), f"{page}: {link}"


def test_a_link_to_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        source.stage(tmp_path / "pages", project(tmp_path / "p", "[gone](gone.py)\n"))
