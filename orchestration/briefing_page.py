"""`python -m orchestration.briefing_page`: the page that tells a published generation to people.

Belongs here: where the page of a generation stands, and that it appears whole. Does not belong
here: what is on it (the package briefing), when a batch makes it (briefing_step).

A page is made from the published file alone, so it can be made again at any time, and is in no
audit trail. While a generation has none, readers find none: never that of another generation.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from orchestration import batch_lock, file_modes, links, publishing, tables
from orchestration.errors import NotPublishable, OperatorError
from orchestration.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.publishing import Generation


def write(settings: Settings, generation: Generation) -> Path:
    """Write the page of a generation; to be called under the batch lock.

    Returns:
        The page; `briefing.html` leads to it if readers see the generation.
    """
    text = _render(settings, generation)
    made = settings.work_dir / generation.briefing_path.name
    made.write_text(text, encoding="utf-8")
    made.chmod(file_modes.INTERNAL_GENERATION)
    links.sync(made)
    made.replace(generation.briefing_path)
    if generation.is_current:
        links.follow(settings.briefing_page, generation.briefing_path)
    return generation.briefing_path


def _render(settings: Settings, generation: Generation) -> str:
    # Its charting library takes a second to import, which no other step is to wait for.
    from briefing import page  # noqa: PLC0415

    with tables.reader(generation.path) as connection:
        return page.render(connection, settings.briefing_dir)


def picture(generation: Generation, figure: str) -> bytes | None:
    """Draw a figure of a generation as PNG; None if it has no rows."""
    from briefing import picture as drawing  # noqa: PLC0415 - as above

    with tables.reader(generation.path) as connection:
        return drawing.png(connection, figure)


def main() -> int:
    """Write the page of the current generation again; returns the exit code."""
    started = time.perf_counter()
    try:
        settings = Settings.from_env()
        with batch_lock.hold(settings):
            file_modes.prepare(settings)
            current = [each for each in publishing.generations(settings) if each.is_current]
            if not current:
                raise NotPublishable(
                    "Nothing is published, so there is nothing to tell",
                    str(settings.current_db),
                    "run the batch first: make run",
                )
            page = write(settings, current[0])
    except (OperatorError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    size = page.stat().st_size / 1e6
    print(f"{settings.briefing_page}")
    print(f"of {page.name.partition('.')[0]}: {size:.1f} MB, {time.perf_counter() - started:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
