"""Great Expectations in a process of its own.

Belongs here: starting that process early and asking it for verdicts. Does not belong here: suites,
or what a verdict means for a run.

Two reasons for the process: importing Great Expectations takes longer than starting dbt, and on a
second core it costs a run nothing; and a database that it holds open cannot keep dbt out. It
answers one question at a time (validating) and ends with the process that started it, however that
ends.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
from multiprocessing import Pipe
from typing import TYPE_CHECKING, Protocol

from orchestration.settings import PROJECT_DIR, environment_without_keys

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from multiprocessing.connection import Connection
    from pathlib import Path

    from expectations.verdicts import TableVerdict


#: The module that it runs.
_PROCESS = "orchestration.validating"

#: How long the end of what it forked is waited for: a moment, of a process that can still end.
_PATIENCE_SECONDS = 10


class ValidatorError(Exception):
    """No verdict could be had; carries the traceback of the validating process, if there is one."""


class Validate(Protocol):
    """Anything that can judge tables of a layer: one verdict per table asked for."""

    def __call__(
        self, layer: str, database: Path, tables: Collection[str]
    ) -> Mapping[str, TableVerdict]:
        """Judge the tables (`schema.table`) that stand in a database file."""
        ...


class ValidatorProcess:
    """Judges tables with the suites of `expectations`, next door."""

    def __init__(self, memory_limit: str | None = None) -> None:
        self._memory_limit = memory_limit
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        #: Reads its end when the process and what it forked are both gone.
        self._gone: int | None = None

    def start(self) -> None:
        """Start the process if it does not run; it begins to import at once."""
        if self._process is not None and self._process.poll() is None:
            return
        self.stop()
        ours, theirs = Pipe()
        self._gone, held = os.pipe()
        # Not multiprocessing's own way, which would import the main module of this process as well.
        self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [sys.executable, "-m", _PROCESS, str(theirs.fileno()), self._memory_limit or ""],
            cwd=PROJECT_DIR,
            env=environment_without_keys(),
            pass_fds=[theirs.fileno(), held],
            # Closes with this process, however that ends, and the other one with it.
            stdin=subprocess.PIPE,
        )
        # Our copy of their end closed: when either process dies, the other reads the end.
        theirs.close()
        os.close(held)
        self._connection = ours

    def __call__(
        self, layer: str, database: Path, tables: Collection[str]
    ) -> Mapping[str, TableVerdict]:
        """Judge the tables; see `expectations.validate.validate_layer`.

        Raises:
            ValidatorError: the suites could not be run, or the process died over them.
        """
        self.start()
        connection = self._connection
        if connection is None:
            raise ValidatorError("the validating process did not start")
        try:
            connection.send((layer, database, tuple(tables)))
            verdicts, error = connection.recv()
        except (EOFError, BrokenPipeError, ConnectionResetError):
            self.stop()
            raise ValidatorError(
                "the validating process ended without a verdict (out of memory?)"
            ) from None
        if error:
            raise ValidatorError(error)
        found: Mapping[str, TableVerdict] = verdicts
        return found

    def stop(self) -> None:
        """End the process, and wait until nobody holds a database open any more."""
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
        if self._gone is not None:
            select.select([self._gone], [], [], _PATIENCE_SECONDS)
            os.close(self._gone)
        self._process = self._connection = self._gone = None
