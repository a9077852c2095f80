"""Conventions of the record of faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests import fault_record
from tests.conventions.rulebook import Project, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

CRASH_TEST = "tests/unit/test_crash.py"


def plant_a_fault_of_no_kind(project: Project) -> None:
    project.texts[CRASH_TEST] = project.texts[CRASH_TEST].replace('"crash"', '"bad luck"')


@rule(plant_a_fault_of_no_kind, needs="files")
def faults_say_what_was_tried_and_what_holds(project: Project) -> Iterator[str]:
    """A test that plants a fault says so in a marker with kind, tried and holds.

    Example: @pytest.mark.fault(kind="crash", tried="kill -9 in dbt", holds="readers see no change")
    Reason: the record of faults is made of these words, and read by people who do not read tests.
    Remedy: give the three words as plain texts; kinds are those of tests/fault_record.py.
    """
    for path, text in project.files("tests/", suffix=".py"):
        if "mark.fault" in text:
            try:
                fault_record.faults_of(path, text)
            except ValueError as error:
                yield str(error)


def forget_a_fault(project: Project) -> None:
    lines = project.texts[fault_record.PAGE].splitlines(keepends=True)
    project.texts[fault_record.PAGE] = "".join(line for line in lines if CRASH_TEST not in line)


@rule(forget_a_fault, needs="files")
def the_record_of_faults_is_that_of_the_tests(project: Project) -> Iterator[str]:
    """docs/reliability.md has one row per fault that a test plants, and no other row.

    Example: | kill -9 in dbt | readers see no change | test_... | survived |
    Reason: a record of faults that nobody tries any more, or that were not survived, reassures
    falsely.
    Remedy: make test reliability, and commit the page.
    """
    texts = dict(project.files("tests/", suffix=".py"))
    try:
        planted = fault_record.all_faults(texts)
    except ValueError:
        return  # the rule above says it
    lines = project.texts.get(fault_record.PAGE, "").splitlines()
    found = {line for line in lines if line.startswith("| ") and "](../tests/" in line}
    accepted = {
        fault_record.row(fault, outcome): fault
        for fault in planted
        for outcome in (fault_record.SURVIVED, fault_record.NOT_RUN)
    }
    for fault in sorted(set(planted) - {accepted[line] for line in found & accepted.keys()}):
        yield f"{fault_record.PAGE}: lacks {fault.test}: {fault.tried}"
    for line in sorted(found - accepted.keys()):
        yield f"{fault_record.PAGE}: has {line}"
