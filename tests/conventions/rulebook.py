"""What a convention is: a rule over the project, and a spoiler that shows it can fail.

Belongs here: the project as the rules see it (manifest, text files, registers), and the register of
rules. The rules themselves stand in `rules_*.py`, one module per kind; the smallest project that
keeps all of them in `small_project.py`.
"""

from __future__ import annotations

import csv
import inspect
import io
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest

ROOT = Path(__file__).resolve().parents[2]

#: The one word list, in the order of the flow: folders of models, expectations and tests, members
#: of the orchestration's `Layer`, asset groups and database schemas.
LAYERS = ("raw", "staging", "intermediate", "marts", "published")

#: Registers whose identifiers are data of one incident: seed and column.
REGISTERS = {
    "ref_carriers": "carrier_code",
    "ref_plans": "plan_code",
    "ref_programmes": "programme_id",
    "ref_policies": "policy_id",
    "ref_fee_rules": "rule_id",
    "ref_published_claims": "claim_id",
}

Node = dict[str, Any]


@dataclass
class Project:
    """Everything a rule may look at; a rule reads nothing else."""

    manifest: dict[str, Any] = field(default_factory=dict)
    """dbt's manifest: `nodes`, `sources`, `groups`, `exposures`."""

    built: dict[str, dict[str, str]] = field(default_factory=dict)
    """Id of a model -> column -> type, as the engine built it on no rows."""

    texts: dict[str, str] = field(default_factory=dict)
    """Tracked text files: path from the project's root, with slashes -> content."""

    sizes: dict[str, int] = field(default_factory=dict)
    """Every tracked file, text or not -> bytes."""

    def nodes(self, *resource_types: str) -> Iterator[Node]:
        """Manifest nodes of these types, in the order of their ids."""
        for _, node in sorted(self.manifest.get("nodes", {}).items()):
            if node["resource_type"] in resource_types:
                yield node

    def models(self, layer: str | None = None) -> Iterator[Node]:
        """Models, of one layer or of all."""
        return (node for node in self.nodes("model") if layer in (None, layer_of(node)))

    def node(self, unique_id: str) -> Node | None:
        """A model, seed, test or source by its id."""
        found = self.manifest["nodes"].get(unique_id) or self.manifest["sources"].get(unique_id)
        return found if found is None or isinstance(found, dict) else None

    def files(self, *prefixes: str, suffix: str = "") -> Iterator[tuple[str, str]]:
        """Text files under any of the folders (or at a path), with that ending."""
        for path, text in sorted(self.texts.items()):
            if path.endswith(suffix) and any(path.startswith(prefix) for prefix in prefixes):
                yield path, text

    def register(self, seed: str) -> set[str]:
        """Identifiers that a reference seed lists."""
        text = self.texts.get(f"seeds/reference/{seed}.csv", "")
        return {row[REGISTERS[seed]] for row in csv.DictReader(io.StringIO(text))} - {"", None}


def layer_of(node: Node) -> str:
    """The folder below `models/` that a model stands in."""
    return str(node["original_file_path"]).split("/")[1]


def folder_of(node: Node) -> str:
    """The innermost folder of a node's file."""
    return str(node["original_file_path"]).split("/")[-2]


def subject_of(node: Node) -> str:
    """The folder below the layer: the subject, whatever topics it is divided into."""
    return str(node["original_file_path"]).split("/")[2]


def tracked_files() -> list[str]:
    """What git tracks or would track; a file that is only ignored is no part of the project."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return sorted(path for path in listed.split("\0") if path and (ROOT / path).is_file())


def read_files() -> Project:
    """The project without its manifest: enough for the rules about text files."""
    project = Project()
    for path in tracked_files():
        try:
            content = (ROOT / path).read_bytes()
        except FileNotFoundError:  # a temporary file of a command that runs beside the tests
            continue
        project.sizes[path] = len(content)
        if b"\0" not in content:
            project.texts[path] = content.decode("utf-8", errors="replace")
    return project


#: What a rule looks at; a later kind holds the earlier ones too.
Needs = Literal["files", "manifest", "build"]
Check = Callable[[Project], Iterator[str]]
Spoiler = Callable[[Project], None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A convention: `check` yields one line per violation, `spoil` breaks a project on purpose."""

    check: Check
    spoil: Spoiler
    needs: Needs

    @property
    def name(self) -> str:
        """The rule's sentence."""
        return self.check.__name__.replace("_", " ")


RULES: list[Rule] = []


def require(rule: Rule, project: Project) -> None:
    """Fail the running test with every violation and with the rule's reason and remedy."""
    violations = list(rule.check(project))
    if violations:
        lines = [f"{len(violations)} times:", *violations, "", inspect.getdoc(rule.check) or ""]
        pytest.fail("\n".join(lines), pytrace=False)


def rule(spoil: Spoiler, *, needs: Needs = "manifest") -> Callable[[Check], Check]:
    """Enter a check into the register, with the breach it must find."""

    def enter(check: Check) -> Check:
        doc = check.__doc__ or ""
        if not all(part in doc for part in ("Example:", "Reason:", "Remedy:")):
            raise TypeError(f"{check.__name__} lacks Example, Reason or Remedy in its docstring")
        RULES.append(Rule(check, spoil, needs))
        return check

    return enter


def code_of(sql: str) -> str:
    """SQL without comments, line breaks kept."""
    without_blocks = re.sub(
        r"\{#.*?#\}|/\*.*?\*/", lambda found: "\n" * found.group().count("\n"), sql, flags=re.DOTALL
    )
    return re.sub(r"--[^\n]*", "", without_blocks)


def bare_sql(sql: str) -> str:
    """SQL without comments, Jinja and string literals: what the engine's dialect is judged by."""
    without_jinja = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", code_of(sql), flags=re.DOTALL)
    return re.sub(r"'(?:[^']|'')*'", "''", without_jinja)
