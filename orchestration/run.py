"""`python -m orchestration.run`: one gated batch from the command line.

Belongs here: the order of things around the Dagster job, and what is told of it. It is the same
job, recorded in the same instance, as the one that the web page and the schedule start.

Imports of this module are few on purpose: Dagster and dbt are imported after the validating process
was started, while that one imports Great Expectations.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from briefing import bundle
from orchestration import arguments, batch_lock
from orchestration.errors import (
    BadInput,
    BatchRunning,
    CannotRecord,
    OperatorError,
    WholeRunNeeded,
)
from orchestration.settings import Settings
from orchestration.validator import ValidatorProcess

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestration.arguments import Arguments

_FAILED = 1
_STOPPED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run a batch and tell what came of it; returns the exit code."""
    started = time.perf_counter()
    settings: Settings | None = None
    try:
        chosen = arguments.parse(argv)
        os.environ.update(chosen.environment)
        settings = read_settings()
        return _run(settings, chosen, started)
    except CannotRecord as error:
        print(f"Stopped; readers see a whole generation.\n{error}", file=sys.stderr)
        if settings:
            _alert(settings, error)
        return _FAILED
    except OperatorError as error:
        print(f"Nothing was run.\n{error}", file=sys.stderr)
        if settings:
            _alert(settings, error)
        return _FAILED
    except KeyboardInterrupt:
        print("Stopped. Nothing was published.", file=sys.stderr)
        return _STOPPED


def _alert(settings: Settings, error: OperatorError) -> None:
    """Tell whoever is not at the terminal that no run came about; a busy lock is no news."""
    if isinstance(error, BatchRunning | WholeRunNeeded):
        return
    from orchestration import alert_causes  # noqa: PLC0415 - see above

    with suppress(OSError):
        alert_causes.nothing_was_run(settings, error)


def read_settings() -> Settings:
    """Read the settings of a command; what is wrong with them is the operator's to mend."""
    try:
        return Settings.from_env()
    except ValueError as error:
        raise BadInput(
            str(error), "environment variables AFTERMATH_*", "see the table in the README"
        ) from error


def _run(settings: Settings, chosen: Arguments, started: float) -> int:
    with batch_lock.hold(settings):
        generated = 0.0
        if chosen.scale is not None:
            from orchestration.generation import generate  # noqa: PLC0415 - see above

            begun = time.perf_counter()
            os.environ["AFTERMATH_LANDING"] = str(generate(settings, chosen))
            settings = Settings.from_env()
            generated = time.perf_counter() - begun
        validator = ValidatorProcess(settings.memory_limit)
        validator.start()
        try:
            with bundle.aside(settings.briefing_dir):
                from orchestration import batch  # noqa: PLC0415 - see above

                outcome = batch.run(
                    settings,
                    validator,
                    verbose=chosen.verbose,
                    asked=batch.Asked(is_retry=chosen.is_retry),
                )
        finally:
            validator.stop()
        from orchestration import report  # noqa: PLC0415 - see above

        total = time.perf_counter() - started
        if outcome.is_success:
            print(report.success(settings, outcome, total, generated))
            return 0
        print(report.failure(settings, outcome, total), file=sys.stderr)
        return _FAILED


def _end(code: int) -> None:
    """End the process without taking apart what it made, object by object: seconds of a batch."""
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    # What a batch makes lives until it ends: looking for garbage would be a tenth of its time.
    gc.disable()
    _end(main())
