"""Conventions of dependencies: each has a reason, a pin, a hash and a licence that allows use."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.conventions.rulebook import ROOT

if TYPE_CHECKING:
    from tests.conventions.rulebook import Project

PACKAGES = ("orchestration", "expectations", "scenarios")

#: Words that a licence expression or classifier may consist of.
PERMISSIVE = (
    r"0BSD|Apache( Software License|-2\.0( WITH LLVM-exception)?)?"
    r"|BSD( License|-2-Clause|-3-Clause)?|3-Clause BSD License"
    r"|CC0-1\.0|CNRI-Python|ISC( License \(ISCL\))?|MIT(-0|-CMU)?( License)?|MPL-2\.0"
    r"|Mozilla Public License 2\.0 \(MPL 2\.0\)|PSF-2\.0|Python Software Foundation License|Zlib"
    r"|AND|OR|\(|\)|;| "
)

#: Offered under several licences of which one is permissive; the classifiers name all of them.
CHOSEN = {"text-unidecode": "Artistic License, one of three to choose from"}


def canonical(name: str) -> str:
    """Package names compare without case and with one kind of separator."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(text: str) -> dict[str, str]:
    """Package -> version, of every pinned line."""
    found = re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;\\\",]+)", text, re.MULTILINE)
    return {canonical(name): version for name, version in found}


def declared() -> dict[str, str]:
    """Runtime dependencies of pyproject.toml with their versions."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return pins("\n".join(project["dependencies"]))


def licence(name: str) -> str:
    """What a distribution says its licence is."""
    metadata = importlib.metadata.metadata(name)
    if metadata.get("License-Expression"):
        return str(metadata["License-Expression"])
    classifiers = [
        str(line).rpartition(" :: ")[2]
        for line in metadata.get_all("Classifier") or []
        if str(line).startswith("License :: ") and not str(line).endswith("OSI Approved")
    ]
    return "; ".join(classifiers) or str(metadata.get("License") or "").split("\n")[0]


def is_permissive(text: str) -> bool:
    """Whether an expression holds nothing but permissive licences."""
    return bool(text) and not re.sub(PERMISSIVE, "", text)


@pytest.fixture(scope="module")
def lock(files: Project) -> str:
    return files.texts["requirements.lock"]


def test_every_runtime_dependency_is_pinned_and_locked_alike(lock: str) -> None:
    locked = pins(lock)
    assert declared()
    assert {name: locked.get(name) for name in declared()} == declared()


def test_every_runtime_dependency_has_a_reason_and_a_licence(files: Project) -> None:
    text = files.texts["docs/decisions/0001-dependencies.md"]
    paragraphs = dict(re.findall(r"^### (\S+)\n(.+(?:\n.+)*)", text, re.MULTILINE))
    assert set(paragraphs) == set(declared())
    short = [name for name, words in paragraphs.items() if len(words.split()) < 8]
    assert not short


@pytest.mark.parametrize("name", ["requirements.lock", "bootstrap.lock"])
def test_every_locked_package_has_hashes_and_no_address(name: str, files: Project) -> None:
    text = files.texts[name]
    packages = [block for block in re.split(r"^(?=\S)", text, flags=re.MULTILINE) if "==" in block]
    assert packages
    assert not [block.split("\n")[0] for block in packages if "--hash=sha256:" not in block]
    assert "://" not in text
    assert "--index-url" not in text


def test_every_locked_package_may_be_used_commercially(lock: str) -> None:
    refused = {
        name: licence(name)
        for name in pins(lock)
        if name not in CHOSEN and not is_permissive(licence(name))
    }
    assert not refused


@pytest.mark.parametrize("text", ["GPL-3.0-only", "AGPL-3.0", "MIT AND GPL-2.0", "BUSL-1.1", ""])
def test_a_licence_that_restricts_use_is_refused(text: str) -> None:
    assert not is_permissive(text)


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
    own = {*sys.stdlib_module_names, *PACKAGES}
    undeclared = {
        f"{path}: {name}"
        for package in PACKAGES
        for path, text in files.files(f"{package}/", suffix=".py")
        for name in imported_when_run(ast.parse(text)) - own
        if not {canonical(each) for each in providers.get(name, [])} & set(declared())
    }
    assert not undeclared
