"""Where a run writes its log.

Belongs here: the log file of runs and, if asked for, the terminal. Failures a person should read
are printed by `report`, so that the terminal stays quiet otherwise.
"""

from __future__ import annotations

import logging
import sys
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

import dagster as dg

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.settings import Settings

#: Name of the logger in Dagster's run configuration.
RUN_LOG = "run_log"

_BYTES = 5_000_000
_KEPT = 3


def log_file(settings: Settings) -> Path:
    """Tell where the log of the runs stands."""
    return settings.build_dir / "logs" / "runs.log"


def run_log(settings: Settings, *, verbose: bool) -> dg.LoggerDefinition:
    """Define a logger that writes to the log file, and to the terminal if verbose."""

    @dg.logger
    def log(_: dg.InitLoggerContext) -> logging.Logger:
        path = log_file(settings)
        path.parent.mkdir(parents=True, exist_ok=True)
        logger = logging.Logger("aftermath.runs", logging.INFO)
        file = RotatingFileHandler(path, maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8")
        handlers: list[logging.Handler] = [file]
        if verbose:
            handlers.append(logging.StreamHandler(sys.stderr))
        for handler in handlers:
            handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
            logger.addHandler(handler)
        return logger

    return log
