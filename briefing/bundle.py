"""Vega, Vega-Lite and Embed as one script that is put into the page.

Belongs here: where it comes from. Bundling takes seconds and its outcome hangs on nothing but the
installed package, so it is kept in the build directory under the name of that version.
"""

from __future__ import annotations

import importlib.metadata
import os
from typing import TYPE_CHECKING, Final

from orchestration import links

if TYPE_CHECKING:
    from pathlib import Path

_PACKAGE: Final = "vl-convert-python"


def script(folder: Path) -> str:
    """Give the script, from this folder if it was bundled before."""
    kept = folder / f"vega-{importlib.metadata.version(_PACKAGE)}.js"
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
