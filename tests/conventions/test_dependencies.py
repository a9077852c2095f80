"""Conventions of dependencies: each has a reason, a pin, a hash and a licence that allows use."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from audit import licences, reasons, run
from audit.lock import canonical, read
from tests.conventions.rulebook import ROOT

if TYPE_CHECKING:
    from tests.conventions.rulebook import Project

PACKAGES = (
    "briefing",
    "documentation",
    "orchestration",
    "expectations",
    "exports",
    "scenarios",
)


def pins(text: str) -> dict[str, str]:
    """Package -> version, of every pinned line."""
    found = re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;\\\",]+)", text, re.MULTILINE)
    return {canonical(name): version for name, version in found}


def declared() -> dict[str, str]:
    """Runtime dependencies of pyproject.toml with their versions."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return pins("\n".join(project["dependencies"]))


def of_spark() -> set[str]:
    """Packages of the second engine's environment, which is not this one; named as imported."""
    read_as = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return set(pins("\n".join(read_as["dependency-groups"]["spark"])))


@pytest.fixture(scope="module")
def lock(files: Project) -> str:
    return files.texts["requirements.lock"]


def test_every_runtime_dependency_is_pinned_and_locked_alike(lock: str) -> None:
    locked = pins(lock)
    assert declared()
    assert {name: locked.get(name) for name in declared()} == declared()


def test_every_direct_dependency_has_a_reason(files: Project) -> None:
    decision = files.texts["docs/decisions/0001-dependencies.md"]
    assert reasons.findings(files.texts["pyproject.toml"], decision) == []


@pytest.mark.parametrize("name", ["requirements.lock", "bootstrap.lock"])
def test_every_locked_package_has_hashes_and_no_address(name: str, files: Project) -> None:
    packages, findings = read(files.texts[name])
    assert packages
    assert findings == []


def test_every_locked_package_may_be_used_commercially(lock: str) -> None:
    names = [package.name for package in read(lock)[0]]
    assert licences.findings(names, run.licence_exceptions()) == []


def imported_when_run(tree: ast.AST) -> set[str]:
    """Top-level packages that a module imports, those for type checkers aside."""
    names: set[str] = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
        else:
            names |= imported_when_run(node)
    return names


def test_nothing_is_imported_that_is_not_declared(files: Project) -> None:
    providers = importlib.metadata.packages_distributions()
    own = {*sys.stdlib_module_names, *PACKAGES, *of_spark()}
    undeclared = {
        f"{path}: {name}"
        for package in PACKAGES
        for path, text in files.files(f"{package}/", suffix=".py")
        for name in imported_when_run(ast.parse(text)) - own
        if not {canonical(each) for each in providers.get(name, [])} & set(declared())
    }
    assert not undeclared
