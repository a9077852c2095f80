"""The site of the documentation in one folder: `python -m documentation.build`.

Belongs here: putting dbt's pages, the evidence, the briefing and the pages of docs/ in one place.
Does not belong here: what each of them says.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import jinja2

from documentation import architecture, source
from orchestration import clock, file_modes, sql
from orchestration.dbt_manifest import DbtManifest
from orchestration.errors import NotPublishable, OperatorError
from orchestration.settings import PROJECT_DIR, Settings, environment_without_keys

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping, Sequence

PICTURE: Final = PROJECT_DIR / "docs" / "images" / "architecture.svg"
_HERE: Final = PROJECT_DIR / "documentation"


def build(settings: Settings) -> Path:
    """Write the site anew and return its first page; the one before stays until this one is whole.

    Raises:
        OperatorError: dbt or MkDocs cannot make its part; its words are in the message.
    """
    making = settings.build_dir / "docs.making"
    shutil.rmtree(making, ignore_errors=True)
    file_modes.make_private(making)
    generation, as_of = _published(settings)
    models = _models(settings, as_of or clock.now().date())
    pages = making / "source"
    source.stage(pages)
    picture = architecture.draw(DbtManifest.read(models / "manifest.json", "seeds").content)
    (pages / PICTURE.relative_to(PROJECT_DIR)).write_text(picture, "utf-8")
    beside = {
        "models/index.html": models / "static_index.html",
        "briefing.html": settings.published_dir / "briefing.html",
        "evidence/index.html": _newest_evidence(settings),
    }
    held = {name: path for name, path in beside.items() if path and path.exists()}
    for name, path in held.items():
        (pages / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(path, pages / name)
    (pages / "index.md").write_text(
        _start({"generation": generation, "as_of": as_of}, held), "utf-8"
    )
    shutil.copytree(_HERE / "assets", pages / "assets")
    shutil.copyfile(_HERE / "mkdocs.yml", making / "mkdocs.yml")
    _run([sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict"], making, "the pages")
    site = settings.docs_dir
    # Briefing and evidence are in it, which others may not read.
    (making / "site").chmod(file_modes.INTERNAL_FOLDER)
    if site.exists():
        site.rename(making / "before")
    (making / "site").rename(site)
    shutil.rmtree(making)
    return site / "index.html"


def _models(settings: Settings, as_of: dt.date) -> Path:
    """Let dbt write its pages of models, columns and lineage; returns its target folder.

    With a clock that is given, no model reads the raw batches for it.
    """
    target = settings.build_dir / "dbt" / "docs"
    settings.work_dir.mkdir(parents=True, exist_ok=True)
    dbt = Path(sys.executable).with_name("dbt")
    command = [str(dbt), "--quiet", "docs", "generate", "--static", "--profiles-dir", "."]
    command += ["--target-path", str(target), "--log-path", str(target)]
    command += ["--vars", json.dumps({"as_of_date": as_of.isoformat()})]
    _run(command, PROJECT_DIR, "the pages of dbt", settings)
    return target


def _newest_evidence(settings: Settings) -> Path | None:
    pages = settings.data_docs_dir.glob("*/index.html")
    return max(pages, key=lambda page: page.stat().st_mtime, default=None)


def _published(settings: Settings) -> tuple[str | None, dt.date | None]:
    """Ask the current generation for its name and day, if there is one."""
    try:
        with sql.connect(settings) as published:
            return published.execute(
                "select generation_id, as_of_date from core.published_generation"
            ).fetchone() or (None, None)
    except NotPublishable:
        return None, None


def _start(facts: Mapping[str, object], held: Collection[str]) -> str:
    # It is Markdown, and what is put in are names and a day.
    frame = jinja2.Environment(trim_blocks=True, undefined=jinja2.StrictUndefined)  # noqa: S701
    return frame.from_string((_HERE / "start.md.j2").read_text("utf-8")).render(
        facts, briefing="briefing.html" in held, evidence="evidence/index.html" in held
    )


def _run(command: Sequence[str], folder: Path, what: str, settings: Settings | None = None) -> None:
    environment = environment_without_keys() | {"PYTHONPATH": str(PROJECT_DIR)}
    if settings:
        environment |= {"AFTERMATH_BUILD_DIR": str(settings.build_dir)}
    ended = subprocess.run(  # noqa: S603 - commands of this module alone
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        raise OperatorError(
            f"The site cannot be built: {what} failed",
            (ended.stdout + ended.stderr).strip()[-4000:],
            "mend what it names; the site of before is still there",
        )


def main() -> int:
    """Build the site and say where it is; returns the exit code."""
    try:
        page = build(Settings.from_env())
    except (OperatorError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    # The project shows the same picture; whoever changes models commits it (a convention).
    shutil.copyfile(page.with_name("docs") / "images" / PICTURE.name, PICTURE)
    print(f"Open {page}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
