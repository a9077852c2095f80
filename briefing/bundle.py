"""Vega, Vega-Lite and Embed as one script that is put into the page.

Belongs here: where it comes from. Bundling takes seconds and its outcome hangs on nothing but the
installed package, so it is kept in the build directory under the name of that version.

It keeps Python from doing anything else meanwhile, so who runs a batch in a new build directory
begins with it in a process of its own (`aside`). A page that comes before that is done bundles too.
"""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orchestration import links
from orchestration.settings import PROJECT_DIR, environment_without_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

_PACKAGE: Final = "vl-convert-python"

#: How far the process aside stands back behind the batch: it is the last step that needs it.
_STANDS_BACK: Final = 10


def script(folder: Path) -> str:
    """Give the script, from this folder if it was bundled before."""
    kept = _kept(folder)
    if kept.exists():
        return kept.read_text(encoding="utf-8")
    import vl_convert  # noqa: PLC0415 - its engine is started for this alone

    # Nothing in it may end the script element that it stands in.
    text = vl_convert.javascript_bundle()  # type: ignore[call-arg]
    text = text.replace("</script", r"<\/script")
    folder.mkdir(parents=True, exist_ok=True)
    made = kept.with_suffix(f".{os.getpid()}")
    made.write_text(text, encoding="utf-8")
    links.sync(made)
    made.replace(kept)
    return text


@contextmanager
def aside(folder: Path) -> Iterator[None]:
    """Let another process bundle, if that was not done before; it ends with this context."""
    if _kept(folder).exists():
        yield
        return
    with subprocess.Popen(  # noqa: S603 - our own module, no shell
        [sys.executable, "-m", "briefing.bundle", str(folder)],
        cwd=PROJECT_DIR,
        env=environment_without_keys(),
        stdin=subprocess.DEVNULL,
        # What goes wrong with it goes wrong again, and is told, when the page is made.
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield
        finally:
            process.kill()


def _kept(folder: Path) -> Path:
    return folder / f"vega-{importlib.metadata.version(_PACKAGE)}.js"


if __name__ == "__main__":
    os.nice(_STANDS_BACK)
    script(Path(sys.argv[1]))
