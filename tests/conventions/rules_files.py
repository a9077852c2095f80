"""Conventions of files: the tree's words, sizes, hosts, machine paths, whitespace, YAML."""

from __future__ import annotations

import posixpath
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import yaml

from tests.conventions.rulebook import LAYERS, Project, layer_of, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 1_000_000

#: The bundled sample, all files together: a smaller one would lack rare populations.
SAMPLE, MAX_SAMPLE_BYTES = "seeds/raw/", 5_000_000
#: What makes the site, and its test.
SITE = ("documentation/", "tests/unit/test_documentation_source.py")

#: Package indexes and hubs, written in two halves so that this list is not a finding itself.
REGISTRY_HOSTS = tuple(
    f"{name}.{domain}"
    for name, domain in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("crates", "io"),
        ("hub.getdbt", "com"),
        ("conda", "anaconda.org"),
        ("docker", "io"),
        ("ghcr", "io"),
        ("maven", "org"),
    )
)
MACHINE_PATH = re.compile(r"(?<![\w.:$}/-])/(home|root|Users|work|tmp|opt|private)/[\w.-]")


def commit_a_big_file(project: Project) -> None:
    project.sizes["docs/flow.png"] = MAX_BYTES + 1


@rule(commit_a_big_file, needs="files")
def no_tracked_file_is_over_a_megabyte(project: Project) -> Iterator[str]:
    """Small files only; the bundled sample of the exports has a limit of its own.

    Example: requirements.lock, the largest text, is a quarter of a megabyte.
    Reason: a clone must be quick and a change must be readable.
    Remedy: generate what is bigger.
    """
    for path, size in sorted(project.sizes.items()):
        if size > MAX_BYTES and not path.startswith(SAMPLE):
            yield f"{path}: {size} bytes"


def commit_a_big_sample(project: Project) -> None:
    project.sizes[f"{SAMPLE}raw_lines.csv"] = MAX_SAMPLE_BYTES + 1


@rule(commit_a_big_sample, needs="files")
def the_bundled_sample_stays_under_five_megabytes(project: Project) -> Iterator[str]:
    """All files of seeds/raw together.

    Example: a 1:1000 sample of the reference incident takes about 4.5 MB.
    Reason: a fresh clone must run at once, and dbt loads seeds row by row.
    Remedy: fewer batches or columns in the sample, not fewer kinds of rows.
    """
    total = sum(size for path, size in project.sizes.items() if path.startswith(SAMPLE))
    if total > MAX_SAMPLE_BYTES:
        yield f"{SAMPLE}: {total} bytes"


def write_an_index_into_the_lock(project: Project) -> None:
    project.texts["README.md"] += f"\n--index-url https://{REGISTRY_HOSTS[0]}/simple\n"


@rule(write_an_index_into_the_lock, needs="files")
def no_file_names_a_package_registry(project: Project) -> Iterator[str]:
    """Where packages come from is the machine's business.

    Example: the lock file holds names, versions and hashes, and no address.
    Reason: a carrier installs from its own mirror; hashes make the source irrelevant.
    Remedy: configure the index in the installer's own environment.
    """
    for path, text in project.files(""):
        for host in REGISTRY_HOSTS:
            if host in text:
                yield f"{path}: names {host}"


def write_a_machine_path(project: Project) -> None:
    project.texts["README.md"] += "\nsee " + "/ho" + "me/someone/build\n"


@rule(write_a_machine_path, needs="files")
def no_file_names_a_path_of_one_machine(project: Project) -> Iterator[str]:
    """Paths are relative to the project or come from the settings.

    Example: build/published/current.duckdb, <landing>/2026-01-03/lines.parquet.
    Reason: a fresh clone anywhere must behave alike.
    Remedy: derive the path from PROJECT_DIR, Settings or pytest's tmp_path.
    """
    for path, text in project.files(""):
        for found in MACHINE_PATH.finditer(text):
            yield f"{path}: line {text[: found.start()].count(chr(10)) + 1}: {found.group()}..."


def leave_a_blank_at_the_end_of_a_line(project: Project) -> None:
    project.texts["models/marts/core/dim_lines.sql"] += "select 1 \n"


@rule(leave_a_blank_at_the_end_of_a_line, needs="files")
def text_files_are_tidy(project: Project) -> Iterator[str]:
    """LF line ends, one newline at the end, no trailing blanks, no tabs outside the Makefile.

    Example: every file as .editorconfig describes it.
    Reason: a change should show only what changed.
    Remedy: let the editor follow .editorconfig; `make format` for Python and SQL.
    """
    for path, text in project.files(""):
        if path == "LICENSE" or path.endswith((".csv", ".lock", ".svg")) or not text:
            continue
        if "\r" in text:
            yield f"{path}: has CR line ends"
        if not text.endswith("\n") or text.endswith("\n\n"):
            yield f"{path}: does not end with one newline"
        if "\t" in text and path != "Makefile":
            yield f"{path}: has a tab"
        if not path.endswith(".md") and re.search(r"[ \t]$", text, re.MULTILINE):
            yield f"{path}: has blanks at the end of a line"


class UniqueKeys(yaml.CSafeLoader):
    """Refuses a mapping with the same key twice; plain YAML keeps the last one silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        """Build the mapping; raises YAMLError naming key and line."""
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.YAMLError(f"{key!r} twice near line {node.start_mark.line + 1}")
        return dict(super().construct_mapping(node, deep))


def say_a_key_twice(project: Project) -> None:
    project.texts["models/marts/core/_core__models.yml"] = "version: 2\nversion: 3\n"


@rule(say_a_key_twice, needs="files")
def yaml_files_load_and_say_nothing_twice(project: Project) -> Iterator[str]:
    """Every YAML file parses, and no mapping holds a key twice.

    Example: one `description:` per column.
    Reason: a doubled key silently drops the first, and with it tests and types.
    Remedy: join the two entries.
    """
    for path, text in project.files(""):
        if path.endswith((".yml", ".yaml")):
            try:
                yaml.load(text, Loader=UniqueKeys)
            except yaml.YAMLError as error:
                yield f"{path}: {' '.join(str(error).split())}"


def add_a_silver_layer(project: Project) -> None:
    project.texts["expectations/silver/dim_lines.py"] = '"""Suite."""\n'


@rule(add_a_silver_layer, needs="files")
def every_tree_uses_the_same_words_for_layers(project: Project) -> Iterator[str]:
    """raw, staging, intermediate, marts, published: in each tree, and no other.

    Example: models/marts, expectations/marts, tests/dbt/marts, Layer.MARTS.
    Reason: a stranger reads the flow off the tree.
    Remedy: rename the folder or the member.
    """
    # `generic` is where dbt looks for tests that take arguments.
    beside = {"models": {"reference"}, "expectations": set(), "tests/dbt": {"generic", "reference"}}
    for tree, extra in beside.items():
        folders = {
            path.removeprefix(f"{tree}/").split("/")[0]
            for path, _ in project.files(f"{tree}/")
            if "/" in path.removeprefix(f"{tree}/")
        }
        for folder in sorted(folders - set(LAYERS) - extra):
            yield f"{tree}/{folder}: is none of {', '.join(LAYERS)}"
    layer_module = project.texts.get("orchestration/layer.py")
    if layer_module is not None:
        members = re.findall(r"^ +[A-Z]+ *= *['\"](\w+)['\"]", layer_module, re.MULTILINE)
        if tuple(members) != LAYERS:
            yield f"orchestration/layer.py: members are {members}, not {list(LAYERS)}"


def expect_something_of_no_table(project: Project) -> None:
    project.texts["expectations/marts/dim_ghosts.py"] = '"""Suite."""\n'


@rule(expect_something_of_no_table)
def every_suite_stands_at_the_path_of_its_table(project: Project) -> Iterator[str]:
    """expectations/<layer>/<table>.py, for a table of that layer.

    Example: expectations/marts/rpt_churn_daily.py for models/marts/churn/rpt_churn_daily.sql.
    Reason: what is checked on a table is found by its name; a suite of no table checks nothing.
    Remedy: rename the suite with the table, or delete it with the table.
    """
    tables: dict[str, set[str]] = {layer: set() for layer in LAYERS}
    for node in project.models():
        tables.setdefault(layer_of(node), set()).add(node["name"])
    for node in project.nodes("seed"):
        tables["raw"].add(node["name"])
    for source in project.manifest["sources"].values():
        tables["raw"].add(source["name"])
    for path, _ in project.files("expectations/", suffix=".py"):
        parts = path.removesuffix(".py").split("/")
        if len(parts) < 3 or parts[-1].startswith("_"):
            continue
        if parts[-1] not in tables.get(parts[1], set()):
            yield f"{path}: there is no table {parts[-1]} in {parts[1]}"


#: A document that no project has.
NOWHERE = "docs/nowhere"


def link_to_nowhere(project: Project) -> None:
    project.texts["README.md"] += f"\nsee [the plan]({NOWHERE}.md)\n"


@rule(link_to_nowhere, needs="files")
def links_of_documents_lead_to_files_of_the_project(project: Project) -> Iterator[str]:
    """A relative link in Markdown names a file or a folder that is there.

    Example: [runbook](docs/runbook.md) in README.md, [runbook](../runbook.md) in a decision.
    Reason: a reader in trouble follows one link.
    Remedy: correct the link with the file it names.
    """
    for path, text in project.files("", suffix=".md"):
        folder = PurePosixPath(path).parent
        for target in re.findall(r"\]\((?!\w+:|#)([^)#\s]+)", text):
            found = posixpath.normpath(folder / target)
            if found not in project.sizes and not any(project.files(f"{found}/")):
                yield f"{path}: links to {target}"


def cite_a_document_of_another_place(project: Project) -> None:
    project.texts["models/marts/core/_core__models.yml"] += f"# see {NOWHERE}.md\n"


@rule(cite_a_document_of_another_place, needs="files")
def documents_cited_anywhere_are_in_the_project(project: Project) -> Iterator[str]:
    """A comment, a seed or a parameter cites documents that a reader of the project has.

    Example: `source: docs/decisions/0007-day-count.md`; for the world outside, publisher and date.
    Reason: a source that nobody can open is no source.
    Remedy: cite a document of the project, or say what the source is in words.
    """
    known = {PurePosixPath(path).name for path in project.sizes}
    for path, text in project.files(""):
        # The site has pages of its own making, and names them.
        if path.startswith((SAMPLE, *SITE)) or ".md" not in text:
            continue
        for cited in sorted(set(re.findall(r"[\w./-]*\w\.md\b(?!\()", text))):
            if PurePosixPath(cited).name not in known:
                yield f"{path}: cites {cited}"
