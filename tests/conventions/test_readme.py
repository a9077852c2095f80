"""The README keeps step with the settings and the Makefile."""

from __future__ import annotations

import dataclasses
import re
import subprocess
from typing import TYPE_CHECKING

from orchestration.settings import Settings
from tests.conventions.rulebook import ROOT

if TYPE_CHECKING:
    from tests.conventions.rulebook import Project

VARIABLE = re.compile(r"\bAFTERMATH_[A-Z_]+\b")
TARGET = re.compile(r"^([a-z-]+):.*?## ", re.MULTILINE)


def test_the_table_of_variables_is_that_of_the_settings(files: Project) -> None:
    rows = re.findall(r"^\| `(AFTERMATH_[A-Z_]+)` \|", files.texts["README.md"], re.MULTILINE)
    read = VARIABLE.findall(files.texts["orchestration/settings.py"])
    assert len(rows) == len(set(rows))
    assert set(rows) == set(read)
    # A key comes from its variable or from the file that a second one names.
    given = [name for name in rows if not name.endswith("_PSEUDONYM_KEY_FILE")]
    assert len(given) == len(dataclasses.fields(Settings))


def test_every_make_command_in_a_document_exists(files: Project) -> None:
    targets = set(TARGET.findall(files.texts["Makefile"]))
    named = {
        (path, target)
        for path, text in files.files("", suffix=".md")
        for target in re.findall(r"\bmake ([a-z-]+)\b(?=[ `|\n])", "\n".join(code_spans(text)))
    }
    assert {target for path, target in named if path == "README.md"} >= {"run", "test", "sql", "ui"}
    assert not {f"{path}: make {target}" for path, target in named if target not in targets}


def code_spans(text: str) -> list[str]:
    """Code of a Markdown text: blocks and inline."""
    blocks = re.findall(r"^```.*?\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    inline = re.findall(
        r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    )
    return [span + "\n" for span in blocks + inline]


def test_help_lists_every_target_that_a_person_may_call(files: Project) -> None:
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    phony = set(re.findall(r"^\.PHONY: (\S+)", files.texts["Makefile"], re.MULTILINE))
    assert phony == set(re.findall(r"^  make (\S+)", shown, re.MULTILINE))
