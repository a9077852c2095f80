"""The pages of the site, staged: Markdown of the project with links that hold within the site.

Belongs here: which files become pages, and where their links lead. Does not belong here: what
stands in them, and how they look (mkdocs.yml).
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orchestration.settings import PROJECT_DIR

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES: Final = ("README.md", "CONTRIBUTING.md", "benchmarks/README.md", "scenarios/README.md")
#: What the frame takes for the first page of a folder has another name here.
RENAMED: Final = {"README.md": "overview.md", "docs/decisions": "docs/decisions/index.md"}

_LINK: Final = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(#[^)\s]*)?\)")


def stage(target: Path, project: Path = PROJECT_DIR) -> None:
    """Write the pages, and the files of the project that they link to, into an empty folder.

    Raises:
        FileNotFoundError: a page links to a file that the project does not have.
    """
    for page in _pages(project):
        text = (project / page).read_text("utf-8")
        _write(target / RENAMED.get(page, page), _relinked(text, page, target, project))
    for picture in sorted((project / "docs/images").glob("*")):
        _copy(picture, target / picture.relative_to(project))
    decisions = sorted((project / "docs/decisions").glob("*.md"))
    titles = [
        (each.name, each.read_text("utf-8").splitlines()[0].lstrip("# ")) for each in decisions
    ]
    listed = "\n".join(f"- [{title}]({name})" for name, title in titles)
    _write(target / "docs/decisions/index.md", f"# Decisions\n\n{listed}\n")


def _pages(project: Path) -> Iterator[str]:
    yield from PAGES
    for page in sorted((project / "docs").rglob("*.md")):
        yield page.relative_to(project).as_posix()


def _relinked(text: str, page: str, target: Path, project: Path) -> str:
    """Point links at pages of the site; other files of the project are copied beside them."""
    here = Path(RENAMED.get(page, page)).parent

    def link(match: re.Match[str]) -> str:
        path, anchor = match[1], match[2] or ""
        linked = (project / page).parent.joinpath(path).resolve().relative_to(project)
        name = RENAMED.get(linked.as_posix(), linked.as_posix())
        if not name.endswith(".md"):
            _copy(project / linked, target / linked)
        up = Path(*[".."] * len(here.parts))
        return f"]({(up / name).as_posix()}{anchor})"

    return _LINK.sub(link, text)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
