"""The project on a cluster that loses a machine, and every mart compared: `make parity-cluster`.

Belongs here: when the worker goes, and the record of what that did. Does not belong here: the
cluster (loopback_cluster), building and comparing (run).
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import re
import shutil
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from orchestration.layer import Layer
from orchestration.settings import PROJECT_DIR, Settings
from parity import run
from parity.loopback_cluster import Cluster, SilentLogError, wait_for

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping, Sequence
    from pathlib import Path

#: A line of dbt's log about a model that stands.
_MADE: Final = rf"OK created \S+ \S+ model {Layer.INTERMEDIATE}\."
#: So many models of the layer stand when the worker goes: some lie behind, most are still to come.
MODELS_BEFORE: Final = 20
_MOST_SECONDS: Final = 3600.0
#: Whose executor may have work in hand; the other worker has to finish alone.
LOST: Final = "worker-1"


@dataclass(frozen=True, slots=True)
class Loss:
    """A worker that went: what was known then."""

    worker: str
    pid: int
    at: str
    after: str
    """The model that had just been built."""
    models_before: int


def spark_home() -> Path:
    """Find the folder of Spark in its environment.

    Raises:
        SystemExit: there is none.
    """
    found = sorted(run.SPARK.parents[1].glob("lib/python3*/site-packages/pyspark"))
    if not found:
        raise SystemExit("The environment of Spark is not there: make spark")
    return found[-1]


def settings_of_driver(cluster: Cluster, environ: Mapping[str, str]) -> dict[str, str]:
    """Environment variables (profiles.yml) that send a build to the cluster.

    An executor works in a folder of its own, so that paths have to be whole.
    """
    jars = environ.get("AFTERMATH_SPARK_JARS") or str(PROJECT_DIR / ".venv-spark" / "jars")
    return {
        "AFTERMATH_SPARK_MASTER": cluster.master_url,
        "AFTERMATH_SPARK_JARS": jars,
        "AFTERMATH_SPARK_PARTITIONS": str(cluster.workers),
        "SPARK_HOME": str(cluster.spark_home),
        "SPARK_LOCAL_IP": "127.0.0.1",
    }


def lose_in_the_middle(cluster: Cluster, log: Path, build: subprocess.Popen[bytes]) -> Loss:
    """Wait until the intermediate layer is under way, then lose a worker.

    Raises:
        SilentLogError: the build ended, or took too long, before that.
    """
    line = wait_for(
        log,
        _MADE,
        times=MODELS_BEFORE,
        seconds=_MOST_SECONDS,
        is_alive=lambda: build.poll() is None,
    )
    pid = cluster.lose(LOST)
    return Loss(
        worker=LOST,
        pid=pid,
        at=f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
        after=model_of(line),
        models_before=models_made(log),
    )


def model_of(line: str) -> str:
    """Name the model that a line of dbt's log is about."""
    found = re.search(r" model (\S+)", line)
    return found[1] if found else line


def models_made(log: Path) -> int:
    """Count the models of the layer that a log says stand."""
    return len(re.findall(_MADE, log.read_text(encoding="utf-8", errors="replace")))


def what_is_wrong(loss: Loss, models: int, executors: Sequence[Mapping[str, Any]]) -> list[str]:
    """Say why a build proves nothing about a loss, although it ended well; nothing if it does."""
    found = []
    if models <= loss.models_before:
        found.append("no model of the intermediate layer was built after the worker went")
    if not any(executor["removed"] for executor in executors):
        found.append("Spark did not notice that an executor went")
    if len(executors) < 2:
        found.append("Spark had one executor only")
    return found


def told_of(loss: Loss, models: int, executors: Sequence[Mapping[str, Any]]) -> str:
    """Write the record in words."""
    lines = [
        f"{loss.worker} (process {loss.pid}) and its executor were killed at {loss.at} (SIGKILL),",
        f"after {loss.after}: {loss.models_before} models of the intermediate layer stood, "
        f"{models - loss.models_before} were built afterwards.",
    ]
    lines += [
        f"executor {executor['id']}: {executor['tasks']:,} tasks, {executor['failed']:,} of them "
        f"failed and were run again; {executor['removed'] or 'there to the end'}"
        for executor in executors
    ]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Build on a cluster that loses a worker, compare, report; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m parity.cluster", description=__doc__)
    parser.add_argument("--all", action="store_true", help="staging and intermediate tables too")
    given = parser.parse_args(argv)
    run.require_spark()
    folder = Settings.from_env().build_dir / "parity-cluster"
    shutil.rmtree(folder, ignore_errors=True)
    built, log = folder / "build", folder / "build" / "spark" / "logs" / "dbt.log"
    losses: list[Loss] = []
    with Cluster(folder / "cluster", spark_home()) as cluster:
        print(f"{cluster.master_url}: a master and {cluster.workers} workers", flush=True)

        def meanwhile(build: subprocess.Popen[bytes]) -> None:
            # Whoever ends before says why in its own log, which is shown then.
            try:
                losses.append(lose_in_the_middle(cluster, log, build))
            except SilentLogError as error:
                print(error, file=sys.stderr)

        told = run.build(
            built, of_spark=settings_of_driver(cluster, os.environ), meanwhile=meanwhile
        )
    code = run.report(built, told, run.COMPARABLE if given.all else (Layer.MARTS,))
    if not losses:
        print("No worker was lost: this run proves nothing", file=sys.stderr)
        return 1
    [loss] = losses
    models, executors = models_made(log), told["executors"]
    print(told_of(loss, models, executors))
    record = {"loss": asdict(loss), "models": models, "executors": executors}
    (folder / "record.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    wrong = what_is_wrong(loss, models, executors)
    for each in wrong:
        print(f"This run proves nothing: {each}", file=sys.stderr)
    return 1 if code or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
