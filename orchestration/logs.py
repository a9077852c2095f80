"""Where a run writes its log.

Belongs here: the log file of runs and, if asked for, the terminal. Failures a person should read
are printed by `report`, so that the terminal stays quiet otherwise.
"""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

import dagster as dg

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestration.settings import Settings

#: Name of the logger in Dagster's run configuration.
RUN_LOG = "run_log"

_FORM = logging.Formatter("%(asctime)s %(levelname)s %(message)s")
_BYTES = 5_000_000
_KEPT = 3


def log_file(settings: Settings) -> Path:
    """Tell where the log of the runs stands."""
    return settings.build_dir / "logs" / "runs.log"


def dbt_log_file(settings: Settings) -> Path:
    """Tell where the log of dbt stands."""
    return settings.build_dir / "logs" / "dbt.log"


def run_log(settings: Settings, *, verbose: bool) -> dg.LoggerDefinition:
    """Define a logger that writes to the log file, and to the terminal if verbose."""

    @dg.logger
    def log(_: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.Logger("aftermath.runs", logging.DEBUG)
        handlers: list[logging.Handler] = [_file(log_file(settings))]
        if verbose:
            handlers.append(logging.StreamHandler(sys.stderr))
        for handler in handlers:
            handler.setLevel(logging.INFO)
            handler.setFormatter(_FORM)
            logger.addHandler(handler)
        if sys.stderr.isatty() and not verbose:
            logger.addHandler(_Progress())
        return logger

    return log


@contextmanager
def run_file(path: Path) -> Iterator[logging.Logger]:
    """Open a log file for a while."""
    logger = logging.Logger(path.stem, logging.INFO)
    handler = _file(path)
    handler.setFormatter(_FORM)
    logger.addHandler(handler)
    try:
        yield logger
    finally:
        handler.close()


def _file(path: Path) -> RotatingFileHandler:
    path.parent.mkdir(parents=True, exist_ok=True)
    return RotatingFileHandler(path, maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8")


class _Progress(logging.Handler):
    """One line per step that is done, for a person who waits."""

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_meta", {}).get("dagster_event")
        if isinstance(event, dg.DagsterEvent) and event.is_step_success:
            seconds = event.step_success_data.duration_ms / 1000
            print(f"  {event.step_key} {seconds:.1f} s", file=sys.stderr, flush=True)
