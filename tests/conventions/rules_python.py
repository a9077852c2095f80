"""Conventions of Python modules: who imports whom, rules kept as data, one home of settings."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from tests.conventions.rulebook import REGISTERS, Project, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGES = (
    "briefing/",
    "documentation/",
    "orchestration/",
    "expectations/",
    "exports/",
    "parity/",
    "scenarios/",
)
MODULE_LINES = 350
TEST_LINES = 450

#: Package -> top-level packages it must not import.
MUST_NOT_IMPORT = {
    "briefing/": {"dagster", "dagster_dbt", "dbt", "great_expectations", "scenarios"},
    "expectations/": {"dagster", "dagster_dbt", "dbt", "orchestration", "scenarios"},
    "scenarios/": {"dagster", "dagster_dbt", "dbt", "great_expectations", "expectations"},
}


def parsed(project: Project, *prefixes: str) -> Iterator[tuple[str, ast.Module]]:
    """Python modules under these folders, as syntax trees."""
    for path, text in project.files(*prefixes, suffix=".py"):
        yield path, ast.parse(text, filename=path)


def imported(tree: ast.Module) -> set[str]:
    """Top-level packages that a module imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def let_a_suite_import_dagster(project: Project) -> None:
    project.texts["expectations/marts/dim_lines.py"] += "\nimport dagster as dg\n"


@rule(let_a_suite_import_dagster, needs="files")
def expectations_know_nothing_of_the_orchestrator(project: Project) -> Iterator[str]:
    """orchestration imports expectations, never the reverse; the generator imports neither.

    Example: a suite is a callable that returns expectations; what a failure means is decided in
    orchestration/gates.py.
    Reason: the same suites must run in a notebook, another orchestrator or a test.
    Remedy: hand over plain values; put the decision into orchestration.
    """
    for package, forbidden in MUST_NOT_IMPORT.items():
        for path, tree in parsed(project, package):
            for name in sorted(imported(tree) & forbidden):
                yield f"{path}: imports {name}"


def docstrings(tree: ast.Module) -> set[int]:
    """Ids of the constants that are docstrings or bare strings documenting a field."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


#: Packages that a second incident needs as they are.
_TOLD_BY_REGISTERS = ("orchestration/", "expectations/", "briefing/", "exports/", "documentation/")


def write_a_day_into_a_suite(project: Project) -> None:
    project.texts["expectations/marts/dim_lines.py"] += '\nFIRST = "2025-12-31"\n'


@rule(write_a_day_into_a_suite, needs="files")
def no_rule_of_the_incident_is_written_in_python(project: Project) -> Iterator[str]:
    """Days and identifiers of registers stand in seeds, not in modules.

    Example: a suite asks ref_carriers for the codes; it does not list them.
    Reason: the next incident, at another carrier, must need new seeds and no new code.
    Remedy: read the register, or take the value from the settings.
    """
    identifiers = {
        value: seed for seed in REGISTERS for value in project.register(seed) if len(value) > 1
    }
    for path, tree in parsed(project, *_TOLD_BY_REGISTERS):
        skipped = docstrings(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if id(node) in skipped:
                    continue
                if re.match(r"\d{4}-\d{2}-\d{2}\b", node.value):
                    yield f"{path}: line {node.lineno}: the date {node.value!r}"
                elif node.value in identifiers:
                    yield f"{path}: line {node.lineno}: {node.value!r} of {identifiers[node.value]}"
            elif is_literal_date(node):
                yield f"{path}: line {node.lineno}: a date of literals"


def is_literal_date(node: ast.AST) -> bool:
    """`date(2025, 12, 31)` or `datetime.date(2025, 12, 31)`."""
    if not isinstance(node, ast.Call) or len(node.args) < 3:
        return False
    called = node.func.attr if isinstance(node.func, ast.Attribute) else None
    called = node.func.id if isinstance(node.func, ast.Name) else called
    return called in {"date", "datetime"} and all(
        isinstance(argument, ast.Constant) for argument in node.args
    )


def read_the_environment_in_a_suite(project: Project) -> None:
    project.texts["expectations/marts/dim_lines.py"] += '\nimport os\nKEY = os.environ["KEY"]\n'


@rule(read_the_environment_in_a_suite, needs="files")
def only_the_settings_read_the_environment(project: Project) -> Iterator[str]:
    """Every environment variable is read in orchestration/settings.py.

    Example: Settings.from_env().memory_limit, never os.environ["..."] elsewhere.
    Reason: the README's table of variables is complete only if there is one place to look.
    Remedy: add a field to Settings and hand the value over.
    """
    for path, text in project.files(*PACKAGES, suffix=".py"):
        if path == "orchestration/settings.py":
            continue
        tree = ast.parse(text, filename=path)
        for node in ast.walk(tree):
            reads_item = isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load)
            target = node.value if isinstance(node, ast.Subscript) else None
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if node.func.attr == "getenv":
                    yield f"{path}: line {node.lineno}: os.getenv"
                if node.func.attr == "get":
                    reads_item, target = True, node.func.value
            if reads_item and isinstance(target, ast.Attribute) and target.attr == "environ":
                yield f"{path}: line {node.lineno}: os.environ"


def let_a_module_grow(project: Project) -> None:
    project.texts["expectations/marts/dim_lines.py"] += "ONE = 1\n" * MODULE_LINES


@rule(let_a_module_grow, needs="files")
def a_module_is_short_enough_to_be_read(project: Project) -> Iterator[str]:
    """Fewer than 350 lines; 450 for a test module, which is read case by case.

    Example: orchestration has one module per concept of Dagster.
    Reason: a module's charter is one sentence; a long module has more than one charter.
    Remedy: split along the concepts that its docstring names.
    """
    for path, text in project.files(*PACKAGES, "tests/", "benchmarks/", suffix=".py"):
        if text.count("\n") >= (TEST_LINES if path.startswith("tests/") else MODULE_LINES):
            yield f"{path}: {text.count(chr(10))} lines"


def name_a_test_by_a_number(project: Project) -> None:
    project.texts["tests/unit/test_lines.py"] += "\ndef test_2():\n    assert True\n"


@rule(name_a_test_by_a_number, needs="files")
def tests_are_named_as_sentences(project: Project) -> Iterator[str]:
    """A test's name states what holds: three words or more.

    Example: test_a_killed_run_leaves_the_last_generation_intact.
    Reason: the list of failed tests is the first thing a person reads.
    Remedy: write the name as the sentence that the test proves.
    """
    for path, tree in parsed(project, "tests/"):
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.FunctionDef)
                and node.name.startswith("test_")
                and len(node.name.split("_")) < 4
            ):
                yield f"{path}: line {node.lineno}: {node.name}"
