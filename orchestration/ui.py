"""`python -m orchestration.ui`: Dagster's web page and its daemon, on this machine only.

Belongs here: starting the two, and ending both when one ends or the terminal says so. Does not
belong here: what they show (definitions) and how runs are queued (dagster.yaml).

`dagster dev` does the same for development, but did not end on SIGTERM when this was written.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from orchestration import file_modes
from orchestration.dbt_session import DbtError, DbtSession
from orchestration.errors import BadInput, OperatorError
from orchestration.instance import prepare_home
from orchestration.settings import PROJECT_DIR, Settings, environment_without_keys

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_HOST = "127.0.0.1"
_PORT = 3000
_POLL_SECONDS = 0.2
_GRACE_SECONDS = 20.0


class _Stop(Exception):  # noqa: N818 - a request, not an error
    """Someone asked both processes to end."""


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until stopped; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.ui", description=__doc__)
    parser.add_argument("--port", type=int, default=_PORT, help=f"default {_PORT}")
    port = parser.parse_args(argv).port
    signal.signal(signal.SIGTERM, _ask_to_stop)
    signal.signal(signal.SIGINT, _ask_to_stop)
    file_modes.tighten_process()
    try:
        settings = Settings.from_env()
        _require_free(port)
        _prepare(settings)
    except (OperatorError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    except _Stop:
        return 0
    return _serve(port)


def _prepare(settings: Settings) -> None:
    """Parse the project, so that what is shown is what stands in the files."""
    prepare_home(settings)
    try:
        DbtSession(settings).manifest()
    except DbtError as error:
        raise BadInput(
            f"dbt cannot read the project: {error}",
            str(PROJECT_DIR),
            "mend the file that the message names",
        ) from error


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError as error:
            raise BadInput(
                f"Port {port} is taken",
                f"{_HOST}:{port}",
                "stop the program that listens there, or give another one with --port",
            ) from error


def _serve(port: int) -> int:
    workspace = str(PROJECT_DIR / "workspace.yaml")
    commands = {
        "web server": [
            "orchestration.loopback_server",
            "-h",
            _HOST,
            "-p",
            str(port),
            "-w",
            workspace,
        ],
        "daemon": ["dagster._daemon", "run", "-w", workspace],
    }
    started: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, arguments in commands.items():
            # A session of its own: the terminal's Ctrl-C reaches us alone, and we end each whole.
            started[name] = subprocess.Popen(  # noqa: S603 - our own modules, no shell
                [sys.executable, "-m", *arguments, "--log-level", "warning"],
                cwd=PROJECT_DIR,
                # Runs are the daemon's: what answers the browser has no business with the key.
                env=environment_without_keys() if name == "web server" else None,
                start_new_session=True,
            )
        print(f"http://{_HOST}:{port}  (Ctrl-C ends it)", flush=True)
        while True:
            for name, process in started.items():
                if process.poll() is not None:
                    print(f"The {name} ended with code {process.returncode}.", file=sys.stderr)
                    return 1
            time.sleep(_POLL_SECONDS)
    except _Stop:
        return 0
    finally:
        _end(started.values())


def _end(processes: Collection[subprocess.Popen[bytes]]) -> None:
    """Ask all to end, then end what is left of them and of what they started."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for process in processes:
        with suppress(ProcessLookupError):
            process.terminate()
    deadline = time.monotonic() + _GRACE_SECONDS
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _ask_to_stop(_signal: int, _frame: object) -> None:
    raise _Stop


if __name__ == "__main__":
    sys.exit(main())
